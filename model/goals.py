"""What a target needs: required growth, and the year it is reached."""

from __future__ import annotations

import math

import numpy as np

from model.errors import ModelError, mistake, near
from model.figures import latest_as_of
from model.outcomes import meets
from model.projection import Projection
from model.schema import Kpi, Plan, Series
from model.trajectories import facts_of


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
