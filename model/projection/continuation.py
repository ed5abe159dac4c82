"""How a series goes on that no scenario speaks of: its last known growth, fading.

Context series (population, internet users) are projected so because ceilings and denominators need
them. Growth is taken on the odds of the series' ceiling where it has one, on the log otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.growth.curves import damped
from model.growth.shocks import from_odds, odds_of
from model.plan.outturns import Facts
from model.plan.plan import Series
from model.plan.schema import Parameter

# The middle of the range 0.8 to 0.98 in which damping factors usually lie (Hyndman and Athanasopoulos,
# Forecasting: Principles and Practice, 3rd edition, section 8.2).
DAMPING = 0.89


def continued(
    years: ArrayLike, base: float, series: Series, facts: Facts, *, ceiling: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Go on from the first year with the last growth known, fading by `DAMPING` a year."""
    fading = damped(years, 1.0, rate=np.expm1(last_growth(series, facts)), damping=DAMPING)
    if ceiling is None:
        return from_odds(odds_of(base, None) * fading, None)
    top = np.asarray(ceiling, dtype=float)
    first = top[..., :1] if top.ndim else top
    return from_odds(odds_of(base, first) * fading, top)


def has_growth(series: Series, facts: Facts) -> bool:
    """Tell whether two figures of one definition are known."""
    return bool(_pairs(series, facts))


def last_growth(series: Series, facts: Facts) -> float:
    """Measure the yearly change of the log (or logit) between the last two figures of one definition."""
    pairs = _pairs(series, facts)
    if not pairs:
        return 0.0
    (start, before, _), (end, after, _) = max(pairs, key=lambda pair: pair[1][0])
    tops = [_past_ceiling(series, facts, year) for year in (start, end)]
    # Odds only if both ceilings are known: odds and levels do not compare.
    odds = [
        float(odds_of(value, top if None not in tops else None))
        for value, top in zip((before, after), tops, strict=True)
    ]
    return float(np.log(odds[1] / odds[0])) / (end - start)


def _pairs(series: Series, facts: Facts) -> list[list[tuple[int, float, str]]]:
    """Give the last two figures of every definition that has two."""
    pairs = []
    for label in sorted({fact[2] for fact in facts[series.id]}):
        pair = [fact for fact in facts[series.id] if fact[2] == label][-2:]
        if len(pair) == 2:
            pairs.append(pair)
    return pairs


def _past_ceiling(series: Series, facts: Facts, year: int) -> float | None:
    if isinstance(series.ceiling, Parameter):
        return series.ceiling.central
    figures = facts.get(series.ceiling, ()) if series.ceiling is not None else ()
    return next((value for other, value, _ in figures if other == year), None)
