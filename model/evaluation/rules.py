"""Published rules that say whether progress so far is enough, side by side.

The same figures can be on track by one rule and off track by another (Lafortune et al. 2020,
Sustainability 12, 7675); so each rule gives its own words, its ratio, and a common standing by which
disagreement shows. Constants that could not be confirmed in a source are marked as our reading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from model.evaluation.progress import (
    ACHIEVED,
    AWAY,
    INSUFFICIENT,
    OFF_TRACK,
    ON_TRACK,
    SHORT,
    UNKNOWN,
    Judgement,
    Progress,
)
from model.growth.curves import compound, linear, solve


@dataclass(frozen=True)
class Rule:
    """A published rule."""

    judge: Callable[[Progress], Judgement]
    our_reading: bool = False


def judge(progress: Progress, rule: str) -> Judgement:
    """Apply one rule.

    Parameters
    ----------
    progress : Progress
        Figures so far.
    rule : str
        A name in `RULES`.

    Returns
    -------
    Judgement
        Achieved, by every rule, where the last figure is at the target; missed, by every rule, where it is
        not and the target year is over; unknown where nothing is known after the base year.

    Examples
    --------
    >>> progress = Progress((2020, 2023), (14.7, 22.0), 2025, 45.0, share=True)
    >>> [judge(progress, rule).label for rule in ("growth_ratio", "un_2022", "un_2023")]
    ['insufficient progress', 'fair', 'acceleration needed']
    """
    if len(progress.years) < 2:
        return Judgement("no figure after the base year", UNKNOWN, math.nan)
    if progress.years[-1] >= progress.target_year:
        # No time is left in which a pace could matter.
        if progress.achieved:
            return Judgement("target achieved", ACHIEVED, math.nan)
        return Judgement("target missed", OFF_TRACK, math.nan)
    if progress.target == progress.values[0]:
        # Nothing is to change, so there is no pace to hold progress against.
        standing = ACHIEVED if progress.achieved else UNKNOWN
        return Judgement(
            "target achieved" if progress.achieved else "no change is aimed at", standing, math.nan
        )
    found = RULES[rule].judge(progress)
    if progress.achieved:
        return Judgement("target achieved", ACHIEVED, found.ratio)
    return found


def growth_ratio(progress: Progress) -> Judgement:
    """Compare actual with required compound growth, in the thresholds of Eurostat's SDG monitoring.

    Parameters
    ----------
    progress : Progress
        Figures so far.

    Returns
    -------
    Judgement

    Notes
    -----
    Eurostat, Sustainable development in the European Union, annex on methods; thresholds as read in the
    Open SDG progress methodology 2.4 and in Statistics Canada's code.
    """
    return _graded(
        _pace(progress),
        ((0.95, "significant progress", ON_TRACK), (0.6, "moderate progress", SHORT)),
        (0.0, "insufficient progress", INSUFFICIENT),
        ("movement away", AWAY),
    )


def un_2022(progress: Progress) -> Judgement:
    """Grade the same ratio by the United Nations' SDG Progress Chart of 2022.

    Parameters
    ----------
    progress : Progress
        Figures so far.

    Returns
    -------
    Judgement

    Notes
    -----
    United Nations, SDG Progress Chart 2022, technical note, as read in UNDP's and UNSD's code.
    """
    return _graded(
        _pace(progress),
        ((0.95, "substantial progress", ON_TRACK), (0.5, "fair", SHORT)),
        (-0.1, "limited or no progress", INSUFFICIENT),
        ("deterioration", AWAY),
    )


def un_2023(progress: Progress) -> Judgement:
    """Carry growth on to the target year, and grade the share of the way covered by then.

    Parameters
    ----------
    progress : Progress
        Figures so far.

    Returns
    -------
    Judgement

    Notes
    -----
    United Nations, SDG Progress Chart 2023, technical note, as cited by Eustat.
    """
    left = progress.target_year - progress.years[-1]
    expected = progress.values[-1] * (1.0 + progress.growth) ** left
    covered = (expected - progress.values[0]) / (progress.target - progress.values[0])
    return _graded(
        covered,
        ((0.95, "on track", ON_TRACK), (0.1, "acceleration needed", SHORT)),
        (0.0, "stagnation or regression", INSUFFICIENT),
        ("stagnation or regression", AWAY),
    )


def path(progress: Progress) -> Judgement:
    """Compare the last figure with the plan's own path, as the EU's Digital Decade does.

    The path is compound growth for a level and a straight line for a share; the ratio is figure over path.

    Parameters
    ----------
    progress : Progress
        Figures so far.

    Returns
    -------
    Judgement

    Notes
    -----
    European Commission and JRC, Digital Decade trajectories (2023). The equations they fit are not published:
    the path is our reading.
    """
    curve, name = (linear, "slope") if progress.share else (compound, "rate")
    span = np.arange(progress.years[0], progress.target_year + 1)
    try:
        free = solve(curve.__name__, name, span, progress.values[0], progress.target, {})
    except ValueError:
        return Judgement("not assessable", UNKNOWN, math.nan)
    planned = float(curve([progress.years[0], progress.years[-1]], progress.values[0], **{name: free})[-1])
    ahead = progress.direction * (progress.values[-1] - planned) >= 0.0
    ratio = progress.values[-1] / planned
    return (
        Judgement("on or above the path", ON_TRACK, ratio)
        if ahead
        else Judgement("below the path", OFF_TRACK, ratio)
    )


def anticipated(progress: Progress) -> Judgement:
    """Extend a trend that weighs recent years more, and measure the gap it leaves (UN ESCAP).

    The ratio is the gap in the target year over the whole way from base to target.

    Parameters
    ----------
    progress : Progress
        Figures so far.

    Returns
    -------
    Judgement

    Notes
    -----
    UN ESCAP Statistics Division, working paper SD/WP/04 (2017). The time weights and the limits of 10 and
    100 % are our reading.
    """
    years, values = np.array(progress.years, dtype=float), np.array(progress.values)
    weights = 1.0 / (years[-1] - years + 1.0)
    slope, level = np.polyfit(years, values, 1, w=np.sqrt(weights))
    expected = float(level + slope * progress.target_year)
    gap = progress.direction * (progress.target - expected) / abs(progress.target - progress.values[0])
    left = max(gap, 0.0)
    if left <= 0.1:
        return Judgement("maintain progress", ON_TRACK, left)
    return Judgement("accelerate", OFF_TRACK, left) if left <= 1.0 else Judgement("reverse trend", AWAY, left)


def straight_line(progress: Progress) -> Judgement:
    """Compare yearly steps so far with the steps the target needs from the base (SDSN trend arrows).

    Parameters
    ----------
    progress : Progress
        Figures so far.

    Returns
    -------
    Judgement

    Notes
    -----
    Sustainable Development Report, trend arrows (SDSN); the limits are our reading.
    """
    done = (progress.values[-1] - progress.values[0]) / (progress.years[-1] - progress.years[0])
    needed = (progress.target - progress.values[0]) / (progress.target_year - progress.years[0])
    return _graded(
        done / needed if needed else math.nan,
        ((1.0, "on track", ON_TRACK), (0.5, "moderately improving", SHORT)),
        (0.0, "stagnating", INSUFFICIENT),
        ("decreasing", AWAY),
    )


RULES: Mapping[str, Rule] = {
    "growth_ratio": Rule(growth_ratio),
    "un_2022": Rule(un_2022),
    "un_2023": Rule(un_2023),
    "path": Rule(path, our_reading=True),
    "anticipated": Rule(anticipated, our_reading=True),
    "straight_line": Rule(straight_line, our_reading=True),
}


def disagree(judgements: Mapping[str, Judgement]) -> bool:
    """Tell whether rules differ: in whether progress is enough, or in how far it falls short.

    Rules that cannot be applied are left out, and one that knows no shades differs from none of them.

    Parameters
    ----------
    judgements : mapping of str to Judgement
        By rule.

    Returns
    -------
    bool

    Examples
    --------
    >>> progress = Progress((2020, 2023), (14.7, 22.0), 2025, 45.0, share=True)
    >>> disagree({rule: judge(progress, rule) for rule in RULES})
    True
    """
    standings = {one.standing for one in judgements.values() if one.standing != UNKNOWN}
    enough = bool(standings & {ACHIEVED, ON_TRACK})
    short = standings - {ACHIEVED, ON_TRACK, OFF_TRACK}
    return len(short) > 1 or (enough and bool(standings - {ACHIEVED, ON_TRACK}))


def _pace(progress: Progress) -> float:
    """Ratio of actual to required growth, positive in the wanted direction."""
    required = progress.required
    return progress.direction * progress.growth / abs(required) if required else math.nan


def _graded(
    ratio: float,
    steps: tuple[tuple[float, str, str], ...],
    last: tuple[float, str, str],
    below: tuple[str, str],
) -> Judgement:
    if math.isnan(ratio):
        return Judgement("not assessable", UNKNOWN, ratio)
    for limit, label, standing in (*steps, last):
        if ratio >= limit:
            return Judgement(label, standing, ratio)
    return Judgement(*below, ratio)
