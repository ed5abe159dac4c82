"""Published rules that say whether progress so far is enough, side by side.

The same figures can be on track by one rule and off track by another (Lafortune et al. 2020,
Sustainability 12, 7675); so each rule gives its own words, its ratio, and a common standing by which
disagreement shows. Constants that could not be confirmed in a source are marked as our reading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from model.growth.curves import compound, linear, solve


class Standing(StrEnum):
    """What all rules can say; `OFF_TRACK` is what one that knows no shades says of all that is not enough."""

    ACHIEVED = "achieved"
    ON_TRACK = "on track"
    SHORT = "short"
    INSUFFICIENT = "insufficient"
    AWAY = "moving away"
    UNKNOWN = "unknown"
    OFF_TRACK = "off track"


ENOUGH = {Standing.ACHIEVED, Standing.ON_TRACK}


@dataclass(frozen=True)
class Progress:
    """How far a series has come between its base and its target."""

    years: tuple[int, ...]
    values: tuple[float, ...]
    target_year: int
    target: float
    share: bool = False

    @property
    def direction(self) -> float:
        """1 where the target lies above the base, -1 where it lies below."""
        return 1.0 if self.target >= self.values[0] else -1.0

    @property
    def achieved(self) -> bool:
        """Whether the last figure is at the target or beyond."""
        return self.direction * (self.values[-1] - self.target) >= 0.0

    @property
    def growth(self) -> float:
        """Compound growth a year from the base to the last figure; NaN where it has no meaning."""
        return _growth(self.values[0], self.values[-1], self.years[-1] - self.years[0])

    @property
    def pace(self) -> float:
        """Ratio of actual to required growth, positive in the wanted direction."""
        required = _growth(self.values[0], self.target, self.target_year - self.years[0])
        return self.direction * self.growth / abs(required) if required else math.nan


@dataclass(frozen=True)
class Judgement:
    label: str
    standing: Standing
    ratio: float = math.nan


ACHIEVED = Judgement("target achieved", Standing.ACHIEVED)


@dataclass(frozen=True)
class Rule:
    """A published rule: it takes the `Progress` so far and gives a `Judgement`."""

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
        return Judgement("no figure after the base year", Standing.UNKNOWN)
    if progress.years[-1] >= progress.target_year:
        # No time is left in which a pace could matter.
        return ACHIEVED if progress.achieved else Judgement("target missed", Standing.OFF_TRACK)
    if progress.target == progress.values[0]:
        # Nothing is to change, so there is no pace to hold progress against.
        return ACHIEVED if progress.achieved else Judgement("no change is aimed at", Standing.UNKNOWN)
    found = RULES[rule].judge(progress)
    return replace(ACHIEVED, ratio=found.ratio) if progress.achieved else found


def growth_ratio(progress: Progress) -> Judgement:
    """Compare actual with required compound growth, in the thresholds of Eurostat's SDG monitoring.

    Notes
    -----
    Eurostat, Sustainable development in the European Union, annex on methods; thresholds as read in the
    Open SDG progress methodology 2.4 and in Statistics Canada's code.
    """
    return _graded(
        progress.pace,
        (0.95, "significant progress", Standing.ON_TRACK),
        (0.6, "moderate progress", Standing.SHORT),
        (0.0, "insufficient progress", Standing.INSUFFICIENT),
        below=("movement away", Standing.AWAY),
    )


def un_2022(progress: Progress) -> Judgement:
    """Grade the same ratio by the United Nations' SDG Progress Chart of 2022.

    Notes
    -----
    United Nations, SDG Progress Chart 2022, technical note, as read in UNDP's and UNSD's code.
    """
    return _graded(
        progress.pace,
        (0.95, "substantial progress", Standing.ON_TRACK),
        (0.5, "fair", Standing.SHORT),
        (-0.1, "limited or no progress", Standing.INSUFFICIENT),
        below=("deterioration", Standing.AWAY),
    )


def un_2023(progress: Progress) -> Judgement:
    """Carry growth on to the target year, and grade the share of the way covered by then.

    Notes
    -----
    United Nations, SDG Progress Chart 2023, technical note, as cited by Eustat.
    """
    left = progress.target_year - progress.years[-1]
    expected = progress.values[-1] * (1.0 + progress.growth) ** left
    covered = (expected - progress.values[0]) / (progress.target - progress.values[0])
    return _graded(
        covered,
        (0.95, "on track", Standing.ON_TRACK),
        (0.1, "acceleration needed", Standing.SHORT),
        (0.0, "stagnation or regression", Standing.INSUFFICIENT),
        below=("stagnation or regression", Standing.AWAY),
    )


def path(progress: Progress) -> Judgement:
    """Compare the last figure with the plan's own path, as the EU's Digital Decade does.

    The path is compound growth for a level and a straight line for a share; the ratio is figure over path.

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
        return Judgement("not assessable", Standing.UNKNOWN)
    planned = float(curve([progress.years[0], progress.years[-1]], progress.values[0], **{name: free})[-1])
    ahead = progress.direction * (progress.values[-1] - planned) >= 0.0
    ratio = progress.values[-1] / planned
    if ahead:
        return Judgement("on or above the path", Standing.ON_TRACK, ratio)
    return Judgement("below the path", Standing.OFF_TRACK, ratio)


def anticipated(progress: Progress) -> Judgement:
    """Extend a trend that weighs recent years more, and measure the gap it leaves (UN ESCAP).

    The ratio is the gap in the target year over the whole way from base to target.

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
        return Judgement("maintain progress", Standing.ON_TRACK, left)
    return (
        Judgement("accelerate", Standing.OFF_TRACK, left)
        if left <= 1.0
        else Judgement("reverse trend", Standing.AWAY, left)
    )


def straight_line(progress: Progress) -> Judgement:
    """Compare yearly steps so far with the steps the target needs from the base (SDSN trend arrows).

    Notes
    -----
    Sustainable Development Report, trend arrows (SDSN); the limits are our reading.
    """
    done = (progress.values[-1] - progress.values[0]) / (progress.years[-1] - progress.years[0])
    needed = (progress.target - progress.values[0]) / (progress.target_year - progress.years[0])
    return _graded(
        done / needed if needed else math.nan,
        (1.0, "on track", Standing.ON_TRACK),
        (0.5, "moderately improving", Standing.SHORT),
        (0.0, "stagnating", Standing.INSUFFICIENT),
        below=("decreasing", Standing.AWAY),
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
    standings = {one.standing for one in judgements.values() if one.standing != Standing.UNKNOWN}
    short = standings - ENOUGH
    return len(short - {Standing.OFF_TRACK}) > 1 or bool(standings & ENOUGH and short)


def _graded(ratio: float, *steps: tuple[float, str, Standing], below: tuple[str, Standing]) -> Judgement:
    """Give the word of the first limit that a ratio reaches, from the highest down."""
    if math.isnan(ratio):
        return Judgement("not assessable", Standing.UNKNOWN, ratio)
    for limit, label, standing in steps:
        if ratio >= limit:
            return Judgement(label, standing, ratio)
    return Judgement(*below, ratio)


def _growth(start: float, end: float, years: float) -> float:
    return (end / start) ** (1.0 / years) - 1.0 if start > 0.0 and end > 0.0 and years > 0 else math.nan
