"""What is asked for, checked as a whole and broken down into jobs, before any notebook runs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from model.errors import ModelError, mistake, near
from model.export import manifest, parameters
from model.export.manifest import about, as_file, whole
from model.export.render import FORMATS, Job, lacking, unprintable
from model.plan.load import load, plan_folder
from model.plan.places import notebook_folder
from model.plan.schema import Plan, Scenario
from model.projection.projection import Projection, horizon_year, project
from model.report.words import drawn_language
from model.uncertainty.ensemble import DRAWS, MOST_HELD, SEED, checked_draws

REPORT, COMPARISON = "report.ipynb", "comparison.ipynb"
ANNEXES = ("code",)
# Where plan and scenarios are differs from host to host; a recipe tells them by their contents.
LONGEST = 60
PLACES = ("plan", "scenario", "scenarios")


@dataclass(frozen=True)
class Order:
    """What is asked for, found to be possible."""

    plan: Plan
    source: str
    horizon: int
    as_of: int | str | None
    language: str
    overrides: tuple[str, ...]
    formats: tuple[str, ...]
    code: bool
    out: Path
    draws: int
    seed: int


@dataclass(frozen=True)
class Task:
    """One report to make: the job for the pool, and what determines its result."""

    job: Job
    made_from: dict[str, Any]


def order(
    plan: Plan | str | Path,
    *,
    horizon: int | None,
    as_of: int | str | None,
    language: str,
    overrides: Sequence[str],
    out: str | Path,
    formats: str | Sequence[str],
    annex: str | None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Order:
    """Check everything but the scenarios."""
    problems = []
    endings = [one.strip() for one in formats.split(",")] if isinstance(formats, str) else list(formats)
    for one in endings or [""]:
        if one not in FORMATS:
            problems.append(mistake("formats", "", f"unknown format {one!r}", near(one, FORMATS)))
    if annex is not None and annex not in ANNEXES:
        problems.append(mistake("annex", "", f"unknown annex {annex!r}", near(annex, ANNEXES)))
    try:
        drawn_language(language)
        source, loaded = _plan(plan)
        last = horizon_year(loaded, horizon, aimed=True)
        checked_draws(draws, MOST_HELD, seed)
    except ModelError as error:
        problems += error.problems
    if problems:
        raise ModelError(*problems)
    return Order(
        loaded,
        source,
        last,
        as_of,
        language,
        tuple(overrides),
        tuple(dict.fromkeys(endings)),
        bool(annex),
        Path(out),
        draws,
        seed,
    )


def tasks(asked: Order, scenarios: Sequence[str | Path], *, comparison: bool) -> list[Task]:
    """Break an order down: one report a scenario, and one that compares them where they are several."""
    projections = _projections(asked, scenarios)
    if problems := _unprintable(asked, [one.scenario for one in projections.values()]):
        raise ModelError(*problems)
    common = {
        "plan": asked.source,
        "horizon": asked.horizon,
        "language": asked.language,
        "overrides": list(asked.overrides),
        "draws": asked.draws,
        "seed": asked.seed,
    }
    made = [
        _task(asked, REPORT, one.scenario.id, {**common, "scenario": name, "as_of": one.as_of}, [one])
        for name, one in projections.items()
    ]
    if comparison and len(projections) > 1:
        given = {**common, "scenarios": list(projections)}
        if asked.as_of is not None:
            given["as_of"] = next(iter(projections.values())).as_of
        made.append(_task(asked, COMPARISON, Path(COMPARISON).stem, given, list(projections.values())))
    names = [one.job.name for one in made]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        wrong = f"two reports would be called {', '.join(twice)}"
        raise ModelError(mistake("scenarios", "", wrong, "give the scenario files different names"))
    return made


def _plan(plan: Plan | str | Path) -> tuple[str, Plan]:
    if not isinstance(plan, Plan):
        return str(plan), load(plan)
    # A notebook loads the plan anew, so it has to find the same one under its id.
    try:
        again = load(plan.id)
    except ModelError as error:
        raise ModelError(mistake("plan", plan.id, "not a shipped plan", "give its folder")) from error
    figures = plan.outturns.equals(again.outturns) and plan.context_data.equals(again.context_data)
    parts = [name for name in type(plan).model_fields if name not in ("outturns", "context_data")]
    if not figures or any(getattr(plan, name) != getattr(again, name) for name in parts):
        raise ModelError(mistake("plan", plan.id, "differs from the shipped plan", "give its folder"))
    return plan.id, again


def _projections(asked: Order, scenarios: Sequence[str | Path]) -> dict[str, Projection]:
    found, problems = dict[str, Projection](), list[str]()
    if not scenarios:
        problems.append(mistake("scenarios", "", "none is named", near("", asked.plan.scenarios)))
    for name in dict.fromkeys(map(str, scenarios)):
        try:
            found[name] = project(
                asked.plan, name, horizon=asked.horizon, as_of=asked.as_of, overrides=asked.overrides
            )
        except ModelError as error:
            problems += error.problems
    if problems:
        raise ModelError(*dict.fromkeys(problems))
    return found


def _unprintable(asked: Order, scenarios: Sequence[Scenario]) -> list[str]:
    """Find texts that no font can print, in the plan, its figures and the scenarios."""
    folder, plan = plan_folder(asked.source), asked.plan
    told = plan.model_dump(exclude={"scenarios", "outturns", "context_data"})
    texts = [(str(folder / "plan.yaml"), *one) for one in _texts(told, asked.language)]
    for name, frame in (("outturns.csv", plan.outturns), ("context.csv", plan.context_data)):
        for column in ("publisher", "document"):
            texts += [(str(folder / name), f"{row}.{column}", str(one)) for row, one in frame[column].items()]
    for one in scenarios:
        said = one.model_dump(exclude={"origin"})
        texts += [(one.origin.get(key, one.id), key, text) for key, text in _texts(said, asked.language)]
    without = lacking("".join(text for _, _, text in texts))
    found = [(where, key, "".join(c for c in without if c in text)) for where, key, text in texts]
    return [unprintable(where, key, characters) for where, key, characters in found if characters]


def _texts(value: Any, language: str, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        chosen = {language: value[language]} if set(value) == {"en", "zh"} else value
        for name, part in chosen.items():
            yield from _texts(part, language, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _texts(part, language, f"{key}.{number}")


def _changed(asked: Order) -> str:
    """Name what was changed by hand, so that no file takes the name of the unchanged scenario's."""
    usual = {"as_of": None, "draws": DRAWS, "seed": SEED}
    given = {key: getattr(asked, key) for key in usual}
    said = [*asked.overrides, *(f"{key}={now}" for key, now in given.items() if now != usual[key])]
    whole = "+".join(said)
    short = re.sub(r"[^\w.=+-]+", "_", whole)
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return short if short == whole and len(short) <= LONGEST else f"{short[:LONGEST]}~{digest}"


