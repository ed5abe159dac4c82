"""What has been published of a plan's series, and what of it was known when."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.growth.shocks import odds_of
from model.plan.reading import COLUMNS, RANKS
from model.plan.schema import Parameter

if TYPE_CHECKING:
    from model.plan.plan import Plan, PlanTable, Series


class Basis(StrEnum):
    """What a figure is comparable with."""

    PUBLISHED = "published"
    COMPARABLE = "comparable"
    CHAINED = "chained"
    PROJECTED = "projected"


OUTTURN_BASES = (Basis.PUBLISHED, Basis.COMPARABLE, Basis.CHAINED)


class Mark(StrEnum):
    """What a reader must know of a figure wherever it is shown."""

    LOWER = "lower bound"
    UNVERIFIED = "unverified"
    PLAN_TABLE = "plan table"
    LATE = "late reading"
    OVERTAKEN = "ceiling overtaken"


class Outcome(StrEnum):
    """Whether a target is met; from worst to best: what all of several targets come to together."""

    MISSED = "missed"
    DEPENDS = "depends"
    UNKNOWN = "unknown"
    NEARLY = "nearly"
    MET = "met"


# Met, at least at the precision with which the target was published.
GOOD = frozenset({Outcome.NEARLY, Outcome.MET})


def both(strict: Outcome, printed: Outcome) -> Outcome:
    """Give one verdict for the strict one and that at the precision the plan prints."""
    return Outcome.NEARLY if printed == Outcome.MET != strict else strict


def over_bases(outcomes: Iterable[Outcome]) -> Outcome:
    """Give one verdict for several bases: theirs where they agree, else that it depends on the basis."""
    found = set(outcomes)
    if len(found) < 2:
        return found.pop() if found else Outcome.UNKNOWN
    return Outcome.NEARLY if found == GOOD else Outcome.DEPENDS


# (year, value, label of the definition) of every series, by year.
Facts = dict[str, list[tuple[int, float, str]]]
# By series and year: the value of the year before and of the year, in the series' unit.
Steps = dict[str, dict[int, tuple[float, float]]]


def marks_of(row: Any) -> tuple[Mark, ...]:
    """Name what a reader must know of a figure."""
    late = [] if row.period_end.endswith("12-31") else [Mark.LATE]
    unseen = [Mark(row.verified)] if row.verified != "seen" else []
    return (*[Mark.LOWER] * (row.bound == "lower"), *unseen, *late)


class Outturns:
    """The published figures of a plan; every answer is worked out once, and is not to be changed."""

    def __init__(self, plan: PlanTable, published: pd.DataFrame) -> None:
        self.plan, self.published = plan, published

    @cached_property
    def latest(self) -> int:
        """First as-of year to which every figure of the pack is known."""
        years = [int(day[:4]) - int(day[5:] <= "06-30") for day in self.published["published"]]
        return max([self.plan.base_year, *years, *map(int, self.published["year"])])

    def vintages(self, as_of: int) -> pd.DataFrame:
        """Give all figures known as of a year: periods ended by then, published by 30 June of the next."""
        known = self.published["published"] <= f"{as_of + 1}-06-30"
        return self.published[(self.published["year"] <= as_of) & known].reset_index(drop=True)

    @lru_cache(maxsize=256)
    def preferred(self, as_of: int, basis: str | None = None, every_series: bool = False) -> pd.DataFrame:
        """Give the preferred figure of every series and year; of other definitions than a KPI's if asked.

        A part of a year is never taken for the year. Only a stock, which is a reading at a date, may be
        represented by its last reading of the fourth quarter where no reading at the year's end exists.
        """
        figures, series = self.vintages(as_of), self.plan.series
        if not every_series:
            own = figures["kpi"].map({name: one.series for name, one in series.items()})
            figures = figures[figures["series"] == own]
        if basis is not None:
            figures = figures[figures["basis"] == basis]
        order = {
            f"rank_{column}": figures[column].map(
                {word: at for at, words in enumerate(ranks) for word in words}
            )
            for column, ranks in RANKS.items()
        }
        other = [_other(row, series[row.kpi].kind) for row in figures.itertuples()]
        ranked = figures.assign(**order, rank_other=other)
        ranked = ranked[ranked["rank_other"] < 2].sort_values(
            [
                "rank_verified",
                "rank_basis",
                "rank_bound",
                "rank_other",
                "rank_status",
                "published",
                "period_end",
            ],
            ascending=[True] * 5 + [False] * 2,
            kind="stable",
        )
        best = ranked.drop_duplicates(["kpi", "series", "year"]).sort_values(["kpi", "series", "year"])
        return best[[*COLUMNS, "year"]].reset_index(drop=True)

    @lru_cache(maxsize=256)
    def rows(self, as_of: int, basis: str | None = None) -> list[Any]:
        return list(self.preferred(as_of, basis).itertuples())

    @lru_cache(maxsize=256)
    def facts(self, as_of: int) -> Facts:
        """Give what is known of every series; of a KPI its base and its own count."""
        found: Facts = {name: [] for name in self.plan.series}
        for row in self.preferred(as_of, None, True).itertuples():
            found[row.kpi].append((row.year, row.value, row.series))
        for name, kpi in self.plan.kpis.items():
            after = [one for one in found[name] if one[2] == kpi.series and one[0] > kpi.base_year]
            found[name] = [(kpi.base_year, kpi.base, kpi.series), *after]
        return found

    @lru_cache(maxsize=256)
    def last_growth(self, as_of: int) -> dict[str, float]:
        """Give the growth last known of every series of which two figures of one definition are known."""
        facts = self.facts(as_of)
        found = {name: last_growth(series, facts) for name, series in self.plan.series.items()}
        return {name: growth for name, growth in found.items() if growth is not None}

    @lru_cache(maxsize=256)
    def by_basis(self, as_of: int) -> dict[tuple[str, int], dict[Basis, Any]]:
        """Give what is known of every KPI and year, on every basis; nothing where nothing is."""
        found: dict[tuple[str, int], dict[Basis, Any]] = {}
        for basis in OUTTURN_BASES:
            for row in self.rows(as_of, basis):
                found.setdefault((row.kpi, int(row.year)), {})[basis] = row
        return found

    @lru_cache(maxsize=256)
    def settled(self, as_of: int) -> dict[tuple[str, int], Outcome]:
        """Give the verdict on every target that outturns settle; ("", year) on all of a year together."""
        found: dict[tuple[str, int], Outcome] = {}
        whole: dict[int, set[Outcome | None]] = {}
        for kpi in self.plan.kpis.values():
            for target in kpi.targets:
                own = self.by_basis(as_of).get((kpi.id, target.year), {}).values()
                said = [both(*kpi.outcomes(target, float(row.value), marks_of(row))) for row in own]
                whole.setdefault(target.year, set()).add(over_bases(said) if said else None)
                if said:
                    found[kpi.id, target.year] = over_bases(said)
        for year, every in whole.items():
            worst = next((one for one in Outcome if one in every), None)
            if worst and (worst != Outcome.MET or None not in every):
                found["", year] = worst
        return found

    @lru_cache(maxsize=256)
    def steps(self, as_of: int) -> Steps:
        """Give the steps from one year to the next that published figures show."""
        plan = self.plan
        # Of a context series every definition counts; of a KPI only its own.
        chosen = [row for row in self.rows(as_of) if row.kpi in plan.kpis]
        every = self.preferred(as_of, None, True).itertuples()
        levels: dict[str, dict[str, dict[int, float]]] = {name: {} for name in plan.series}
        for row in [*chosen, *(row for row in every if row.kpi in plan.context)]:
            if row.bound == "point" and row.verified != "unverified":
                levels[row.kpi].setdefault(row.series, {})[int(row.year)] = float(row.value)
        for name, kpi in plan.kpis.items():
            levels[name].setdefault(kpi.series, {})[kpi.base_year] = kpi.base
        before = {
            (row.kpi, row.series, int(row.year)): float(row.value)
            for row in self.rows(as_of, Basis.COMPARABLE)
            if row.bound == "point"
        }
        return {
            name: {
                year: (before.get((name, label, year - 1), figures[year - 1]), value)
                for label, figures in levels[name].items()
                for year, value in sorted(figures.items())
                if year - 1 in figures
            }
            for name in plan.series
        }

    @cached_property
    def fastest(self) -> tuple[float, str, int]:
        """Give the largest yearly change ever published, a log ratio, with its series and year."""
        found = [
            (abs(math.log(after / before)), math.log(after / before), name, year)
            for name, own in self.steps(self.latest).items()
            for year, (before, after) in own.items()
            if before > 0 and after > 0
        ]
        return max(found, key=lambda one: one[:2], default=(0.0, 0.0, "", 0))[1:]


def _other(row: Any, kind: str) -> int:
    """Rank a period: 0 the whole year (or its end), 1 a late reading of a stock, 2 not usable."""
    start, end = row.period_start, row.period_end
    if end[5:] == "12-31" and (kind == "stock" or start == f"{end[:4]}-01-01"):
        return 0
    return 1 if kind == "stock" and end[5:] >= "10-01" else 2


def last_growth(series: Series, facts: Facts) -> float | None:
    """Measure the yearly change of the log (or logit) between the last two figures of one definition."""
    known = facts[series.id]
    pairs = [
        [fact for fact in known if fact[2] == label][-2:] for label in sorted({fact[2] for fact in known})
    ]
    pairs = [pair for pair in pairs if len(pair) == 2]
    if not pairs:
        return None
    (start, before, _), (end, after, _) = max(pairs, key=lambda pair: pair[1][0])
    tops = [_past_ceiling(series, facts, year) for year in (start, end)]
    # Odds only if both ceilings are known: odds and levels do not compare.
    odds = [
        odds_of(value, top if None not in tops else None)
        for value, top in zip((before, after), tops, strict=True)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):  # growth from nothing has no number
        return float(np.log(odds[1] / odds[0])) / (end - start)


def _past_ceiling(series: Series, facts: Facts, year: int) -> float | None:
    if isinstance(series.ceiling, Parameter):
        return series.ceiling.central
    figures = facts.get(series.ceiling, ()) if series.ceiling is not None else ()
    return next((value for other, value, _ in figures if other == year), None)


def outturns(plan: Plan, *, as_of: int | None = None, basis: str | None = None) -> pd.DataFrame:
    """Give the preferred published figure of every series and year.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    as_of : int, optional
        Calendar year: figures for periods that ended by its end, published by 30 June of the next; by
        default all that have been published.
    basis : {"published", "comparable", "chained"}, optional
        Only figures on this basis; by default the rule prefers among all.

    Returns
    -------
    DataFrame
        One row a series and year, in the columns of outturns.csv and `year`; sorted.

    Examples
    --------
    >>> from model import load
    >>> figures = outturns(load(), basis="published")
    >>> figures[(figures.kpi == "online_retail") & (figures.year == 2025)]["value"].tolist()
    [15.9722]
    """
    return plan.figures.preferred(plan.figures.latest if as_of is None else as_of, basis).copy()
