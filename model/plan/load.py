"""Load a plan pack: the only reader of data/.

A plan pack is a folder: plan.yaml, outturns.csv, context.csv and scenarios/*.yaml. All mistakes
of all its files are reported at once. A scenario file has one parent at most; what it says of
a series' growth, or of its shocks, replaces whole what the parent said of that series.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from model.errors import ModelError, Named, mistake, near, raise_all
from model.plan.checks import check_scenario, check_table
from model.plan.plan import Plan, PlanTable, Series
from model.plan.reading import Document, parse, parse_figures, read_text
from model.plan.records import certain, remains
from model.plan.schema import Scenario
from model.plan.targets import check_aims, check_bases, resolved

DEFAULT_PLAN = "china_14fyp_digital"
MOST_PARENTS, LAST_YEAR = 20, 2200
NAME = re.compile(r"[a-z][a-z0-9_]*")
_kept = dict[Path, tuple[Any, Plan]]()


def keep(plan: str | Path) -> None:
    """Load a plan pack for all that this process, or a fork of it, does with it while its files stay."""
    folder = plan_folder(plan)
    _kept[folder] = _state(folder), load(plan)


def _state(folder: Path) -> Any:
    return [(path, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))]


def load(plan: str | Path = DEFAULT_PLAN) -> Plan:
    """Load a plan pack with all its scenarios.

    Parameters
    ----------
    plan : str or Path
        Id of a plan that ships with the suite, or a folder.

    Returns
    -------
    Plan

    Raises
    ------
    ModelError
        With every mistake of every file.

    Examples
    --------
    >>> plan = load()
    >>> plan.base_year, len(plan.kpis), "baseline" in plan.scenarios
    (2020, 8, True)
    """
    folder = plan_folder(plan)
    if folder in _kept and _kept[folder][0] == _state(folder):
        return _kept[folder][1]
    problems = list[str]()

    def called(path: Path) -> str:
        """Name a file by its plan pack: the same on every machine."""
        return str(Path(folder.name) / path.relative_to(folder))

    def attempt(reading: Callable[[], Any]) -> Any:
        try:
            return reading()
        except ModelError as error:
            problems.extend(error.problems)
            return None

    path = folder / "plan.yaml"
    document: Document | None = attempt(lambda: _document(path, called(path), "id:"))
    read, doubtful, found = _table(document) if document else (None, set[str](), list[str]())
    problems += found
    table = resolved(read) if read is not None else None

    def place(key: str) -> str:
        steps = [int(step) if step.isdecimal() else step for step in key.split(".")]
        return document.at(steps) if document else ""

    if read is not None:
        problems += certain([*check_table(read, place), *check_aims(read, place)], doubtful)
    frames = []
    for name, group in (("outturns.csv", "kpis"), ("context.csv", "context")):
        known = {} if table is None else getattr(table, group)
        series = {one: None if f"{group}.{one}" in doubtful else it for one, it in known.items()} or None
        frames.append(attempt(partial(_figures, folder / name, called(folder / name), series)))
    if table is not None and frames[0] is not None:
        problems += certain(check_bases(table, frames[0], place), doubtful)
    files = {path.stem: path for path in sorted((folder / "scenarios").glob("*.yaml"))}
    source = _Source(table, files, called, doubtful=doubtful)
    scenarios = {name: attempt(partial(source.resolve, name)) for name in files}
    raise_all(problems)
    fields = {name: getattr(table, name) for name in PlanTable.model_fields}
    made = Plan(**fields, scenarios=scenarios, outturns=frames[0], context_data=frames[1], source=str(plan))
    return made.model_copy(update={"kpis": Named(made.kpis)})


def find_scenario(plan: Plan, name: str | Path) -> Scenario:
    """Give a scenario by its name, or read its file, which may extend one of the plan's or one beside it."""
    text = str(name) if name != "" else plan.reference
    if text in plan.scenarios:
        return plan.scenarios[text]
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        wrong = f"{text!r} is neither a scenario nor a .yaml file"
        raise ModelError(mistake("scenario", "", wrong, near(text, plan.scenarios)))
    if path.stem in plan.scenarios:
        wrong = f"the plan has a scenario {path.stem!r} already"
        raise ModelError(mistake(text, "", wrong, "give the file another name"))
    beside = {other.stem: other for other in path.parent.glob("*.y*ml") if NAME.fullmatch(other.stem)}
    found = _Source(plan, {**beside, path.stem: path}, str, plan.scenarios).resolve(path.stem)
    latest = plan.figures.latest
    if isinstance(found.as_of, int) and found.as_of > latest:
        wrong = f"{found.as_of} is later than the data"
        raise ModelError(mistake(found.origin.get("as_of", text), "as_of", wrong, f"at most {latest}"))
    return found


