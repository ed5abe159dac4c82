"""The size of growth that a scenario's reference expects: what borrowed spread is measured in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from model.growth.shocks import odds_of
from model.plan.outturns import asked_once, steps
from model.plan.schema import Plan, Scenario, Series
from model.projection.continuation import DAMPING
from model.projection.projection import paths_of


def root_of(plan: Plan, scenario: Scenario) -> Scenario:
    """Find the scenario that another one descends from."""
    root = plan.scenarios.get(scenario.id, scenario)
    while root.extends is not None and root.extends in plan.scenarios:
        root = plan.scenarios[root.extends]
    return root


def expected(plan: Plan, scenario: Scenario) -> dict[str, float]:
    """Size of the growth a year that the reference of a scenario expects, up to the plan's target year."""
    root = root_of(plan, scenario)
    paths = paths_of(
        plan,
        root,
        last=max(plan.target_year, *(kpi.base_year + 1 for kpi in plan.kpis.values())),
        as_of=plan.base_year,
    )
    sizes = {}
    for name, kpi in plan.kpis.items():
        # A KPI whose own base year is the target year or later is followed for a year at least.
        first = kpi.base_year - plan.base_year
        ends = [first, max(plan.target_year - plan.base_year, first + 1)]
        top = paths.ceilings[name][ends] if name in paths.ceilings else None
        values = paths.values[name][ends]
        if np.any(values <= 0.0):
            # The log of nothing is not known, and what is measured by it is not either.
            sizes[name] = np.nan
            continue
        bounded = top is not None and bool(np.all(values < top))
        change = float(np.diff(np.log(odds_of(values, top if bounded else None)))[0])
        growth = root.growth.get(name)
        below = growth.arguments.get("denominator") if growth is not None else None
        if isinstance(below, str):
            under = float(np.diff(np.log(paths.values[below][ends]))[0])
            share = float(np.diff(np.log(values))[0])
            # Per unit of the log of the share, the logit moves by this much.
            slope = change / share if share else 1.0
            change = slope * float(np.hypot(share + under, under))
        sizes[name] = abs(change) / (ends[1] - ends[0])
    return sizes


COLUMNS = ("kpi", "sd", "n", "borrowed", "factor")
ENOUGH = 4
LEVEL = 0.975
# Persistence is sought on this grid, by errors up to so many years ahead. It is measured, and spread is lent,
# by at least so many series.
GRID = np.arange(96) / 100
AHEAD = 4
SERIES = 3
RESAMPLED = 2000
# Where it can be neither measured nor is given: from one origin errors grow nearly in proportion to the
# horizon (Smith and Sincich 1991, Demography 28, 261-274), which is far from independent years.
ASSUMED = 0.7
MEASURED, GIVEN, ASKED, TAKEN = "measured", "given", "asked", "assumed"


@dataclass(frozen=True)
class Persistence:
    """Share of a year's growth shock that the next year inherits, and what it rests on."""

    value: float
    rests: str
    low: float = math.nan
    high: float = math.nan
    n: int = 0
    series: int = 0


def persistence(plan: Plan) -> Persistence:
    """Say how much of a year's growth shock the next year inherits, given or measured."""
    given = plan.uncertainty.persistence
    return _measured(plan) if given is None else Persistence(given, GIVEN)


@asked_once
def _measured(plan: Plan) -> Persistence:
    steps_of = np.arange(1, AHEAD + 1)
    shares = (1 - GRID[:, None] ** steps_of) / (1 - GRID[:, None])
    scale = np.cumsum(shares**2, axis=1)
    likely, count = [], 0
    for rates in _lent(plan).values():
        found = [(ahead, error) for ahead in range(1, AHEAD + 1) for error in _errors(rates, ahead)]
        horizons, errors = np.array([one for one, _ in found], dtype=int), np.array([one for _, one in found])
        if not np.any(horizons > 1) or not np.any(errors):
            continue
        sizes = scale[:, horizons - 1]
        own = np.mean(errors**2 / sizes, axis=1)
        likely.append(-np.log(sizes).sum(axis=1) - errors.size * np.log(own))
        count += errors.size
    if len(likely) < SERIES:
        return Persistence(ASSUMED, TAKEN)
    table: NDArray[np.float64] = np.array(likely)
    weights = np.random.default_rng(1).multinomial(
        len(table), np.full(len(table), 1 / len(table)), size=RESAMPLED
    )
    again = GRID[np.argmax(weights @ table, axis=1)]
    low, high = np.quantile(again, [0.05, 0.95], method="nearest")
    value = GRID[np.argmax(table.sum(axis=0))]
    return Persistence(float(value), MEASURED, float(low), float(high), count, len(table))


def spread(plan: Plan, expected: Mapping[str, float]) -> pd.DataFrame:
    """Measure or borrow the standard deviation of every KPI's yearly growth shock."""
    growth = _lent(plan)
    errors = {name: np.array(_errors(rates)) for name, rates in growth.items()}
    means = {name: abs(float(np.mean(list(rates.values())))) for name, rates in growth.items() if rates}
    lenders = [own / means[name] for name, own in errors.items() if own.size and _size(own) < means[name]]
    if len(lenders) < SERIES:
        lenders = []
    rows = []
    for name, kpi in plan.kpis.items():
        own = errors[name]
        borrowed = kpi.sd is None and (len(growth[name]) < ENOUGH or own.size < 2)
        if kpi.sd is not None:
            rows.append((name, kpi.sd.value, 0, False, 1.0))
            continue
        free = max(len(lenders) - 1, 1) if borrowed else own.size
        factor = float(stats.t.ppf(LEVEL, free) / stats.norm.ppf(LEVEL))
        used = np.concatenate([*lenders, []]) if borrowed else own
        # Nothing lent, or nothing expected to be measured by: unknown, and not none.
        size = _size(used) * (abs(expected[name]) if borrowed else 1.0) if used.size else 0.0
        rows.append((name, size * factor or math.nan, used.size, borrowed, factor))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _lent(plan: Plan) -> dict[str, dict[int, float]]:
    """Give the growth of the series that count: a stand-in for a KPI says nothing of its own."""
    every = yearly_growth(plan)
    return {name: every[name] for name, series in plan.series.items() if not series.proxy_for}


def yearly_growth(plan: Plan, *, as_of: int | None = None) -> dict[str, dict[int, float]]:
    """Give the yearly growth of every series: changes of the log, or of the logit for a share."""
    return {
        name: {
            year: float(np.log(odds_of(after, _top(series))) - np.log(odds_of(before, _top(series))))
            for year, (before, after) in found.items()
            if all(0.0 < one < (_top(series) or math.inf) for one in (before, after))
        }
        for (name, found), series in zip(steps(plan, as_of=as_of).items(), plan.series.values(), strict=True)
    }


def _top(series: Series) -> float | None:
    return series.bounds[1] if series.kind == "share" and series.bounds is not None else None


def _errors(growth: Mapping[int, float], ahead: int = 1) -> list[float]:
    """Miss a series so many years ahead by a damped trend, from every year that has the years after it."""
    return [
        sum(growth[year + step] - DAMPING**step * rate for step in range(1, ahead + 1))
        for year, rate in growth.items()
        if all(year + step in growth for step in range(1, ahead + 1))
    ]


def _size(errors: NDArray[np.float64]) -> float:
    return math.sqrt(float(np.mean(np.square(errors))))
