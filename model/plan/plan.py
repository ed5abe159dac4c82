"""The plan: its KPIs and context series, its targets and when they count as met, its scenarios."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from model.errors import ModelError, mistake, near, whole
from model.growth.arguments import per_cent
from model.plan.outturns import Mark, Outcome, Outturns
from model.plan.schema import (
    AnyCeiling,
    AnyText,
    AnyUnit,
    CalendarYear,
    Growth,
    Id,
    Record,
    Rule,
    Scenario,
    Words,
)

FARTHEST = 50


class Target(Record):
    """Aim for a year; `precision` is the unit of the last digit the plan prints.

    Said as a value, a range, growth a year from the base or a multiple of it; `plan.targets` fills `value`.
    """

    year: CalendarYear
    value: float = math.nan
    low: float | None = None
    high: float | None = None
    growth: Annotated[float, BeforeValidator(per_cent), Field(gt=-1, le=20)] | None = None
    multiple: Annotated[float, Field(ge=0, le=1e6)] | None = None
    precision: Annotated[float, Field(ge=0)] = 0.0
    source: Words


class Sourced(Record):
    """How far yearly growth strays: standard deviation of the log (logit, under a ceiling), and whence."""

    value: Annotated[float, Field(gt=0, le=1)]
    source: Words


class Series(Record):
    """A published series: a KPI of the plan, or a context series (denominator, ceiling, stand-in)."""

    id: Id
    title: AnyText
    unit: AnyUnit
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    kind: Literal["share", "stock", "flow"]
    ceiling: AnyCeiling | None = None
    bounds: tuple[float, float] | None = None
    series: str = ""
    proxy_for: Id | None = None

    def growth(self, start: float, end: float, years: float) -> float:
        """Give growth a year between two values: a CAGR for levels, percentage points for shares."""
        if not years > 0 or math.isnan(start) or math.isnan(end):
            return math.nan
        if self.kind == "share":
            return (end - start) / years
        return math.exp(math.log(end / start) / years) - 1.0 if start > 0 and end > 0 else math.nan


class Kpi(Series):
    """One of the plan's measured series, with its base value and targets."""

    stream: Annotated[int, Field(ge=1)]
    short_title: AnyText
    better: Literal["higher", "lower"] = "higher"
    base: float
    base_year: CalendarYear = 0  # by default the plan's
    base_source: Words
    targets: Annotated[tuple[Target, ...], Field(min_length=1)]
    sd: Sourced | None = None
    curve: str
    chapter: AnyText
    definition: AnyText

    def target(self, year: int) -> Target | None:
        """Give the target for a year, or None."""
        return next((target for target in self.targets if target.year == year), None)

    def needed(self, target: Target) -> float:
        """Give the growth a year that leads from the base to a target."""
        return self.growth(self.base, target.value, target.year - self.base_year)

    def meets(self, value: Any, aim: float | Target, slack: float = 0.0) -> NDArray[np.bool_]:
        """Tell whether values meet an aim; the tolerance is for the last bits of a solved path."""
        low, high = self._ends(aim)
        room = slack + 1e-9 * max([1.0, *(abs(end) for end in (low, high) if math.isfinite(end))])
        given = np.asarray(value)
        return np.asarray((given >= low - room) & (given <= high + room))

    def gap(self, target: Target, value: float) -> float:
        """Give the gap to a target, positive is good; of a range, the distance to its nearer end."""
        low, high = self._ends(target)
        return min(value - low, high - value)

    def outcome(
        self, target: Target, value: float, slack: float = 0.0, marks: Collection[Mark] = ()
    ) -> Outcome:
        """Judge one value: met, missed, or unknown (also where a lower bound leaves it open)."""
        met, top = bool(self.meets(value, target, slack)), self._ends(target)[1]
        # "More than x" settles a target of x or less; above that it leaves the verdict open.
        open_end = Mark.LOWER in marks and (math.isfinite(top) if met else value <= top)
        return Outcome.UNKNOWN if open_end or math.isnan(value) else Outcome.MET if met else Outcome.MISSED

    def outcomes(self, target: Target, value: float, marks: Collection[Mark] = ()) -> tuple[Outcome, Outcome]:
        """Judge one value strictly, and at the precision the plan prints."""
        slacks = (0.0, target.precision / 2)
        strict, printed = (self.outcome(target, value, slack, marks) for slack in slacks)
        return strict, printed

    def _ends(self, aim: float | Target) -> tuple[float, float]:
        if isinstance(aim, Target) and aim.low is not None and aim.high is not None:
            return aim.low, aim.high
        value = aim.value if isinstance(aim, Target) else aim
        return (value, math.inf) if self.better == "higher" else (-math.inf, value)


class Correlated(Record):
    """How far the yearly growth shocks of two KPIs go together."""

    between: tuple[Id, Id]
    value: Annotated[float, Field(ge=-1, le=1)]
    source: Words


class Uncertainty(Record):
    """How yearly growth shocks go together: over time, and between KPIs (pairs not named: not at all).

    `persistence`: share of a year's shock that the next inherits; by default `spread` measures it.
    """

    persistence: Annotated[float, Field(ge=0, lt=1)] | None = None
    source: Words | None = None
    correlation: tuple[Correlated, ...] = ()


