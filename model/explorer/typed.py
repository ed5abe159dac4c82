"""Read a value as it was typed or sent, and print one as it is read."""

from __future__ import annotations

import math
import re
from typing import Any

from model.errors import ModelError, mistake
from model.explorer.controls import Control
from model.plan.plan import Plan
from model.report.language import ENGLISH, Language

PLAIN = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
GROUPED = r"[+-]?[1-9]\d{0,2}((,\d{3})+\.\d+|(,\d{3}){2,})"
DECIMAL_COMMA, EITHER = r"[+-]?\d+,\d+", r"[+-]?[1-9]\d{0,2},\d{3}"
WHERE = "explorer"


def read(control: Control, given: Any, language: Language = ENGLISH) -> Any:
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
    if re.fullmatch(PLAIN, text, re.ASCII) or re.fullmatch(GROUPED, text, re.ASCII):
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


def text(control: Control, value: Any) -> str:
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


def unit(control: Control, plan: Plan, language: Language = ENGLISH) -> str:
    """Give the unit of a control in words."""
    if not control.unit:
        return ""
    series = plan.series.get(control.series)
    return language.say(
        f"explorer_unit_{control.unit.replace(' ', '_')}",
        unit="" if series is None else language.unit(series),
        year=plan.since(control.series),
    )
