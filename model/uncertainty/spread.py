"""How far yearly growth strays, how long a stray lasts, and how those of several KPIs go together.

Spread is measured on errors of a damped trend, or borrowed from other series in units of expected growth.
Correlations that somebody wrote down pair by pair need not fit together: such a matrix is replaced by the
nearest one that can be, and that is said.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from model.growth.shocks import odds_of
from model.plan.outturns import Outturns
from model.plan.plan import Plan, Series
from model.projection.projection import Projection, project
from model.projection.trajectories import DAMPING

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
# An eigenvalue this far below zero is rounding, and is treated as zero.
ROUNDING = 1e-10
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Persistence:
    """Share of a year's growth shock that the next year inherits, and what it rests on."""

    value: float
    rests: str
    low: float = math.nan
    high: float = math.nan
    n: int = 0
    series: int = 0


@dataclass(frozen=True)
class Correlation:
    """A correlation matrix and what was done to make it one."""

    kpis: tuple[str, ...]
    declared: Matrix
    used: Matrix
    distance: float

    @property
    def repaired(self) -> bool:
        """Whether the declared matrix was none and had to be replaced."""
        return self.distance > 0.0

    @property
    def factor(self) -> Matrix | None:
        """Lower triangular factor L with L L' = used; None where nothing is correlated."""
        return None if np.array_equal(self.used, np.eye(len(self.kpis))) else lower(self.used)


def expected(made: Projection) -> dict[str, float]:
    """Size of the growth a year that the reference of a scenario expects, up to the plan's target year."""
    plan = made.plan
    root = plan.root_of(made.scenario)
    last = max(plan.target_year, *(kpi.base_year + 1 for kpi in plan.kpis.values()))
    paths = project(plan, root, horizon=last, as_of=plan.base_year).paths
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


def spread(figures: Outturns, expected: Mapping[str, float]) -> pd.DataFrame:
    """Measure or borrow the standard deviation of every KPI's yearly growth shock."""
    growth = _lent(figures)
    errors = {name: np.array(_errors(rates)) for name, rates in growth.items()}
    means = {name: abs(float(np.mean(list(rates.values())))) for name, rates in growth.items() if rates}
    lenders = [own / means[name] for name, own in errors.items() if own.size and _size(own) < means[name]]
    if len(lenders) < SERIES:
        lenders = []
    rows: list[tuple[object, ...]] = []
    for name, kpi in figures.plan.kpis.items():
        if kpi.sd is not None:
            rows.append((name, kpi.sd.value, 0, False, 1.0))
            continue
        own = errors[name]
        borrowed = len(growth[name]) < ENOUGH or own.size < 2
        free = max(len(lenders) - 1, 1) if borrowed else own.size
        factor = float(stats.t.ppf(LEVEL, free) / stats.norm.ppf(LEVEL))
        used = np.concatenate([*lenders, []]) if borrowed else own
        # Nothing lent, or nothing expected to be measured by: unknown, and not none.
        size = _size(used) * (abs(expected[name]) if borrowed else 1.0) if used.size else 0.0
        rows.append((name, size * factor or math.nan, used.size, borrowed, factor))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def unknown_spread(made: Projection) -> list[str]:
    """Name the KPIs of which nothing says how far their growth strays: then no draw can be made."""
    table = spread(made.plan.figures, expected(made))
    return list(table[table["sd"].isna()]["kpi"])


def persistence(plan: Plan) -> Persistence:
    """Say how much of a year's growth shock the next year inherits, given or measured."""
    if plan.uncertainty.persistence is not None:
        return Persistence(plan.uncertainty.persistence, GIVEN)
    return _measured(plan.figures)


