"""How past projections fared: scores worked out once, and the tables made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from model.calibration import calibration
from model.hindsight import NAIVE, hindsight, last_outturn
from model.league import pooled
from model.schema import Plan, Scenario
from model.show import numbers
from model.show.display import Table, table
from model.show.finding import REFERENCE, Findings
from model.show.phrases import name_of
from model.show.side_by_side import Several
from model.show.words import say

BASIS = "published"
WHOLE = ("method", "n", "mean_error", "absolute", "skill", "mase", "crps_skill", "inside_60", "inside_90")
SINGLE = ("kpi", "method", "n", "mean_error", "absolute", "mase", "crps", "pinball", "inside_90")


@dataclass(frozen=True)
class Past:
    """Scores of past projections of scenarios, and of naive forecasts beside them."""

    found: Findings
    scenarios: tuple[Scenario, ...]
    points: pd.DataFrame
    distributions: pd.DataFrame

    @property
    def plan(self) -> Plan:
        """The plan pack."""
        return self.found.plan

    @property
    def language(self) -> str:
        """Language of everything that is shown."""
        return self.found.language

    @property
    def titles(self) -> dict[str, str]:
        """Words for scenarios and naive forecasts, by id."""
        named = {one.id: str(getattr(one.title, self.language)) for one in self.scenarios}
        return {**named, **{one: say(f"naive_{one}", self.language) for one in NAIVE}}


def past(found: Findings | Several) -> Past:
    """Score the past projections of one scenario or several."""
    # Of several, what is said in words is said of the reference.
    each = (found.reference, *found.each) if isinstance(found, Several) else (found,)
    plan = each[0].plan
    chosen = {one.scenario.id: one.scenario for one in each if one.scenario.as_of is None}
    if REFERENCE in plan.scenarios:
        chosen.setdefault(REFERENCE, plan.scenarios[REFERENCE])
    scored = tuple(chosen.values())
    return Past(each[0], scored, hindsight(plan, scored), calibration(plan, scored))


def league(behind: Past, *, basis: str = BASIS) -> Table:
    """Tabulate how scenarios and naive forecasts fared over all KPIs, best first, with n on every score."""
    scores = pooled(behind.plan, behind.points, behind.distributions, basis=basis)
    rows = [[_cell(behind, one, title) for title in WHOLE] for one in scores.itertuples()]
    name = "league" if basis == BASIS else f"league-{basis}"
    return _table(behind, rows, WHOLE, name, "caption_league", basis)


def league_by_kpi(behind: Past) -> Table:
    """Tabulate how the reference scenario and naive forecasts fared, KPI by KPI."""
    scores = pooled(behind.plan, behind.points, behind.distributions, basis=BASIS, by_kpi=True)
    shown = scores[scores["naive"] | (scores["method"] == behind.scenarios[0].id)]
    order = {kpi: place for place, kpi in enumerate(behind.plan.kpis)}
    shown = shown.sort_values("kpi", key=lambda one: one.map(order), kind="stable")
    rows = [[_cell(behind, one, title) for title in SINGLE] for one in shown.itertuples()]
    return _table(behind, rows, SINGLE, "league-kpi", "caption_league_kpi", BASIS)


def _table(
    behind: Past, rows: list[list[str]], titles: tuple[str, ...], name: str, caption: str, basis: str
) -> Table:
    language, last = behind.language, last_outturn(behind.plan)
    frame = pd.DataFrame(rows, columns=[say(f"column_{one}", language) for one in titles])
    levels = say(f"levels_{basis}", language)
    source = say("source_league", language, first=behind.plan.base_year, last=last - 1)
    return table(frame, id=name, caption=say(caption, language, year=last, levels=levels), source=source)


def _cell(behind: Past, one: Any, title: str) -> str:
    """Print one score; of a single case, that there is none."""
    language = behind.language
    if title == "kpi":
        return name_of(behind.found, one.kpi, 0)
    if title == "method":
        return behind.titles.get(str(one.method), str(one.method))
    if title == "n":
        return say("n_left_out", language, count=one.n, left=one.left_out) if one.left_out else str(one.n)
    if one.n < 2:
        return say("not_computable", language, count=one.n)
    if title == "mase":
        if math.isnan(one.mase):
            return say("nothing", language)
        return say("mase_count", language, number=numbers.number(one.mase, 2), count=one.mase_n)
    if title.startswith("inside_"):
        band = title.removeprefix("inside_")
        return share_interval(
            getattr(one, title), getattr(one, f"low_{band}"), getattr(one, f"high_{band}"), language
        )
    names = {"absolute": "mean_absolute_error"}
    value = getattr(one, names.get(title, title))
    if math.isnan(value):
        return say("nothing", language)
    return numbers.number(value, 3 if title in ("crps", "pinball") else 2, signed=title == "mean_error")


def share_interval(share: float, low: float, high: float, language: str) -> str:
    """Print a share in per cent with its interval."""
    if math.isnan(share):
        return say("nothing", language)
    whole = say("percent", language, number=numbers.number(100 * share, 0))
    if math.isnan(low):
        return whole
    printed = {"low": numbers.number(100 * low, 0), "high": numbers.number(100 * high, 0)}
    return say("share_interval", language, share=whole, **printed)
