"""What a new curve or a new shock does to a state: settings that no longer mean anything go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.explorer.shock_controls import NONE, template_of_shock
from model.explorer.state import State
from model.schema import Plan, Scenario

STRUCTURE = (".curve", ".shape", ".from.year", ".as_of")


def structure_of(state: State) -> str:
    """Tell boards apart: two states of one structure have the same controls."""
    shapes = {key: repr(one) for key, one in state.settings.items() if key.endswith(STRUCTURE)}
    return f"{state.chosen} {sorted(shapes.items())}"


def with_curve(state: State, series: str, line: Mapping[str, Any] | None) -> State:
    """Give a series another curve; its shocks stay."""
    shocks = {key: one for key, one in state.settings.items() if key.startswith(f"{series}.shock")}
    return state.without(f"{series}.").with_settings({**shocks, f"{series}.curve": line})


def with_shape(state: State, chosen: Scenario, plan: Plan, control: str, shape: str) -> State:
    """Give a shock another shape, add one, or take one away."""
    series, place, _ = control.split(".")
    number = int(place.removeprefix("shock"))
    own = [one.shape for one in chosen.shocks if one.kpi == series]
    before = own[number - 1] if number <= len(own) else NONE
    bare = state.without(control.removesuffix("shape"))
    if shape == before:
        return bare
    return bare.with_settings({control: NONE if shape == NONE else template_of_shock(shape, plan)})
