"""What would have to be true: the effort that each target still takes, measured in four ways."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from model.goals import growth_between
from model.histories import steps
from model.outcomes import ALREADY_MET, DEADLINE, meets
from model.projection import Projection
from model.schema import Kpi, Plan, Target

COLUMNS = (
    "scenario", "kpi", "target_year", "target", "since", "value", "required", "assumed", "addition",
    "factor", "best", "best_year", "latest", "note",
)  # fmt: skip


def efforts(plan: Plan, projection: Projection) -> pd.DataFrame:
    """Say what each target takes, from the last known year on.

    Parameters
    ----------
    plan : Plan
        A plan pack.
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
    >>> table = efforts(plan, project(plan, "baseline")).set_index("kpi")
    >>> row = table.loc["software_revenue"]
    >>> f"{row['required']:.3f} {row['addition']:.3f} {row['latest']:.0f}"
    '0.114 0.021 2023'
    """
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