class PlanTable(Record):
    """What plan.yaml says: the plan's own table, its series and its rules."""

    id: Id
    title: AnyText
    issuer: AnyText
    document: Words
    base_year: CalendarYear
    target_year: CalendarYear
    horizon: CalendarYear
    kpis: Mapping[Id, Kpi]
    context: Mapping[Id, Series] = Field(default_factory=dict)
    coherence: tuple[Rule, ...] = ()
    uncertainty: Uncertainty = Uncertainty()
    zh_names: Mapping[Words, Words] = Field(default_factory=dict)

    def called(self, name: str, language: str) -> str:
        """Give the name of a publisher or a document; in Chinese where the plan gives it."""
        return self.zh_names.get(name, name) if language == "zh" else name

    @property
    def series(self) -> dict[str, Series]:
        return {**self.kpis, **self.context}

    def since(self, series: str) -> int:
        """Give the year in which a series' path starts."""
        return self.kpis[series].base_year or self.base_year if series in self.kpis else self.base_year

    def order_of(self, scenario: Scenario) -> list[str]:
        """Put the series in the order in which trajectories can be made: ceilings and denominators first."""
        series = self.series.items()
        graph = {name: _needs(one, scenario.growth.get(name)) for name, one in series if not one.proxy_for}
        return list(TopologicalSorter(graph).static_order())

    def needed_by(self, scenario: Scenario, only: str | None = None) -> set[str]:
        """Name the series a scenario speaks of, and those that their ceilings and denominators are."""
        series = self.series
        found, waiting = set[str](), [*self.kpis, *scenario.growth] if only is None else [only]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += _needs(series[name], scenario.growth.get(name))
        return found


def _needs(series: Series, growth: Growth | None) -> set[str]:
    given = growth.arguments if growth is not None else {}
    found = {value for value in given.values() if isinstance(value, str)}
    for inner in given.values():
        if isinstance(inner, Growth):
            found |= _needs(series, inner)
    if isinstance(series.ceiling, str) and "ceiling" not in given:
        found.add(series.ceiling)
    return found


class Plan(PlanTable):
    """A plan pack in memory: the plan's table, published figures, and scenarios."""

    scenarios: Mapping[Id, Scenario] = Field(default_factory=dict)
    outturns: pd.DataFrame
    context_data: pd.DataFrame
    # Its id, or its folder.
    source: str = ""

    @cached_property
    def figures(self) -> Outturns:
        """What has been published, as known at any time."""
        return Outturns(self, pd.concat([self.outturns, self.context_data], ignore_index=True))

    @property
    def reference(self) -> str:
        """The scenario that is meant where none is named: baseline, else the plan's first."""
        return next((name for name in ("baseline", *self.scenarios) if name in self.scenarios), "baseline")

    @property
    def ordered(self) -> list[str]:
        """Names of the scenarios, the reference first."""
        return sorted(self.scenarios, key=lambda name: name != self.reference)

    def kpi(self, name: str) -> Kpi:
        if name not in self.kpis:
            raise ModelError(mistake("kpi", "", f"unknown KPI {name!r}", near(name, self.kpis)))
        return self.kpis[name]

    def target(self, kpi: str, year: int | None) -> Target:
        """Give the target of a KPI for a year, by default the plan's."""
        own, asked = self.kpi(kpi), year or self.target_year
        found = own.target(asked)
        if found is None:
            years = [one.year for one in own.targets]
            raise ModelError(mistake("target year", kpi, f"no target for {asked}", near(asked, years)))
        return found

    def as_of_year(self, scenario: Scenario, as_of: int | str | None = None) -> int:
        """Decide the as-of year: what is asked for, else the scenario's, else the base year."""
        asked = as_of if as_of is not None else scenario.as_of
        if asked is None:
            return self.base_year
        latest = self.figures.latest
        if isinstance(asked, str) and asked == "latest":
            return latest
        if not isinstance(asked, int) or not self.base_year <= asked <= latest:
            allowed = f"{self.base_year} to {latest}, or latest"
            raise ModelError(mistake("as of", "", f"{asked} is outside the data", allowed))
        return asked

    def last_year(self, horizon: int | None, *, aimed: bool = False) -> int:
        """Decide the last year of a projection; of one that is to be judged, a target lies within it."""
        first = min(target.year for kpi in self.kpis.values() for target in kpi.targets)
        low = first if aimed else self.base_year + 1
        return whole("horizon", self.horizon if horizon is None else horizon, low, self.base_year + FARTHEST)

    def model_copy(self, **how: Any) -> Plan:
        """Copy; other figures or series are not those that were looked up before."""
        made = super().model_copy(**how)
        if set(how.get("update") or ()) - {"scenarios"}:
            made.__dict__.pop("figures", None)
        return made

    def with_scenario(self, scenario: Scenario) -> Plan:
        return self.model_copy(update={"scenarios": {**self.scenarios, scenario.id: scenario}})

    def root_of(self, scenario: Scenario) -> Scenario:
        """Find the scenario that another one descends from."""
        root = self.scenarios.get(scenario.id, scenario)
        while root.extends is not None and root.extends in self.scenarios:
            root = self.scenarios[root.extends]
        return root
