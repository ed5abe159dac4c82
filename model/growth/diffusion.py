"""Diffusion curves: growth towards a ceiling, anchored exactly at the first year.

What grows is the share of the ceiling, so a ceiling that changes over the years (population,
internet users) is never overtaken. Shapes and conventions are those of `model.growth.curves`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.growth.arguments import Ceiling, Coefficient, Decay, Speed

Values = NDArray[np.float64]


def logistic(years: ArrayLike, base: ArrayLike, *, ceiling: Ceiling, rate: Speed) -> Values:
    """S-curve: the logit of the share of the ceiling grows by `rate` a year.

    With a ceiling of 100 % this is the logit-linear path of a share; as the ceiling grows
    without limit it becomes `compound` with growth ``exp(rate) - 1``.

    Parameters
    ----------
    years, base
        Calendar years, and the value in the first of them (KPI units).
    ceiling : array_like, scalar or shape (years,)
        Upper limit in KPI units, above the base; it may change over the years.
    rate : array_like
        Change of ``ln(y / (ceiling - y))`` a year.

    Notes
    -----
    Fisher and Pry (1971), Technological Forecasting and Social Change 3, 75-88.

    Examples
    --------
    >>> logistic([2020, 2025], 14.7, ceiling=100, rate=0.3115312530501583).round(9).tolist()
    [14.7, 45.0]
    """
    top, first = _tops(ceiling)
    odds = np.asarray(base) / (first - np.asarray(base)) * np.exp(np.asarray(rate) * _since(years))
    return _anchored(top * (odds / (1.0 + odds)), base)


def gompertz(years: ArrayLike, base: ArrayLike, *, ceiling: Ceiling, rate: Decay) -> Values:
    """Asymmetric S-curve: the log distance to the ceiling shrinks by the factor ``exp(-rate)`` a year.

    The steepest point lies at 37 % of the ceiling (1/e), earlier than the logistic's half.

    Parameters
    ----------
    years, base, ceiling
        As in `logistic`.
    rate : array_like
        Decay of ``ln(ceiling / y)`` a year, positive.

    Notes
    -----
    ``y = K exp(-b exp(-c h))`` with ``b = ln(K / base)`` and ``c = rate``; Winsor (1932), PNAS 18, 1-8.

    Examples
    --------
    >>> gompertz([2020, 2025], 14.7, ceiling=100, rate=0.17518809096024).round(9).tolist()
    [14.7, 45.0]
    """
    top, first = _tops(ceiling)
    distance = np.log(first / np.asarray(base))
    return _anchored(top * np.exp(-distance * np.exp(-np.asarray(rate) * _since(years))), base)


def saturating(years: ArrayLike, base: ArrayLike, *, ceiling: Ceiling, rate: Decay) -> Values:
    """Saturation without take-off: the distance to the ceiling shrinks by ``exp(-rate)`` a year.

    Parameters
    ----------
    years, base, ceiling
        As in `logistic`.
    rate : array_like
        Decay of ``1 - y / ceiling`` a year, positive.

    Notes
    -----
    ``K - y = (K - base) exp(-k h)`` with ``k = rate`` (modified exponential).

    Examples
    --------
    >>> saturating([2020, 2021], 50, ceiling=100, rate=0.5).round(4).tolist()
    [50.0, 69.6735]
    """
    top, first = _tops(ceiling)
    left = 1.0 - np.asarray(base) / first
    return _anchored(top * (1.0 - left * np.exp(-np.asarray(rate) * _since(years))), base)


def bass(
    years: ArrayLike, base: ArrayLike, *, ceiling: Ceiling, innovation: Coefficient, imitation: Coefficient
) -> Values:
    """Diffusion: adopters come by themselves (p) or follow others (q).

    The clock is set so that the cumulative curve passes through the base in the first year.

    Parameters
    ----------
    years, base, ceiling
        As in `logistic`; the ceiling is the market m.
    innovation, imitation : array_like
        Coefficients p and q, a year. The hazard of adopting is ``p + q F``.

    Notes
    -----
    Bass (1969), Management Science 15, 215-227:
    ``F(t) = (1 - exp(-(p+q) t)) / (1 + (q/p) exp(-(p+q) t))``.

    Examples
    --------
    >>> bass([2020, 2025], 14.7, ceiling=100, innovation=0.005, imitation=0.29196153521367).round(9).tolist()
    [14.7, 45.0]
    """
    top, first = _tops(ceiling)
    p, q = np.asarray(innovation, dtype=float), np.asarray(imitation, dtype=float)
    share = np.asarray(base) / first
    # Written in odds (p + q F) / (1 - F), which grow by exp(p + q) a year, instead of through
    # the clock's own time: no logarithm, no division by p, nothing that grows without end.
    odds, left = (p + q * share) / (1.0 - share), np.exp(-(p + q) * _since(years))
    still = odds + q * left == 0.0
    path = (odds - p * left) / np.where(still, 1.0, odds + q * left)
    return _anchored(top * np.where(still, share, path), base)


def _since(years: ArrayLike) -> Values:
    calendar = np.asarray(years, dtype=float)
    return np.asarray(calendar - calendar[0])


def _tops(ceiling: ArrayLike) -> tuple[Values, Values]:
    """Give the ceiling over the years, and the ceiling in the first year."""
    top = np.asarray(ceiling, dtype=float)
    return top, top if top.ndim == 0 else top[..., :1]


def _anchored(path: Values, base: ArrayLike) -> Values:
    """Put the base itself in the first year: rounding may have moved it by its last digits."""
    path[..., :1] = np.asarray(base)
    return path
