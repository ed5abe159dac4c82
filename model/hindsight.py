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

from model.continuation import DAMPING
from model.curves import compound, damped, linear
from model.figures import known, latest_as_of
from model.projection import project
from model.schema import Plan, Scenario
from model.trajectories import facts_of

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
SCORES = ("method", "kpi", "n", "mean_error", "mean_absolute_error", "skill")
SCENARIO, LAST_VALUE = "scenario", "last_value"
Past = Sequence[tuple[int, float, str]]


def last_value(past: Past, years: Sequence[int]) -> Any:
    """Let the last known value stay.

    Parameters
    ----------
    past : sequence of tuple
        Known figures (year, value, label), by year.
    years : sequence of int
        Calendar years from the last known one on.

    Returns
    -------
    ndarray, shape (years,)
    """
    return np.full(len(years), past[-1][1])


def last_growth(past: Past, years: Sequence[int]) -> Any:
    """Let the last known growth rate go on.

    Parameters
    ----------
    past, years
        As in `last_value`; at least two figures.

    Returns
    -------
    ndarray, shape (years,)
    """
    return compound(years, past[-1][1], rate=_rate(past))


def last_step(past: Past, years: Sequence[int]) -> Any:
    """Let the last known change go on, in units.

    Parameters
    ----------
    past, years
        As in `last_growth`.

    Returns
    -------
    ndarray, shape (years,)
    """
    slope = (past[-1][1] - past[-2][1]) / (past[-1][0] - past[-2][0])
    return linear(years, past[-1][1], slope=slope)


def damped_trend(past: Past, years: Sequence[int]) -> Any:
    """Let the last known growth rate go on, fading as a context series' does.

    Parameters
    ----------
    past, years
        As in `last_growth`.

    Returns
    -------
    ndarray, shape (years,)
    """
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
    names = list(scenarios) or [name for name, one in plan.scenarios.items() if one.as_of is None]
    outturns = list(_outturns(plan))
    last = max((year for _, year, _, _ in outturns), default=plan.base_year)
    rows: list[tuple[Any, ...]] = []
    for as_of in range(plan.base_year, last):
        years = list(range(plan.base_year, last + 1))
        for name in names:
            made = project(plan, name, as_of=as_of, horizon=last)
            values = made.table[made.table["status"] == "projected"].set_index(["kpi", "year"])["value"]
            forecasts = {(str(kpi), int(year)): float(value) for (kpi, year), value in values.items()}
            rows += _scored(plan, made.scenario.id, as_of, SCENARIO, forecasts, outturns)
        facts = facts_of(plan, as_of)
        before = _history(plan, as_of)
        for method, forecast in NAIVE.items():
            forecasts = {}
            for kpi in plan.kpis:
                past = [*before.get(kpi, ()), *facts[kpi]]
                if len(past) < 2 and method != LAST_VALUE:
                    continue
                ahead = [past[-1][0], *(year for year in years if year > past[-1][0])]
                path = np.asarray(forecast(past, ahead), dtype=float)
                forecasts |= {(kpi, year): float(path[index]) for index, year in enumerate(ahead) if index}
            rows += _scored(plan, "", as_of, method, forecasts, outturns)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def scores(table: pd.DataFrame, *, by_kpi: bool = False) -> pd.DataFrame:
    """Pool the errors of each method into a league table.

    Parameters
    ----------
    table : DataFrame
        What `hindsight` gives, of one basis.
    by_kpi : bool
        One line a KPI and method instead of one a method over all KPIs.

    Returns
    -------
    DataFrame
        method (a scenario's id, or the naive forecast), kpi (empty when pooled), n, mean_error and
        mean_absolute_error of ``ln(outturn / forecast)``, and skill: one minus the ratio of the mean
        absolute error to that of the last value on the same cases. Best first.

    Examples
    --------
    >>> from model import load
    >>> table = scores(hindsight(load(), ["baseline"]).query("basis == 'published'"))
    >>> set(table["method"]) == {"baseline", "last_value", "last_growth", "last_step", "damped_trend"}
    True
    """
    logs = np.log(table["outturn"] / table["forecast"])
    named = table.assign(log=logs, name=table["scenario"].where(table["method"] == SCENARIO, table["method"]))
    case = ["kpi", "as_of", "year", "basis"]
    naive = named[named["method"] == LAST_VALUE].set_index(case)["log"].abs()
    rows = []
    for key, part in named.groupby(["name", "kpi"] if by_kpi else ["name"], sort=False):
        reference = naive.reindex(pd.MultiIndex.from_frame(part[case])).mean()
        absolute = float(part["log"].abs().mean())
        skill = 1.0 - absolute / reference if reference > 0 else np.nan
        kpi = key[1] if by_kpi else ""
        rows.append((key[0], kpi, len(part), float(part["log"].mean()), absolute, skill))
    order = ["kpi", "mean_absolute_error"] if by_kpi else ["mean_absolute_error"]
    return pd.DataFrame(rows, columns=list(SCORES)).sort_values(order, ignore_index=True)


def _rate(past: Past) -> float:
    return float((past[-1][1] / past[-2][1]) ** (1.0 / (past[-1][0] - past[-2][0])) - 1.0)


def _outturns(plan: Plan) -> Iterator[tuple[str, int, float, str]]:
    """Give the figures that forecasts are scored against: points that were seen, on each basis."""
    for basis in ("published", "comparable", "chained"):
        for row in known(plan, as_of=latest_as_of(plan), basis=basis).itertuples():
            usable = row.bound == "point" and row.verified == "seen"
            if usable and row.kpi in plan.kpis and row.year > plan.base_year:
                yield row.kpi, int(row.year), float(row.value), basis


def _history(plan: Plan, as_of: int) -> dict[str, list[tuple[int, float, str]]]:
    """Give the point figures before the base year, as known then."""
    past: dict[str, list[tuple[int, float, str]]] = {}
    for row in known(plan, as_of=as_of).itertuples():
        if row.kpi in plan.kpis and row.year < plan.base_year and row.bound == "point":
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
