"""How far growth strays from what the curve expects: measured where there is history, borrowed elsewhere.

Only what was known in the base year enters. A series' yearly errors are those a damped trend would have
made one year ahead: ``e = g - phi * g_before``, g the change of the log (of the logit, for a share).
Growth is taken between figures of one scope: over the comparable figure of the year before, where one is
known. A KPI with fewer than four growth rates borrows: errors of all series, context series included,
relative to the size of their growth, are pooled, and scaled by the KPI's own expected growth.
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


def spread(plan: Plan, expected: Mapping[str, float]) -> pd.DataFrame:
    """Measure or borrow the standard deviation of every KPI's yearly growth shock.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    expected : mapping of str to float
        Change of the log (of the logit, under a ceiling) that each KPI's curve expects in its first
        projected year; its size scales what is borrowed.

    Returns
    -------
    DataFrame
        kpi, sd (of the log or logit, a year), n (errors it rests on), borrowed, and factor: by how much
        it was widened. Own errors by ``sqrt(1 + 1 / n)``, as the error of one more year; borrowed ones by
        the 95 % point of Student's t with n - 1 degrees of freedom over the normal's, because their
        scatter is itself an estimate from other series.

    Raises
    ------
    ValueError
        If no series of the plan has two growth rates.

    Examples
    --------
    >>> from model import load
    >>> table = spread(load(), dict.fromkeys(load().kpis, 0.1)).set_index("kpi")
    >>> bool(table.loc["software_revenue", "borrowed"]), bool(table.loc["core_share", "borrowed"])
    (False, True)
    """
    growth = {
        name: yearly_growth(plan, series) for name, series in plan.series.items() if not series.proxy_for
    }
    errors = {name: _errors(rates) for name, rates in growth.items()}
    relative = [
        error / abs(float(np.mean(list(growth[name].values()))))
        for name, found in errors.items()
        for error in found
    ]
    if not relative:
        raise ValueError("no series has two growth rates in a row before the base year")
    pooled = math.sqrt(float(np.mean(np.square(relative))))
    rows = []
    for name in plan.kpis:
        own = errors[name]
        borrowed = len(growth[name]) < ENOUGH or len(own) < 2
        count = len(relative) if borrowed else len(own)
        student = float(stats.t.ppf(0.975, count - 1) / stats.norm.ppf(0.975))
        factor = student if borrowed else math.sqrt(1.0 + 1.0 / count)
        size = pooled * abs(expected[name]) if borrowed else math.sqrt(float(np.mean(np.square(own))))
        rows.append((name, size * factor, count, borrowed, factor))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def yearly_growth(plan: Plan, series: Series) -> dict[int, float]:
    """Give the yearly growth known in the base year: changes of the log, or of the logit for a share.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    series : Series
        A KPI or a context series.

    Returns
    -------
    dict of int to float
        By year. Only from one point figure to the next year's, of one definition.

    Examples
    --------
    >>> from model import load
    >>> plan = load()
    >>> {year: round(rate, 3) for year, rate in yearly_growth(plan, plan.kpis["software_revenue"]).items()}
    {2017: 0.126, 2018: 0.137, 2019: 0.134, 2020: 0.124}
    """
    levels: dict[str, dict[int, float]] = {}
    for row in known(plan, as_of=plan.base_year, every_series=series.id in plan.context).itertuples():
        if row.kpi == series.id and row.bound == "point":
            levels.setdefault(row.series, {})[int(row.year)] = float(row.value)
    if series.id in plan.kpis:
        levels.setdefault(series.series, {})[plan.base_year] = plan.kpis[series.id].base
    restated = known(plan, as_of=plan.base_year, basis="comparable")
    before = {
        (row.series, int(row.year)): float(row.value)
        for row in restated.itertuples()
        if row.kpi == series.id and row.bound == "point"
    }
    top = series.bounds[1] if series.kind == "share" and series.bounds is not None else None
    return {
        year: float(np.log(odds_of(value, top) / odds_of(before.get((label, year - 1), own[year - 1]), top)))
        for label, own in levels.items()
        for year, value in sorted(own.items())
        if year - 1 in own
    }


def _errors(growth: Mapping[int, float]) -> list[float]:
    return [rate - DAMPING * growth[year - 1] for year, rate in growth.items() if year - 1 in growth]
