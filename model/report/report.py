"""Everything a report shows of a scenario, asked of the model once and kept as finished tables."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from model.errors import ModelError, mistake, near
from model.evaluation.assessment import assess_projection
from model.evaluation.coherence import check_ensemble, rulings
from model.plan.outturns import known, latest_as_of
from model.plan.schema import Kpi, Plan, Scenario
from model.projection.projection import COLUMNS, Projection, project
from model.projection.required import growth_between, year_reached
from model.report.tables.verdicts import Verdict, verdicts
from model.report.words import drawn_language
from model.uncertainty.ensemble import DRAWS, SEED, Ensemble, simulate
from model.uncertainty.sampling import unknown_spread

REFERENCE, LATEST = "baseline", "latest"
BASES = ("published", "comparable", "chained")


@dataclass(frozen=True)
class Findings:
    """What the model finds for one scenario."""

    projection: Projection
    path: Projection | None
    assessment: pd.DataFrame
    published: Projection
    standing: pd.DataFrame
    outturns: pd.DataFrame
    coherence: pd.DataFrame
    ensemble: Ensemble | None
    breaches: pd.DataFrame
    language: str

    @property
    def plan(self) -> Plan:
        """The plan it is about."""
        return self.projection.plan

    @property
    def scenario(self) -> Scenario:
        """The scenario, overrides included."""
        return self.projection.scenario

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(getattr(self.scenario.title, self.language))

    @property
    def last(self) -> int:
        """Last year that is projected."""
        return int(self.projection.table["year"].max())

    def kpi(self, name: str) -> Kpi:
        """Give a KPI of the plan."""
        if name not in self.plan.kpis:
            raise ModelError(mistake("kpi", "", f"unknown KPI {name!r}", near(name, self.plan.kpis)))
        return self.plan.kpis[name]

    def verdicts(self, kpi: str | None = None, *, outturns: bool = False) -> list[Verdict]:
        """Give the verdicts on the scenario, or on the outturns known today."""
        found = verdicts(self.standing if outturns else self.assessment)
        return [one for one in found if kpi in (None, one.kpi)]

    def latest(self, kpi: str) -> Any:
        """Give the last published figure of a KPI, a row of `outturns`, or None."""
        figures = self.outturns[self.outturns["kpi"] == kpi].sort_values("year", kind="stable")
        return None if figures.empty else figures.iloc[-1]

    def reached(self, kpi: str, value: float) -> int | None:
        """Give the year in which the projection first reaches a value, if it does."""
        return year_reached(self.projection, self.kpi(kpi), value)[1]

    def needed(self, kpi: str, value: float, year: int) -> float:
        """Give the growth a year that leads from the base year to a value."""
        one = self.kpi(kpi)
        return growth_between(one, one.base, value, year - one.base_year)


def findings(
    plan: Plan,
    scenario: str | Path | Scenario = REFERENCE,
    *,
    horizon: int = 0,
    as_of: int | str = "",
    language: str = "en",
    overrides: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = SEED,
) -> Findings:
    """Ask the model everything a report shows of one scenario.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str, Path or Scenario
        Name, path, or scenario.
    horizon : int
        Last year; 0: the plan's.
    as_of : int or str
        Year of knowledge, or ``latest``; empty: the scenario's own, else the base year.
    language : {"en", "zh"}
        Language of everything that is shown.
    overrides : sequence of str
        Changed assumptions, such as ``"gigabit_users.rate=0.3"``.
    draws, seed : int
        As in `model.simulate`; no draws: nothing is said of how likely anything is.

    Returns
    -------
    Findings

    Raises
    ------
    ModelError
        As `model.project` and `model.simulate`; if the language is unknown or cannot be drawn.

    Examples
    --------
    >>> from model import load
    >>> found = findings(load(), "accelerated")
    >>> found.title, found.last, found.reached("gigabit_users", 60)
    ('Accelerated', 2025, 2022)
    """
    drawn_language(language)
    last, seen = _year(horizon, "horizon"), LATEST if as_of == LATEST else _year(as_of, "as of")
    made = project(plan, scenario, horizon=last, as_of=seen, overrides=overrides)
    published = _published(plan, made)
    drawn = None
    if draws and not unknown_spread(plan, made.scenario):
        drawn = simulate(plan, made.scenario, draws=draws, seed=seed, horizon=last, as_of=made.as_of)
    path = _path(plan)
    return Findings(
        projection=made,
        path=project(plan, path, horizon=last) if path and path != made.scenario.id else None,
        assessment=assess_projection(made, ensemble=drawn),
        published=published,
        standing=assess_projection(published),
        outturns=_outturns(plan),
        coherence=rulings(made),
        ensemble=drawn,
        breaches=pd.DataFrame() if drawn is None else check_ensemble(drawn),
        language=language,
    )


def _path(plan: Plan) -> str:
    """Name the scenario in which every KPI reaches its target; empty where a plan has none."""
    for name, scenario in plan.scenarios.items():
        points = [scenario.growth[kpi].reach for kpi in plan.kpis]
        if all(point is not None and point.value == "target" for point in points):
            return name
    return ""


def _year(asked: int | str, what: str) -> int | None:
    """Read a year as a parameters cell or the command line gives it; nothing is None."""
    written = str(asked).strip()
    if written in ("", "0"):
        return None
    if not re.fullmatch("[0-9]{4}", written):
        raise ModelError(mistake(what, "", f"{asked!r} is no year", "a calendar year, or nothing"))
    return int(written)


def _outturns(plan: Plan) -> pd.DataFrame:
    """Preferred figures of every basis; those on another basis only where they differ as printed."""
    latest = latest_as_of(plan)
    parts = [known(plan, as_of=latest, basis=basis) for basis in BASES]
    figures = pd.concat([part[part["kpi"].isin(list(plan.kpis))] for part in parts], ignore_index=True)
    printed = [
        round(value, plan.kpis[kpi].decimals)
        for kpi, value in zip(figures["kpi"], figures["value"], strict=True)
    ]
    shown = figures.assign(printed=printed).drop_duplicates(["kpi", "year", "printed"])
    return shown.drop(columns="printed").reset_index(drop=True)


def _published(plan: Plan, made: Projection) -> Projection:
    """Lay out the preferred figures as a projection in which nothing is projected."""
    latest = latest_as_of(plan)
    figures = known(plan, as_of=latest)
    values = {(row.kpi, int(row.year)): float(row.value) for row in figures.itertuples()}
    rows = [
        (made.scenario.id, kpi.id, year, values.get((kpi.id, year), math.nan), "observed")
        for kpi in plan.kpis.values()
        for year in range(plan.base_year, int(made.table["year"].max()) + 1)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for kpi in plan.kpis.values():
        table.loc[(table["kpi"] == kpi.id) & (table["year"] == kpi.base_year), "value"] = kpi.base
    return replace(made, as_of=latest, table=table)


@dataclass(frozen=True)
class Several:
    """What the model finds for several scenarios of one plan."""

    each: tuple[Findings, ...]

    @property
    def first(self) -> Findings:
        """The first of them, for what they have in common."""
        return self.each[0]

    @property
    def reference(self) -> Findings:
        """The one others are told apart from: the baseline where it is among them, else the first."""
        return next((one for one in self.each if one.scenario.id == REFERENCE), self.first)


def several(
    plan: Plan,
    scenarios: Sequence[str] = (),
    *,
    horizon: int = 0,
    as_of: int | str = "",
    language: str = "en",
    overrides: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = SEED,
) -> Several:
    """Ask the model everything a comparison shows.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenarios : sequence of str
        Names or paths; none: all of the plan, the baseline first.
    horizon, as_of, language
        As in `findings`.
    overrides : sequence of str
        Changed assumptions, the same in every scenario.
    draws, seed : int
        As in `findings`; scenarios share their random numbers.

    Returns
    -------
    Several

    Raises
    ------
    ModelError
        As `findings`.

    Examples
    --------
    >>> from model import load
    >>> several(load()).first.title
    'Baseline'
    """
    names = list(dict.fromkeys(scenarios)) or sorted(plan.scenarios, key=lambda name: name != REFERENCE)
    found = [
        findings(
            plan, name, horizon=horizon, as_of=as_of, language=language, overrides=overrides,
            draws=draws, seed=seed,
        )
        for name in names
    ]  # fmt: skip
    return Several(tuple(found))
