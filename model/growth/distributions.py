"""Distributions of uncertain parameters, as quantile functions.

Each takes levels u in (0, 1) and returns the values below which that share of the draws lies, in their shape.
A distribution's keyword-only arguments are its YAML schema (`model.growth.arguments`). A bare number
in a scenario file is `fixed`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from model.growth.arguments import Argument

Values = NDArray[np.float64]
# Wide, but so that no sum or power of two of them leaves what floats can hold.
Number = Annotated[float, Argument(low=-1e15, high=1e15)]
Positive = Annotated[float, Argument(low=1e-12, high=1e15)]
Logs = Annotated[float, Argument(low=1e-12, high=5.0)]


def fixed(level: ArrayLike, *, value: Number) -> Values:
    """One value, certain.

    Parameters
    ----------
    level : array_like
        Levels in (0, 1).
    value : float
        The value at every level.

    Examples
    --------
    >>> fixed([0.1, 0.9], value=0.3).tolist()
    [0.3, 0.3]
    """
    return np.full(np.shape(level), value, dtype=float)


def uniform(level: ArrayLike, *, low: Number, high: Number) -> Values:
    """Every value between two limits alike.

    Parameters
    ----------
    level : array_like
        Levels in (0, 1).
    low, high : float
        Limits, low below high.

    Examples
    --------
    >>> uniform([0.25, 0.5], low=0.0, high=0.2).tolist()
    [0.05, 0.1]
    """
    return low + (high - low) * np.asarray(level, dtype=float)


def triangular(level: ArrayLike, *, low: Number, mode: Number, high: Number) -> Values:
    """Triangle with its top at the mode.

    Parameters
    ----------
    level : array_like
        Levels in (0, 1).
    low, mode, high : float
        Limits and most likely value, in this order of size.

    Examples
    --------
    >>> triangular([0.5], low=0.0, mode=0.5, high=1.0).tolist()
    [0.5]
    """
    u = np.asarray(level, dtype=float)
    width, rise = high - low, mode - low
    left = low + np.sqrt(u * width * rise)
    right = high - np.sqrt((1.0 - u) * width * (high - mode))
    return np.where(u * width < rise, left, right)


def pert(level: ArrayLike, *, low: Number, mode: Number, high: Number) -> Values:
    """Smooth alternative to the triangle: a beta distribution that weighs the mode fourfold.

    Parameters
    ----------
    level : array_like
        Levels in (0, 1).
    low, mode, high : float
        Limits and most likely value, in this order of size.

    Notes
    -----
    Malcolm, Roseboom, Clark and Fazar (1959), Operations Research 7, 646-669.

    Examples
    --------
    >>> pert([0.5], low=0.0, mode=0.5, high=1.0).round(6).tolist()
    [0.5]
    """
    width = high - low
    alpha, beta = 1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width
    return low + width * np.asarray(special.betaincinv(alpha, beta, np.asarray(level, dtype=float)))


def normal(level: ArrayLike, *, mean: Number, sd: Positive) -> Values:
    """Draw from the normal distribution.

    Parameters
    ----------
    level : array_like
        Levels in (0, 1).
    mean, sd : float
        Mean and standard deviation.

    Examples
    --------
    >>> normal([0.5], mean=0.1, sd=0.02).tolist()
    [0.1]
    """
    return mean + sd * np.asarray(special.ndtri(np.asarray(level, dtype=float)))


def lognormal(level: ArrayLike, *, median: Positive, sd: Logs) -> Values:
    """Distribution whose logarithm is normal; always positive.

    Parameters
    ----------
    level : array_like
        Levels in (0, 1).
    median : float
        Median, positive.
    sd : float
        Standard deviation of the logarithm.

    Examples
    --------
    >>> lognormal([0.5], median=0.1, sd=0.2).round(6).tolist()
    [0.1]
    """
    return median * np.exp(sd * np.asarray(special.ndtri(np.asarray(level, dtype=float))))


def two_piece_normal(level: ArrayLike, *, mode: Number, uncertainty: Positive, skew: Number) -> Values:
    """Two half normals with one mode, in the Bank of England's parameterisation.

    Parameters
    ----------
    level : array_like
        Levels in (0, 1).
    mode : float
        Most likely value.
    uncertainty : float
        The Bank's input standard deviation.
    skew : float
        Mean minus mode, as published; positive leans to the right.

    Notes
    -----
    Britton, Fisher and Whitley (1998), Bank of England Quarterly Bulletin 38, 30-37; quantiles after
    Wallis (2014), Statistical Science 29, 106-112.

    Examples
    --------
    >>> two_piece_normal([0.95], mode=1.91, uncertainty=0.4354, skew=0.23).round(6).tolist()
    [3.039137]
    """
    left, right = two_piece_scales(uncertainty, skew)
    u = np.asarray(level, dtype=float)
    total = left + right
    below = mode + left * special.ndtri(np.minimum(u * total / (2.0 * left), 0.5))
    above = mode + right * special.ndtri(np.maximum((u * total + right - left) / (2.0 * right), 0.5))
    return np.asarray(np.where(u * total <= left, below, above), dtype=float)


def two_piece_scales(uncertainty: float, skew: float) -> tuple[float, float]:
    """Turn the Bank of England's two inputs into the standard deviations left and right of the mode.

    Parameters
    ----------
    uncertainty : float
        The Bank's input standard deviation, positive.
    skew : float
        Mean minus mode.

    Returns
    -------
    tuple of float
        Left and right scale; ``sqrt(2 / pi) * (right - left)`` is the skew.

    Examples
    --------
    >>> [round(scale, 6) for scale in two_piece_scales(0.4354, 0.23)]
    [0.351257, 0.639519]
    """
    b = math.pi * skew**2 / (2.0 * uncertainty**2)
    # The published (sqrt(1 + 2b) - 1) / b, written so that nothing cancels where the skew is small.
    root = math.sqrt(1.0 + 2.0 * b) + 1.0
    gamma = math.copysign(math.sqrt(2.0 * b * (root + 2.0) / root**3), skew)
    return uncertainty / math.sqrt(1.0 + gamma), uncertainty / math.sqrt(1.0 - gamma)


DISTRIBUTIONS: Mapping[str, Callable[..., Values]] = {
    function.__name__: function
    for function in (fixed, uniform, triangular, pert, normal, lognormal, two_piece_normal)
}

# Arguments that must rise in this order; equal neighbours are admissible for the mode only.
ORDERED = ("low", "mode", "high")
