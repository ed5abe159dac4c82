"""Hold past projections against what was published since.

An as-of run knows what an analyst knew then, in the vintages of then; its projections are scored beside
naive forecasts made from the same figures. Only point figures that were seen in a source are scored;
what has no outturn is never scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.growth.curves import compound, damped, linear
from model.plan.outturns import known, latest_as_of
from model.plan.schema import Plan, Scenario
from model.projection.continuation import DAMPING
from model.projection.projection import project
from model.projection.trajectories import facts_of

COLUMNS = (
    "scenario",
    "kpi",
    "series",
    "as_of",
    "year",
    "horizon",
    "method",
    "forecast",
    "outturn",
    "error",
    "basis",
)
SCENARIO, LAST_VALUE = "scenario", "last_value"
Past = Sequence[tuple[int, float, str]]


def last_value(past: Past, years: Sequence[int]) -> Any:
    """Let the last known value stay."""
    return np.full(len(years), past[-1][1])


def last_growth(past: Past, years: Sequence[int]) -> Any:
    """Let the last known growth rate go on."""
    return compound(years, past[-1][1], rate=_rate(past))


def last_step(past: Past, years: Sequence[int]) -> Any:
    """Let the last known change go on, in units."""
    slope = (past[-1][1] - past[-2][1]) / (past[-1][0] - past[-2][0])
    return linear(years, past[-1][1], slope=slope)


def damped_trend(past: Past, years: Sequence[int]) -> Any:
    """Let the last known growth rate go on, fading as a context series' does."""
    return damped(years, past[-1][1], rate=_rate(past), damping=DAMPING)


NAIVE: Mapping[str, Callable[[Past, Sequence[int]], Any]] = {
    function.__name__: function for function in (last_value, last_growth, last_step, damped_trend)
}


def hindsight(plan: Plan, scenarios: Sequence[str | Path | Scenario] = ()) -> pd.DataFrame:
    """Score as-of runs of scenarios and of naive forecasts against what was published since.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenarios : sequence of str, Path or Scenario
        Names, paths, or scenarios; none: every scenario of the plan that does not itself rest on later
        figures.

    Returns
    -------
    DataFrame
        scenario (empty for a naive forecast), kpi, series (label of the definition), as_of, year, horizon
        (years from as-of year), method, forecast, outturn, error (outturn minus forecast, in the KPI's
        unit) and basis. One row for every forecast year with an outturn on that basis.

    Examples
    --------
    >>> from model import load
    >>> table = hindsight(load(), ["baseline"])
    >>> int(table["year"].max()), sorted(set(table["horizon"]))
    (2025, [1, 2, 3, 4, 5])
    """
    outturns = outturns_of(plan)
    last = last_outturn(plan)
    rows: list[tuple[Any, ...]] = []
    for as_of in range(plan.base_year, last):
        for name in judged(plan, scenarios):
            made = project(plan, name, as_of=as_of, horizon=last)
            values = made.table[made.table["status"] == "projected"].set_index(["kpi", "year"])["value"]
            forecasts = {(str(kpi), int(year)): float(value) for (kpi, year), value in values.items()}
            rows += _scored(plan, made.scenario.id, as_of, SCENARIO, forecasts, outturns)
        for method, paths in naive_paths(plan, as_of, last).items():
            forecasts = {
                (kpi, year): float(value)
                for kpi, (first, path) in paths.items()
                for year, value in enumerate(path, first)
                if year > first
            }
            rows += _scored(plan, "", as_of, method, forecasts, outturns)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def judged(plan: Plan, scenarios: Sequence[str | Path | Scenario] = ()) -> list[str | Path | Scenario]:
    """Give the scenarios to be scored: those asked for, else all that do not rest on later figures."""
    return list(scenarios) or [name for name, one in plan.scenarios.items() if one.as_of is None]


def naive_paths(plan: Plan, as_of: int, last: int) -> dict[str, dict[str, tuple[int, NDArray[np.float64]]]]:
    """Make the naive forecasts of every KPI."""
    facts, before = facts_of(plan, as_of), _history(plan, as_of)
    made: dict[str, dict[str, tuple[int, NDArray[np.float64]]]] = {method: {} for method in NAIVE}
    for kpi in plan.kpis:
        past = [*before.get(kpi, ()), *facts[kpi]]
        years = list(range(past[-1][0], last + 1))
        for method, forecast in NAIVE.items():
            grew = len(past) >= 2 and (method == last_step.__name__ or min(past[-1][1], past[-2][1]) > 0.0)
            if grew or method == LAST_VALUE:
                made[method][kpi] = years[0], np.asarray(forecast(past, years), dtype=float)
    return made


def last_outturn(plan: Plan) -> int:
    """Give the last year with an outturn that is scored; the base year where there is none."""
    return max((year for _, year, _, _ in outturns_of(plan)), default=plan.base_year)


def outturns_of(plan: Plan) -> list[tuple[str, int, float, str]]:
    """Give the figures that are scored against: points that were seen, on each basis, after the base year."""
    return [
        (row.kpi, int(row.year), float(row.value), basis)
        for basis in ("published", "comparable", "chained")
        for row in known(plan, as_of=latest_as_of(plan), basis=basis).itertuples()
        if row.bound == "point" and row.verified == "seen"
        if row.kpi in plan.kpis and row.year > plan.kpis[row.kpi].base_year
    ]


def _rate(past: Past) -> float:
    return float((past[-1][1] / past[-2][1]) ** (1.0 / (past[-1][0] - past[-2][0])) - 1.0)


def _history(plan: Plan, as_of: int) -> dict[str, list[tuple[int, float, str]]]:
    """Give the point figures before the base year, as known then."""
    past: dict[str, list[tuple[int, float, str]]] = {}
    for row in known(plan, as_of=as_of).itertuples():
        if row.kpi in plan.kpis and row.year < plan.kpis[row.kpi].base_year and row.bound == "point":
            past.setdefault(row.kpi, []).append((int(row.year), float(row.value), row.series))
    return past


def _scored(
    plan: Plan,
    scenario: str,
    as_of: int,
    method: str,
    forecasts: Mapping[tuple[str, int], float],
    outturns: Sequence[tuple[str, int, float, str]],
) -> Iterator[tuple[Any, ...]]:
    for kpi, year, outturn, basis in outturns:
        if year > as_of and (kpi, year) in forecasts:
            value = forecasts[kpi, year]
            label = plan.kpis[kpi].series
            yield (
                scenario,
                kpi,
                label,
                as_of,
                year,
                year - as_of,
                method,
                value,
                outturn,
                outturn - value,
                basis,
            )
