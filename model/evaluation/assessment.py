"""Assess a projection against the plan's targets: gap, growth needed, met or not, how likely, which rule."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from model.evaluation.grades import Grade, grades
from model.plan.outturns import GOOD, Basis, Mark, Outcome, both, marks_of
from model.plan.plan import Kpi, Target
from model.projection.goal_seek import goal_seek
from model.projection.projection import Projection, aimed
from model.projection.required import ALREADY_MET, DEADLINE
from model.projection.trajectories import FADING
from model.uncertainty.ensemble import DRAWS, SEED, Ensemble, simulate
from model.uncertainty.probability import likelihood
from model.uncertainty.spread import unknown_spread

COLUMNS = (
    "scenario", "kpi", "target_year", "target", "projected", "gap", "required_growth", "projected_growth",
    "progress_ratio", "probability", "rule", "basis", "verdict", "note", "settled", "required_at_first",
)  # fmt: skip
STRICT, PRINTED, PROBABILITY = "strict", "published precision", "probability"
BORROWED, OUR_READING, DISAGREE = "borrowed", "our reading", "rules disagree"


@dataclass(frozen=True)
class Verdict:
    """What is said of one target: by the projection, or by an outturn on one basis."""

    scenario: str
    kpi: Kpi
    target: Target
    basis: Basis
    value: float
    gap: float
    since: int
    required: float
    growth: float
    strict: Outcome
    printed: Outcome
    marks: tuple[Mark, ...] = ()
    start_marks: tuple[Mark, ...] = ()
    already_met: bool = False
    overtaken: bool = False
    probability: float = math.nan
    borrowed: bool = False
    settled: Outcome | None = None
    first: float = math.nan

    @property
    def year(self) -> int:
        return self.target.year

    @property
    def outcome(self) -> Outcome:
        """The verdict: met, missed, met at the printed precision only, or unknown."""
        return both(self.strict, self.printed)

    @property
    def is_met(self) -> bool:
        """Whether the target is met, at least at the precision it was published with."""
        return self.outcome in GOOD

    @property
    def is_outturn(self) -> bool:
        return self.basis != Basis.PROJECTED

    @property
    def deadline(self) -> bool:
        """Whether the target year is over."""
        return self.since == self.year

    @property
    def unverified(self) -> bool:
        """Whether it rests on a figure that was not seen in a source."""
        return Mark.UNVERIFIED in (*self.marks, *self.start_marks)

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the value judged, in the order in which it is said."""
        said = [*self.marks, *[ALREADY_MET] * self.already_met, *[Mark.OVERTAKEN] * self.overtaken]
        return [*map(str, said), *(f"from {mark}" for mark in self.start_marks)]


@dataclass(frozen=True, eq=False)
class Assessment:
    """The verdicts on every target of a projection, with probabilities where an ensemble is at hand."""

    projection: Projection
    ensemble: Ensemble | None = None

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """One a target and basis, in the plan's order."""
        made = self.projection
        figures = made.plan.figures
        preferred = {(row.kpi, row.year): row for row in figures.rows(made.as_of)}
        known = figures.by_basis(made.as_of)
        return [one for kpi, aim in made.targets for one in self._judged(kpi, aim, known, preferred)]

    @cached_property
    def grades(self) -> list[Grade]:
        return grades(self.projection)

    @cached_property
    def table(self) -> pd.DataFrame:
        rows = [row for kpi, aim in self.projection.targets for row in self._rows(kpi, aim)]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _judged(self, kpi: Kpi, target: Target, figures: Any, preferred: Any) -> Iterator[Verdict]:
        """Judge the projection, or the outturn on every basis it is known on."""
        made = self.projection
        since, start = made.last_known(kpi.id, target.year)
        needed = kpi.growth(start, target.value, target.year - since)
        own = figures.get((kpi.id, target.year), {})
        values: list[tuple[Basis, float, tuple[Mark, ...]]] = [
            (basis, float(row.value), marks_of(row)) for basis, row in own.items()
        ]
        chance, settled = self._chance(kpi, target), made.settled.get((kpi.id, target.year))
        anchor = preferred.get((kpi.id, since)) if since > made.plan.base_year else None
        first = self._first(kpi, target)
        for basis, value, marks in values or [(Basis.PROJECTED, made.value(kpi.id, target.year), ())]:
            projected = basis == Basis.PROJECTED
            strict, printed = kpi.outcomes(target, value, marks)
            yield Verdict(
                made.scenario.id, kpi, target, basis, value, kpi.gap(target, value), since, needed,
                kpi.growth(start, value, target.year - since), strict, printed, marks,
                start_marks=marks_of(anchor) if projected and anchor is not None else (),
                already_met=target.year != since and bool(kpi.meets(start, target)),
                overtaken=projected and kpi.id in made.paths.overtaken,
                probability=chance.probability if projected and chance is not None else math.nan,
                borrowed=bool(chance.borrowed) if projected and chance is not None else False,
                settled=settled,
                first=first,
            )  # fmt: skip

    def _chance(self, kpi: Kpi, target: Target) -> Any:
        if self.ensemble is None:
            return None
        table = self.ensemble.probabilities
        found = table[(table["kpi"] == kpi.id) & (table["target_year"] == target.year)]
        return next(found.itertuples(), None)

    def _first(self, kpi: Kpi, target: Target) -> float:
        """Give the growth of the last known year that would do, where it fades and the year is to come."""
        made = self.projection
        growth = made.scenario.growth.get(kpi.id)
        if growth is None or growth.curve not in FADING or target.year <= made.paths.anchor(kpi.id):
            return math.nan
        return goal_seek(made, kpi.id, target_year=target.year).first

    def _rows(self, kpi: Kpi, target: Target) -> Iterator[tuple[object, ...]]:
        own = [one for one in self.verdicts if (one.kpi.id, one.year) == (kpi.id, target.year)]
        head = (self.projection.scenario.id, kpi.id, target.year, target.value)
        settled, first = own[0].settled or "", own[0].first
        chances = list[tuple[object, ...]]()
        for one in own:
            words = [*["outturn"] * one.is_outturn, *map(str, one.marks), *[DEADLINE] * one.deadline]
            words += [ALREADY_MET] * one.already_met + one.notes[len(one.marks) + one.already_met :]
            ratio = one.growth / one.required if one.required and not one.already_met else math.nan
            said = (one.value, one.gap, one.required, one.growth)
            for rule, outcome in ((STRICT, one.strict), (PRINTED, one.printed)):
                yield (
                    *head, *said, ratio, one.probability, rule, one.basis, outcome, "; ".join(words),
                    settled, first,
                )  # fmt: skip
            if self.ensemble is not None and not one.is_outturn:
                word, noted = likelihood(one.probability), "; ".join([*words, *[BORROWED] * one.borrowed])
                rest = (math.nan, one.probability, PROBABILITY, one.basis, word, noted, settled, first)
                chances.append((*head, *said, *rest))
        yield from chances
        for grade in self.grades:
            if (grade.kpi.id, grade.target.year) == (kpi.id, target.year):
                words = [f"at {grade.year}", *grade.marks, *[OUR_READING] * grade.our_reading]
                words += [DISAGREE] * grade.disagree
                actual = kpi.growth(kpi.base, grade.value, grade.year - kpi.base_year)
                ratio, chance = grade.judgement.ratio, math.nan
                if not own[0].is_outturn and grade.basis == Basis.PROJECTED:
                    chance = own[0].probability
                yield (
                    *head, grade.value, math.nan, kpi.needed(target), actual, ratio, chance, grade.rule,
                    grade.basis, grade.judgement.label, "; ".join(words), settled, first,
                )  # fmt: skip


