"""Project a scenario: conditional trajectories of every KPI, and what was known that they start from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from model.errors import ModelError, mistake, near, raise_all
from model.plan.assumptions import OPTION, with_overrides
from model.plan.load import find_scenario
from model.plan.outturns import Facts, Mark, Outcome, marks_of
from model.plan.plan import Kpi, Plan, Target
from model.plan.schema import Scenario
from model.projection.trajectories import Paths, trajectories

COLUMNS = ("scenario", "kpi", "year", "value", "status")
# A doubling within a year is never refused, however little the series of a plan have moved.
LEAST = math.log(2.0)


@dataclass(frozen=True, eq=False)
class Projection:
    """What a scenario gives, and what was known of its series.

    Parameters
    ----------
    plan : Plan
        What it is a projection of.
    scenario : Scenario
        The scenario, overrides included.
    as_of : int
        Figures for periods that ended by 31 December of this year, as published by the next 30 June,
        are known.
    last : int
        Last year.
    paths : Paths
        Trajectories of every series, as arrays.
    """

    plan: Plan
    scenario: Scenario
    as_of: int
    last: int
    paths: Paths

    @cached_property
    def table(self) -> pd.DataFrame:
        """scenario, kpi, year, value, status (observed or projected); no value: no figure is known."""
        return self._tabled(list(self.plan.kpis))

    @cached_property
    def context(self) -> pd.DataFrame:
        """The same of the context series."""
        return self._tabled([name for name in self.plan.context if name in self.paths.values])

    @cached_property
    def ceilings(self) -> pd.DataFrame:
        """scenario, kpi, year, ceiling: the ceilings that were used."""
        rows = [
            (self.scenario.id, name, year, float(self.paths.ceilings[name][place]))
            for name in self.plan.kpis
            if name in self.paths.ceilings
            for place, year in enumerate(self.years)
        ]
        return pd.DataFrame(rows, columns=["scenario", "kpi", "year", "ceiling"])

    @cached_property
    def marks(self) -> pd.DataFrame:
        """kpi, year, mark: what a reader must know of an observed value; or its ceiling was overtaken."""
        rows = [
            (row.kpi, row.year, mark)
            for row in self.plan.figures.rows(self.as_of)
            if self.plan.base_year < row.year <= self.last
            for mark in marks_of(row)
        ]
        over = [name for name in self.plan.kpis if name in self.paths.overtaken]
        rows += [(name, self.paths.anchor(name), Mark.OVERTAKEN) for name in over]
        return pd.DataFrame(rows, columns=["kpi", "year", "mark"])

    @property
    def solved(self) -> dict[str, dict[str, float]]:
        """Arguments that were solved to reach a point, or read again, by series."""
        return self.paths.solved

    @property
    def years(self) -> list[int]:
        """Calendar years, from the plan's base year on."""
        return list(range(self.plan.base_year, self.last + 1))

    @property
    def facts(self) -> Facts:
        """What was known of every series."""
        return self.plan.figures.facts(self.as_of)

    @property
    def settled(self) -> dict[tuple[str, int], Outcome]:
        """What outturns had settled."""
        return self.plan.figures.settled(self.as_of)

    @property
    def targets(self) -> list[tuple[Kpi, Target]]:
        """The targets up to the last year, in the plan's order."""
        return [(kpi, one) for kpi in self.plan.kpis.values() for one in kpi.targets if one.year <= self.last]

    def value(self, kpi: str, year: int) -> float:
        """Value of one KPI in one year; NaN where a known year has no figure."""
        if year <= self.paths.anchor(kpi):
            return self.paths.known[kpi].get(year, math.nan)
        return float(self.paths.values[kpi][year - self.plan.base_year])

    def last_known(self, kpi: str, upto: int = 9999) -> tuple[int, float]:
        """Give the last known year, up to one, and its figure."""
        known = self.paths.known[kpi].items()
        return max((year, one) for year, one in known if year <= min(upto, self.last) and not math.isnan(one))

    @cached_property
    def published(self) -> Projection:
        """The preferred figures known today, as a projection in which nothing is projected."""
        figures = self.plan.figures
        known: dict[str, dict[int, float]] = {name: {} for name in self.plan.kpis}
        for row in figures.rows(figures.latest):
            if row.kpi in known and self.plan.base_year <= row.year:
                known[row.kpi][int(row.year)] = float(row.value)
        for name, kpi in self.plan.kpis.items():
            known[name] = {self.last: math.nan} | known[name] | {kpi.base_year: kpi.base}
        return replace(self, as_of=figures.latest, paths=replace(self.paths, known=known))

    def departures(self) -> Iterator[str]:
        """Say which paths leave their bounds, or move faster than any published series did."""
        for name in self.paths.values:
            wrong, allowed = self.departure(name)
            if wrong:
                key = f"growth.{name}"
                own = [where for at, where in self.scenario.origin.items() if f"{at}.".startswith(f"{key}.")]
                where = OPTION if OPTION in own else next(iter(own), self.scenario.id)
                yield mistake(where, key, wrong, allowed)

    def departure(self, name: str) -> tuple[str, str]:
        """Say where one series first leaves its bounds, or what was seen, and what is allowed."""
        change, record, when = self.plan.figures.fastest
        most = max(abs(change), LEAST) if when else 0.0
        seen = f"{_percent(change)}, of {record} in {when}" if abs(change) >= LEAST else _percent(LEAST)
        paths, series, values = self.paths, self.plan.series[name], self.paths.values[name]
        anchor = paths.anchor(name)
        for year, before, value in zip(paths.years[1:], values[:-1], values[1:], strict=True):
            if not anchor < year <= self.last:
                continue
            if not math.isfinite(value):
                return f"no finite path in {year}", "other values"
            if series.bounds and not series.bounds[0] <= value <= series.bounds[1]:
                low, high = series.bounds
                wrong = " ".join(filter(None, (f"{value:.5g}", series.unit.en, f"in {year}")))
                return wrong, f"it has to stay within {low:g} and {high:g}"
            if most and not self.scenario.extreme and before > 0:
                change = math.log(value / before) if value > 0 else -math.inf
                if abs(change) > most + 1e-9:
                    allowed = f"rates are decimals a year (0.15 or 15%); the most is {seen}; if it is meant: "
                    allowed += "--allow-extreme, or extreme: true in the scenario file"
                    return f"{_percent(change)} in {year}, which no published series has come near", allowed
        return "", ""

    def _tabled(self, names: Sequence[str]) -> pd.DataFrame:
        rows = []
        for name in names:
            anchor = self.paths.anchor(name)
            for year in self.years:
                status = "observed" if year <= anchor else "projected"
                rows.append((self.scenario.id, name, year, self.value(name, year), status))
        return pd.DataFrame(rows, columns=list(COLUMNS))


