"""What is asked for, checked as a whole and broken down into jobs, before any notebook runs."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import nbformat

from model.errors import ModelError, mistake, near, raise_all
from model.export import manifest
from model.export.attached import RECIPE
from model.export.manifest import about, as_file, sources, whole
from model.export.page import PLAIN
from model.export.render import FORMATS, PAGES, Job, lacking, unprintable
from model.export.theme import read_theme
from model.plan.load import load, notebook_folder, plan_folder
from model.plan.plan import Plan
from model.projection.projection import Projection, project
from model.report.language import Language
from model.uncertainty.ensemble import DRAWS, MOST_HELD, SEED, checked_draws

REPORT, COMPARISON = "report.ipynb", "comparison.ipynb"
ANNEXES = ("code",)
LONGEST = 60
# Where plan and scenarios are differs from host to host; a recipe tells them by their contents.
PLACES = ("plan", "scenario", "scenarios")
TYPES: dict[str, Any] = {
    "str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "None": type(None),
}  # fmt: skip


# Digests of what every report is made from, and the scenarios as files.
Known = tuple[Mapping[str, Any], Mapping[str, str]]


@dataclass(frozen=True)
class Order:
    """What is asked for, found to be possible."""

    plan: Plan
    horizon: int
    as_of: int | str | None
    language: str
    overrides: tuple[str, ...]
    formats: tuple[str, ...]
    code: bool
    out: Path
    draws: int
    seed: int
    theme: Mapping[str, Any]
    pages: str

    @cached_property
    def basis(self) -> dict[str, Any]:
        """Digests of what every report of the plan is made from, as they were when it was asked for."""
        return manifest.basis(self.plan)

    def jobs(self, scenarios: Sequence[str | Path], *, comparison: bool = True) -> list[Job]:
        """Break it down: one report a scenario, and one that compares them where they are several."""
        projections = self._projections(scenarios)
        raise_all(self._unprintable(list(projections.values())))
        common = {
            "plan": self.plan.source,
            "horizon": self.horizon,
            "language": self.language,
            "overrides": list(self.overrides),
            "draws": self.draws,
            "seed": self.seed,
        }
        told = {one.scenario.id: as_file(one.scenario) for one in projections.values()}
        known = self.basis, told
        made = [
            self._job(known, REPORT, one.scenario.id, {**common, "scenario": name, "as_of": one.as_of}, [one])
            for name, one in projections.items()
        ]
        if comparison and len(projections) > 1:
            every = list(projections.values())
            given = {**common, "scenarios": list(projections)}
            given |= {"as_of": every[0].as_of} if self.as_of is not None else {}
            made.append(self._job(known, COMPARISON, Path(COMPARISON).stem, given, every))
        names = [one.name for one in made]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            wrong = f"two reports would be called {', '.join(twice)}"
            raise ModelError(mistake("scenarios", "", wrong, "give the scenario files different names"))
        return made

    def _projections(self, scenarios: Sequence[str | Path]) -> dict[str, Projection]:
        found, problems = dict[str, Projection](), list[str]()
        if not scenarios:
            problems.append(mistake("scenarios", "", "none is named", near("", self.plan.scenarios)))
        asked: Any = {"horizon": self.horizon, "as_of": self.as_of, "overrides": self.overrides}
        for name in dict.fromkeys(map(str, scenarios)):
            try:
                found[name] = project(self.plan, name, **asked)
            except ModelError as error:
                problems += error.problems
        if problems:
            raise ModelError(*dict.fromkeys(problems))
        return found

    def _unprintable(self, projections: Sequence[Projection]) -> list[str]:
        """Find texts that no font can print, in the plan, its figures and the scenarios."""
        folder, plan = plan_folder(self.plan.source), self.plan
        left = ["scenarios", "outturns", "context_data", "source", *["zh_names"] * (self.language != "zh")]
        told = plan.model_dump(exclude=set(left))
        texts = [(str(folder / "plan.yaml"), *one) for one in _texts(told, self.language)]
        for name, frame in (("outturns.csv", plan.outturns), ("context.csv", plan.context_data)):
            for column in ("publisher", "document"):
                cells = frame[column].items()
                texts += [(str(folder / name), f"{row}.{column}", str(one)) for row, one in cells]
        for one in (made.scenario for made in projections):
            said = _texts(one.model_dump(exclude={"origin"}), self.language)
            texts += [(one.set_by(key, one.id), key, text) for key, text in said]
        without = lacking("".join(text for _, _, text in texts), self.language)
        found = [(where, key, "".join(c for c in without if c in text)) for where, key, text in texts]
        return [unprintable(*one, self.language) for one in found if one[2]]

    def _name(self, stem: str) -> str:
        """Name what was changed by hand, so that no file takes the name of the unchanged scenario's."""
        usual = {"as_of": None, "draws": DRAWS, "seed": SEED}
        given = {key: getattr(self, key) for key in usual}
        said = [*self.overrides, *(f"{key}={now}" for key, now in given.items() if now != usual[key])]
        whole = "+".join(said)
        short = re.sub(r"[^\w.=+-]+", "_", whole)
        if short != whole or len(short) > LONGEST:
            short = f"{short[:LONGEST]}~{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
        return "-".join(filter(None, (stem, short, str(self.horizon), self.language)))

    def _job(
        self, known: Known, notebook: str, stem: str, given: dict[str, Any], projections: Sequence[Projection]
    ) -> Job:
        path = notebook_folder() / notebook
        if not path.is_file():
            raise ModelError(mistake(notebook, "", "the notebook is missing", "install the package again"))
        check(_read(path, path.stat().st_mtime_ns), given, name=notebook)
        scenarios = [one.scenario for one in projections]
        asked = given.get("scenarios", [given.get("scenario")])
        made_from = {
            "annex": self.code,
            "notebook": notebook,
            "parameters": {key: value for key, value in given.items() if key not in PLACES},
            "order": [one.id for one in scenarios],
            "scenarios": {one.id: whole(one) for one in scenarios},
            "files": {
                Path(one).stem: sources(self.plan, one)
                for one in asked
                if one and one not in self.plan.scenarios
            },
        }
        chosen = {"theme": (self.theme, PLAIN), "pages": (self.pages, PAGES[-1])}
        made_from |= {key: now for key, (now, usual) in chosen.items() if now != usual}
        recipe = manifest.text(manifest.recipe(self.plan, [made_from], [path], known[0]))
        files = [
            {"name": f"{one.id}.yaml", "text": known[1][one.id], "mime": "application/yaml"}
            for one in scenarios
        ]
        files.append({"name": RECIPE, "text": recipe, "mime": "application/json"})
        said = about(self.plan, projections, language=self.language)
        how = self.language, self.formats, self.code, self.out, self.theme, self.pages
        return Job(self._name(stem), path, given, made_from, said, files, *how)


