"""What a target needs: required growth, the least uniform effort, and the year it is reached."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from model.errors import ModelError, mistake, near
from model.plan.plan import Kpi, Plan, Target
from model.projection.projection import Projection

COLUMNS = (
    "scenario", "kpi", "target_year", "target", "since", "value", "required", "assumed", "addition",
    "factor", "best", "best_year", "latest", "note",
)  # fmt: skip
ALREADY_MET, DEADLINE = "already met", "deadline"
Values = NDArray[np.float64]


def required_growth(
    plan: Plan,
    kpi: str,
    *,
    since: int | None = None,
    value: float | None = None,
    target_year: int | None = None,
) -> float:
    """Constant growth that leads from a year's value to the target.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    kpi : str
        Id of a KPI.
    since : int, optional
        Year to start from; by default the base year.
    value : float, optional
        Value in that year, in the KPI's unit; by default the base value, or the preferred figure
        as known today.
    target_year : int, optional
        By default the plan's.

    Returns
    -------
    float
        A decimal a year, or percentage points a year for a share; NaN if no time is left.

    Raises
    ------
    ModelError
        If there is no such KPI or target, or no figure for the year.

    Examples
    --------
    >>> from model import load
    >>> round(required_growth(load(), "gigabit_users"), 6)
    0.564567
    """
    series, aim = plan.kpi(kpi), plan.target(kpi, target_year)
    start = series.base_year if since is None else since
    if value is None:
        figures = {year: one for year, one, _ in plan.figures.facts(plan.figures.latest)[kpi]}
        if start not in figures:
            raise ModelError(mistake("since", kpi, f"no figure for {start}", near(start, figures)))
        value = figures[start]
    return series.growth(value, aim.value, aim.year - start)


def year_reached(projection: Projection, kpi: Kpi, value: float) -> tuple[float, int | None]:
    """Say when a trajectory first reaches a value within the horizon: point in time, and first calendar year.

    Between two years a level is interpolated on the log, a share on a straight line.
    """
    table = projection.table[projection.table["kpi"] == kpi.id].dropna(subset=["value"])
    years, values = table["year"].to_numpy(dtype=float), table["value"].to_numpy()
    scale = np.asarray if kpi.kind == "share" else np.log
    there = np.flatnonzero(kpi.meets(values, value))
    if not there.size:
        return math.inf, None
    first = int(there[0])
    if first == 0:
        return float(years[0]), int(years[0])
    low, high, aim = scale(values[first - 1]), scale(values[first]), scale(value)
    moment = years[first - 1] + (years[first] - years[first - 1]) * float((aim - low) / (high - low))
    moment = min(moment, float(years[first]))
    return moment, math.ceil(moment - 1e-9)


def efforts(projection: Projection) -> pd.DataFrame:
    """Say what each target takes, from the last known year on.

    One row a target. `since` is the last known year, `value` its figure; `required` the constant growth
    that meets the target from there, `assumed` that of the projection; `addition` what would have to be
    added to the growth of every projected year alike, and `factor` by what every year's growth would
    have to be multiplied: the least uniform efforts. `best` is the best growth of one year published as
    of then, `best_year` its year, and `latest` the last year up to which growth may stay as projected,
    if it is the best ever observed from then on. Growth is a decimal a year, of shares in points;
    NaN where it has no meaning. `note`: already met, or deadline.
    """
    head = projection.scenario.id
    rows = [
        (head, kpi.id, aim.year, aim.value, *_row(projection, kpi, aim)) for kpi, aim in projection.targets
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def uniform_addition(growth: Values, total: float) -> float:
    """Find what has to be added to every year's growth, so that all together come to a total."""
    return _solved(lambda added: np.sum(np.log1p(growth + added)) - math.log(total), -1.0 - growth.min())


def uniform_factor(growth: Values, total: float) -> float:
    """Find by what every year's growth has to be multiplied, so that all together come to a total."""
    if not (np.all(growth > 0.0) or np.all(growth < 0.0)) or (total > 1.0) != bool(growth[0] > 0.0):
        return math.nan

    def gap(factor: float) -> float:
        return float(np.sum(np.log1p(growth * factor)) - math.log(total))

    if growth[0] > 0.0:
        return _solved(gap, 0.0)
    # Shrinking faster: no year can shrink by more than everything.
    return float(scipy.optimize.brentq(gap, 0.0, -1.0 / growth.min() * (1 - 1e-12)))


def _solved(gap: Callable[[float], float], low: float) -> float:
    """Solve an increasing function whose root lies above a limit."""
    start, width = low + 1e-9, 1.0
    while gap(start + width) < 0.0:
        width *= 2.0
    return float(scipy.optimize.brentq(gap, start, start + width, xtol=1e-12))


def _row(projection: Projection, kpi: Kpi, target: Target) -> tuple[object, ...]:
    since, value = projection.last_known(kpi.id, target.year)
    sign = 1.0 if kpi.better == "higher" else -1.0
    grown = projection.plan.figures.steps(projection.as_of)[kpi.id]
    rates = {year: kpi.growth(*pair, 1) for year, pair in grown.items()}
    best_year: Any = max(rates, key=lambda year: sign * rates[year], default=math.nan)
    best = rates[best_year] if rates else math.nan
    if since == target.year:
        return since, value, *[math.nan] * 4, best, best_year, math.nan, DEADLINE
    years = list(range(since, target.year + 1))
    values = np.array([projection.value(kpi.id, year) for year in years])
    end, span = float(values[-1]), target.year - since
    required, assumed = kpi.growth(value, target.value, span), kpi.growth(value, end, span)
    addition = factor = math.nan
    if kpi.kind == "share":
        addition, change = (target.value - end) / span, end - value
        if change * (target.value - value) > 0.0:
            factor = (target.value - value) / change
    elif value > 0.0 and target.value > 0.0:
        growth = values[1:] / values[:-1] - 1.0
        addition, factor = (
            uniform_addition(growth, target.value / value),
            uniform_factor(growth, target.value / value),
        )
    met = bool(kpi.meets(value, target))
    latest = math.nan if met else _latest(kpi, target, years, values, best)
    return (
        since,
        value,
        required,
        assumed,
        addition,
        factor,
        best,
        best_year,
        latest,
        ALREADY_MET if met else "",
    )


def _latest(kpi: Kpi, target: Target, years: list[int], values: Values, best: float) -> float:
    """Find the last year before the target's from which the best growth observed still suffices."""
    for year, value in zip(years[-2::-1], values[-2::-1], strict=True):
        left = target.year - year
        end = value + best * left if kpi.kind == "share" else value * (1.0 + best) ** left
        if kpi.meets(end, target):
            return float(year)
    return math.nan
