"""What shocks do to a trajectory: on the odds of its ceiling, or on its level.

Odds ``y / (ceiling - y)`` are positive whatever happens to them, so a shocked trajectory never
leaves its bounds, and nothing is clipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.shocks import SHOCKS

Values = NDArray[np.float64]


def odds_of(values: ArrayLike, ceiling: ArrayLike | None) -> Values:
    """Turn values into odds against their ceiling; without a ceiling, leave them."""
    level = np.asarray(values, dtype=float)
    return level if ceiling is None else np.asarray(level / (np.asarray(ceiling, dtype=float) - level))


def from_odds(odds: ArrayLike, ceiling: ArrayLike | None) -> Values:
    """Turn odds back into values: the inverse of `odds_of`."""
    ratio = np.asarray(odds, dtype=float)
    return (
        ratio if ceiling is None else np.asarray(np.asarray(ceiling, dtype=float) * (ratio / (1.0 + ratio)))
    )


def shocked(
    years: ArrayLike,
    path: ArrayLike,
    shape: str,
    given: Mapping[str, Any],
    *,
    ceiling: ArrayLike | None = None,
) -> Values:
    """Disturb a trajectory, relative to its first year."""
    values = np.asarray(path, dtype=float)
    if ceiling is not None and np.any(values >= np.asarray(ceiling)):
        raise ValueError("crosses its ceiling, where a shock has no meaning; use a curve with a ceiling")
    odds = odds_of(values, ceiling)
    function = SHOCKS[shape]
    effect = (
        function(years, odds, **given) if "path" in function.__annotations__ else function(years, **given)
    )
    changed = odds * effect / effect[..., :1]
    if np.any(changed <= 0.0):
        raise ValueError("falls to zero or below; use a smaller size")
    return from_odds(changed, ceiling)
