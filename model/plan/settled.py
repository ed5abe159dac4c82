"""The one place that decides whether a target is met: by a value, by outturns, or by what is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.plan.outturns import LOWER, asked_once, known, marks_of
from model.plan.schema import Kpi, Plan, Target

MET, NEARLY, MISSED, UNKNOWN, DEPENDS = "met", "nearly", "missed", "unknown", "depends"
ALREADY_MET, DEADLINE = "already met", "deadline"
# From worst to best: what all of several targets come to together.
WORST = (MISSED, DEPENDS, UNKNOWN, NEARLY, MET)
BASES = ("published", "comparable", "chained")
# By KPI and year: what was published, by basis; empty where nothing was.
Outturns = dict[tuple[str, int], dict[str, Any]]


def meets(kpi: Kpi, value: Any, aim: float | Target, slack: float = 0.0) -> NDArray[np.bool_]:
    """Tell whether values meet an aim; the tolerance is for the last bits of a solved path."""
    low, high = _ends(kpi, aim)
    room = slack + 1e-9 * max([1.0, *(abs(end) for end in (low, high) if math.isfinite(end))])
    given = np.asarray(value)
    return np.asarray((given >= low - room) & (given <= high + room))


def gap_to(kpi: Kpi, target: Target, value: float) -> float:
    """Give the gap to a target, positive is good; of a range, the distance to its nearer end."""
    low, high = _ends(kpi, target)
    return min(value - low, high - value)


def _ends(kpi: Kpi, aim: float | Target) -> tuple[float, float]:
    if isinstance(aim, Target) and aim.low is not None and aim.high is not None:
        return aim.low, aim.high
    value = aim.value if isinstance(aim, Target) else aim
    return (value, math.inf) if kpi.better == "higher" else (-math.inf, value)


def verdict(kpi: Kpi, target: Target, value: float, slack: float = 0.0, marks: Sequence[str] = ()) -> str:
    """Judge one value: met, missed, or unknown (also where a lower bound leaves it open)."""
    met = bool(meets(kpi, value, target, slack))
    # "More than x" settles a target of x or less; above that it leaves the verdict open.
    top = _ends(kpi, target)[1]
    open_end = LOWER in marks and (math.isfinite(top) if met else value <= top)
    return UNKNOWN if open_end or math.isnan(value) else MET if met else MISSED


def both(strict: str, printed: str) -> str:
    """Give one verdict for the strict one and that at the precision the plan prints."""
    return NEARLY if printed == MET != strict else strict


def judged(kpi: Kpi, target: Target, value: float, marks: Sequence[str] = ()) -> str:
    """Judge one value strictly and as printed: met, nearly, missed or unknown."""
    slacks = (0.0, target.precision / 2)
    return both(*(verdict(kpi, target, value, slack, marks) for slack in slacks))


def over_bases(verdicts: Iterable[str]) -> str:
    """Give one verdict for several bases: theirs where they agree, else that it depends on the basis."""
    keys = set(verdicts)
    if len(keys) < 2:
        return keys.pop() if keys else UNKNOWN
    return NEARLY if keys == {MET, NEARLY} else DEPENDS


@asked_once
def outturns(plan: Plan, *, as_of: int) -> Outturns:
    """Give what is known of every KPI and year, on every basis."""
    found: Outturns = {}
    for basis in BASES:
        for row in known(plan, as_of=as_of, basis=basis).itertuples():
            found.setdefault((str(row.kpi), int(str(row.year))), {})[basis] = row
    return found


@asked_once
def settled(plan: Plan, *, as_of: int) -> dict[tuple[str, int], str]:
    """Give the verdict on every target that outturns have settled; ("", year) on all of a year together."""
    rows = outturns(plan, as_of=as_of)
    found: dict[tuple[str, int], str] = {}
    whole: dict[int, set[str]] = {}
    for kpi in plan.kpis.values():
        for target in kpi.targets:
            own = rows.get((kpi.id, target.year), {}).values()
            words = [judged(kpi, target, float(row.value), marks_of(row)) for row in own]
            whole.setdefault(target.year, set()).add(over_bases(words) if words else "")
            if words:
                found[kpi.id, target.year] = over_bases(words)
    for year, every in whole.items():
        worst = next((word for word in WORST if word in every), "")
        if worst and (worst != MET or "" not in every):
            found["", year] = worst
    return found
