"""What no path may do: leave its bounds, or grow as no published series has come near."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from model.errors import mistake, raise_all
from model.plan.assumptions import OPTION
from model.plan.outturns import asked_once, latest_as_of, steps
from model.plan.schema import Plan, Scenario
from model.projection.trajectories import Paths

# A doubling within a year is never refused, however little the series of a plan have moved.
LEAST = math.log(2.0)


def checked(plan: Plan, scenario: Scenario, paths: Paths, last: int) -> Paths:
    """Refuse paths that leave their bounds, or that grow or shrink faster than any published series did."""
    raise_all(_problems(plan, scenario, paths, last))
    return paths


def _problems(plan: Plan, scenario: Scenario, paths: Paths, last: int) -> Iterator[str]:
    limit = fastest(plan)
    for name in paths.values:
        wrong, allowed = departure(plan, scenario, name, paths, last, limit)
        if wrong:
            key = f"growth.{name}"
            own = [where for at, where in scenario.origin.items() if f"{at}.".startswith(f"{key}.")]
            where = OPTION if OPTION in own else next(iter(own), scenario.id)
            yield mistake(where, key, wrong, allowed)


def departure(
    plan: Plan, scenario: Scenario, name: str, paths: Paths, last: int, limit: tuple[float, str] | None = None
) -> tuple[str, str]:
    """Say where one series first leaves its bounds, or what was seen, and what is allowed."""
    most, record = limit or fastest(plan)
    series, values = plan.series[name], paths.values[name]
    anchor = max(paths.known[name], default=plan.base_year)
    for year, before, value in zip(paths.years[1:], values[:-1], values[1:], strict=True):
        if not anchor < year <= last:
            continue
        if not math.isfinite(value):
            return f"no finite path in {year}", "other values"
        if series.bounds and not series.bounds[0] <= value <= series.bounds[1]:
            low, high = series.bounds
            wrong = " ".join(filter(None, (f"{value:.5g}", series.unit.en, f"in {year}")))
            return wrong, f"it has to stay within {low:g} and {high:g}"
        if most and not scenario.extreme and before > 0:
            change = math.log(value / before) if value > 0 else -math.inf
            if abs(change) > most + 1e-9:
                allowed = f"rates are decimals a year (0.15 or 15%); the most is {record}; if it is meant: "
                allowed += "--allow-extreme, or extreme: true in the scenario file"
                return f"{_percent(change)} in {year}, which no published series has come near", allowed
    return "", ""


@asked_once
def fastest(plan: Plan) -> tuple[float, str]:
    """Give the limit, a log ratio, and in words what set it; 0 where the plan has no history."""
    found = [
        (abs(math.log(after / before)), math.log(after / before), name, year)
        for name, own in steps(plan, as_of=latest_as_of(plan)).items()
        for year, (before, after) in own.items()
        if before > 0 and after > 0
    ]
    if not found:
        return 0.0, ""
    most, change, series, year = max(found, key=lambda one: one[:2])
    if most < LEAST:
        return LEAST, _percent(LEAST)
    return most, f"{_percent(change)}, of {series} in {year}"


def _percent(change: float) -> str:
    return f"{100.0 * np.expm1(min(change, 700.0)):+,.0f} % a year"