@lru_cache(maxsize=16)
def _measured(figures: Outturns) -> Persistence:
    shares = (1 - GRID[:, None] ** np.arange(1, AHEAD + 1)) / (1 - GRID[:, None])
    scale = np.cumsum(shares**2, axis=1)
    likely, count = [], 0
    for rates in _lent(figures).values():
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
    table: Matrix = np.array(likely)
    equal = np.full(len(table), 1 / len(table))
    weights = np.random.default_rng(1).multinomial(len(table), equal, size=RESAMPLED)
    again = GRID[np.argmax(weights @ table, axis=1)]
    low, high = np.quantile(again, [0.05, 0.95], method="nearest")
    value = GRID[np.argmax(table.sum(axis=0))]
    return Persistence(float(value), MEASURED, float(low), float(high), count, len(table))


def yearly_growth(figures: Outturns, as_of: int) -> dict[str, dict[int, float]]:
    """Give the yearly growth of every series: changes of the log, or of the logit for a share."""
    steps = figures.steps(as_of)
    return {
        name: {
            year: float(np.log(odds_of(after, top)) - np.log(odds_of(before, top)))
            for year, (before, after) in steps[name].items()
            if all(0.0 < one < (top or math.inf) for one in (before, after))
        }
        for name, series in figures.plan.series.items()
        for top in [_top(series)]
    }


def correlation(plan: Plan, *, same: float | None = None) -> Correlation:
    order = tuple(sorted(plan.kpis, key=lambda name: plan.kpis[name].stream))
    declared = np.eye(len(order)) if same is None else np.full((len(order), len(order)), float(same))
    np.fill_diagonal(declared, 1.0)
    for pair in plan.uncertainty.correlation if same is None else ():
        one, two = (order.index(name) for name in pair.between)
        declared[one, two] = declared[two, one] = pair.value
    used = nearest(declared)
    return Correlation(order, declared, used, float(np.linalg.norm(used - declared)))


def nearest(matrix: ArrayLike) -> Matrix:
    given = np.asarray(matrix, dtype=float)
    if float(np.linalg.eigvalsh(given)[0]) >= -ROUNDING:
        return given
    # Loaded only where a matrix has to be repaired: it costs half a second.
    from statsmodels.stats.correlation_tools import corr_nearest

    with warnings.catch_warnings():
        # It warns when its rounds are used up, though what it has by then agrees to many digits.
        warnings.simplefilter("ignore")
        found = np.asarray(corr_nearest(given, threshold=1e-15, n_fact=1000), dtype=float)
    np.fill_diagonal(found, 1.0)
    return np.asarray((found + found.T) / 2.0)


def lower(matrix: ArrayLike) -> Matrix:
    """Factor a correlation matrix, one that is nearly singular included."""
    given = np.asarray(matrix, dtype=float)
    try:
        return np.asarray(np.linalg.cholesky(given))
    except np.linalg.LinAlgError:
        # Cholesky needs the smallest eigenvalue above zero: a repaired matrix has it at zero.
        factor = np.linalg.cholesky(given + 10 * ROUNDING * np.eye(len(given)))
        return np.asarray(factor / np.linalg.norm(factor, axis=1, keepdims=True))


def _lent(figures: Outturns) -> dict[str, dict[int, float]]:
    """Give the growth of the series that count: a stand-in for a KPI says nothing of its own."""
    every = yearly_growth(figures, figures.plan.base_year)
    return {name: every[name] for name, series in figures.plan.series.items() if not series.proxy_for}


def _top(series: Series) -> float | None:
    return series.bounds[1] if series.kind == "share" and series.bounds is not None else None


def _errors(growth: Mapping[int, float], ahead: int = 1) -> list[float]:
    """Miss a series so many years ahead by a damped trend, from every year that has the years after it."""
    return [
        sum(growth[year + step] - DAMPING**step * rate for step in range(1, ahead + 1))
        for year, rate in growth.items()
        if all(year + step in growth for step in range(1, ahead + 1))
    ]


def _size(errors: Matrix) -> float:
    return math.sqrt(float(np.mean(np.square(errors))))
