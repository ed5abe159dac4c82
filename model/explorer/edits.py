"""What was set, the way back, and the scenario it makes: plain data at dotted keys, validated once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from model.explorer.controls import NONE
from model.plan.assumptions import plain
from model.plan.schema import Growth, Parameter, Scenario
from model.projection.trajectories import DAMPING

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
        kept = {key: one for key, one in self.settings.items() if not key.startswith(prefix)}
        return replace(self, settings=kept)

    @property
    def structure(self) -> str:
        shapes = {key: repr(one) for key, one in self.settings.items() if key.endswith(STRUCTURE)}
        return f"{self.chosen} {sorted(shapes.items())}"

    def with_curve(self, series: str, line: Settings | None) -> State:
        """Give a series another curve; its shocks stay."""
        shocks = {key: one for key, one in self.settings.items() if key.startswith(f"{series}.shock")}
        return self.without(f"{series}.").with_settings({**shocks, f"{series}.curve": line})

    def with_shape(self, own: Sequence[str], control: str, shape: str, new: Any) -> State:
        """Give a shock another shape than its series' own, add one, or take one away."""
        number = int(control.split(".")[1].removeprefix("shock"))
        bare = self.without(control.removesuffix("shape"))
        same = shape == (own[number - 1] if number <= len(own) else NONE)
        return bare if same else bare.with_settings({control: NONE if shape == NONE else new})


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
        return History(self.past[-1], self.past[:-1], (*self.future, self.present)) if self.past else self

    def redone(self) -> History:
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


def implied(growth: Growth | None, values: Mapping[str, Any], name: str, years: Any) -> dict[int, float]:
    """Measure the yearly growth of a trajectory; of a ratio, that of its numerator."""
    path = np.asarray(values[name], dtype=float)
    below = growth.arguments.get("denominator") if growth is not None else None
    if isinstance(below, str):
        path = path * np.asarray(values[below], dtype=float)
    rates = path[1:] / path[:-1] - 1.0
    return {int(year): float(rate) for year, rate in zip(years[1:], rates, strict=True)}


def number_lines(template: Scenario, settings: Settings) -> dict[str, Any]:
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


def stepwise(growth: Growth | None, rates: Mapping[int, float]) -> dict[str, Any]:
    line: dict[str, Any] = {"curve": "stepwise", "rates": dict(rates)}
    below = growth.arguments.get("denominator") if growth is not None else None
    if growth is not None and below is not None:
        return {"curve": growth.curve, "numerator": line, "denominator": below}
    return line


def shape_lines(scenario: Scenario, shapes: Settings, when: int) -> list[Any]:
    """Add, replace and remove shocks; one that is taken away leaves a still one in its place."""
    lines = shocks_of(scenario)
    for key in sorted(shapes):
        series, place, _ = key.split(".")
        number = int(place.removeprefix("shock")) - 1
        still = {"shape": "level", "start": when, "size": 0.0}
        line = {"kpi": series, **(still if shapes[key] == NONE else shapes[key])}
        lines.setdefault(series, [])[number : number + 1] = [line]
    return [line for own in lines.values() for line in own]


def shock_lines(scenario: Scenario, settings: Settings) -> list[Any] | None:
    """Give the shocks with the numbers that were set; None where none was."""
    set_ones = {key: one for key, one in settings.items() if ".shock" in key and not key.endswith(".shape")}
    if not set_ones:
        return None
    lines = shocks_of(scenario)
    for key, value in set_ones.items():
        series, place, name = key.split(".")
        number = int(place.removeprefix("shock")) - 1
        own = [one for one in scenario.shocks if one.kpi == series]
        if number < len(own):
            before = own[number].arguments.get(name)
            lines[series][number][name] = moved(before, value) if isinstance(before, Parameter) else value
    return [line for own in lines.values() for line in own]


def shocks_of(scenario: Scenario) -> dict[str, list[dict[str, Any]]]:
    """Give the shocks as plain data, series by series."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for shock in scenario.shocks:
        lines.setdefault(shock.kpi, []).append(plain(shock))
    return lines
