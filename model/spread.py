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
from model.errors import ModelError, mistake
from model.histories import steps
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
    ModelError
        If no series of the plan has two growth rates in a row (`can_spread`).

    Examples
    --------
    >>> from model import load
    >>> table = spread(load(), dict.fromkeys(load().kpis, 0.1)).set_index("kpi")
    >>> bool(table.loc["software_revenue", "borrowed"]), bool(table.loc["core_share", "borrowed"])
    (False, True)
    """
    growth = _lent(plan)
    errors = {name: _errors(rates) for name, rates in growth.items()}
    lenders = {
        name: np.array(found) / abs(float(np.mean(list(growth[name].values()))))
        for name, found in errors.items()
        if found
    }
    if not lenders:
        wrong = "no series has two growth rates in a row before the base year"
        raise ModelError(mistake(plan.id, "outturns.csv", wrong, "three figures in a row, of any series"))
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


def can_spread(plan: Plan) -> bool:
    """Tell whether enough is known of a plan's past to say how far growth strays.

    Parameters
    ----------
    plan : Plan
        A plan pack.

    Returns
    -------
    bool

    Examples
    --------
    >>> from model import load
    >>> can_spread(load())
    True
    """
    return any(_errors(rates) for rates in _lent(plan).values())


def _lent(plan: Plan) -> dict[str, dict[int, float]]:
    """Give the growth of the series that count: a stand-in for a KPI says nothing of its own."""
    every = yearly_growth(plan)
    return {name: every[name] for name, series in plan.series.items() if not series.proxy_for}


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
    return {
        name: {
            year: float(np.log(odds_of(after, _top(series))) - np.log(odds_of(before, _top(series))))
            for year, (before, after) in found.items()
        }
        for (name, found), series in zip(steps(plan, as_of=as_of).items(), plan.series.values(), strict=True)
    }


def _top(series: Series) -> float | None:
    return series.bounds[1] if series.kind == "share" and series.bounds is not None else None


def _errors(growth: Mapping[int, float]) -> list[float]:
    return [rate - DAMPING * growth[year - 1] for year, rate in growth.items() if year - 1 in growth]
