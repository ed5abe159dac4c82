"""A scenario's assumptions as a table; change some; tell two scenarios apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from model.errors import ModelError, mistake, near, raise_all
from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.plan.checks import check_scenario
from model.plan.plan import Plan, Series
from model.plan.reading import Document, parse
from model.plan.records import record
from model.plan.schema import Growth, Parameter, Record, Scenario, Shock

COLUMNS = ("kpi", "key", "value", "set_by", "source")
OPTION, EXTREME = "--set", "extreme=true"


def assumptions(
    scenario: Scenario, *, solved: Mapping[str, Mapping[str, float]] | None = None
) -> pd.DataFrame:
    """List every assumption of a scenario, and the file and line that set it.

    Parameters
    ----------
    scenario : Scenario
        A resolved scenario.
    solved : mapping, optional
        Arguments that were solved to reach a point, by series (`model.Projection.solved`).

    Returns
    -------
    DataFrame
        kpi, key, value (as it is written in a file), set_by (``reach`` for what was solved), source.

    Examples
    --------
    >>> from model import load
    >>> table = assumptions(load().scenarios["baseline"])
    >>> table[(table.kpi == "gigabit_users") & (table.key == "curve")]["value"].tolist()
    ['bass']
    """
    rows = []
    for name, growth in scenario.growth.items():
        source = growth.source.en if growth.source else ""
        for key, value in _flat(growth):
            rows.append((name, key, value, scenario.set_by(f"growth.{name}.{key}"), source))
        by = "last published growth" if growth.reread else "reach"
        rows += [(name, key, f"{one:.4g}", by, source) for key, one in (solved or {}).get(name, {}).items()]
    for index, shock in enumerate(scenario.shocks):
        place = 1 + sum(one.kpi == shock.kpi for one in scenario.shocks[:index])
        for key, value in _flat(shock):
            where, source = scenario.set_by(f"shocks.{index}.{key}"), shock.source.en if shock.source else ""
            rows.append((shock.kpi, f"shock {place} {key}", value, where, source))
    if scenario.as_of is not None:
        rows.append(("", "as_of", str(scenario.as_of), scenario.set_by("as_of"), ""))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def overview(plan: Plan, language: str = "en") -> pd.DataFrame:
    rows = []
    for name, own in plan.scenarios.items():
        parent = plan.scenarios.get(own.extends or "")
        growth = [one for one, line in own.growth.items() if not parent or parent.growth.get(one) != line]
        shocks = [one.kpi for one in own.shocks if not parent or one not in parent.shocks]
        title = str(getattr(own.title, language))
        rows.append((name, title, own.extends or "", ", ".join(growth), ", ".join(shocks)))
    return pd.DataFrame(rows, columns=["scenario", "title", "extends", "own_growth", "own_shocks"])


def changed_assumptions(first: Scenario, second: Scenario) -> pd.DataFrame:
    """List the assumptions in which two scenarios differ, empty where one has no such assumption."""
    here, there = (assumptions(one).drop_duplicates(["kpi", "key"]) for one in (first, second))
    merged = here.merge(there, on=["kpi", "key"], how="outer", suffixes=("_a", "_b"), sort=False).fillna("")
    merged = merged[merged["value_a"] != merged["value_b"]][["kpi", "key", "value_a", "value_b"]]
    names = (first.id, second.id if second.id != first.id else f"{second.id} (2)")
    return merged.set_axis(["kpi", "key", *names], axis=1).reset_index(drop=True)


def label(before: Scenario, now: Scenario) -> str:
    """Name a scenario in an export: by its id, and by every assumption that was changed by hand."""
    sides = [assumptions(one).set_index(["kpi", "key"])["value"].to_dict() for one in (before, now)]
    changed = {key: value for key, value in sides[1].items() if sides[0].get(key) != value}
    changed |= {key: "none" for key in sides[0] if key not in sides[1]} if not changed else {}
    edits = [f"{'.'.join(filter(None, key))}={value}" for key, value in changed.items()]
    return f"{now.id} ({'; '.join(edits)})" if edits else now.id


def with_overrides(plan: Plan, scenario: Scenario, overrides: Sequence[str]) -> Scenario:
    """Change assumptions of a scenario, worded as on the command line."""
    paths, problems = list[str](), list[str]()
    given = [one for one in overrides if one != EXTREME]
    lines = _lines(scenario, given)
    for override in given:
        path, found, text = override.partition("=")
        path = path.strip()
        try:
            if path in paths:
                raise ModelError(mistake(OPTION, override, f"{path} is set twice", "set it once"))
            paths.append(path)
            if not found or not text.strip():
                raise ModelError(mistake(OPTION, override, "no value", "series.argument=value"))
            _set(plan.series, lines, path, parse(text, f"{OPTION} {path}").data, override)
        except ModelError as error:
            problems += error.problems
    raise_all(problems)
    if len(given) < len(overrides):
        scenario = scenario.model_copy(update={"extreme": True})
    return _checked(plan, scenario, lines, paths, None)


def edited(
    plan: Plan, scenario: Scenario, edits: Mapping[str, Any], *, shocks: Sequence[Any] | None = None
) -> Scenario:
    """Put plain data at dotted keys of a scenario's growth, and perhaps other shocks."""
    if not edits and shocks is None:
        return scenario
    lines, problems = _lines(scenario, edits), list[str]()
    for path, value in edits.items():
        try:
            _set(plan.series, lines, path, value, path)
        except ModelError as error:
            problems += error.problems
    raise_all(problems)
    return _checked(plan, scenario, lines, list(edits), shocks)