@lru_cache(maxsize=4)
def _read(path: Path, _: int) -> Any:
    return nbformat.read(path, as_version=4)


def order(
    plan: Plan | str | Path,
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    language: str = "en",
    overrides: Sequence[str] = (),
    out: str | Path = "reports",
    formats: str | Sequence[str] = FORMATS,
    annex: str | None = None,
    theme: str | Path | Mapping[str, Any] | None = None,
    pages: str = PAGES[-1],
    draws: int = DRAWS,
    seed: int = SEED,
) -> Order:
    problems = []
    endings = [one.strip() for one in formats.split(",")] if isinstance(formats, str) else list(formats)
    for one in endings or [""]:
        if one not in FORMATS:
            problems.append(mistake("formats", "", f"unknown format {one!r}", near(one, FORMATS)))
    if annex is not None and annex not in ANNEXES:
        problems.append(mistake("annex", "", f"unknown annex {annex!r}", near(annex, ANNEXES)))
    if pages not in PAGES:
        problems.append(mistake("pages", "", f"unknown pages {pages!r}", near(pages, PAGES)))
    elif annex is not None and pages != PAGES[-1]:
        problems.append(mistake("pages", "", f"{pages!r} has no annex", "leave out annex, or use 'full'"))
    house: Mapping[str, Any] = PLAIN
    try:
        house = (
            (theme or PLAIN) if theme is None or isinstance(theme, Mapping) else read_theme(theme, language)
        )
    except ModelError as error:
        problems += error.problems
    try:
        Language(language)
        loaded = _loaded(plan)
        last = loaded.last_year(horizon, aimed=True)
        checked_draws(draws, MOST_HELD, seed)
    except ModelError as error:
        problems += error.problems
    if problems:
        raise ModelError(*problems)
    chosen, kept = tuple(dict.fromkeys(endings)), bool(annex)
    asked = (loaded, last, as_of, language, tuple(overrides), chosen, kept, Path(out), draws, seed)
    return Order(*asked, house, pages)


