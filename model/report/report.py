"""Everything a report shows of a scenario, asked of the model when it is first shown, and kept."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from model.errors import ModelError, mistake
from model.evaluation.assessment import Assessment, Verdict
from model.evaluation.backtest import NAIVE, backtest, calibration
from model.evaluation.coherence import rulings, violations
from model.evaluation.scores import duels, pooled
from model.plan.outturns import OUTTURN_BASES, Basis, Outcome, over_bases
from model.plan.plan import Kpi, Plan, Target
from model.plan.schema import Scenario
from model.projection.projection import Projection, project
from model.projection.required import year_reached
from model.report.language import Language
from model.uncertainty.ensemble import DRAWS, MOST_HELD, SEED, Ensemble, checked_draws, simulate
from model.uncertainty.spread import unknown_spread

LATEST = "latest"
UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Goal:
    """One target: what is said of the projection, and of what has been published for its year."""

    kpi: Kpi
    target: Target
    verdicts: tuple[Verdict, ...]
    outturns: tuple[Verdict, ...]

    @property
    def year(self) -> int:
        return self.target.year

    @property
    def outcome(self) -> Outcome:
        """The verdict on the projection, over all bases."""
        return together(self.verdicts)

    @property
    def known(self) -> Outcome:
        """The verdict on the outturns, over all bases."""
        return together(self.outturns)

    @property
    def seen(self) -> Verdict | None:
        """The outturn on published levels."""
        return next((one for one in self.outturns if one.basis == Basis.PUBLISHED), None)


def together(found: Sequence[Verdict]) -> Outcome:
    return over_bases(one.outcome for one in found if not math.isnan(one.value))


def leads_there(plan: Plan, scenario: Scenario) -> bool:
    """Tell whether every KPI reaches its target by construction."""
    points = [scenario.growth[kpi].reach for kpi in plan.kpis]
    return all(point is not None and point.value == "target" for point in points)


class Report:
    """What the model says of one scenario, in one language.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str, Path or Scenario
        Name, path, or scenario; empty: baseline, else the plan's first.
    horizon : int
        Last year; 0: the plan's.
    as_of : int or str
        Year of knowledge, or ``latest``; empty: the scenario's own, else the base year.
    overrides : sequence of str
        Changed assumptions, such as ``"gigabit_users.rate=0.3"``.
    draws, seed : int
        As in `model.simulate`; no draws: nothing is said of how likely anything is.
    language : {"en", "zh"}
        Language of everything that is shown.

    Raises
    ------
    ModelError
        As `model.project` and `model.simulate`; if the language is unknown or cannot be drawn.

    Examples
    --------
    >>> from model import load
    >>> report = Report(load(), "accelerated")
    >>> report.title, report.last, report.reached("gigabit_users", 60)
    ('Accelerated', 2025, 2022)
    """

    def __init__(
        self,
        plan: Plan,
        scenario: str | Path | Scenario = "",
        *,
        horizon: int = 0,
        as_of: int | str = "",
        overrides: Sequence[str] = (),
        draws: int = DRAWS,
        seed: int = SEED,
        language: str = "en",
    ) -> None:
        self.plan, self.language = plan, Language(language)
        self.draws, self.seed = draws and checked_draws(draws, MOST_HELD, seed), seed
        last, seen = _year(horizon, "horizon"), LATEST if as_of == LATEST else _year(as_of, "as of")
        self.projection: Projection = project(plan, scenario, horizon=last, as_of=seen, overrides=overrides)
        self.scenario, self.last = self.projection.scenario, self.projection.last

    @property
    def each(self) -> tuple[Report, ...]:
        """Itself: a comparison has several."""
        return (self,)

    @property
    def first(self) -> Report:
        """Itself: of a comparison, the first."""
        return self

    @property
    def title(self) -> str:
        return self.language.of(self.scenario.title)

    @cached_property
    def ensemble(self) -> Ensemble | None:
        """The draws; None where none are asked for, or none can be made."""
        if not self.draws or unknown_spread(self.projection):
            return None
        return simulate(self.projection, draws=self.draws, seed=self.seed)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """What is said of the projection."""
        return Assessment(self.projection, self.ensemble).verdicts

    @cached_property
    def goals(self) -> list[Goal]:
        """The targets up to the last year, in the plan's order."""
        known = [one for one in Assessment(self.projection.published).verdicts if one.is_outturn]
        return [
            Goal(
                kpi,
                aim,
                *(
                    tuple(one for one in every if (one.kpi.id, one.year) == (kpi.id, aim.year))
                    for every in (self.verdicts, known)
                ),
            )
            for kpi, aim in self.projection.targets
        ]

    @cached_property
    def path(self) -> Projection | None:
        """The scenario in which every KPI reaches its target, where the plan has one and it is another."""
        name = next((name for name, one in self.plan.scenarios.items() if leads_there(self.plan, one)), None)
        if name is None or name == self.scenario.id:
            return None
        return project(self.plan, name, horizon=self.last)

    @cached_property
    def outturns(self) -> pd.DataFrame:
        """Preferred figures of every basis; those on another basis only where they differ as printed."""
        kpis, figures = self.plan.kpis, self.plan.figures
        parts = [figures.preferred(figures.latest, basis) for basis in OUTTURN_BASES]
        every = pd.concat([part[part["kpi"].isin(list(kpis))] for part in parts], ignore_index=True)
        printed = [
            round(one, kpis[kpi].decimals) for kpi, one in zip(every["kpi"], every["value"], strict=True)
        ]
        shown = every.assign(printed=printed).drop_duplicates(["kpi", "year", "printed"])
        return shown.drop(columns="printed").reset_index(drop=True)

    @cached_property
    def rulings(self) -> pd.DataFrame:
        """Whether the projection keeps the plan's rules."""
        return rulings(self.projection)

    @cached_property
    def breaches(self) -> pd.DataFrame:
        """In which share of draws a rule is broken."""
        return pd.DataFrame() if self.ensemble is None else violations(self.ensemble)

    @cached_property
    def backtest(self) -> Backtest:
        """How past projections of it fared."""
        return Backtest(self)

    def latest(self, kpi: str) -> Any:
        """Give the last published figure of a KPI, a row of `outturns`, or None."""
        figures = self.outturns[self.outturns["kpi"] == kpi].sort_values("year", kind="stable")
        return None if figures.empty else figures.iloc[-1]

    def reached(self, kpi: str, value: float) -> int | None:
        """Give the year in which the projection first reaches a value, if it does."""
        return year_reached(self.projection, self.plan.kpi(kpi), value)[1]

    def at(self, as_of: int) -> Report:
        """Ask the same, as of a past year."""
        return Report(self.plan, self.scenario, horizon=self.last, as_of=as_of, language=self.language.id)