def _checked(
    plan: Plan, scenario: Scenario, lines: Mapping[str, Any], paths: list[str], shocks: Sequence[Any] | None
) -> Scenario:
    """Make a scenario of plain lines, of which those at the paths are new."""
    touched = {name: lines[name] for name in dict.fromkeys(path.partition(".")[0] for path in paths)}
    data: dict[str, Any] = {"id": scenario.id, "title": scenario.title.model_dump(), "growth": touched}
    if shocks is not None:
        data["shocks"] = tuple(shocks)
    parsed: Scenario = record(Document(OPTION, data, {(): 0}), Scenario)
    changed = scenario.model_copy(
        update={
            "growth": {**scenario.growth, **parsed.growth},
            "origin": {**scenario.origin, **{f"growth.{path}": OPTION for path in paths}},
            "shocks": scenario.shocks if shocks is None else parsed.shocks,
        }
    )
    raise_all(check_scenario(plan, changed, lambda key: OPTION, touched))
    return changed


def plain(record: Record, **how: Any) -> dict[str, Any]:
    """Write a record back as the data that its file holds; a source comes last."""
    bare: dict[str, Any] = _bare(record.model_dump(exclude_none=True, **how))
    return bare


def _lines(scenario: Scenario, paths: Iterable[str]) -> dict[str, Any]:
    names = dict.fromkeys(re.split("[.=]", path.strip(), maxsplit=1)[0].strip() for path in paths)
    return {name: plain(scenario.growth[name]) for name in names if name in scenario.growth}


def _set(known: Mapping[str, Series], lines: dict[str, Any], path: str, value: Any, override: str) -> None:
    """Put one value into the growth lines, checking its path on the way."""

    def refuse(wrong: str, allowed: str) -> ModelError:
        return ModelError(mistake(OPTION, override, wrong, allowed))

    name, *keys = path.split(".")
    if name not in known or known[name].proxy_for:
        names = [one for one, series in known.items() if not series.proxy_for]
        raise refuse(f"unknown series {name!r}", near(name, names))
    if not keys:
        lines[name] = value
        return
    line = lines.get(name, {})
    if not isinstance(line, Mapping):
        return  # refused as a whole
    line = dict(line)
    if keys[0] == "curve":
        raise refuse("a curve comes with its arguments", f"{name}={{curve: …, …}}")
    declared = arguments(CURVES[line["curve"]]) if "curve" in line else {}
    if keys[0] not in (allowed := [*declared, "reach"] if "curve" in line else []):
        wrong = f"{name} has no argument {keys[0]!r}" if line else f"{name} has no growth in this scenario"
        raise refuse(wrong, near(keys[0], allowed))
    here: Any = line
    for step in map(_key, keys[:-1]):
        inner = here.get(step)
        if not isinstance(inner, Mapping):
            raise refuse(f"{str(step)!r} has no parts", f"{name}.{keys[0]}=…")
        here[step] = dict(inner)
        here = here[step]
    here[_key(keys[-1])] = value
    if keys[0] == "rate":
        line.pop("reread", None)
    free = [one for one, argument in declared.items() if argument.kind == "number"]
    if line.get("reach") is not None and (keys[0] == "numerator" or all(one in line for one in free)):
        del line["reach"]
    lines[name] = line


def _key(step: str) -> str | int:
    return int(step) if re.fullmatch("[0-9]{1,4}", step) else step


def _bare(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_bare(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    if value.get("distribution") == "fixed":
        return value["value"]
    if set(value) == {"en", "zh"} and value["en"] == value["zh"]:
        return value["en"]
    return {key: _bare(value[key]) for key in sorted(value, key=lambda one: bool(one == "source"))}


def _flat(line: Growth | Shock) -> Iterator[tuple[str, str]]:
    """List keys and values of a growth line or a shock, nested keys dotted."""
    if isinstance(line, Shock):
        yield "shape", line.shape
    else:
        yield "curve", line.curve
        if line.reach is not None:
            value = line.reach.value
            yield "reach", f"{value if isinstance(value, str) else format(value, 'g')} in {line.reach.year}"
    for name, value in line.arguments.items():
        if isinstance(value, Growth):
            yield from ((f"{name}.{key}", one) for key, one in _flat(value))
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{key}", written(one)) for key, one in value.items())
        else:
            yield name, written(value)
    if isinstance(line, Growth) and line.reread:
        yield "reread", "true"


def written(value: Any) -> str:
    if not isinstance(value, Parameter):
        return str(value)
    if value.distribution == "fixed":
        return f"{value.central:g}"
    inside = ", ".join(f"{name} {one:g}" for name, one in value.arguments.items())
    return f"{value.distribution} ({inside})"
