"""How the growth shocks of KPIs go together: a correlation matrix, and its repair where it is none.

Pairs that somebody wrote down one by one need not fit together: three series cannot all move against
each other. Such a matrix is replaced by the nearest one that can be, and that is said.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.plan.schema import Plan

Matrix = NDArray[np.float64]
# An eigenvalue this far below zero is rounding, and is treated as zero.
ROUNDING = 1e-10


@dataclass(frozen=True)
class Correlation:
    """A correlation matrix and what was done to make it one."""

    kpis: tuple[str, ...]
    declared: Matrix
    used: Matrix
    distance: float

    @property
    def repaired(self) -> bool:
        """Whether the declared matrix was none and had to be replaced."""
        return self.distance > 0.0

    @property
    def factor(self) -> Matrix | None:
        """Lower triangular factor L with L L' = used; None where nothing is correlated."""
        return None if np.array_equal(self.used, np.eye(len(self.kpis))) else lower(self.used)


def correlation(plan: Plan, *, same: float | None = None) -> Correlation:
    """Give the correlation of a plan's growth shocks."""
    order = tuple(sorted(plan.kpis, key=lambda name: plan.kpis[name].stream))
    declared = np.eye(len(order))
    if same is not None:
        declared = np.full_like(declared, same)
        np.fill_diagonal(declared, 1.0)
    else:
        for pair in plan.uncertainty.correlation:
            one, two = (order.index(name) for name in pair.between)
            declared[one, two] = declared[two, one] = pair.value
    used = nearest(declared)
    return Correlation(order, declared, used, float(np.linalg.norm(used - declared)))


def nearest(matrix: ArrayLike) -> Matrix:
    """Give the nearest correlation matrix."""
    given = np.asarray(matrix, dtype=float)
    if float(np.linalg.eigvalsh(given)[0]) >= -ROUNDING:
        return given
    # Loaded only where a matrix has to be repaired: it costs half a second.
    from statsmodels.stats.correlation_tools import corr_nearest

    with warnings.catch_warnings():
        # It warns when its rounds are used up, though what it has by then agrees to many digits.
        warnings.simplefilter("ignore")
        found = np.asarray(corr_nearest(given, threshold=1e-15, n_fact=1000), dtype=float)
    np.fill_diagonal(found, 1.0)
    return np.asarray((found + found.T) / 2.0)


def lower(matrix: ArrayLike) -> Matrix:
    """Factor a correlation matrix, one that is nearly singular included."""
    given = np.asarray(matrix, dtype=float)
    try:
        return np.asarray(np.linalg.cholesky(given))
    except np.linalg.LinAlgError:
        # Cholesky needs the smallest eigenvalue above zero: a repaired matrix has it at zero.
        factor = np.linalg.cholesky(given + 10 * ROUNDING * np.eye(len(given)))
        return np.asarray(factor / np.linalg.norm(factor, axis=1, keepdims=True))
