"""What published rules say of progress towards the targets, on figures known or on the projected path."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from model.evaluation.rules import RULES, Judgement, Progress, disagree, judge
from model.plan.outturns import Basis, Mark, marks_of
from model.plan.plan import Kpi, Target
from model.projection.projection import Projection

# Levels as printed, and the base level carried on by published growth: both lead on from the base value.
# A comparable level does not, it is of the scope of a later year.
BASES = (Basis.PUBLISHED, Basis.CHAINED)


@dataclass(frozen=True)
class Grade:
    """What one rule says of one target, on the figures of one basis."""

    kpi: Kpi
    target: Target
    basis: Basis
    year: int
    value: float
    marks: tuple[Mark, ...]
    rule: str
    judgement: Judgement
    disagree: bool

    @property
    def our_reading(self) -> bool:
        """Whether a constant of the rule could not be confirmed."""
        return RULES[self.rule].our_reading


def grades(projection: Projection) -> list[Grade]:
    return [one for kpi, aim in projection.targets for one in _graded(projection, kpi, aim)]


def _graded(projection: Projection, kpi: Kpi, target: Target) -> Iterator[Grade]:
    seen: dict[Basis, dict[int, tuple[float, tuple[Mark, ...]]]] = {}
    for basis in BASES:
        for row in projection.plan.figures.rows(projection.as_of, basis):
            if row.kpi == kpi.id and kpi.base_year < row.year <= target.year:
                seen.setdefault(basis, {})[int(row.year)] = float(row.value), marks_of(row)
    if not seen:
        middle = kpi.base_year + math.ceil((target.year - kpi.base_year) / 2)
        path = {year: projection.value(kpi.id, year) for year in range(kpi.base_year + 1, middle + 1)}
        seen[Basis.PROJECTED] = {year: (one, ()) for year, one in path.items() if not math.isnan(one)}
    for basis, after in seen.items():
        if not after:
            continue
        years = (kpi.base_year, *sorted(after))
        values = (kpi.base, *(after[year][0] for year in years[1:]))
        progress = Progress(years, values, target.year, target.value, share=kpi.kind == "share")
        judgements = {rule: judge(progress, rule) for rule in RULES}
        split, (value, marks) = disagree(judgements), after[years[-1]]
        for rule, one in judgements.items():
            yield Grade(kpi, target, basis, years[-1], value, marks, rule, one, split)
