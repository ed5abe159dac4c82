"""Reports of many scenarios, in a pool of processes, and one that compares them."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from model.errors import ModelError, mistake, near
from model.inputs import load
from model.places import notebook_folder
from model.projection import Projection, horizon_year, project
from model.publish import manifest, parameters
from model.publish.about import about, as_file, plain
from model.publish.rendering import FORMATS, Job, Outcome, render, replace
from model.schema import Plan
from model.show.words import drawn_language

REPORT, COMPARISON = "report.ipynb", "comparison.ipynb"
KILLED = "its process was ended from outside; perhaps memory ran out"


@dataclass(frozen=True)
class Run:
    """How a run went.

    Parameters
    ----------
    out : Path
        Folder of the reports and the manifest.
    outcomes : tuple of Outcome
        One a report, in the order they were asked for.
    planned : tuple of str
        Names of the files that were to be written.
    """

    out: Path
    outcomes: tuple[Outcome, ...]
    planned: tuple[str, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The reports that failed."""
        return tuple(one for one in self.outcomes if one.error)

    def summary(self) -> str:
        """Name every file, and for every report that failed, where and why."""
        if not self.outcomes:
            return "\n".join(str(self.out / name) for name in self.planned)
        lines = [str(self.out / name) for one in self.outcomes if not one.error for name in one.files]
        for one in self.failed:
            lines += [f"FAILED {one.name}: {line}" for line in one.error.splitlines()]
            lines += [f"FAILED {one.name}: see {self.out / name}" for name in one.files]
        return "\n".join(lines)


def report(
    plan: Plan | str | Path,
    scenarios: Sequence[str | Path],
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    language: str = "en",
    overrides: Sequence[str] = (),
    out: str | Path = "reports",
    workers: int | None = None,
    formats: str | Sequence[str] = FORMATS,
    annex: str | None = None,
    dry_run: bool = False,
    comparison: bool = True,
) -> Run:
    """Make the report of each scenario, and one that compares them where they are several.

    Everything that can be checked is checked before the first notebook runs. A report that fails
    stops no other.

    Parameters
    ----------
    plan : Plan, str or Path
        Id or folder of a plan pack; a plan that is loaded already has to be a shipped one.
    scenarios : sequence of str or Path
        Names of scenarios or paths of scenario files.
    horizon, as_of, overrides
        As in `model.project`.
    language : {"en", "zh"}
        Language of the reports.
    out : str or Path
        Folder of the files; it is made if need be.
    workers : int, optional
        Processes; by default one a processor.
    formats : str or sequence of str
        Some of pdf, html and ipynb; as one text, comma-separated.
    annex : {"code"}, optional
        Add the notebook's code.
    dry_run : bool
        Check everything, write nothing.
    comparison : bool
        Compare the scenarios, where they are several.

    Returns
    -------
    Run

    Raises
    ------
    ModelError
        With every mistake in what was asked for; then nothing was written.
    """
    language, wanted = drawn_language(language), _formats(formats)
    if annex not in (None, "code"):
        raise ModelError(mistake("annex", "", f"unknown annex {annex!r}", "allowed: code"))
    if workers is not None and workers < 1:
        raise ModelError(mistake("workers", "", f"{workers} processes", "at least 1"))
    asked = {"horizon": horizon, "as_of": as_of, "overrides": list(overrides)}
    source, loaded = _plan(plan)
    projections = _projections(loaded, scenarios, asked)
    last, folder = horizon_year(loaded, horizon), Path(out)
    common = {"plan": source, "horizon": last, "language": language, "overrides": list(overrides)}
    tasks: list[tuple[str, str, dict[str, Any], list[Projection]]] = [
        (REPORT, one.scenario.id, {**common, "scenario": name, "as_of": one.as_of}, [one])
        for name, one in projections.items()
    ]
    if comparison and len(projections) > 1:
        given = {**common, "scenarios": list(projections)} | ({} if as_of is None else {"as_of": as_of})
        tasks.append((COMPARISON, "comparison", given, list(projections.values())))
    used = dict.fromkeys(notebook_folder() / notebook for notebook, *_ in tasks)
    notebooks = {path.name: _read(path) for path in used}
    jobs, recipes = [], []
    for notebook, stem, given, held in tasks:
        known = _known(notebooks[notebook], given, optional=("overrides",) if not overrides else ())
        parameters.check(notebooks[notebook], known, name=notebook)
        made_from = {
            "annex": annex or "",
            "notebook": notebook,
            # Paths differ from host to host; plan and scenarios are told by their contents.
            "parameters": {key: value for key, value in known.items() if key not in PLACES},
            "scenarios": {one.scenario.id: plain(one.scenario) for one in held},
        }
        recipe = manifest.recipe(source, [made_from], [notebook_folder() / notebook])
        files = [
            *({"name": f"{one.scenario.id}.yaml", "text": as_file(one.scenario), "mime": YAML} for one in held),
            {"name": "recipe.json", "text": manifest.text(recipe), "mime": "application/json"},
        ]
        told = about(
            loaded, [one.scenario for one in held], horizon=last, as_of=as_of, language=language
        )
        path, name = notebook_folder() / notebook, f"{stem}-{last}-{language}"
        jobs.append(Job(name, path, known, told, files, language, wanted, annex == "code", folder))
        recipes.append(made_from)
    planned = tuple(f"{job.name}.{ending}" for job in jobs for ending in wanted)
    twice = {name for name in planned if planned.count(name) > 1}
    if twice:
        raise ModelError(mistake("scenarios", "", f"two reports would be {', '.join(sorted(twice))}"))
    if dry_run:
        return Run(folder, (), planned)
    started, clock = datetime.now(UTC), time.monotonic()
    _make_folder(folder)
    count = min(workers or _processors(), len(jobs))
    outcomes = tuple(_all(jobs, count))
    seconds = time.monotonic() - clock
    content = {
        "recipe": manifest.recipe(source, recipes, used),
        "run": manifest.run(folder, outcomes, started=started, seconds=seconds, workers=count),
    }
    replace(folder / manifest.FILE, manifest.text(content).encode())
    return Run(folder, outcomes, planned)