def project(
    plan: Plan,
    scenario: str | Path | Scenario = "",
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: Sequence[str] = (),
) -> Projection:
    """Project every KPI under a scenario.

    Each trajectory equals the preferred published figures to the last year known as of `as_of`, then
    the scenario's curve, re-anchored at that year's figure with the same growth parameters.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str, Path or Scenario
        Name of a scenario of the plan, path of a file, or a scenario; by default baseline, else the first.
    horizon : int, optional
        Last year; by default the plan's.
    as_of : int or "latest", optional
        What is known; by default the scenario's own as-of year, else the base year.
    overrides : sequence of str
        Changed assumptions, such as ``"gigabit_users.rate=0.3"``.

    Returns
    -------
    Projection

    Raises
    ------
    ModelError
        If the scenario, an override, the horizon or the as-of year cannot be used.

    Examples
    --------
    >>> from model import load, project
    >>> path = project(load(), "plan_path")
    >>> round(path.value("software_revenue", 2025), 6)
    14.0
    """
    resolved = resolve(plan, scenario, overrides)
    seen, last = plan.as_of_year(resolved, as_of), plan.last_year(horizon)
    made = Projection(plan, resolved, seen, last, paths_of(plan, resolved, last=last, as_of=seen))
    raise_all(made.departures())
    return made


def resolve(plan: Plan, scenario: str | Path | Scenario, overrides: Sequence[str] = ()) -> Scenario:
    """Find a scenario and lay the overrides over it."""
    if not isinstance(scenario, str | Path | Scenario):
        raise ModelError(mistake("scenario", "", f"{scenario!r} is no name", near(scenario, plan.scenarios)))
    if not isinstance(overrides, list | tuple) or not all(isinstance(one, str) for one in overrides):
        raise ModelError(mistake(OPTION, "", f"{overrides!r} is no list of texts", "['series.rate=0.1']"))
    found = scenario if isinstance(scenario, Scenario) else find_scenario(plan, scenario)
    return with_overrides(plan, found, overrides) if overrides else found


def paths_of(plan: Plan, scenario: Scenario, *, last: int, as_of: int) -> Paths:
    """Make the trajectories; what is to be solved is solved from the base year's knowledge."""
    first = trajectories(plan, scenario, last=last, as_of=plan.base_year)
    if as_of == plan.base_year:
        return first
    solved = {**first.solved, **_reread(plan, scenario, as_of)}
    later = trajectories(plan, scenario, last=last, as_of=as_of, solved=solved)
    later.solved.update(solved)
    return later


def _reread(plan: Plan, scenario: Scenario, as_of: int) -> dict[str, dict[str, float]]:
    """Read the growth last published by then where a scenario takes it up, faded to the last known year."""
    found, grown, facts = {}, plan.figures.steps(as_of), plan.figures.facts(as_of)
    for name, growth in scenario.growth.items():
        base = plan.since(name)
        year = max(grown[name], default=base) if growth.reread else base
        if year > base:
            before, after = grown[name][year]
            left = growth.arguments["damping"].central ** (facts[name][-1][0] - year)
            found[name] = {"rate": math.expm1(math.log(after / before) * left)}
    return found


def aimed(projection: Projection) -> Projection:
    """Refuse a projection that ends before the first target."""
    projection.plan.last_year(projection.last, aimed=True)
    return projection


def _percent(change: float) -> str:
    return f"{100.0 * np.expm1(min(change, 700.0)):+,.0f} % a year"
