"""What a target needs: required growth, and the year it is reached."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from model.errors import ModelError, mistake, near
from model.plan.outturns import latest_as_of, steps
from model.plan.schema import Kpi, Plan, Series, Target
from model.plan.settled import ALREADY_MET, DEADLINE, meets
from model.projection.projection import Projection
from model.projection.trajectories import facts_of


def growth_between(series: Series, start: float, end: float, years: float) -> float:
    """Growth a year between two values: a CAGR for levels, percentage points for shares."""
    if not years > 0 or math.isnan(start) or math.isnan(end):
        return math.nan
    if series.kind == "share":
        return (end - start) / years
    return math.exp(math.log(end / start) / years) - 1.0 if start > 0 and end > 0 else math.nan


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
    if kpi not in plan.kpis:
        raise ModelError(mistake("kpi", "", f"unknown KPI {kpi!r}", near(kpi, plan.kpis)))
    series = plan.kpis[kpi]
    aim = series.target(target_year or plan.target_year)
    if aim is None:
        years = [target.year for target in series.targets]
        raise ModelError(
            mistake("target year", kpi, f"no target for {target_year}", near(target_year, years))
        )
    start = series.base_year if since is None else since
    if value is None:
        figures = {year: one for year, one, _ in facts_of(plan, latest_as_of(plan))[kpi]}
        if start not in figures:
            raise ModelError(mistake("since", kpi, f"no figure for {start}", near(start, figures)))
        value = figures[start]
    return growth_between(series, value, aim.value, aim.year - start)


def year_reached(projection: Projection, kpi: Kpi, value: float) -> tuple[float, int | None]:
    """Say when a trajectory first reaches a value.

    Between two years a level is interpolated on the log, a share on a straight line.

    Parameters
    ----------
    projection : Projection
        A projection; its horizon limits the search.
    kpi : Kpi
        The KPI.
    value : float
        In the KPI's unit.

    Returns
    -------
    tuple of float and int or None
        Point in time, and first calendar year; (inf, None) if not within the horizon.
    """
    table = projection.table[projection.table["kpi"] == kpi.id].dropna(subset=["value"])
    years, values = table["year"].to_numpy(dtype=float), table["value"].to_numpy()
    scale = np.asarray if kpi.kind == "share" else np.log
    there = np.flatnonzero(meets(kpi, values, value))
    if not there.size:
        return math.inf, None
    first = int(there[0])
    if first == 0:
        return float(years[0]), int(years[0])
    low, high, aim = scale(values[first - 1]), scale(values[first]), scale(value)
    moment = years[first - 1] + (years[first] - years[first - 1]) * float((aim - low) / (high - low))
    moment = min(moment, float(years[first]))
    return moment, math.ceil(moment - 1e-9)


COLUMNS = (
    "scenario", "kpi", "target_year", "target", "since", "value", "required", "assumed", "addition",
    "factor", "best", "best_year", "latest", "note",
)  # fmt: skip


def efforts(projection: Projection) -> pd.DataFrame:
    """Say what each target takes, from the last known year on.

    Parameters
    ----------
    projection : Projection
        A projection.

    Returns
    -------
    DataFrame
        One row a target. `since` is the last known year, `value` its figure; `required` the constant growth
        that meets the target from there, `assumed` that of the projection; `addition` what would have to be
        added to the growth of every projected year alike, and `factor` by what every year's growth would
        have to be multiplied: the least uniform efforts. `best` is the best growth of one year published as
        of then, `best_year` its year, and `latest` the last year up to which growth may stay as projected,
        if it is the best ever observed from then on. Growth is a decimal a year, of shares in points;
        NaN where it has no meaning. `note`: already met, or deadline.

    Examples
    --------
    >>> from model import load, project
    >>> plan = load()
    >>> table = efforts(project(plan, "baseline")).set_index("kpi")
    >>> row = table.loc["software_revenue"]
    >>> f"{row['required']:.3f} {row['addition']:.3f} {row['latest']:.0f}"
    '0.114 0.021 2023'
    """
    plan = projection.plan
    last = int(projection.table["year"].max())
    grown = steps(plan, as_of=projection.as_of)
    rows = [
        (projection.scenario.id, kpi.id, target.year, target.value, *_row(projection, kpi, target, grown))
        for kpi in plan.kpis.values()
        for target in kpi.targets
        if target.year <= last
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def uniform_addition(growth: NDArray[np.float64], total: float) -> float:
    """Find what has to be added to every year's growth, so that all together come to a total."""
    return _solved(lambda added: np.sum(np.log1p(growth + added)) - math.log(total), -1.0 - growth.min())