def _loaded(plan: Plan | str | Path) -> Plan:
    """Load a plan: a notebook does so anew, and has to find the same one."""
    if not isinstance(plan, Plan):
        return load(plan)
    try:
        again = load(plan.source)
    except ModelError as error:
        raise ModelError(mistake("plan", plan.id, "not a shipped plan", "give its folder")) from error
    frames = ("outturns", "context_data")
    same = all(getattr(plan, name).equals(getattr(again, name)) for name in frames)
    parts = [name for name in type(plan).model_fields if name not in frames]
    if not same or any(getattr(plan, name) != getattr(again, name) for name in parts):
        raise ModelError(mistake("plan", plan.id, "differs from the shipped plan", "give its folder"))
    return again


def _texts(value: Any, language: str, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        chosen = {language: value[language]} if {"en", "zh"} <= set(value) else value
        for name, part in chosen.items():
            yield from _texts(part, language, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _texts(part, language, f"{key}.{number}")


def declared(source: str) -> dict[str, tuple[Any, str]]:
    """Read the names to which code gives plain values, each with the type it declares."""
    found = {}
    for line in ast.parse(source).body:
        if isinstance(line, ast.AnnAssign):
            name, annotation = ast.unparse(line.target), ast.unparse(line.annotation)
        elif isinstance(line, ast.Assign):
            name, annotation = ast.unparse(line.targets[0]), ""
        else:
            continue
        try:
            value = ast.literal_eval(line.value) if line.value is not None else None
        except ValueError:
            continue
        found[name] = (value, annotation or ("None" if value is None else type(value).__name__))
    return found


def used(notebook: Any) -> dict[str, Any]:
    """Read the parameters with which a notebook runs, or was run, off its tagged cells."""
    cells = [*_tagged(notebook, "parameters"), *_tagged(notebook, "injected-parameters")]
    return {name: value for cell in cells for name, (value, _) in declared(cell.source).items()}


def check(notebook: Any, given: Mapping[str, Any], *, name: str) -> None:
    """Refuse parameters that a notebook does not have, or of another type than it declares."""
    known = {
        key: one for cell in _tagged(notebook, "parameters") for key, one in declared(cell.source).items()
    }
    problems = []
    for key, value in given.items():
        if key not in known:
            problems.append(mistake(name, key, "unknown parameter", near(key, known)))
        elif not _fits(value, known[key][1]):
            problems.append(mistake(name, key, f"{value!r} is no {known[key][1]}", "give one"))
    if problems:
        raise ModelError(*problems)


def _tagged(notebook: Any, tag: str) -> list[Any]:
    return [one for one in notebook.cells if one.cell_type == "code" and tag in one.metadata.get("tags", [])]


def _fits(value: Any, annotation: str) -> bool:
    words = [word.split("[")[0].strip() for word in annotation.split("|")]
    # True is an int to Python, but no year to anybody.
    return any(
        isinstance(value, TYPES.get(word, object)) and (not isinstance(value, bool) or word == "bool")
        for word in words
    )