class Comparison:
    """What the model says of several scenarios of one plan.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenarios : sequence of str
        Names or paths; none: all of the plan, the baseline first.
    asked
        As in `Report`, the same for every scenario; they share their random numbers.

    Examples
    --------
    >>> from model import load
    >>> Comparison(load()).first.title
    'Baseline'
    """

    def __init__(self, plan: Plan, scenarios: Sequence[str] = (), **asked: Any) -> None:
        names = list(dict.fromkeys(scenarios)) or plan.ordered
        self.each = tuple(Report(plan, name, **asked) for name in names)
        self.first = self.each[0]
        self.plan, self.language, self.last = plan, self.first.language, self.first.last
        # What others are told apart from: the baseline where it is among them, else the first.
        self.reference = next((one for one in self.each if one.scenario.id == plan.reference), self.first)

    @cached_property
    def letters(self) -> dict[str, str]:
        """Short names by which charts and tables tell the scenarios apart."""
        names = [chr(ord("A") + place) if place < 26 else str(place + 1) for place in range(len(self.each))]
        return {one.scenario.id: name for one, name in zip(self.each, names, strict=True)}

    def lettered(self, report: Report) -> str:
        """Name a scenario of it, its letter first."""
        letter = self.letters[report.scenario.id]
        return self.language.say("lettered", letter=letter, title=report.title)

    @property
    def open(self) -> tuple[Report, ...]:
        """Those of which something is found: a path that leads to the targets meets them by construction."""
        return tuple(one for one in self.each if not leads_there(self.plan, one.scenario))

    @cached_property
    def backtest(self) -> Backtest:
        """How past projections of all of them fared; what is said in words is said of the reference."""
        return Backtest(self.reference, self.each)


class Backtest:
    """Scores of past projections of scenarios, and of naive forecasts beside them."""

    def __init__(self, report: Report, others: Sequence[Report] = ()) -> None:
        self.plan, self.language = report.plan, report.language
        chosen = {one.scenario.id: one.scenario for one in (report, *others) if one.scenario.as_of is None}
        if (reference := self.plan.reference) in self.plan.scenarios:
            chosen.setdefault(reference, self.plan.scenarios[reference])
        scored = tuple(chosen.values())
        self.points, self.distributions = backtest(self.plan, scored), calibration(self.plan, scored)
        self.method = next(iter(chosen), "")
        self.titles = {one.id: self.language.of(one.title) for one in scored}
        self.titles |= {one: self.language.say(f"naive_{one}") for one in NAIVE}

    def scores(self, basis: str = "published", *, by_kpi: bool = False) -> pd.DataFrame:
        return pooled(self.plan, self.points, self.distributions, basis=basis, by_kpi=by_kpi)

    @cached_property
    def duels(self) -> pd.DataFrame:
        """The first of the scored scenarios against each naive forecast."""
        return duels(self.points, self.distributions, self.method)


def _year(asked: int | str, what: str) -> int | None:
    """Read a year as a parameters cell or the command line gives it; nothing is None."""
    written = str(asked).strip()
    if written in ("", "0"):
        return None
    if not re.fullmatch("[0-9]{4}", written):
        raise ModelError(mistake(what, "", f"{asked!r} is no year", "a calendar year, or nothing"))
    return int(written)
