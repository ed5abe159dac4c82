"""Read an assessment: strict and rounded comparison of one KPI, target and basis as one verdict in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from model.plan.schema import Kpi
from model.plan.settled import ALREADY_MET, MISSED, NEARLY, both, over_bases
from model.report import numbers
from model.report.words import say

PROJECTED, UNVERIFIED = "projected", "unverified"
MOST_DECIMALS = 9
STRICT, PRINTED = "strict", "published precision"


@dataclass(frozen=True)
class Verdict:
    """What an assessment says of one KPI, target and basis."""

    scenario: str
    kpi: str
    year: int
    target: float
    value: float
    gap: float
    required: float
    growth: float
    basis: str
    key: str
    notes: tuple[str, ...]
    probability: float = math.nan
    settled: str = ""
    first: float = math.nan

    @property
    def is_met(self) -> bool:
        """Whether the target is met, at least at the precision it was published with."""
        return self.key in ("met", "nearly")

    @property
    def is_outturn(self) -> bool:
        """Whether a published figure was judged, not a projection."""
        return self.basis != PROJECTED

    def value_in(self, kpi: Kpi, language: str = "en") -> str:
        """Print the value, with as many digits as a miss needs to be seen, and its sign if unverified."""
        printed = numbers.value(self.value, kpi, decimals=self._digits(kpi), language=language)
        return say("sign_unverified", language, number=printed) if UNVERIFIED in self.notes else printed

    def gap_in(self, kpi: Kpi, language: str = "en") -> str:
        """Print the gap: a miss never as nothing."""
        return numbers.gap(self.gap, kpi, decimals=self._digits(kpi), language=language)

    def size_in(self, kpi: Kpi, language: str = "en") -> str:
        """Print the size of the gap, with its unit."""
        size = numbers.gap(abs(self.gap), kpi, unit=True, decimals=self._digits(kpi), language=language)
        return size.lstrip("+")

    def required_in(self, kpi: Kpi, language: str = "en", *, plain: bool = False) -> str:
        """Print the growth that would meet the target; that none is needed, unless only growth is wanted."""
        printed = needed_growth(self.first, self.required, kpi, language)
        already = ALREADY_MET in self.notes and not plain
        return say("required_none", language, growth=printed) if already else printed

    def _digits(self, kpi: Kpi) -> int:
        digits = kpi.decimals
        while self.key in (MISSED, NEARLY) and digits < MOST_DECIMALS and not round(self.gap, digits):
            digits += 1
        return digits

    def words(self, language: str = "en") -> str:
        """Say the verdict, with the marks a reader must know."""
        # That it is an outturn, and that the year is over, is said by the basis already.
        marks = [note for note in self.notes if note not in ("outturn", "deadline")]
        verdict = say(f"verdict_{self.key}", language)
        if not marks:
            return verdict
        noted = say("list_semicolon", language).join(
            say(f"note_{mark.replace(' ', '_')}", language) for mark in marks
        )
        return say("verdict_noted", language, verdict=verdict, notes=noted)


def needed_growth(first: float, average: float, kpi: Kpi, language: str = "en") -> str:
    """Print the growth that meets a target; where growth fades, at first and on average."""
    printed = numbers.growth(average, kpi, language=language)
    if math.isnan(first):
        return printed
    return say("growth_fading", language, first=numbers.rate(first, kpi, language=language), average=printed)


def verdicts(frame: pd.DataFrame) -> list[Verdict]:
    """Read an assessment."""
    found = []
    settled = frame[frame["rule"].isin([STRICT, PRINTED])]
    for _, part in settled.groupby(["scenario", "kpi", "target_year", "basis"], sort=False):
        first = part.iloc[0]
        rules = dict(zip(part["rule"], part["verdict"], strict=True))
        strict, printed = rules.get(STRICT, "unknown"), rules.get(PRINTED, "unknown")
        found.append(
            Verdict(
                scenario=str(first["scenario"]),
                kpi=str(first["kpi"]),
                year=int(first["target_year"]),
                target=float(first["target"]),
                value=float(first["projected"]),
                gap=float(first["gap"]),
                required=float(first["required_growth"]),
                growth=float(first["projected_growth"]),
                basis=str(first["basis"]),
                key=both(strict, printed),
                notes=tuple(note for note in str(first["note"]).split("; ") if note),
                probability=float(first["probability"]),
                settled=str(first["settled"]),
                first=float(first["required_at_first"]),
            )
        )
    return found


def together(found: Sequence[Verdict]) -> str:
    """Give one verdict for several bases: theirs where they agree, else that it depends on the basis."""
    return over_bases(one.key for one in found if not math.isnan(one.value))
