"""How far growth strays from what the curve expects: measured where there is history, borrowed elsewhere.

Only what was known in the base year enters. A series' yearly errors are those a damped trend would have
made one year ahead: ``e = g - phi * g_before``, g the change of the log (of the logit, for a share).
Growth is taken between figures of one scope: over the comparable figure of the year before, where one is
known. A KPI with fewer than four growth rates borrows: errors of all series, context series included,
relative to the size of their growth, are pooled, and scaled by the size of the KPI's own expected growth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from model.continuation import DAMPING
from model.effects import odds_of
from model.figures import known
from model.schema import Plan, Series

COLUMNS = ("kpi", "sd", "n", "borrowed", "factor")
ENOUGH = 4
LEVEL = 0.975


def spread(plan: Plan, expected: Mapping[str, float]) -> pd.DataFrame:
    """Measure or borrow the standard deviation of every KPI's yearly growth shock.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    expected : mapping of str to float
        Size of each KPI's expected change of the log (of the logit, under a ceiling) in a year; it scales
        what is borrowed.

    Returns
    -------
    DataFrame
        kpi, sd (of the log or logit, a year), n (errors it rests on), borrowed, and factor: by how much
        it was widened, because few errors say little of their scatter. The factor is Student's t over the
        normal at 97.5 %, so that the central 95 % hold as much: with n degrees of freedom for n own errors
        (around zero, which is not estimated); with one less than the number of series for borrowed ones,
        because errors of one series are alike, and it is the scatter between series that is borrowed.

    Raises
    ------
    ValueError
        If no series of the plan has two growth rates in a row.

    Examples
    --------
    >>> from model import load
    >>> table = spread(load(), dict.fromkeys(load().kpis, 0.1)).set_index("kpi")
    >>> bool(table.loc["software_revenue", "borrowed"]), bool(table.loc["core_share", "borrowed"])
    (False, True)
    """
    every = yearly_growth(plan)
    growth = {name: every[name] for name, series in plan.series.items() if not series.proxy_for}
    errors = {name: _errors(rates) for name, rates in growth.items()}
    lenders = {
        name: np.array(found) / abs(float(np.mean(list(growth[name].values()))))
        for name, found in errors.items()
        if found
    }
    if not lenders:
        raise ValueError("no series has two growth rates in a row before the base year")
    relative = np.concatenate(list(lenders.values()))
    rows = []
    for name in plan.kpis:
        own = np.array(errors[name])
        borrowed = len(growth[name]) < ENOUGH or own.size < 2
        free = max(len(lenders) - 1, 1) if borrowed else own.size
        factor = float(stats.t.ppf(LEVEL, free) / stats.norm.ppf(LEVEL))
        used, scale = (relative, abs(expected[name])) if borrowed else (own, 1.0)
        size = scale * math.sqrt(float(np.mean(np.square(used))))
        rows.append((name, size * factor, used.size, borrowed, factor))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def yearly_growth(plan: Plan, *, as_of: int | None = None) -> dict[str, dict[int, float]]:
    """Give the yearly growth of every series: changes of the log, or of the logit for a share.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    as_of : int, optional
        Year of knowledge; by default the base year.

    Returns
    -------
    dict of str to dict of int to float
        By series and year. Only from one point figure to the next year's, of one definition.

    Examples
    --------
    >>> from model import load
    >>> rates = yearly_growth(load())["software_revenue"]
    >>> {year: round(rate, 3) for year, rate in sorted(rates.items())}
    {2017: 0.126, 2018: 0.137, 2019: 0.134, 2020: 0.124}
    """
    seen = plan.base_year if as_of is None else as_of
    # Of a context series every definition lends growth; of a KPI only its own.
    own, every = known(plan, as_of=seen), known(plan, as_of=seen, every_series=True)
    chosen = pd.concat([own[own["kpi"].isin(list(plan.kpis))], every[every["kpi"].isin(list(plan.context))]])
    levels: dict[str, dict[str, dict[int, float]]] = {name: {} for name in plan.series}
    for row in chosen.itertuples():
        if row.bound == "point":
            levels[row.kpi].setdefault(row.series, {})[int(row.year)] = float(row.value)
    for name, kpi in plan.kpis.items():
        levels[name].setdefault(kpi.series, {})[plan.base_year] = kpi.base
    before = {
        (row.kpi, row.series, int(row.year)): float(row.value)
        for row in known(plan, as_of=seen, basis="comparable").itertuples()
        if row.bound == "point"
    }
    return {
        name: {
            year: float(
                np.log(odds_of(value, _top(series)))
                - np.log(odds_of(before.get((name, label, year - 1), figures[year - 1]), _top(series)))
            )
            for label, figures in levels[name].items()
            for year, value in sorted(figures.items())
            if year - 1 in figures
        }
        for name, series in plan.series.items()
    }


def _top(series: Series) -> float | None:
    return series.bounds[1] if series.kind == "share" and series.bounds is not None else None


def _errors(growth: Mapping[int, float]) -> list[float]:
    return [rate - DAMPING * growth[year - 1] for year, rate in growth.items() if year - 1 in growth]
