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

from model.curves import compound, linear
from model.reach import solve

ACHIEVED, ON_TRACK, OFF_TRACK, AWAY, UNKNOWN = "achieved", "on track", "off track", "moving away", "unknown"


@dataclass(frozen=True)
class Progress:
    """How far a series has come between its base and its target.

    Parameters
    ----------
    years : tuple of int
        Years with a figure, the base year first.
    values : tuple of float
        The figures, in the series' unit.
    target_year : int
        Year of the target, later than the last of the years.
    target : float
        The target.
    share : bool
        Whether the series is a share, whose plan path is a straight line.
    """

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
    def required(self) -> float:
        """Compound growth a year from the base to the target; NaN where it has no meaning."""
        return _growth(self.values[0], self.target, self.target_year - self.years[0])


@dataclass(frozen=True)
class Judgement:
    """What a rule says.

    Parameters
    ----------
    label : str
        The rule's own words.
    standing : {"achieved", "on track", "off track", "moving away", "unknown"}
        The same for all rules, so that they can be compared.
    ratio : float
        The number that decides; NaN where the rule cannot be applied.
    """

    label: str
    standing: str
    ratio: float


@dataclass(frozen=True)
class Rule:
    """A published rule.

    Parameters
    ----------
    judge : callable
        Gives a `Judgement` of a `Progress`.
    source : str
        Where the rule was published.
    our_reading : bool
        Whether a constant of it could not be confirmed in the source.
    """

    judge: Callable[[Progress], Judgement]
    source: str
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
        Achieved, by every rule, where the last figure is at the target; unknown where nothing is known
        after the base year.

    Examples
    --------
    >>> progress = Progress((2020, 2023), (14.7, 22.0), 2025, 45.0, share=True)
    >>> [judge(progress, rule).label for rule in ("growth_ratio", "un_2022", "un_2023")]
    ['insufficient progress', 'fair', 'acceleration needed']
    """
    if len(progress.years) < 2:
        return Judgement("no figure after the base year", UNKNOWN, math.nan)
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
    """
    return _graded(
        _pace(progress),
        ((0.95, "significant progress", ON_TRACK), (0.6, "moderate progress", OFF_TRACK)),
        (0.0, "insufficient progress", OFF_TRACK),
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
    """
    return _graded(
        _pace(progress),
        ((0.95, "substantial progress", ON_TRACK), (0.5, "fair", OFF_TRACK)),
        (-0.1, "limited or no progress", OFF_TRACK),
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
    """
    left = progress.target_year - progress.years[-1]
    expected = progress.values[-1] * (1.0 + progress.growth) ** left
    covered = (expected - progress.values[0]) / (progress.target - progress.values[0])
    return _graded(
        covered,
        ((0.95, "on track", ON_TRACK),),
        (0.1, "acceleration needed", OFF_TRACK),
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
    """
    done = (progress.values[-1] - progress.values[0]) / (progress.years[-1] - progress.years[0])
    needed = (progress.target - progress.values[0]) / (progress.target_year - progress.years[0])
    return _graded(
        done / needed if needed else math.nan,
        ((1.0, "on track", ON_TRACK), (0.5, "moderately improving", OFF_TRACK)),
        (0.0, "stagnating", OFF_TRACK),
        ("decreasing", AWAY),
    )


RULES: Mapping[str, Rule] = {
    "growth_ratio": Rule(
        growth_ratio,
        "Eurostat, Sustainable development in the European Union (annex), as read in the Open SDG progress "
        "methodology, version 2.4, and Statistics Canada's code",
    ),
    "un_2022": Rule(un_2022, "United Nations, SDG Progress Chart 2022, technical note"),
    "un_2023": Rule(un_2023, "United Nations, SDG Progress Chart 2023, technical note"),
    "path": Rule(
        path, "European Commission, Digital Decade trajectories (2023); fitted equations not published", True
    ),
    "anticipated": Rule(
        anticipated,
        "UN ESCAP Statistics Division, working paper SD/WP/04 (2017); weights, limits 10 and 100 %",
        True,
    ),
    "straight_line": Rule(straight_line, "SDSN, Sustainable Development Report, trend arrows", True),
}


def disagree(judgements: Mapping[str, Judgement]) -> bool:
    """Tell whether rules that can be applied differ in whether progress is enough.

    Parameters
    ----------
    judgements : mapping of str to Judgement
        By rule.

    Returns
    -------
    bool

    Examples
    --------
    >>> progress = Progress((2020, 2023), (6.4, 20.0), 2025, 60.0)
    >>> disagree({rule: judge(progress, rule) for rule in RULES})
    False
    """
    enough = {one.standing in (ACHIEVED, ON_TRACK) for one in judgements.values() if one.standing != UNKNOWN}
    return len(enough) > 1


def _growth(start: float, end: float, years: float) -> float:
    return (end / start) ** (1.0 / years) - 1.0 if start > 0.0 and end > 0.0 and years > 0 else math.nan


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