@dataclass
class _Source:
    """Scenario files by name, and what is resolved already."""

    table: PlanTable | None
    files: Mapping[str, Path]
    called: Callable[[Path], str]
    done: Mapping[str, Scenario] | None = None
    doubtful: Collection[str] = ()

    def resolve(self, name: str, trail: tuple[str, ...] = ()) -> Scenario:
        if self.done and name in self.done:
            return self.done[name]
        path = self.files[name]
        called = self.called(path)
        if not NAME.fullmatch(name):
            wrong = f"the file name {path.name!r} is no scenario name"
            raise ModelError(
                mistake(called, "", wrong, "use lower-case letters, digits and _, a letter first")
            )
        document = _document(path, called, "title:")
        origin = {".".join(map(str, key)): f"{called}:{line}" for key, line in document.lines.items()}
        data = {**_with_curves(self.table, document.data), "id": name, "origin": origin}
        own: Scenario | None
        own, doubtful, problems = remains(Document(called, data, document.lines), Scenario, {"title": "?"})
        if own is None:
            raise ModelError(*problems)
        scenario, whole = own, True
        if own.extends is not None:
            try:
                scenario = _merged(self._parent(own.extends, (*trail, name), document.at(["extends"])), own)
            except ModelError as error:
                problems += error.problems
                whole = False
        if self.table is not None:
            against = check_scenario(self.table, scenario, lambda key: scenario.set_by(key, document.at()))
            found = certain(against, {*doubtful, *self.doubtful})
            problems += [one for one in found if whole or ": missing; name it" not in one]
        raise_all(problems)
        return scenario

    def _parent(self, asked: str, trail: tuple[str, ...], where: str) -> Scenario:
        names = {*self.files, *(self.done or {})} - {trail[-1]}
        if asked in trail:
            circle = " > ".join([*trail[trail.index(asked) :], asked])
            raise ModelError(mistake(where, "extends", f"circular: {circle}", "one parent, no circle"))
        if asked not in names:
            raise ModelError(mistake(where, "extends", f"unknown scenario {asked!r}", near(asked, names)))
        if len(trail) > MOST_PARENTS:
            raise ModelError(mistake(where, "extends", "too many parents", f"at most {MOST_PARENTS}"))
        return self.resolve(asked, trail)


def _merged(parent: Scenario, own: Scenario) -> Scenario:
    """Lay a scenario over its parent: a series' whole growth, and all its shocks, are replaced."""
    shocked = {shock.kpi for shock in own.shocks}
    kept = [(index, shock) for index, shock in enumerate(parent.shocks) if shock.kpi not in shocked]
    moved = {str(index): place for place, (index, _) in enumerate(kept, start=len(own.shocks))}
    origin = dict(own.origin)
    for key, where in parent.origin.items():
        head, _, rest = key.partition(".")
        name, _, inner = rest.partition(".")
        if head == "growth" and rest and name not in own.growth:
            origin[key] = where
        elif head == "shocks" and name in moved:
            origin[".".join(filter(None, (head, str(moved[name]), inner)))] = where
    for key in ("as_of", "extreme"):
        if getattr(own, key) is None and key in parent.origin:
            origin[key] = parent.origin[key]
    return own.model_copy(
        update={
            "growth": {**parent.growth, **own.growth},
            "shocks": (*own.shocks, *(shock for _, shock in kept)),
            "origin": origin,
            "as_of": own.as_of if own.as_of is not None else parent.as_of,
            "extreme": own.extreme or parent.extreme,
        }
    )


