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
    """Turn values into odds against their ceiling; without a ceiling, leave them.

    Parameters
    ----------
    values : array_like
        In the series' unit, below the ceiling.
    ceiling : array_like or None
        Of a shape that goes with the values.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> odds_of([50.0, 80.0], 100.0).tolist(), odds_of([50.0], None).tolist()
    ([1.0, 4.0], [50.0])
    """
    level = np.asarray(values, dtype=float)
    return level if ceiling is None else np.asarray(level / (np.asarray(ceiling, dtype=float) - level))


def from_odds(odds: ArrayLike, ceiling: ArrayLike | None) -> Values:
    """Turn odds back into values: the inverse of `odds_of`.

    Parameters
    ----------
    odds : array_like
        Positive.
    ceiling : array_like or None
        Of a shape that goes with the odds.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> from_odds([1.0, 4.0], 100.0).tolist()
    [50.0, 80.0]
    """
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
    """Disturb a trajectory, relative to its first year.

    Parameters
    ----------
    years : array_like, shape (years,)
        Calendar years that follow one another; what struck in the first or before is in the figures
        already and only what is left of it, or healed of it, counts.
    path : array_like, shape (years,) or (draws, years)
        The trajectory, in the series' unit.
    shape : str
        A name in `model.shocks.SHOCKS`.
    given : mapping
        The shape's arguments.
    ceiling : array_like, optional
        Ceiling of the series, one number or one a year.

    Returns
    -------
    ndarray, shape of `path`

    Raises
    ------
    ValueError
        If the trajectory reaches its ceiling, or the shock empties it.

    Examples
    --------
    >>> shocked([2021, 2022], [10.0, 11.0], "level", {"start": 2022, "size": -0.1}).round(2).tolist()
    [10.0, 9.9]
    >>> double = {"start": 2022, "size": 1.0}
    >>> shocked([2021, 2022], [50.0, 50.0], "level", double, ceiling=100).round(2).tolist()
    [50.0, 66.67]
    """
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
