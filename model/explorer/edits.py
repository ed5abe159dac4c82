"""What was set, the way back, and the scenario it makes: plain data at dotted keys, validated once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from model.errors import ModelError
from model.explorer.controls import NONE, RUN, template_of_shock
from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.plan.assumptions import edited, plain
from model.plan.plan import Plan
from model.plan.schema import Growth, Parameter, Scenario
from model.projection.continuation import DAMPING
from model.projection.trajectories import trajectories

PLACED = ("low", "mode", "high", "mean", "median")
DEEPEST = 500
Settings = Mapping[str, Any]
# What a new curve begins with where nothing can be solved for it.
FIRST = {"damping": DAMPING, "innovation": 0.03}
FIRST_RATE = 0.1
# Two states that agree in these have the same controls.
STRUCTURE = (".curve", ".shape", ".from.year", ".as_of")


@dataclass(frozen=True)
class State:
    """The scenario that was chosen, and what was set; every verb gives a new one."""

    chosen: str
    settings: Settings = field(default_factory=dict)

    def with_settings(self, changes: Settings) -> State:
        """Set some controls; None puts one back."""
        merged = {**self.settings, **changes}
        return replace(self, settings={key: one for key, one in merged.items() if one is not None})

    def without(self, prefix: str) -> State:
        """Put back every control whose id begins so."""
        kept = {key: one for key, one in self.settings.items() if not key.startswith(prefix)}
        return replace(self, settings=kept)

    @property
    def structure(self) -> str:
        """Tell boards apart."""
        shapes = {key: repr(one) for key, one in self.settings.items() if key.endswith(STRUCTURE)}
        return f"{self.chosen} {sorted(shapes.items())}"

    def with_curve(self, series: str, line: Settings | None) -> State:
        """Give a series another curve; its shocks stay."""
        shocks = {key: one for key, one in self.settings.items() if key.startswith(f"{series}.shock")}
        return self.without(f"{series}.").with_settings({**shocks, f"{series}.curve": line})

    def with_shape(self, chosen: Scenario, plan: Plan, control: str, shape: str) -> State:
        """Give a shock another shape, add one, or take one away."""
        series, place, _ = control.split(".")
        number = int(place.removeprefix("shock"))
        own = [one.shape for one in chosen.shocks if one.kpi == series]
        bare = self.without(control.removesuffix("shape"))
        if shape == (own[number - 1] if number <= len(own) else NONE):
            return bare
        return bare.with_settings({control: NONE if shape == NONE else template_of_shock(shape, plan)})


@dataclass(frozen=True)
class History:
    """The states before and after the present one."""

    present: State
    past: tuple[State, ...] = ()
    future: tuple[State, ...] = ()
    gesture: str = ""

    def then(self, state: State, gesture: str = "") -> History:
        """Go on to a state; what is one gesture is one step."""
        if state == self.present:
            return self
        if gesture and gesture == self.gesture:
            return replace(self, present=state, future=())
        return History(state, (*self.past, self.present)[-DEEPEST:], (), gesture)

    def undone(self) -> History:
        """Go one step back; at the beginning, stay."""
        return History(self.past[-1], self.past[:-1], (*self.future, self.present)) if self.past else self

    def redone(self) -> History:
        """Go one step forward again; at the end, stay."""
        return History(self.future[-1], (*self.past, self.present), self.future[:-1]) if self.future else self


def moved(parameter: Parameter, value: float, width: float | None = None) -> Any:
    """Move a parameter so that its median is `value`; what is uncertain about it moves along."""
    given = parameter.arguments
    if width is not None:
        if width == 0:
            return value
        if "high" not in given:
            low, high = (float(f"{value + side * width:.12g}") for side in (-1, 1))
            return {"distribution": "triangular", "low": low, "mode": value, "high": high}
        middle, stretch = parameter.central, width / ((given["high"] - given["low"]) / 2)
        given = {name: middle + stretch * (one - middle) for name, one in given.items()}
    if parameter.distribution == "fixed":
        return value
    by = value - parameter.central
    # Twelve digits: what binary fractions leave behind has no place in a file.
    shifted = {name: float(f"{one + by:.12g}") if name in PLACED else one for name, one in given.items()}
    return {"distribution": parameter.distribution, **shifted}


def templated(plan: Plan, chosen: Scenario, settings: Settings) -> Scenario:
    """Give a scenario its new curves and shocks, before any number is moved."""
    curves = {key.partition(".")[0]: one for key, one in settings.items() if key.endswith(".curve")}
    scenario = chosen
    if curves:
        scenario = edited(plan, chosen, curves)
    return with_shocks(plan, scenario, {key: one for key, one in settings.items() if key.endswith(".shape")})


def built(plan: Plan, template: Scenario, settings: Settings, *, last: int) -> Scenario:
    """Give a scenario the numbers that were set."""
    scenario = edited(plan, template, _numbers(template, settings), shocks=_shock_numbers(template, settings))
    stepped = {
        key.partition(".")[0]: int(year)
        for key, year in settings.items()
        if key.endswith(".from.year") and year
    }
    if stepped:
        calm = scenario.model_copy(update={"shocks": ()})
        paths = trajectories(plan, calm, last=last, facts=plan.figures.facts(plan.base_year))
        lines = {}
        for name, year in stepped.items():
            rates = implied(scenario.growth[name], paths.values, name, paths.years)
            kept = {one: rate for one, rate in rates.items() if one < year}
            step = settings.get(f"{name}.from.rate", rates.get(year, 0.0))
            lines[name] = _stepwise(scenario.growth[name], {**kept, year: step})
        scenario = edited(plan, scenario, lines)
    if f"{RUN}.as_of" in settings:
        scenario = scenario.model_copy(update={"as_of": int(settings[f"{RUN}.as_of"])})
    return scenario


def template_of_curve(plan: Plan, now: Scenario, name: str, curve: str, *, last: int) -> dict[str, Any]:
    """Give a new curve for a series, through the point it is projected to reach in the target year."""
    calm, facts = now.model_copy(update={"shocks": ()}), plan.figures.facts(plan.base_year)
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
        tried = edited(plan, calm, {name: reach})
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


def _numbers(template: Scenario, settings: Settings) -> dict[str, Any]:
    """Give what was set of curves; a number and its width are one value."""
    found = {}
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
            found[head + key] = value
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


def with_shocks(plan: Plan, scenario: Scenario, shapes: Settings) -> Scenario:
    """Add, replace and remove shocks."""
    if not shapes:
        return scenario
    lines = _by_series(scenario)
    for key in sorted(shapes):
        series, place, _ = key.split(".")
        number = int(place.removeprefix("shock")) - 1
        still = {"shape": "level", "start": plan.target_year, "size": 0.0}
        line = {"kpi": series, **(still if shapes[key] == NONE else shapes[key])}
        lines.setdefault(series, [])[number : number + 1] = [line]
    return edited(plan, scenario, {}, shocks=[line for own in lines.values() for line in own])


def _shock_numbers(scenario: Scenario, settings: Settings) -> list[Any] | None:
    """Give the shocks with the numbers that were set; None where none was."""
    set_ones = {key: one for key, one in settings.items() if ".shock" in key and not key.endswith(".shape")}
    if not set_ones:
        return None
    lines = _by_series(scenario)
    for key, value in set_ones.items():
        series, place, name = key.split(".")
        number = int(place.removeprefix("shock")) - 1
        own = [one for one in scenario.shocks if one.kpi == series]
        if number < len(own):
            before = own[number].arguments.get(name)
            lines[series][number][name] = moved(before, value) if isinstance(before, Parameter) else value
    return [line for own in lines.values() for line in own]


def _by_series(scenario: Scenario) -> dict[str, list[Any]]:
    lines: dict[str, list[Any]] = {}
    for shock in scenario.shocks:
        lines.setdefault(shock.kpi, []).append(plain(shock))
    return lines
