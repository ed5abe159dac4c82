"""What was set, laid over a scenario: control by control, through the model's own overrides.

Settings are a mapping from a control's id to its value in model units; what is not in it stands as in the
chosen scenario. A new curve or a new shock is kept as a template, so that its numbers can be moved and put
back like any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from model.arguments import arguments
from model.assumptions import with_overrides
from model.continuation import DAMPING, Facts
from model.curves import CURVES
from model.errors import ModelError
from model.explorer.controls import RUN
from model.explorer.moving import moved
from model.explorer.shock_edits import with_shock_numbers, with_shocks
from model.schema import Growth, Parameter, Plan, Scenario
from model.trajectories import trajectories

Settings = Mapping[str, Any]
# What a new curve begins with where nothing can be solved for it.
FIRST = {"damping": DAMPING, "innovation": 0.03}
FIRST_RATE = 0.1


def templated(plan: Plan, chosen: Scenario, settings: Settings) -> Scenario:
    """Give a scenario its new curves and shocks, before any number is moved."""
    curves = {key.partition(".")[0]: one for key, one in settings.items() if key.endswith(".curve")}
    scenario = chosen
    if curves:
        scenario = with_overrides(plan, chosen, [f"{name}={flow(line)}" for name, line in curves.items()])
    return with_shocks(plan, scenario, {key: one for key, one in settings.items() if key.endswith(".shape")})


def built(plan: Plan, template: Scenario, settings: Settings, *, facts: Facts, last: int) -> Scenario:
    """Give a scenario the numbers that were set."""
    scenario = template
    overrides = _overrides(template, settings)
    if overrides:
        scenario = with_overrides(plan, scenario, overrides)
    scenario = with_shock_numbers(plan, scenario, settings)
    stepped = {
        key.partition(".")[0]: int(year)
        for key, year in settings.items()
        if key.endswith(".from.year") and year
    }
    if stepped:
        calm = scenario.model_copy(update={"shocks": ()})
        paths = trajectories(plan, calm, last=last, facts=facts)
        lines = []
        for name, year in stepped.items():
            rates = implied(scenario.growth[name], paths.values, name, paths.years)
            kept = {one: rate for one, rate in rates.items() if one < year}
            step = settings.get(f"{name}.from.rate", rates.get(year, 0.0))
            lines.append(f"{name}={flow(_stepwise(scenario.growth[name], {**kept, year: step}))}")
        scenario = with_overrides(plan, scenario, lines)
    if f"{RUN}.as_of" in settings:
        scenario = scenario.model_copy(update={"as_of": int(settings[f"{RUN}.as_of"])})
    return scenario


def template_of_curve(
    plan: Plan, now: Scenario, name: str, curve: str, *, facts: Facts, last: int
) -> dict[str, Any]:
    """Give a new curve for a series, through the point it is projected to reach in the target year."""
    calm = now.model_copy(update={"shocks": ()})
    paths = trajectories(plan, calm, last=max(last, plan.target_year), facts=facts)
    declared = arguments(CURVES[curve])
    if "rates" in declared:
        return _stepwise(None, implied(None, paths.values, name, paths.years))
    numbers = [one for one, kind in declared.items() if kind.kind == "number"]
    timed = [one for one in numbers if declared[one].unit][-1]
    line = {"curve": curve, **{one: FIRST.get(one, FIRST_RATE) for one in numbers if one != timed}}
    given = now.growth[name].arguments.get("ceiling") if name in now.growth else None
    if "ceiling" in declared and given is not None:
        line["ceiling"] = given if isinstance(given, str) else given.central
    elif "ceiling" in declared and name not in paths.ceilings:
        # Nothing bounds the series, so there is room for as much again.
        line["ceiling"] = float(f"{2 * np.max(paths.values[name]):.3g}")
    value = float(paths.values[name][plan.target_year - plan.base_year])
    reach = {**line, "reach": {"year": plan.target_year, "value": value}}
    try:
        tried = with_overrides(plan, calm, [f"{name}={flow(reach)}"])
        solved = trajectories(plan, tried, last=plan.target_year, facts=facts).solved[name][timed]
    except ModelError:
        # No such curve leads there (a falling S-curve, say): it begins somewhere, and can be moved.
        solved = FIRST_RATE
    return {**line, timed: solved}


def implied(growth: Growth | None, values: Mapping[str, Any], name: str, years: Any) -> dict[int, float]:
    """Measure the yearly growth of a trajectory; of a ratio, that of its numerator."""
    path = np.asarray(values[name], dtype=float)
    below = growth.arguments.get("denominator") if growth is not None else None
    if isinstance(below, str):
        path = path * np.asarray(values[below], dtype=float)
    rates = path[1:] / path[:-1] - 1.0
    return {int(year): float(rate) for year, rate in zip(years[1:], rates, strict=True)}


def flow(value: Any) -> str:
    """Write a value as one line of YAML."""
    if isinstance(value, Mapping):
        inside = (f"{json.dumps(key)}: {flow(one)}" for key, one in value.items())
        return "{" + ", ".join(inside) + "}"
    return json.dumps(value, ensure_ascii=False)


def _overrides(template: Scenario, settings: Settings) -> list[str]:
    """Word what was set of curves; a number and its width are one value."""
    found = []
    for name, growth in template.growth.items():
        head = f"{name}."
        own = {
            key.removeprefix(head).removesuffix(".width")
            for key in settings
            if key.startswith(head) and not key.startswith((f"{head}shock", f"{head}from.", f"{head}curve"))
        }
        for key in sorted(own):
            before = _part(growth, key.split("."))
            value = settings.get(f"{head}{key}")
            if isinstance(before, Parameter):
                value = before.central if value is None else value
                value = moved(before, float(value), settings.get(f"{head}{key}.width"))
            found.append(f"{head}{key}={flow(value)}")
    return found


def _part(growth: Growth, steps: list[str]) -> Any:
    here: Any = growth.arguments
    for step in steps:
        here = here.arguments if isinstance(here, Growth) else here
        here = here.get(int(step) if step.isdigit() else step) if isinstance(here, Mapping) else None
    return here


def _stepwise(growth: Growth | None, rates: Mapping[int, float]) -> dict[str, Any]:
    line: dict[str, Any] = {"curve": "stepwise", "rates": dict(rates)}
    below = growth.arguments.get("denominator") if growth is not None else None
    if growth is not None and below is not None:
        return {"curve": growth.curve, "numerator": line, "denominator": below}
    return line
