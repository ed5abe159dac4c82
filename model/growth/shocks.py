"""Shocks: disturbances of a trajectory from a year on.

A shock acts on the odds ``y / (ceiling - y)`` of a series that has a ceiling or is a share, and on
its level otherwise, so that no bound is ever crossed and nothing is clipped. Its size is relative:
-0.04 takes 4 % off the level (or off the odds; for a small share of the ceiling that is the same).
Each shape returns a multiplier a year, shape (years,) or (draws, years); a shock's keyword-only arguments are
its YAML schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.growth.arguments import Argument

Values = NDArray[np.float64]
Year = Annotated[int, Argument("year")]
Size = Annotated[ArrayLike, Argument(low=-1.0, high=20.0)]
Points = Annotated[ArrayLike, Argument(low=-1.0, high=20.0, unit="a year")]
Years = Annotated[int, Argument("count", low=1, high=100, closed=True)]
Recovery = Annotated[str, Argument("word", words=("v", "u", "l", "exponential"))]
Persistence = Annotated[ArrayLike, Argument(low=0.0, high=1.0)]


def level(years: ArrayLike, *, start: Year, size: Size) -> Values:
    """Lasting step: ``1 + size`` from the start year on.

    Parameters
    ----------
    years : array_like, shape (years,)
        Calendar years.
    start : int
        First year hit.
    size : array_like
        Relative change, above -1.

    Examples
    --------
    >>> level([2021, 2022, 2023], start=2022, size=-0.1).tolist()
    [1.0, 0.9, 0.9]
    """
    return 1.0 + np.asarray(size) * (_after(years, start) >= 0)


def temporary(
    years: ArrayLike,
    *,
    start: Year,
    size: Size,
    duration: Years = 1,
    recovery: Recovery = "v",
    plateau: Years = 1,
    persistence: Persistence = 0.5,
) -> Values:
    """Dip (or bulge) that heals: at once (v), after a plateau (u), never (l), or by a share a year.

    Parameters
    ----------
    years : array_like, shape (years,)
        Calendar years.
    start : int
        First year hit.
    size : array_like
        Relative change in the start year, above -1.
    duration : int
        Years from the last full hit to full recovery, for v and u.
    recovery : {"v", "u", "l", "exponential"}
        Shape of the way back.
    plateau : int
        Years of full hit, for u.
    persistence : array_like
        Share of the hit that is left a year later, for exponential recovery.

    Examples
    --------
    >>> temporary([2021, 2022, 2023, 2024], start=2022, size=-0.1, duration=2).tolist()
    [1.0, 0.9, 0.95, 1.0]
    >>> temporary([2022, 2023, 2024], start=2022, size=-0.1, recovery="exponential").tolist()
    [0.9, 0.95, 0.975]
    """
    after = _after(years, start)
    if recovery == "l":
        left = np.ones_like(after)
    elif recovery == "exponential":
        left = np.asarray(persistence) ** np.maximum(after, 0.0)
    else:
        healing = after - (plateau - 1 if recovery == "u" else 0)
        left = np.clip(1.0 - healing / duration, 0.0, 1.0)
    return 1.0 + np.asarray(size) * np.where(after >= 0, left, 0.0)


def ramp(years: ArrayLike, *, start: Year, end: Year, size: Size) -> Values:
    """Change that builds up in equal steps after the start year and stays from the end year on.

    Parameters
    ----------
    years : array_like, shape (years,)
        Calendar years.
    start, end : int
        Last year without and first year with the whole change.
    size : array_like
        Relative change when complete, above -1.

    Examples
    --------
    >>> ramp([2021, 2022, 2025], start=2021, end=2025, size=-0.1).tolist()
    [1.0, 0.975, 0.9]
    """
    return 1.0 + np.asarray(size) * np.clip(_after(years, start) / (end - start), 0.0, 1.0)


def growth(years: ArrayLike, path: ArrayLike, *, start: Year, size: Points, duration: Years = 1) -> Values:
    """Growth that is `size` higher (or lower) for some years; the level keeps the difference.

    Parameters
    ----------
    years : array_like, shape (years,)
        Calendar years that follow one another.
    path : array_like, shape (years,) or (draws, years)
        The trajectory (or its odds) before the shock, whose growth changes.
    start : int
        First year of the other growth.
    size : array_like
        Added to growth, a decimal a year.
    duration : int
        Years of it.

    Examples
    --------
    >>> growth([2020, 2021, 2022], [100, 110, 121], start=2021, size=0.02, duration=1).round(6).tolist()
    [1.0, 1.018182, 1.018182]
    """
    values = np.asarray(path, dtype=float)
    factors = values[..., 1:] / values[..., :-1]
    after = _after(years, start)[1:]
    hit = (after >= 0) & (after < duration)
    changed = np.cumprod(np.where(hit, (factors + np.asarray(size)) / factors, 1.0), axis=-1)
    return np.concatenate([np.ones((*changed.shape[:-1], 1)), changed], axis=-1)


def delay(years: ArrayLike, path: ArrayLike, *, start: Year, duration: Years = 1) -> Values:
    """Stand-still: from the start year on everything happens `duration` years later.

    Parameters
    ----------
    years : array_like, shape (years,)
        Calendar years that follow one another.
    path : array_like, shape (years,) or (draws, years)
        The trajectory (or its odds) before the shock.
    start : int
        First year without progress.
    duration : int
        Years lost.

    Examples
    --------
    >>> delay([2020, 2021, 2022], [100, 110, 121], start=2021, duration=1).round(4).tolist()
    [1.0, 0.9091, 0.9091]
    """
    values = np.asarray(path, dtype=float)
    calendar = np.asarray(years)
    index = np.arange(calendar.size)
    held = max(int(start - calendar[0]) - 1, 0)
    source = np.where(calendar >= start, np.maximum(index - duration, held), index)
    # A start before the first year leaves nothing to hold: the stand-still is in the data already.
    return np.ones_like(values) if start <= calendar[0] else values[..., source] / values


SHOCKS: Mapping[str, Callable[..., Values]] = {
    function.__name__: function for function in (level, temporary, ramp, growth, delay)
}


def _after(years: ArrayLike, start: int) -> Values:
    return np.asarray(years, dtype=float) - start


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
