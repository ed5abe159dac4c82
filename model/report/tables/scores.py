"""How past projections fared: scores worked out once, and the tables made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from model.evaluation.backtest import NAIVE, hindsight, last_outturn
from model.evaluation.calibration import calibration
from model.evaluation.scores import duels, pooled
from model.plan.schema import Plan, Scenario
from model.report import numbers
from model.report.output import Table, Text, printed, text
from model.report.phrases import lowered, name_of
from model.report.report import REFERENCE, Findings, Several
from model.report.words import listed, say

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
    name = "league" if basis == BASIS else f"league-{basis}"
    return _table(behind, scores, WHOLE, name, "league", basis)


def league_by_kpi(behind: Past) -> Table:
    """Tabulate how the reference scenario and naive forecasts fared, KPI by KPI."""
    scores = pooled(behind.plan, behind.points, behind.distributions, basis=BASIS, by_kpi=True)
    shown = scores[scores["naive"] | (scores["method"] == behind.scenarios[0].id)]
    order = {kpi: place for place, kpi in enumerate(behind.plan.kpis)}
    shown = shown.sort_values("kpi", key=lambda one: one.map(order), kind="stable")
    return _table(behind, shown, SINGLE, "league-kpi", "league_kpi", BASIS)


def _table(
    behind: Past, scores: pd.DataFrame, titles: tuple[str, ...], id: str, name: str, basis: str
) -> Table:
    language, last = behind.language, last_outturn(behind.plan)
    rows = [[_cell(behind, one, title) for title in titles] for one in scores.itertuples()]
    levels = say(f"levels_{basis}", language)
    source = say("source_league", language, first=behind.plan.base_year, last=last - 1)
    return printed(id, language, rows, titles, source=source, name=name, year=last, levels=levels)


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


NOMINAL = 0.9


def fared(behind: Past) -> Text:
    """Say how the first of the scored scenarios fared beside naive forecasts, and how its bands did."""
    return text(fared_sentences(behind), id="fared", style="body")


def fared_sentences(behind: Past) -> list[str]:
    """Give the sentences of `fared`."""
    language, method = behind.language, behind.scenarios[0].id
    fights = duels(behind.points, behind.distributions, method, basis=BASIS)
    whole = fights[(fights["kpi"] == "") & fights["error"].notna()]
    if whole.empty:
        return [say("fared_nothing", language)]
    lost, more = whole[whole["error"] > 1.0], list[str]()
    if lost.empty:
        hardest = whole.loc[whole["error"].idxmax()]
        first = say(
            "fared_wins",
            language,
            scenario=behind.titles[method],
            count=int(hardest["n"]),
            naive=_naive(behind, hardest["naive"]),
            number=_percent(hardest["error"], language),
        )
        if hardest["decisive"] in behind.plan.kpis:
            title = lowered(name_of(behind.found, str(hardest["decisive"]), 0))
            ratios = {one: _percent(hardest[one], language) for one in ("by_case", "without")}
            more = [say("fared_decisive", language, title=title, **ratios)]
    else:
        items = listed([_naive(behind, one) for one in lost["naive"]], language)
        first = say(
            "fared_loses",
            language,
            scenario=behind.titles[method],
            items=items,
            count=int(lost["n"].max()),
        )
    return [first, *more, _single(behind, fights), *_bands(behind, method)]


def _single(behind: Past, fights: pd.DataFrame) -> str:
    """Name the KPIs for which a naive forecast was better, and the best of them."""
    language, items = behind.language, []
    for kpi in behind.plan.kpis:
        own = fights[(fights["kpi"] == kpi) & (fights["error"] > 1.0)]
        if len(own):
            worst = own.loc[own["error"].idxmax()]
            items.append(
                say(
                    "fared_loses_item",
                    language,
                    title=lowered(name_of(behind.found, kpi, 0)),
                    naive=_naive(behind, str(worst["naive"])),
                    count=int(worst["n"]),
                )
            )
    key = "fared_loses_kpi" if items else "fared_wins_kpi"
    return say(key, language, items=listed(items, language)) if items else say(key, language)


def _bands(behind: Past, method: str) -> list[str]:
    """Say whether the 90 % bands held what they promise, as far as so few cases can tell."""
    scores = pooled(behind.plan, behind.points, behind.distributions, basis=BASIS).set_index("method")
    own = scores.loc[method]
    if not own["inside_90"] >= 0.0:
        return []
    key = "narrow" if own["high_90"] < NOMINAL else "wide" if own["low_90"] > NOMINAL else "right"
    columns = {"share": "inside_90", "low": "low_90", "high": "high_90"}
    if not own["high_90"] >= 0.0:
        key, columns = "held", {"share": "inside_90"}
    printed = {name: _percent(own[column], behind.language) for name, column in columns.items()}
    return [say(f"fared_{key}", behind.language, count=int(own["n"]), **printed)]


def _percent(share: float, language: str) -> str:
    return say("percent", language, number=numbers.number(100 * share, 0))


def _naive(behind: Past, naive: str) -> str:
    return lowered(behind.titles[naive])
