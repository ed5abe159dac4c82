"""What a target needs: required growth, the year it is reached, and goal seek."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

from model.arguments import arguments
from model.curves import CURVES
from model.errors import ModelError, mistake, near
from model.figures import latest_as_of
from model.outcomes import meets
from model.projection import Projection, as_of_year, paths_of, settle
from model.schema import Kpi, Parameter, Plan, Scenario, Series
from model.trajectories import facts_of, trajectories


def growth_between(series: Series, start: float, end: float, years: float) -> float:
    """Growth a year between two values: a CAGR for levels, percentage points for shares.

    Parameters
    ----------
    series : Series
        The series, for its kind.
    start, end : float
        Values in the series' unit.
    years : float
        Years between them.

    Returns
    -------
    float
        A decimal a year (0.114), or points a year for a share; NaN where it is undefined: no
        time left, or a level that is not positive.

    Examples
    --------
    >>> from model import load
    >>> kpis = load().kpis
    >>> round(growth_between(kpis["software_revenue"], 8.16, 14.0, 5), 6)
    0.114006
    >>> round(growth_between(kpis["core_share"], 7.8, 10.0, 5), 6)
    0.44
    """
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


def goal_seek(
    plan: Plan,
    scenario: str | Path | Scenario,
    kpi: str,
    *,
    argument: str | None = None,
    target_year: int | None = None,
    value: float | None = None,
    as_of: int | str | None = None,
) -> float:
    """Say what one assumption would have to be for a KPI to meet its target.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str, Path or Scenario
        Name, path, or scenario.
    kpi : str
        Id of a KPI.
    argument : str, optional
        Argument of its curve; by default the first that is a number. For a stepwise curve: the
        number added to every yearly rate.
    target_year : int, optional
        By default the plan's.
    value : float, optional
        By default the target's.
    as_of : int or "latest", optional
        What is known.

    Returns
    -------
    float

    Raises
    ------
    ModelError
        If there is no such KPI, target or argument, or no admissible value meets it.

    Examples
    --------
    >>> from model import load
    >>> round(goal_seek(load(), "plan_path", "software_revenue"), 6)
    0.114006
    """
    if kpi not in plan.kpis:
        raise ModelError(mistake("kpi", "", f"unknown KPI {kpi!r}", near(kpi, plan.kpis)))
    resolved = settle(plan, scenario)
    year = target_year or plan.target_year
    aim = plan.kpis[kpi].target(year)
    if value is None and aim is None:
        years = [target.year for target in plan.kpis[kpi].targets]
        raise ModelError(mistake("target year", kpi, f"no target for {year}", near(year, years)))
    wanted = float(value if value is not None else aim.value if aim else math.nan)
    growth = resolved.growth[kpi]
    numbers = [name for name, one in arguments(CURVES[growth.curve]).items() if one.kind == "number"]
    stepwise = "rates" in growth.arguments
    seen = as_of_year(plan, resolved, as_of)
    inner = growth.arguments.get("numerator")
    if inner is not None:
        numbers = [f"numerator.{name}" for name in arguments(CURVES[inner.curve])]
    name = argument or ("rates" if stepwise else next(iter(numbers), ""))
    if name not in ([*numbers, "rates"] if stepwise else numbers):
        raise ModelError(
            mistake("argument", kpi, f"{growth.curve} has no number {name!r}", near(name, numbers))
        )
    if name == "rate" and growth.reread:
        # A rate that is set stands in place of the one that is read again.
        line = growth.model_copy(update={"reread": None})
        resolved = resolved.model_copy(update={"growth": {**resolved.growth, kpi: line}})
    facts, base = facts_of(plan, seen), paths_of(plan, resolved, last=year, as_of=seen)

    def gap(candidate: float) -> float:
        def sample(series: str, key: str, parameter: Parameter) -> float:
            if series != kpi:
                return parameter.central
            if stepwise and key.startswith("rates."):
                return parameter.central + candidate
            return candidate if key == name else parameter.central

        solved = {**base.solved, kpi: {name: candidate}}
        paths = trajectories(plan, resolved, last=year, facts=facts, solved=solved, sample=sample)
        return float(paths.values[kpi][year - plan.base_year]) - wanted

    declared = arguments(CURVES[(inner or growth).curve])[name.rpartition(".")[2]]
    low, high = max(declared.low, -1e3), min(declared.high, 1e3)
    if stepwise:
        low -= min(0.0, *(rate.central for rate in growth.arguments["rates"].values()))
    edges = [low + 1e-6, -0.3, -0.1, -0.02, 0.0, 0.02, 0.1, 0.3, 1.0, 3.0, high - 1e-6]
    edges = sorted({edge for edge in edges if low < edge < high})
    for left, right in pairwise(edges):
        before, after = gap(left), gap(right)
        if math.isfinite(before) and math.isfinite(after) and before * after <= 0:
            return float(brentq(gap, left, right, xtol=1e-12))
    raise ModelError(mistake("goal", kpi, f"{wanted:g} in {year} is out of reach of {name}", declared.limits))
