"""Shocks as they were set: new ones, others in place of those of the scenario, none.

A shock that is taken away becomes one of size zero: the others keep their numbers, and a file that extends
the scenario can say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.checks import check_scenario
from model.errors import raise_all
from model.explorer.moving import moved
from model.explorer.shock_controls import NONE
from model.reading import Document
from model.records import record
from model.schema import Parameter, Plan, Scenario, Shock

WHERE = "explorer"
Settings = Mapping[str, Any]


def plain_shock(shock: Shock) -> dict[str, Any]:
    """Write a shock back as it stands in a file."""
    inside = {
        name: (value.central if value.distribution == "fixed" else value.model_dump())
        if isinstance(value, Parameter)
        else value
        for name, value in shock.arguments.items()
    }
    source = {"source": shock.source} if shock.source else {}
    return {"kpi": shock.kpi, "shape": shock.shape, **inside, **source}


def with_shocks(plan: Plan, scenario: Scenario, shapes: Settings) -> Scenario:
    """Add, replace and remove shocks."""
    if not shapes:
        return scenario
    lines = _by_series(scenario)
    for key in sorted(shapes):
        series, place, _ = key.split(".")
        own = lines.setdefault(series, [])
        number = int(place.removeprefix("shock")) - 1
        still = {"shape": "level", "start": plan.target_year, "size": 0.0}
        line = {"kpi": series, **(still if shapes[key] == NONE else shapes[key])}
        own[number : number + 1] = [line]
    return _recorded(plan, scenario, lines)


def with_shock_numbers(plan: Plan, scenario: Scenario, settings: Settings) -> Scenario:
    """Move the numbers of shocks."""
    moved_ones = {key: one for key, one in settings.items() if ".shock" in key and not key.endswith(".shape")}
    if not moved_ones:
        return scenario
    lines = _by_series(scenario)
    for key, value in moved_ones.items():
        series, place, name = key.split(".")
        number = int(place.removeprefix("shock")) - 1
        own = [one for one in scenario.shocks if one.kpi == series]
        if number < len(own):
            before = own[number].arguments.get(name)
            lines[series][number][name] = moved(before, value) if isinstance(before, Parameter) else value
    return _recorded(plan, scenario, lines)


def _by_series(scenario: Scenario) -> dict[str, list[Any]]:
    lines: dict[str, list[Any]] = {}
    for shock in scenario.shocks:
        lines.setdefault(shock.kpi, []).append(plain_shock(shock))
    return lines


def _recorded(plan: Plan, scenario: Scenario, lines: Mapping[str, list[Any]]) -> Scenario:
    """Make records of shocks, checked as those of a file."""
    raw = [line for own in lines.values() for line in own]
    data = {"id": scenario.id, "title": scenario.title.model_dump(), "shocks": tuple(raw)}
    parsed: Scenario = record(Document(WHERE, data, {(): 0}), Scenario)
    changed = scenario.model_copy(update={"shocks": parsed.shocks})
    raise_all(check_scenario(plan, changed, lambda key: WHERE))
    return changed
