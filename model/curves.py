"""Growth curves: one pure function each, anchored exactly at the first year.

Every curve takes calendar years and the value in the first of them, and returns the
values in all of them. A curve's keyword-only arguments are its YAML schema: the
annotation of each says what it is and which values it may take (`model.arguments`).

Numbers may be scalars or arrays of shape (n, 1), one row a draw; the result then has
the shape (n, years). A ceiling may also be a series of shape (years,).
Growth rates are decimals a year. Sources of the formulas stand beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arguments import Damping, Index, Rate, Rates, Series, Slope
from model.diffusion import bass, gompertz, logistic, saturating

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

    Returns
    -------
    ndarray, shape (years,) or (draws, years)

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

    Returns
    -------
    ndarray, shape (years,) or (draws, years)

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

    Returns
    -------
    ndarray, shape (years,) or (draws, years)

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

    Returns
    -------
    ndarray, shape (years,) or (draws, years)

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

    Returns
    -------
    ndarray, shape (years,) or (draws, years)

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

    Returns
    -------
    ndarray, shape (years,) or (draws, years)

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
