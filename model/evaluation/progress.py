"""Progress from a base towards a target, and what a rule says of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

ACHIEVED, ON_TRACK, SHORT, INSUFFICIENT, AWAY, UNKNOWN = (
    "achieved", "on track", "short", "insufficient", "moving away", "unknown",
)  # fmt: skip
# What a rule that knows no shades says of all that is not enough.
OFF_TRACK = "off track"


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
    def required(self) -> float:
        """Compound growth a year from the base to the target; NaN where it has no meaning."""
        return _growth(self.values[0], self.target, self.target_year - self.years[0])


@dataclass(frozen=True)
class Judgement:
    """What a rule says."""

    label: str
    standing: str
    ratio: float


def _growth(start: float, end: float, years: float) -> float:
    return (end / start) ** (1.0 / years) - 1.0 if start > 0.0 and end > 0.0 and years > 0 else math.nan
