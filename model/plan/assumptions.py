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
from model.plan.records import record
from model.plan.schema import Growth, Parameter, Plan, Record, Scenario, Shock
from model.plan.yaml import Document, parse

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
        for key, value in _flat(growth):
            rows.append((name, key, value, _set_by(scenario, f"growth.{name}.{key}"), growth.source or ""))
        for key, number in (solved or {}).get(name, {}).items():
            by = "last published growth" if growth.reread else "reach"
            rows.append((name, key, f"{number:.4g}", by, growth.source or ""))
    for index, shock in enumerate(scenario.shocks):
        for key, value in _flat(shock):
            where = _set_by(scenario, f"shocks.{index}.{key}")
            rows.append(
                (shock.kpi, f"shock {_ordinal(scenario, index)} {key}", value, where, shock.source or "")
            )
    if scenario.as_of is not None:
        rows.append(("", "as_of", str(scenario.as_of), _set_by(scenario, "as_of"), ""))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def overview(plan: Plan) -> pd.DataFrame:
    """List the scenarios of a plan."""
    rows = []
    for name, scenario in plan.scenarios.items():
        parent = plan.scenarios.get(scenario.extends or "")
        growth = [
            one for one, line in scenario.growth.items() if parent is None or parent.growth.get(one) != line
        ]
        shocks = [one.kpi for one in scenario.shocks if parent is None or one not in parent.shocks]
        row = (name, scenario.title.en, scenario.extends or "", ", ".join(growth), ", ".join(shocks))
        rows.append(row)
    return pd.DataFrame(rows, columns=["scenario", "title", "extends", "own_growth", "own_shocks"])


def changed_assumptions(first: Scenario, second: Scenario) -> pd.DataFrame:
    """List the assumptions in which two scenarios differ.

    Parameters
    ----------
    first, second : Scenario
        Resolved scenarios.

    Returns
    -------
    DataFrame
        kpi, key, and a column of values for each scenario, named by its id; empty text where a
        scenario has no such assumption.

    Examples
    --------
    >>> from model import load
    >>> scenarios = load().scenarios
    >>> changed_assumptions(scenarios["baseline"], scenarios["baseline"]).empty
    True
    """
    here, there = (assumptions(one).drop_duplicates(["kpi", "key"]) for one in (first, second))
    merged = here.merge(there, on=["kpi", "key"], how="outer", suffixes=("_a", "_b"), sort=False).fillna("")
    merged = merged[merged["value_a"] != merged["value_b"]]
    left, right = first.id, second.id if second.id != first.id else f"{second.id} (2)"
    return merged.rename(columns={"value_a": left, "value_b": right})[
        ["kpi", "key", left, right]
    ].reset_index(drop=True)


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
            _set(plan, lines, path, parse(text, f"{OPTION} {path}").data, override)
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
    lines = _lines(scenario, edits)
    for path, value in edits.items():
        _set(plan, lines, path, value, path)
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


def _set(plan: Plan, lines: dict[str, Any], path: str, value: Any, override: str) -> None:
    """Put one value into the growth lines, checking its path on the way."""
    keys = path.split(".")
    name = keys[0]
    if name not in plan.series or plan.series[name].proxy_for:
        names = [*plan.kpis, *(one for one, series in plan.context.items() if not series.proxy_for)]
        raise ModelError(mistake(OPTION, override, f"unknown series {name!r}", near(name, names)))
    if len(keys) == 1:
        lines[name] = value
        return
    line = lines.get(name, {})
    if not isinstance(line, Mapping):
        return  # refused as a whole
    line = dict(line)
    if keys[1] == "curve":
        raise ModelError(
            mistake(OPTION, override, "a curve comes with its arguments", f"{name}={{curve: …, …}}")
        )
    allowed = [*arguments(CURVES[line["curve"]]), "reach"] if "curve" in line else []
    if keys[1] not in allowed:
        wrong = f"{name} has no argument {keys[1]!r}" if line else f"{name} has no growth in this scenario"
        raise ModelError(mistake(OPTION, override, wrong, near(keys[1], allowed)))
    here: Any = line
    for step in keys[1:-1]:
        inner = here.get(_key(step))
        if not isinstance(inner, Mapping):
            wrong = f"{step!r} has no parts"
            raise ModelError(mistake(OPTION, override, wrong, f"{'.'.join(keys[:2])}=…"))
        here[_key(step)] = dict(inner)
        here = here[_key(step)]
    here[_key(keys[-1])] = value
    if keys[1] == "rate":
        line.pop("reread", None)
    free = [one for one, declared in arguments(CURVES[line["curve"]]).items() if declared.kind == "number"]
    if line.get("reach") is not None and (keys[1] == "numerator" or all(one in line for one in free)):
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
    last = {key: one for key, one in value.items() if key == "source"}
    return {key: _bare(one) for key, one in value.items() if key != "source"} | last


def _flat(line: Growth | Shock) -> Iterator[tuple[str, str]]:
    """List keys and values of a growth line or a shock, nested keys dotted."""
    if isinstance(line, Growth):
        yield "curve", line.curve
        if line.reach is not None:
            value = line.reach.value
            yield "reach", f"{value if isinstance(value, str) else format(value, 'g')} in {line.reach.year}"
    else:
        yield "shape", line.shape
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
    """Write a value as it stands in a scenario file."""
    if not isinstance(value, Parameter):
        return str(value)
    if value.distribution == "fixed":
        return f"{value.central:g}"
    inside = ", ".join(f"{name} {one:g}" for name, one in value.arguments.items())
    return f"{value.distribution} ({inside})"


def _set_by(scenario: Scenario, key: str) -> str:
    while key and key not in scenario.origin:
        key = key.rpartition(".")[0]
    return scenario.origin.get(key, "")


def _ordinal(scenario: Scenario, index: int) -> int:
    """Count the shocks of one series up to this one."""
    return 1 + sum(shock.kpi == scenario.shocks[index].kpi for shock in scenario.shocks[:index])