def _task(
    asked: Order, notebook: str, stem: str, given: Mapping[str, Any], projections: Sequence[Projection]
) -> Task:
    path = notebook_folder() / notebook
    if not path.is_file():
        raise ModelError(mistake(notebook, "", "the notebook is missing", "install the package again"))
    content = nbformat.read(path, as_version=4)
    parameters.check(content, given, name=notebook)
    scenarios = [one.scenario for one in projections]
    made_from = {
        "annex": asked.code,
        "notebook": notebook,
        "parameters": {key: value for key, value in given.items() if key not in PLACES},
        "scenarios": {one.id: whole(one) for one in scenarios},
    }
    recipe = manifest.recipe(asked.source, [made_from], [path])
    attachments = [
        {"name": f"{one.id}.yaml", "text": as_file(one), "mime": "application/yaml"} for one in scenarios
    ]
    attachments.append({"name": "recipe.json", "text": manifest.text(recipe), "mime": "application/json"})
    said = about(asked.plan, scenarios, horizon=asked.horizon, as_of=asked.as_of, language=asked.language)
    name = "-".join(filter(None, (stem, _changed(asked), str(asked.horizon), asked.language)))
    job = Job(
        name, path, dict(given), said, attachments, asked.language, asked.formats, asked.code, asked.out
    )
    return Task(job, made_from)