def uniform_factor(growth: NDArray[np.float64], total: float) -> float:
    """Find by what every year's growth has to be multiplied, so that all together come to a total."""
    if not (np.all(growth > 0.0) or np.all(growth < 0.0)) or (total > 1.0) != bool(growth[0] > 0.0):
        return math.nan
    if growth[0] > 0.0:
        return _solved(lambda factor: np.sum(np.log1p(growth * factor)) - math.log(total), 0.0)
    # Shrinking faster: no year can shrink by more than everything.
    most = -1.0 / growth.min()
    return float(
        scipy.optimize.brentq(
            lambda factor: np.sum(np.log1p(growth * factor)) - math.log(total), 0.0, most * (1 - 1e-12)
        )
    )


def _solved(gap: Callable[[float], float], low: float) -> float:
    """Solve an increasing function whose root lies above a limit."""
    start, width = low + 1e-9, 1.0
    while gap(start + width) < 0.0:
        width *= 2.0
    return float(scipy.optimize.brentq(gap, start, start + width, xtol=1e-12))


def _row(
    projection: Projection, kpi: Kpi, target: Target, grown: dict[str, dict[int, tuple[float, float]]]
) -> tuple[object, ...]:
    table = projection.table[(projection.table["kpi"] == kpi.id) & (projection.table["year"] <= target.year)]
    observed = table[(table["status"] == "observed") & table["value"].notna()]
    since, value = int(observed["year"].iloc[-1]), float(observed["value"].iloc[-1])
    sign = 1.0 if kpi.better == "higher" else -1.0
    rates = {year: growth_between(kpi, *pair, 1) for year, pair in grown[kpi.id].items()}
    best_year = max(rates, key=lambda year: sign * rates[year], default=None)
    best = rates[best_year] if best_year is not None else math.nan
    shown = (best, best_year if best_year is not None else math.nan)
    if since == target.year:
        return since, value, math.nan, math.nan, math.nan, math.nan, *shown, math.nan, DEADLINE
    path = table[table["year"] >= since]
    values, years = path["value"].to_numpy(dtype=float), path["year"].to_numpy(dtype=int)
    required = growth_between(kpi, value, target.value, target.year - since)
    assumed = growth_between(kpi, value, float(values[-1]), target.year - since)
    if kpi.kind == "share":
        addition = (target.value - float(values[-1])) / (target.year - since)
        change = float(values[-1]) - value
        factor = (target.value - value) / change if change * (target.value - value) > 0.0 else math.nan
    elif value > 0.0 and target.value > 0.0:
        growth = values[1:] / values[:-1] - 1.0
        addition = uniform_addition(growth, target.value / value)
        factor = uniform_factor(growth, target.value / value)
    else:
        addition = factor = math.nan
    met = bool(meets(kpi, value, target))
    latest = math.nan if met else _latest(kpi, target, years, values, best)
    return since, value, required, assumed, addition, factor, *shown, latest, ALREADY_MET if met else ""


def _latest(
    kpi: Kpi, target: Target, years: NDArray[np.int64], values: NDArray[np.float64], best: float
) -> float:
    """Find the last year before the target's from which the best growth observed still suffices."""
    for year, value in zip(years[-2::-1], values[-2::-1], strict=True):
        left = target.year - int(year)
        end = value + best * left if kpi.kind == "share" else value * (1.0 + best) ** left
        if meets(kpi, end, target):
            return float(year)
    return math.nan
