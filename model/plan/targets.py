"""What a plan aims at: targets said as a value, a range, growth or a multiple, and base values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

import pandas as pd

from model.errors import mistake
from model.plan.plan import Kpi, PlanTable, Target

Place = Callable[[str], str]
WAYS = "one of value, low and high, growth, or multiple"


def resolved(plan: PlanTable) -> PlanTable:
    """Give every KPI its base year, and every target its value; targets stand by year."""
    kpis = {}
    for name, kpi in plan.kpis.items():
        start = plan.since(name)
        aims = [one.model_copy(update={"value": _value(kpi, one, start)}) for one in kpi.targets]
        targets = tuple(sorted(aims, key=lambda one: one.year))
        kpis[name] = kpi.model_copy(update={"base_year": start, "targets": targets})
    return plan.model_copy(update={"kpis": kpis})


def check_aims(plan: PlanTable, place: Place) -> Iterator[str]:
    """Check what plan.yaml says of base years and targets, before it is resolved."""
    for name, kpi in plan.kpis.items():
        start, key = plan.since(name), f"kpis.{name}.base_year"
        if start < plan.base_year:
            wrong = f"{start} is before the plan's base year {plan.base_year}"
            yield mistake(place(key), key, wrong, "the plan's is the first of all")
        seen = Counter[int]()
        for index, aim in enumerate(kpi.targets):
            at = f"kpis.{name}.targets.{index}"
            year = f"{at}.year"
            seen[aim.year] += 1
            if aim.year <= start:
                yield mistake(place(year), year, f"{aim.year} is not after the base year {start}")
            elif seen[aim.year] == 2:
                wrong = f"{name} has a target for {aim.year} already"
                yield mistake(place(year), year, wrong, "one target a year, or a range of low and high")
            else:
                yield from _check_aim(kpi, aim, start, place, at)


def check_bases(plan: PlanTable, outturns: pd.DataFrame, place: Place) -> Iterator[str]:
    """Refuse a base that none of the KPI's own published figures of its base year agrees with."""
    for name, kpi in plan.kpis.items():
        start, key = plan.since(name), f"kpis.{name}.base"
        own = outturns[(outturns["kpi"] == name) & (outturns["year"] == start)]
        own = own[(own["series"] == kpi.series) & (own["basis"] == "published") & (own["bound"] == "point")]
        own = own[(own["verified"] != "unverified") & own["period_end"].str.endswith("12-31")]
        if kpi.kind != "stock":
            own = own[own["period_start"].str.endswith("01-01")]
        figures = [float(value) for value in own["value"]]
        rooms = [max(_digit(one), _digit(kpi.base)) / 2 * (1 + 1e-9) for one in figures]
        if figures and not any(abs(one - kpi.base) <= room for one, room in zip(figures, rooms, strict=True)):
            printed = ", ".join(f"{one:g}" for one in dict.fromkeys(figures))
            wrong = f"{kpi.base:g} contradicts its outturn of {start}"
            yield mistake(place(key), key, wrong, f"outturns.csv has {printed}")


def _value(kpi: Kpi, aim: Target, start: int) -> float:
    """Give the value to reach: of a range its nearer end, seen from the base."""
    if aim.multiple is not None:
        return kpi.base * aim.multiple
    if aim.growth is not None:
        return kpi.base * math.exp(math.log1p(aim.growth) * (aim.year - start))
    if aim.low is None or aim.high is None:
        return aim.value
    nearer = aim.low if kpi.better == "higher" else aim.high
    return aim.low if kpi.base < aim.low else aim.high if kpi.base > aim.high else nearer


def _check_aim(kpi: Kpi, aim: Target, start: int, place: Place, at: str) -> Iterator[str]:
    ranged = aim.low is not None or aim.high is not None
    said = [not math.isnan(aim.value), ranged, aim.growth is not None, aim.multiple is not None]
    if sum(said) != 1:
        wrong, key = ("said in more than one way", at) if any(said) else ("missing", f"{at}.value")
        yield mistake(place(at), key, wrong, WAYS)
    elif ranged and (aim.low is None or aim.high is None or not aim.low < aim.high):
        yield mistake(place(at), at, "no range", "low and high, low below high")
    elif aim.growth is not None and (kpi.kind == "share" or kpi.base <= 0.0):
        wrong = (
            "a share has no growth in per cent a year"
            if kpi.kind == "share"
            else "no growth from a base of 0"
        )
        yield mistake(place(f"{at}.growth"), f"{at}.growth", wrong, "give value, or low and high")
    else:
        value, higher = _value(kpi, aim, start), kpi.better == "higher"
        low, high = (value if end is None else end for end in (aim.low, aim.high))
        if (higher and high < kpi.base) or (not higher and low > kpi.base):
            wrong = f"{value:g} is {'below' if higher else 'above'} the base {kpi.base:g}"
            yield mistake(place(at), at, wrong, f"better: {'lower' if higher else 'higher'}, if it is meant")
        if kpi.bounds is not None and not kpi.bounds[0] <= low <= high <= kpi.bounds[1]:
            wrong = f"{value:g} is outside the bounds {kpi.bounds[0]:g} to {kpi.bounds[1]:g}"
            yield mistake(place(at), at, wrong)


def _digit(value: float) -> float:
    """Give the unit of the last digit that a number prints."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return 10.0**exponent if isinstance(exponent, int) and value else 0.0
