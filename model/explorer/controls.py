"""The controls of the explorer, generated from a scenario and from what its functions declare.

A control is one thing that can be set: the curve of a series, a number behind it, a shock, the horizon.
Its range is read off the argument's own limits, so that a new curve or shock needs no line here.
Values are in model units; `scale` and `unit` say how an economist reads them.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from model.errors import ModelError, mistake
from model.growth.arguments import Argument, arguments
from model.growth.curves import CURVES
from model.growth.shocks import SHOCKS
from model.plan.plan import Series
from model.plan.schema import Growth, Parameter, Shock
from model.projection.trajectories import FADING
from model.report.language import ENGLISH, Language

Kind = Literal["number", "choice", "flag"]
STEPS = 200
RUN = "run"
# One correlation between the growth shocks of all KPIs; none: the plan pack's pairs.
TOGETHER: Mapping[str, float | None] = {"plan": None, "apart": 0.0, "somewhat": 0.4, "closely": 0.8}


@dataclass(frozen=True)
class Control:
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
    numbers = list(growth.numbers())
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


def main_number(growth: Growth) -> str:
    """Name the number that speeds a curve up: the last with a time unit, or the last yearly rate."""
    timed = [name for name, _, declared in growth.numbers() if declared.unit]
    return timed[-1] if timed else ""


def width_of(parameter: Parameter) -> float | None:
    """Give the half width of a parameter's range; None where it has no limits."""
    given = parameter.arguments
    if parameter.distribution == "fixed":
        return 0.0
    return (given["high"] - given["low"]) / 2 if "high" in given else None


NONE = "none"
FIRST_SIZE = -0.05


def of_shock(shock: Shock | None, series: Series, place: int, last: int) -> list[Control]:
    head = f"{series.id}.shock{place}"
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
            found.append(number(at, central, declared, series, of_shock=True))
    return found


def template_of_shock(shape: str, first: int, last: int) -> dict[str, Any]:
    """Give a new shock of a shape: a twentieth less, from the second year on."""
    declared = arguments(SHOCKS[shape])
    # The first year named is when it begins; another one is when it is complete.
    years = [name for name, one in declared.items() if one.kind == "year"]
    when = dict.fromkeys(years, last) | {years[0]: min(first + 2, last)}
    made: dict[str, Any] = {"shape": shape}
    for name, one in declared.items():
        given = when.get(name, FIRST_SIZE)
        made[name] = given if one.required else default_of(SHOCKS[shape], name)
    return made


def default_of(function: Any, name: str) -> Any:
    return inspect.signature(function).parameters[name].default


TYPED = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
GROUPED = r"[+-]?[1-9]\d{0,2}((,\d{3})+\.\d+|(,\d{3}){2,})"
DECIMAL_COMMA, EITHER = r"[+-]?\d+,\d+", r"[+-]?[1-9]\d{0,2},\d{3}"
WHERE = "explorer"


def typed_value(control: Control, given: Any, language: Language = ENGLISH) -> Any:
    """Read what was given for a control, in the unit in which it is shown."""
    if control.kind == "flag":
        return bool(given)
    if control.kind == "choice":
        if str(given) not in control.options:
            raise ModelError(
                mistake(WHERE, control.id, f"{given!r} is no choice", ", ".join(control.options))
            )
        return str(given)
    shown = _shown(str(given), percent=control.scale == 100.0)
    if not math.isfinite(shown):
        wrong = language.say("explorer_no_number", given=str(given))
        raise ModelError(mistake(WHERE, control.id, wrong, limits(control, language)))
    value = float(f"{shown / control.scale:.12g}")
    declared = control.argument
    whole = control.step == 1.0 and control.scale == 1.0
    inside = declared.admits(value) if declared is not None else control.low <= value <= control.high
    if (whole and value != round(value)) or not inside:
        key = "explorer_not_whole" if whole and value != round(value) else "explorer_not_admissible"
        raise ModelError(
            mistake(WHERE, control.id, language.say(key, given=str(given)), limits(control, language))
        )
    return int(value) if whole else value


def _shown(given: str, *, percent: bool) -> float:
    """Read a number and drop nothing: NaN where a comma may as well group thousands as begin decimals."""
    text = given.strip().replace("−", "-")
    text = text.removesuffix("%").rstrip() if percent else text
    if re.fullmatch(TYPED, text, re.ASCII) or re.fullmatch(GROUPED, text, re.ASCII):
        return float(text.replace(",", ""))
    decimal = re.fullmatch(DECIMAL_COMMA, text, re.ASCII) and not re.fullmatch(EITHER, text, re.ASCII)
    return float(text.replace(",", ".")) if decimal else math.nan


def limits(control: Control, language: Language = ENGLISH) -> str:
    """Say what a control admits, in the unit in which it is shown."""
    declared = control.argument
    low, high = (declared.low, declared.high) if declared is not None else (control.low, control.high)
    low, high = low * control.scale, high * control.scale
    closed = declared is None or declared.closed
    words = ("from", "to") if closed else ("above", "below")
    said = [
        language.say(f"explorer_{word}", number=language.number(end, 0 if end == round(end) else 2))
        for word, end in zip(words, (low, high), strict=True)
        if math.isfinite(end)
    ]
    return language.say("list_comma").join(said) or language.say("explorer_any_number")


def printed_value(control: Control, value: Any) -> str:
    """Print a value as it stands in its field: enough digits, no more."""
    if value is None:
        return ""
    if control.kind != "number":
        return str(value)
    shown = float(value) * control.scale
    places = digits(control)
    return f"{round(shown, places) + 0.0:.{places}f}".rstrip("0").rstrip(".") if places else f"{shown:.0f}"


def digits(control: Control) -> int:
    """Count the digits after the point of a control: two more than its step, at most six."""
    step = control.step * control.scale
    if step <= 0 or (step == 1.0 and control.scale == 1.0):
        return 0
    return min(max(0, 1 - math.floor(math.log10(step) + 1e-9)), 6)
