"""What would have to be true: the value of one assumption with which a target is just met."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import scipy

from model.errors import ModelError, mistake, near
from model.growth.arguments import Argument, arguments
from model.growth.curves import CURVES
from model.plan.schema import Growth, Parameter
from model.projection.projection import Projection, paths_of
from model.projection.required import ALREADY_MET, DEADLINE
from model.projection.trajectories import FADING, Paths, faded, trajectories

AS_ASSUMED, OUT_OF_REACH = "met as assumed", "out of reach"
SIZES = (0.02, 0.1, 0.3, 1.0, 3.0, *(10.0**power for power in range(1, 8)))
EDGES = (*(-size for size in reversed(SIZES)), 0.0, *SIZES)
HALVINGS = 50


@dataclass(frozen=True)
class Sought:
    parameter: str
    value: float
    unit: str
    first: float
    average: float
    needed: bool
    possible: bool
    note: str


def goal_seek(
    projection: Projection,
    kpi: str,
    *,
    argument: str | None = None,
    target_year: int | None = None,
    value: float | None = None,
) -> Sought:
    """Say what one assumption would have to be for a KPI to meet its target.

    Parameters
    ----------
    projection : Projection
        A scenario projected from what was known.
    kpi : str
        Id of a KPI.
    argument : str, optional
        Argument of its curve; by default the one that speeds it up: the last with a time unit. For a stepwise
        curve ``rates``, the number added to every yearly rate, or ``rates.2024``.
    target_year : int, optional
        By default the plan's.
    value : float, optional
        By default the target's.

    Returns
    -------
    Sought
        `parameter`, its `value` and `unit`, growth at `first` (where it fades) and on `average`, whether any
        change is `needed`, whether it is `possible`, and a `note` where there is more to say.

    Raises
    ------
    ModelError
        If there is no such KPI, target or argument.

    Examples
    --------
    >>> from model import load, project
    >>> found = goal_seek(project(load(), "baseline"), "software_revenue")
    >>> found.parameter, round(found.value, 4), round(found.average, 4), found.needed, found.possible
    ('software_revenue.rate', 0.1631, 0.114, True, True)
    """
    plan, scenario, series = projection.plan, projection.scenario, projection.plan.kpi(kpi)
    year = target_year or plan.target_year
    goal = plan.target(kpi, year) if value is None else float(value)
    wanted = goal if isinstance(goal, float) else goal.value
    growth, place = scenario.growth[kpi], year - plan.base_year
    name, declared = _argument(kpi, growth, argument)
    known, start = max((when, figure) for when, figure, _ in projection.facts[kpi] if when <= year)
    now = projection.paths
    if place >= now.years.size:
        now = paths_of(plan, scenario, last=year, as_of=projection.as_of)
    if name == "rate" and growth.reread:
        # A rate that is set stands in place of the one that is read again.
        line = growth.model_copy(update={"reread": None})
        scenario = scenario.model_copy(update={"growth": {**scenario.growth, kpi: line}})

    def paths(candidate: float) -> Paths:
        def sample(series: str, key: str, parameter: Parameter) -> float:
            if series == kpi and name.endswith("rates") and key.startswith(f"{name}."):
                return parameter.central + candidate
            return candidate if (series, key) == (kpi, name) else parameter.central

        solved = {**now.solved, kpi: {**now.solved.get(kpi, {}), name: candidate}}
        return trajectories(
            plan, scenario, last=year, as_of=projection.as_of, solved=solved, sample=sample, only=kpi
        )

    def gap(candidate: float) -> float:
        try:
            return float(paths(candidate).values[kpi][place]) - wanted
        except ModelError:
            # A shock has no meaning there: at that value there is no path.
            return math.nan

    met = bool(series.meets(now.values[kpi][place], goal))
    note = ALREADY_MET if series.meets(start, goal) else AS_ASSUMED if met else ""
    found, possible = math.nan, met
    if known == year:
        note = DEADLINE
    else:
        lifted = growth if name.endswith("rates") else None
        found = _root(gap, declared, lifted)
        if math.isfinite(found):
            tried = Projection(plan, scenario, projection.as_of, year, paths(found))
            wrong, record = tried.departure(kpi)
            possible, note = not wrong, "; ".join(filter(None, (wrong, record))) or note
        elif not met:
            note = OUT_OF_REACH
    first, gone = math.nan, known - plan.since(kpi)
    # Where growth fades and counts as growth on average does, that of the last known year is told.
    if FADING.get(growth.curve) == name and (growth.curve == "damped") == (series.kind != "share"):
        first = found
        if gone:
            first = float(faded(growth.curve, found, growth.arguments["damping"].central ** gone))
    average = series.growth(start, wanted, year - known)
    return Sought(f"{kpi}.{name}", found, declared.unit, first, average, not met, possible, note)


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
        wrong = f"{growth.curve} has no number {name!r}"
        raise ModelError(mistake("argument", kpi, wrong, near(name, numbers)))
    return name, numbers[name]


def _root(gap: Callable[[float], float], declared: Argument, lifted: Growth | None) -> float:
    """Find the value at which the gap closes; NaN where no admissible one does."""
    low, high = max(declared.low, EDGES[0]), min(declared.high, EDGES[-1])
    if lifted is not None:
        line = lifted.arguments.get("numerator") or lifted
        low -= min(0.0, *(rate.central for rate in line.arguments["rates"].values()), 0.0)
    edges = sorted({edge for edge in (low + 1e-6, *EDGES, high - 1e-6) if low < edge < high})
    for left, right in pairwise(edges):
        before, after = gap(left), gap(right)
        if math.isnan(before) != math.isnan(after):
            # Up to where there is a path.
            kept, lost = (right, left) if math.isnan(before) else (left, right)
            for _ in range(HALVINGS):
                middle = (kept + lost) / 2
                kept, lost = (kept, middle) if math.isnan(gap(middle)) else (middle, lost)
            left, right = (kept, right) if math.isnan(before) else (left, kept)
            before, after = gap(left), gap(right)
        if math.isfinite(before) and math.isfinite(after) and before * after <= 0 and before != after:
            return float(scipy.optimize.brentq(gap, left, right, xtol=1e-12))
    return math.nan