def _with_curves(table: PlanTable | None, data: dict[str, Any]) -> dict[str, Any]:
    """Give a KPI's growth line the KPI's default curve where it names none."""
    growth = data.get("growth")
    if not isinstance(growth, dict) or table is None:
        return data
    filled = {
        name: {"curve": table.kpis[name].curve, **line}
        if isinstance(line, dict) and "curve" not in line and name in table.kpis
        else line
        for name, line in growth.items()
    }
    return {**data, "growth": filled}


def _table(document: Document) -> tuple[PlanTable | None, set[str], list[str]]:
    """Make what can be made of plan.yaml: a year after the base year stands in for a later one."""
    data = dict(document.data)
    for group in ("kpis", "context"):
        if isinstance(data.get(group), dict):
            series = data[group].items()
            data[group] = {
                name: {**one, "id": name} if isinstance(one, dict) else one for name, one in series
            }
    filling: dict[str, Any] = dict.fromkeys(("id", "title", "issuer", "document"), "x")
    base = data.get("base_year")
    if type(base) is int and base < LAST_YEAR:
        filling |= {"target_year": base + 1, "horizon": base + 1}
    return remains(Document(document.name, data, document.lines), PlanTable, filling)


def _figures(path: Path, called: str, series: Mapping[str, Series | None] | None) -> Any:
    return parse_figures(read_text(path, called), called, series)


def _document(path: Path, called: str, first: str) -> Document:
    document = parse(read_text(path, called), called)
    if not isinstance(document.data, dict):
        raise ModelError(mistake(document.at(), "", "not a group of keys", f"start with {first}"))
    return document


_PACKAGE = Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    return _folder("data")


def notebook_folder() -> Path:
    return _folder("notebooks")


def plan_folder(plan: str | Path) -> Path:
    if not isinstance(plan, str | Path):
        raise ModelError(mistake("plan", "", f"{plan!r} is no plan", "an id, or a folder"))
    shipped = {path.parent.name: path.parent for path in data_folder().glob("*/plan.yaml")}
    if str(plan) in shipped:
        return shipped[str(plan)]
    with suppress(OSError):  # a name too long for the system is none
        if (Path(plan) / "plan.yaml").is_file():
            return Path(plan)
    allowed = f"a folder with plan.yaml, or {near(plan, shipped)}"
    raise ModelError(mistake("plan", "", f"{str(plan)!r} is no plan", allowed))


def begin(folder: Path) -> None:
    """Write a new plan pack, named after its folder; refuse to overwrite anything."""
    if folder.exists():
        raise ModelError(mistake(str(folder), "", "stands already", "a folder that is still to be made"))
    name = re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_")[:60]
    try:
        shutil.copytree(_PACKAGE / "new_plan", folder)
        told = (folder / "plan.yaml").read_text(encoding="utf-8")
        if name[:1].isalpha():
            told = told.replace("id: new_plan", f"id: {name}", 1)
        (folder / "plan.yaml").write_text(told, encoding="utf-8")
    except OSError as error:
        raise ModelError(mistake(str(folder), "", f"cannot be written ({error.strerror})")) from error


def _folder(name: str) -> Path:
    # The mapped folder comes first: beside an installed package lie other packages, and one of
    # them may well own a folder called "data".
    candidates = (_PACKAGE / "shipped" / name, _PACKAGE.parent / name)
    for folder in candidates:
        if folder.is_dir():
            return folder
    looked = " and ".join(map(str, candidates))
    allowed = f"looked in {looked}; run from a complete checkout or install the package again"
    raise ModelError(mistake(str(_PACKAGE), "", f"the folder {name}/ is missing", allowed))
