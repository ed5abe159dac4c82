"""The controls of the explorer, generated from a scenario and from what its functions declare.

A control is one thing that can be set: the curve of a series, a number behind it, a shock, the horizon.
Its range is read off the argument's own limits (`model.arguments`), so that a new curve or shock needs no
line here. Values are in model units; `scale` and `unit` say how an economist reads them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from model.arguments import Argument
from model.schema import Series

Kind = Literal["number", "choice", "flag"]
STEPS = 200
RUN = "run"
# One correlation between the growth shocks of all KPIs; none: the plan pack's pairs.
TOGETHER: Mapping[str, float | None] = {"plan": None, "apart": 0.0, "somewhat": 0.4, "closely": 0.8}


@dataclass(frozen=True)
class Control:
    """One thing that can be set."""

    id: str
    kind: Kind
    start: Any
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    scale: float = 1.0
    unit: str = ""
    options: tuple[str, ...] = ()
    argument: Argument | None = None
    rest: float | None = None
    reread: tuple[float, int] | None = None
    main: bool = False

    @property
    def series(self) -> str:
        """Id of the series it belongs to, or ``run``."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """Name of what it sets, dotted where it stands inside another."""
        return self.id.partition(".")[2]


def number(id: str, value: float, declared: Argument, series: Series, *, of_shock: bool = False) -> Control:
    """Give the control of a number: its slider reaches twice its value to either side, where admissible."""
    low, high, step = range_of(value, declared)
    percent = declared.unit == "a year" or (of_shock and declared.low == -1.0)
    scale = 100.0 if percent else 1.0
    if declared.unit == "a year":
        unit = "points a year" if of_shock else "percent a year"
    elif declared.unit:
        unit = "points a year" if series.kind == "share" else "units a year"
    else:
        unit = "percent" if percent else ""
    return Control(id, "number", value, low, high, step, scale, unit, argument=declared)


def range_of(
    value: float, declared: Argument, *, low: float | None = None, high: float | None = None
) -> tuple[float, float, float]:
    """Give a slider's range and step; the grid holds the value, because browsers snap to it."""
    spread = max(2 * abs(value), 0.1)
    low = max(value - spread if low is None else low, declared.low)
    high = min(value + spread if high is None else high, declared.high)
    step = 10.0 ** math.floor(math.log10((high - low) / STEPS)) if high > low else 0.01
    edge = 0.0 if declared.closed else step / 2
    below = math.floor((value - low - (edge if low == declared.low else 0.0)) / step + 1e-9)
    above = math.floor((high - value - (edge if high == declared.high else 0.0)) / step + 1e-9)
    return value - max(below, 0) * step, value + max(above, 0) * step, step
