"""Growth curves: one pure function each, anchored exactly at the first year.

Every curve takes calendar years and the value in the first of them, and returns the
values in all of them. A curve's keyword-only arguments are its YAML schema: the
annotation of each says what it is and which values it may take (`model.growth.arguments`).

Numbers may be scalars or arrays of shape (n, 1), one row a draw; the result then has
the shape (n, years). A ceiling may also be a series of shape (years,).
Growth rates are decimals a year. Sources of the formulas stand beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from model.growth.arguments import Damping, Index, Rate, Rates, Series, Slope, arguments
from model.growth.diffusion import bass, gompertz, logistic, saturating

Values = NDArray[np.float64]


def linear(years: ArrayLike, base: ArrayLike, *, slope: Slope) -> Values:
    """Equal steps: the base plus `slope` units a year.

    Parameters
    ----------
    years : array_like, shape (years,)
        Calendar years; the first is the anchor.
    base : array_like
        Value in the first year, in KPI units.
    slope : array_like
        Change a year, in KPI units (percentage points for a share).

    Examples
    --------
    >>> linear([2020, 2021, 2022], 7.8, slope=0.44).round(2).tolist()
    [7.8, 8.24, 8.68]
    """
    return np.asarray(base) + np.asarray(slope) * _since(years)


def compound(years: ArrayLike, base: ArrayLike, *, rate: Rate) -> Values:
    """Constant growth: ``base * (1 + rate) ** h``, h years after the anchor.

    Parameters
    ----------
    years, base
        As in `linear`.
    rate : array_like
        Growth a year, a decimal above -1.

    Examples
    --------
    >>> compound([2020, 2021, 2022], 100, rate=0.1).round(6).tolist()
    [100.0, 110.0, 121.0]
    """
    return np.asarray(base) * (1.0 + np.asarray(rate)) ** _since(years)


def stepwise(years: ArrayLike, base: ArrayLike, *, rates: Rates) -> Values:
    """One growth rate a calendar year: ``base`` times the product of ``1 + rate``.

    Parameters
    ----------
    years, base
        As in `linear`; the years follow one another without a gap.
    rates : mapping of int to array_like
        Growth in each calendar year after the anchor, decimals above -1. After the last year
        named its rate holds; rates of years up to the anchor are not used.

    Raises
    ------
    ValueError
        If the first year after the anchor has no rate and no later one was passed before it.

    Examples
    --------
    >>> stepwise([2020, 2021, 2022, 2023], 8.16, rates={2021: 0.16, 2022: 0.12}).round(4).tolist()
    [8.16, 9.4656, 10.6015, 11.8736]
    """
    calendar = np.asarray(years)
    named = sorted(rates)
    factors = [np.asarray(base, dtype=float)]
    for year in calendar[1:]:
        held = [other for other in named if other <= year]
        if not held:
            raise ValueError(f"no growth rate for {year}")
        factors.append(factors[-1] * (1.0 + np.asarray(rates[held[-1]])))
    return np.concatenate([np.atleast_1d(factor) for factor in np.broadcast_arrays(*factors)], axis=-1)


def damped(years: ArrayLike, base: ArrayLike, *, rate: Rate, damping: Damping) -> Values:
    """Fading growth: log growth starts from ``ln(1 + rate)`` and shrinks by `damping` every year.

    Parameters
    ----------
    years, base
        As in `linear`.
    rate : array_like
        Growth in the anchor year, a decimal; the first projected year grows by ``(1 + rate) ** damping``.
    damping : array_like
        Factor a year, between 0 (growth stops) and 1 (it never fades).

    Notes
    -----
    Gardner and McKenzie (1985), Management Science 31, 1237-1246, on logarithms.

    Examples
    --------
    >>> damped([2020, 2021, 2022], 100, rate=0.1, damping=0.9).round(3).tolist()
    [100.0, 108.957, 117.701]
    """
    growth = np.log1p(np.asarray(rate, dtype=float)) * _fading(years, damping)
    return np.asarray(np.asarray(base) * np.exp(growth), dtype=float)


def damped_linear(years: ArrayLike, base: ArrayLike, *, slope: Slope, damping: Damping) -> Values:
    """Fading steps: the change a year starts from `slope` and shrinks by `damping` every year.

    Parameters
    ----------
    years, base
        As in `linear`.
    slope : array_like
        Change in the anchor year, in KPI units.
    damping : array_like
        Factor a year, between 0 and 1.

    Notes
    -----
    Gardner and McKenzie (1985): ``l + b (phi + ... + phi ** h)``; the limit is ``l + b phi / (1 - phi)``.

    Examples
    --------
    >>> damped_linear([2020, 2021, 2025], 100, slope=5, damping=0.9).round(5).tolist()
    [100.0, 104.5, 118.42795]
    """
    return np.asarray(base) + np.asarray(slope) * _fading(years, damping)


def ratio(years: ArrayLike, base: ArrayLike, *, numerator: Index, denominator: Series) -> Values:
    """Divide one growing aggregate by another: a share.

    Parameters
    ----------
    years, base
        As in `linear`; the base is the share in the first year.
    numerator : array_like, shape (years,) or (draws, years)
        Path of the numerator, in any unit: only its growth since the first year counts.
        In a scenario file: another curve.
    denominator : array_like, shape (years,) or (draws, years)
        Path of the denominator, likewise. In a scenario file: the id of a series.

    Notes
    -----
    ``1 + g_share = (1 + g_numerator) / (1 + g_denominator)`` exactly; both at current prices.

    Examples
    --------
    >>> ratio([2020, 2021], 7.8, numerator=[1.0, 1.12], denominator=[101.6, 108.7]).round(3).tolist()
    [7.8, 8.165]
    """
    above = np.asarray(numerator, dtype=float)
    below = np.asarray(denominator, dtype=float)
    path = np.asarray(base) * (above / above[..., :1]) / (below / below[..., :1])
    return np.broadcast_to(path, (*path.shape[:-1], np.size(years)))


CURVES: Mapping[str, Callable[..., Values]] = {
    function.__name__: function
    for function in (
        linear, compound, stepwise, logistic, gompertz, saturating, bass, damped, damped_linear, ratio,
    )
}  # fmt: skip


def _since(years: ArrayLike) -> Values:
    calendar = np.asarray(years, dtype=float)
    return np.asarray(calendar - calendar[0])


def _fading(years: ArrayLike, damping: ArrayLike) -> Values:
    """Sum the damping factors: ``phi + ... + phi ** h``, for whole years h since the first."""
    phi = np.asarray(damping, dtype=float)
    steps = _since(years).astype(int)
    sums = np.cumsum(phi[..., None] ** np.arange(1, steps.max() + 1), axis=-1)
    sums = np.concatenate([np.zeros((*sums.shape[:-1], 1)), sums], axis=-1)[..., steps]
    return sums[:, 0, :] if phi.ndim == 2 else sums


def solve(
    curve: str, argument: str, years: ArrayLike, base: float, value: float, given: Mapping[str, Any]
) -> float:
    """Solve `argument` so that the curve has `value` in the last of the years."""
    span = np.asarray(years)
    steps = float(span[-1] - span[0])
    top = np.broadcast_to(np.asarray(given.get("ceiling", np.inf), dtype=float), span.shape)
    closed = CLOSED.get((curve, argument))
    if closed is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            # numpy's numbers: a division by zero is infinite, and refused below.
            solved = float(closed(np.float64(base), np.float64(value), steps, top[0], top[-1], given))
    else:
        solved = _bracketed(curve, argument, span, base, value, given)
    declared = arguments(CURVES[curve])[argument]
    if not np.isfinite(solved) or not declared.admits(solved):
        raise ValueError(
            f"no {argument} {declared.limits} leads from {base:g} to {value:g} in {steps:g} years"
        )
    return solved


def _logit(share: float) -> NDArray[np.float64]:
    return np.log(share / (1.0 - np.asarray(share)))


def _faded(given: Mapping[str, Any], steps: float) -> float:
    return float(np.sum(np.asarray(given["damping"]) ** np.arange(1, int(steps) + 1)))


# (base a, value b, steps n, ceiling in the first and in the last year, other arguments) -> argument
CLOSED: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("linear", "slope"): lambda a, b, n, k0, k1, given: (b - a) / n,
    ("compound", "rate"): lambda a, b, n, k0, k1, given: np.float64(b / a) ** (1.0 / n) - 1.0,
    ("logistic", "rate"): lambda a, b, n, k0, k1, given: (_logit(b / k1) - _logit(a / k0)) / n,
    ("gompertz", "rate"): lambda a, b, n, k0, k1, given: np.log(np.log(k0 / a) / np.log(k1 / b)) / n,
    ("saturating", "rate"): lambda a, b, n, k0, k1, given: np.log((1.0 - a / k0) / (1.0 - b / k1)) / n,
    ("damped", "rate"): lambda a, b, n, k0, k1, given: np.expm1(np.log(b / a) / _faded(given, n)),
    ("damped_linear", "slope"): lambda a, b, n, k0, k1, given: (b - a) / _faded(given, n),
}


def _bracketed(
    curve: str, argument: str, years: NDArray[Any], base: float, value: float, given: Mapping[str, Any]
) -> float:
    declared = arguments(CURVES[curve])[argument]

    def miss(candidate: float) -> float:
        path = CURVES[curve](years, base, **{**given, argument: candidate})
        return float(path[-1]) - value

    low, high = max(declared.low, -1e6), min(declared.high, 1e6)
    # Zero itself is degenerate for some curves (a Bass curve without imitators and innovators).
    edges = [low + (high - low) * edge for edge in (1e-9, 1e-4, 0.01, 0.1, 0.3, 0.6, 1.0 - 1e-9)]
    misses = [miss(edge) for edge in edges]
    for left, right, before, after in zip(edges, edges[1:], misses, misses[1:], strict=False):
        if np.isfinite([before, after]).all() and before * after <= 0.0:
            return float(scipy.optimize.brentq(miss, left, right, xtol=1e-15, rtol=8.9e-16, maxiter=500))
    return float("nan")
