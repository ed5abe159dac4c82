"""What would have to be true: the value of one assumption with which a target is just met."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import scipy

from model.errors import ModelError, mistake, near
from model.growth.arguments import Argument, arguments
from model.growth.curves import CURVES
from model.plan.checks import since
from model.plan.schema import Growth, Kpi, Parameter, Plan, Scenario
from model.plan.settled import ALREADY_MET, DEADLINE, meets
from model.projection.limits import departure
from model.projection.projection import as_of_year, paths_of, settle
from model.projection.required import growth_between
from model.projection.trajectories import FADING, Paths, facts_of, faded, trajectories

AS_ASSUMED, OUT_OF_REACH = "met as assumed", "out of reach"
EDGES = (-0.3, -0.1, -0.02, 0.0, 0.02, 0.1, 0.3, 1.0, 3.0)


@dataclass(frozen=True)
class Sought:
    """What it takes to meet a target."""

    parameter: str
    value: float
    unit: str
    first: float
    average: float
    needed: bool
    possible: bool
    note: str


def goal_seek(
    plan: Plan,
    scenario: str | Path | Scenario,
    kpi: str,
    *,
    argument: str | None = None,
    target_year: int | None = None,
    value: float | None = None,
    as_of: int | str | None = None,
) -> Sought:
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
        Argument of its curve; by default the one that speeds it up: the last with a time unit. For a stepwise
        curve ``rates``, the number added to every yearly rate, or ``rates.2024``.
    target_year : int, optional
        By default the plan's.
    value : float, optional
        By default the target's.
    as_of : int or "latest", optional
        What is known.

    Returns
    -------
    Sought

    Raises
    ------
    ModelError
        If there is no such KPI, target or argument.

    Examples
    --------
    >>> from model import load
    >>> found = goal_seek(load(), "baseline", "software_revenue")
    >>> found.parameter, round(found.value, 4), round(found.average, 4), found.needed, found.possible
    ('software_revenue.rate', 0.1631, 0.114, True, True)
    """
    if kpi not in plan.kpis:
        raise ModelError(mistake("kpi", "", f"unknown KPI {kpi!r}", near(kpi, plan.kpis)))
    resolved, series = settle(plan, scenario), plan.kpis[kpi]
    year = target_year or plan.target_year
    target = series.target(year)
    if value is None and target is None:
        years = [one.year for one in series.targets]
        raise ModelError(mistake("target year", kpi, f"no target for {year}", near(year, years)))
    goal = target if value is None and target is not None else float(value or 0.0)
    wanted = goal if isinstance(goal, float) else goal.value
    growth, seen = resolved.growth[kpi], as_of_year(plan, resolved, as_of)
    name, declared = _argument(kpi, growth, argument)
    facts = facts_of(plan, seen)
    known, start = max((year_, figure) for year_, figure, _ in facts[kpi] if year_ <= year)
    now = paths_of(plan, resolved, last=year, as_of=seen, hold=False)
    if name == "rate" and growth.reread:
        # A rate that is set stands in place of the one that is read again.
        line = growth.model_copy(update={"reread": None})
        resolved = resolved.model_copy(update={"growth": {**resolved.growth, kpi: line}})

    def paths(candidate: float) -> Paths:
        def sample(series: str, key: str, parameter: Parameter) -> float:
            if series == kpi and name.endswith("rates") and key.startswith(f"{name}."):
                return parameter.central + candidate
            return candidate if (series, key) == (kpi, name) else parameter.central

        solved = {**now.solved, kpi: {**now.solved.get(kpi, {}), name: candidate}}
        return trajectories(plan, resolved, last=year, facts=facts, solved=solved, sample=sample, only=kpi)

    def gap(candidate: float) -> float:
        return float(paths(candidate).values[kpi][year - plan.base_year]) - wanted

    met = bool(meets(series, now.values[kpi][year - plan.base_year], goal))
    note = ALREADY_MET if meets(series, start, goal) else AS_ASSUMED if met else ""
    found, possible = math.nan, met
    if known == year:
        note = DEADLINE
    else:
        found = _root(gap, declared, growth if name.endswith("rates") else None)
        if math.isfinite(found):
            wrong, record = departure(plan, resolved, kpi, paths(found), year)
            possible, note = not wrong, "; ".join(filter(None, (wrong, record))) or note
        elif not met:
            note = OUT_OF_REACH
    return Sought(
        parameter=f"{kpi}.{name}",
        value=found,
        unit=declared.unit,
        first=_first(plan, series, growth, name, found, known),
        average=growth_between(series, start, wanted, year - known),
        needed=not met,
        possible=possible,
        note=note,
    )


def _argument(kpi: str, growth: Growth, asked: str | None) -> tuple[str, Argument]:
    """Name the argument that is sought, dotted where it stands in a numerator, and what it may be."""
    inner = growth.arguments.get("numerator")
    line, prefix = (inner, "numerator.") if inner is not None else (growth, "")
    every = arguments(CURVES[line.curve])
    numbers = {prefix + name: one for name, one in every.items() if one.kind == "number"}
    timed = [name for name, one in numbers.items() if one.unit]
    for year in line.arguments.get("rates", ()):
        numbers |= {f"{prefix}rates": every["rates"], f"{prefix}rates.{year}": every["rates"]}
        timed = [f"{prefix}rates"]
    name = asked or timed[-1]
    if name not in numbers:
        raise ModelError(
            mistake("argument", kpi, f"{growth.curve} has no number {name!r}", near(name, numbers))
        )
    return name, numbers[name]


def _root(gap: Callable[[float], float], declared: Argument, lifted: Growth | None) -> float:
    """Find the value at which the gap closes; NaN where no admissible one does."""
    low, high = max(declared.low, -1e3), min(declared.high, 1e3)
    if lifted is not None:
        line = lifted.arguments.get("numerator") or lifted
        low -= min(0.0, *(rate.central for rate in line.arguments["rates"].values()), 0.0)
    edges = sorted({edge for edge in (low + 1e-6, *EDGES, high - 1e-6) if low < edge < high})
    for left, right in pairwise(edges):
        before, after = gap(left), gap(right)
        if math.isfinite(before) and math.isfinite(after) and before * after <= 0 and before != after:
            return float(scipy.optimize.brentq(gap, left, right, xtol=1e-12))
    return math.nan


def _first(plan: Plan, kpi: Kpi, growth: Growth, name: str, value: float, known: int) -> float:
    """Give the growth of the last known year, where it fades and counts as growth on average does."""
    if FADING.get(growth.curve) != name or (growth.curve == "damped") != (kpi.kind != "share"):
        return math.nan
    gone = known - since(plan, kpi)
    return float(faded(growth.curve, value, growth.arguments["damping"].central ** gone)) if gone else value
