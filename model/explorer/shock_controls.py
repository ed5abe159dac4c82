"""The controls of shocks, and what a new one begins as."""

from __future__ import annotations

import inspect
from typing import Any

from model.arguments import arguments
from model.explorer.controls import Control
from model.explorer.controls import number as number_control
from model.schema import Parameter, Plan, Series, Shock
from model.shocks import SHOCKS

NONE = "none"
FIRST_SIZE = -0.05


def of_shock(shock: Shock | None, series: Series, number: int, last: int) -> list[Control]:
    """Give the controls of one shock; of none, the choice of a shape."""
    head = f"{series.id}.shock{number}"
    shape = Control(f"{head}.shape", "choice", shock.shape if shock else NONE, options=(NONE, *SHOCKS))
    if shock is None:
        return [shape]
    found = [shape]
    for name, declared in arguments(SHOCKS[shock.shape]).items():
        value = shock.arguments.get(name, default_of(SHOCKS[shock.shape], name))
        at = f"{head}.{name}"
        if declared.kind == "word":
            found.append(Control(at, "choice", value, options=declared.words, argument=declared))
        elif declared.kind in ("year", "count"):
            low = last - 12 if declared.kind == "year" else declared.low
            high = last if declared.kind == "year" else min(declared.high, 10)
            found.append(
                Control(
                    at, "number", value, min(low, value), max(high, value), 1.0,
                    unit="" if declared.kind == "year" else "years", argument=declared,
                )
            )  # fmt: skip
        else:
            central = value.central if isinstance(value, Parameter) else float(value)
            found.append(number_control(at, central, declared, series, of_shock=True))
    return found


def template_of_shock(shape: str, plan: Plan) -> dict[str, Any]:
    """Give a new shock of a shape: a twentieth less, from the second year on."""
    declared = arguments(SHOCKS[shape])
    # The first year named is when it begins; another one is when it is complete.
    years = [name for name, one in declared.items() if one.kind == "year"]
    when = dict.fromkeys(years, plan.target_year) | {years[0]: min(plan.base_year + 2, plan.target_year)}
    made: dict[str, Any] = {"shape": shape}
    for name, one in declared.items():
        given = when.get(name, FIRST_SIZE)
        made[name] = given if one.required else default_of(SHOCKS[shape], name)
    return made


def default_of(function: Any, name: str) -> Any:
    """Give the default of a keyword-only argument."""
    return inspect.signature(function).parameters[name].default
