"""Solve the one free argument of a curve so that it passes through a point.

Closed forms where they exist; otherwise `scipy.optimize.brentq` on the admissible range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from model.arguments import arguments
from model.curves import CURVES


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


def _fading(given: Mapping[str, Any], steps: float) -> float:
    return float(np.sum(np.asarray(given["damping"]) ** np.arange(1, int(steps) + 1)))


# (base a, value b, steps n, ceiling in the first and in the last year, other arguments) -> argument
CLOSED: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("linear", "slope"): lambda a, b, n, k0, k1, given: (b - a) / n,
    ("compound", "rate"): lambda a, b, n, k0, k1, given: np.float64(b / a) ** (1.0 / n) - 1.0,
    ("logistic", "rate"): lambda a, b, n, k0, k1, given: (_logit(b / k1) - _logit(a / k0)) / n,
    ("gompertz", "rate"): lambda a, b, n, k0, k1, given: np.log(np.log(k0 / a) / np.log(k1 / b)) / n,
    ("saturating", "rate"): lambda a, b, n, k0, k1, given: np.log((1.0 - a / k0) / (1.0 - b / k1)) / n,
    ("damped", "rate"): lambda a, b, n, k0, k1, given: np.expm1(np.log(b / a) / _fading(given, n)),
    ("damped_linear", "slope"): lambda a, b, n, k0, k1, given: (b - a) / _fading(given, n),
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