def assess(found: Projection | Ensemble) -> pd.DataFrame:
    """Assess every target of the plan that a projection, or an ensemble around one, reaches to.

    Parameters
    ----------
    found : Projection or Ensemble
        What is judged; only an ensemble gives probabilities.

    Returns
    -------
    DataFrame
        One row a target, basis and rule. Values and gap in the KPI's unit, a positive gap is good;
        growth is a decimal a year for levels, points a year for shares, from the last known year on.
        `progress_ratio` is projected over required growth. `basis` is projected, or, where an outturn
        for the year is known, one row each for published, comparable and chained figures.
        `rule` is strict, or at the precision with which the target was printed: there `verdict` is met,
        missed or unknown (also where only a lower bound is known that does not settle it). `probability` of
        meeting the target is given beside a projection, and as a rule of its own, whose verdict is a word of
        a fixed scale (`model.uncertainty.probability.likelihood`). The published rules of
        `model.evaluation.rules` follow, each with its own words as the verdict, its ratio as
        `progress_ratio`, the figure it judges as `projected`, and required and actual growth from the base
        year on.
        `note` holds words: outturn, lower bound, unverified, already met, deadline, "from lower bound" where
        the last known figure is one, borrowed (the spread behind the probability), our reading (a constant of
        the rule could not be confirmed), rules disagree, and "at" a year: that of the figure a rule judges.
        `settled`: the verdict that outturns have settled, over all bases.
        `required_at_first`: where growth fades, `required_growth` is an average, and this the growth of the
        last known year from which fading growth comes to it (`model.goal_seek`).

    Raises
    ------
    ModelError
        If the projection ends before the first target.

    Examples
    --------
    >>> from model import assess, load, project
    >>> table = assess(project(load(), "plan_path"))
    >>> print(*set(table[table["rule"] == "strict"]["verdict"]))
    met
    """
    if isinstance(found, Ensemble):
        return Assessment(aimed(found.projection), found).table
    return Assessment(aimed(found)).table


def assessed(projection: Projection, draws: int = DRAWS, seed: int = SEED) -> Assessment:
    """Assess a projection with as many draws, where any are asked for and any can be made."""
    if not draws or unknown_spread(projection):
        return Assessment(projection)
    return Assessment(projection, simulate(projection, draws=draws, seed=seed))


def judged(projection: Projection) -> pd.DataFrame:
    """Give the trajectories with unit, and in target years with target, verdict and probability."""
    units = {name: one.unit.en for name, one in projection.plan.kpis.items()}
    made = projection.table.assign(unit=projection.table["kpi"].map(units))
    rows = {
        (one.kpi.id, one.year): (one.target.value, one.settled or one.strict, one.probability)
        for one in reversed(assessed(projection).verdicts)
    }
    columns = ["kpi", "year", "target", "verdict", "probability"]
    found = pd.DataFrame([(*key, *row) for key, row in rows.items()], columns=columns).astype({"year": int})
    return made.merge(found, on=["kpi", "year"], how="left")
