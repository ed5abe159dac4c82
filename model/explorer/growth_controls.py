"""The controls of how one series grows: its curve, its ceiling, its numbers and how wide they spread."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from model.arguments import Argument, arguments
from model.curves import CURVES
from model.explorer.controls import Control, number, range_of
from model.schema import Growth, Parameter, Series
from model.trajectories import FADING

# A ratio needs a numerator and a denominator, which no slider can make up.
PLAIN = tuple(
    name
    for name, curve in CURVES.items()
    if not any(one.kind in ("growth", "series") for one in arguments(curve).values())
)


def of_growth(
    series: Series,
    growth: Growth,
    top: float | None,
    first: str = "",
    read: tuple[float, float, int] | None = None,
) -> list[Control]:
    """Give the controls of one series' growth: its curve, its ceiling, its numbers."""
    numbers = list(numbers_of(growth))
    main = main_number(growth)
    choices = tuple(dict.fromkeys([*PLAIN, growth.curve, *([first] if first else [])]))
    found = [Control(f"{series.id}.curve", "choice", growth.curve, options=choices)]
    if "ceiling" in arguments(CURVES[growth.curve]) and top is not None:
        given = growth.arguments.get("ceiling")
        start = given.central if isinstance(given, Parameter) else None
        declared = arguments(CURVES[growth.curve])["ceiling"]
        highest = series.bounds[1] if series.bounds else 2 * top
        low, high, step = range_of(top, declared, low=top / 2, high=highest)
        found.append(
            Control(
                f"{series.id}.ceiling", "number", start, low, high, step,
                unit="units", argument=declared, rest=top,
            )
        )  # fmt: skip
    for name, parameter, declared in numbers:
        if name != "ceiling":
            fades = growth.curve == "damped" and name == FADING[growth.curve]
            again = read if fades else None
            value = parameter.central if again is None else again[0]
            control = number(f"{series.id}.{name}", value, declared, series)
            unit = "percent at first" if fades else control.unit
            found.append(replace(control, main=name == main, unit=unit, reread=again and again[1:]))
    for name, parameter, declared in numbers:
        width = width_of(parameter)
        if name == main and width is not None:
            about = number(f"{series.id}.{name}", parameter.central, declared, series)
            high = max((about.high - about.low) / 4, width)
            found.append(
                Control(
                    f"{series.id}.{name}.width", "number", width, 0.0, high, about.step,
                    scale=about.scale, unit=about.unit.replace("percent", "points"),
                    argument=Argument(low=0.0, closed=True),
                )
            )  # fmt: skip
    if growth.reach is not None and not main:
        given = growth.reach.value
        goal = series.target(growth.reach.year) if hasattr(series, "target") else None
        start = float(given) if isinstance(given, float | int) else goal.value if goal else math.nan
        low, high, step = range_of(start, Argument(low=0.0), low=start / 4, high=(top or 2 * start))
        found.append(
            Control(
                f"{series.id}.reach.value", "number", start, low, high, step,
                unit="units", argument=Argument(low=0.0), main=True,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: not one.main)


def numbers_of(growth: Growth, prefix: str = "") -> Iterator[tuple[str, Parameter, Argument]]:
    """List the numbers of a curve: dotted name, parameter, and what it may be."""
    declared = arguments(CURVES[growth.curve])
    for name, value in growth.arguments.items():
        if isinstance(value, Parameter):
            yield prefix + name, value, declared[name]
        elif isinstance(value, Growth):
            yield from numbers_of(value, f"{prefix}{name}.")
        elif isinstance(value, Mapping):
            yield from ((f"{prefix}{name}.{year}", one, declared[name]) for year, one in value.items())


def main_number(growth: Growth) -> str:
    """Name the number that speeds a curve up: the last with a time unit, or the last yearly rate."""
    timed = [name for name, _, declared in numbers_of(growth) if declared.unit]
    return timed[-1] if timed else ""


def width_of(parameter: Parameter) -> float | None:
    """Give the half width of a parameter's range; None where it has no limits."""
    given = parameter.arguments
    if parameter.distribution == "fixed":
        return 0.0
    return (given["high"] - given["low"]) / 2 if "high" in given else None
