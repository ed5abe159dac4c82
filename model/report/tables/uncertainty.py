"""How likely targets are to be met, what that rests on, and how past projections fared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from model.evaluation.backtest import last_outturn
from model.plan.outturns import Basis
from model.report.charts import count
from model.report.frames import Call, Found, calls, source
from model.report.output import Table, tabled
from model.report.report import Comparison, Report
from model.report.tables.layout import score
from model.report.tables.targets import on_basis
from model.report.text import lasting, marked_year
from model.uncertainty.ensemble import Ensemble, simulate
from model.uncertainty.probability import likelihood

STRONG, LASTING = 0.8, 0.0
PUBLISHED = str(Basis.PUBLISHED)
WHOLE = ("method", "n", "mean_error", "absolute", "skill", "mase", "crps_skill", "inside_60", "inside_90")
SINGLE = ("kpi", "method", "n", "mean_error", "absolute", "mase", "crps", "pinball", "inside_90")


def probabilities(found: Found) -> Table:
    """Tabulate how likely each target is, in numbers and words, and when first reached; or by scenario."""
    return _by_scenario(found) if isinstance(found, Comparison) else _likelihoods(found)


def _likelihoods(report: Report) -> Table:
    language, drawn, kpis = report.language, report.ensemble, report.plan.kpis
    years = pd.DataFrame() if drawn is None else drawn.first_years

    def interval(one: Any) -> str:
        ends = {"low": language.number(100 * one.low, 1), "high": language.number(100 * one.high, 1)}
        return language.say("percent", number=language.say("interval", **ends))

    def reached(one: Any) -> str:
        own = years[(years["kpi"] == one.kpi) & (years["target_year"] == one.target_year)]
        return _reached(own, report) if one.kpi else language.nothing

    columns = {
        "kpi": lambda one: language.target_name(kpis[one.kpi] if one.kpi else None, one.target_year),
        "target": lambda one: (
            language.target(one.target, kpis[one.kpi], one.target_year) if one.kpi else str(one.target_year)
        ),
        "probability": lambda one: language.nothing if one.settled else language.chance(one.probability),
        "probability_error": lambda one: language.nothing if one.settled else interval(one),
        "probability_words": lambda one: (
            language.chance(math.nan, one.settled)
            if one.settled
            else language.word("likelihood", likelihood(one.probability))
        ),
        "first_reached": reached,
    }
    rows = () if drawn is None else drawn.probabilities.itertuples()
    said, number = language.say("source_likelihoods"), language.number(count(drawn), 0)
    return tabled("likelihoods", language, rows, columns, source=said, scenario=report.title, draws=number)


def _by_scenario(found: Comparison) -> Table:
    language, first = found.language, found.language.say("column_kpi")
    columns: dict[str, list[str]] = {first: []}
    for place, one in enumerate(found.each):
        if one.ensemble is not None:
            rows, kpis = list(one.ensemble.probabilities.itertuples()), found.plan.kpis
            names = [
                language.target_name(kpis[row.kpi] if row.kpi else None, row.target_year) for row in rows
            ]
            columns[first] = columns[first] or names
            title = one.title if one.title not in columns else f"{one.title} ({place})"
            columns[title] = [language.chance(row.probability, row.settled) for row in rows]
    return Table(pd.DataFrame(columns), "chances", language.say("caption_chances"), source(found, []))


def growth_uncertainty(report: Report) -> Table:
    """Tabulate how far yearly growth strays, and whether that was measured or borrowed."""
    language = report.language

    def rests(one: Any) -> str:
        key = "spread_borrowed" if one.borrowed else "spread_own" if one.n else "spread_given"
        return language.say(key, count=one.n)

    columns = {
        "kpi": lambda one: language.title(report.plan.kpis[one.kpi]),
        "spread": lambda one: language.say("spread_a_year", number=language.number(100 * one.sd, 1)),
        "spread_rests": rests,
        "spread_factor": lambda one: language.say("spread_times", number=language.number(one.factor, 2)),
    }
    rows = () if report.ensemble is None else report.ensemble.spread.itertuples()
    (kept,) = language.sentences("lasts", lasting(report))
    said = language.say("source_spread", lasts=kept)
    return tabled("spread", language, rows, columns, source=said, year=report.plan.base_year)


def dependence(report: Report) -> Table:
    """Tabulate what it matters how growth shocks go together, between KPIs and over the years."""
    language, drawn, rows = report.language, report.ensemble, list[tuple[str, ...]]()
    if drawn is not None:
        repair = drawn.correlation
        words = language.say(
            "shocks_plan_repaired" if repair.repaired else "shocks_plan",
            number=language.number(repair.distance, 2),
        )
        rows.append(_all(report, drawn, words))
        for size in (0.0, STRONG):
            words = language.say("shocks_same", number=language.number(size, 1))
            rows.append(_all(report, _again(drawn, correlation=size), words))
        words = language.say("shocks_lasting", number=language.number(100 * LASTING, 0))
        rows.append(_all(report, _again(drawn, persistence=LASTING), words))
    titles = ("assumption_shocks", "all_targets", "likeliest")
    return tabled("together", language, rows, titles, source=language.say("source_together"))


def _again(
    drawn: Ensemble, *, correlation: float | None = None, persistence: float | None = None
) -> Ensemble:
    """Draw again, with shocks that go together in another way."""
    made, draws, seed = drawn.projection, drawn.count, drawn.seed
    return simulate(made, draws=draws, seed=seed, correlation=correlation, persistence=persistence)


def _all(report: Report, drawn: Ensemble, label: str) -> tuple[str, ...]:
    table, language = drawn.probabilities, report.language
    whole, alone = (
        table[table["kpi"] == ""].iloc[-1],
        table[(table["kpi"] != "") & table["probability"].notna()],
    )
    printed = language.chance(whole["probability"], whole["settled"])
    if alone.empty:
        return label, printed, language.nothing
    least = alone.loc[alone["probability"].idxmin()]
    name = language.target_name(report.plan.kpis[least["kpi"]], int(least["target_year"]))
    return label, printed, language.say("year_value", value=name, year=language.chance(least["probability"]))


def _reached(own: pd.DataFrame, report: Report) -> str:
    """Say in which year draws first reach a target value: median, central 90 %, and how many never do."""
    language, there = report.language, own[own["year"].notna()]
    share = float(there["probability"].sum())
    never = language.say("reached_never", year=report.last, number=language.chance(1.0 - share))
    if share == 0.0:
        return never
    so_far = there["probability"].cumsum().to_numpy()
    places = [int(np.searchsorted(so_far, share * level - 1e-12)) for level in (0.05, 0.5, 0.95)]
    first, middle, last = (
        marked_year(report, str(own["kpi"].iloc[0]), int(there["year"].iloc[place])) for place in places
    )
    span = language.say("reached_span", middle=middle, first=first, last=last)
    if first == last:
        span = language.say("reached_settled", year=middle)
    return span if share > 1.0 - 1e-12 else language.say("reached_both", span=span, never=never)


def as_of(report: Report) -> Table:
    """Tabulate what a past run said of each target, beside the outturn."""
    language, made = report.language, calls(report)

    def outcome(one: Call) -> str:
        told = [
            each
            for each in one.outturns
            if each.basis == Basis.PUBLISHED or (one.seen and each.outcome != one.seen.outcome)
        ]
        words = [
            language.verdict(each) if each.basis == Basis.PUBLISHED else on_basis(each, language)
            for each in told
        ]
        return language.joined(words) or language.say("verdict_unknown")

    def band(one: Call) -> str:
        value, low, high = (language.value(each, one.kpi) for each in (one.made.value, one.low, one.high))
        return language.say("band", value=value, low=low, high=high)

    def seen(one: Call, words: str) -> str:
        return language.nothing if one.seen is None else words

    columns = {
        "kpi": lambda one: language.target_name(one.kpi, one.year),
        "target": lambda one: language.target(one.target.value, one.kpi, one.year),
        "projection_for": band,
        "said": lambda one: language.likely(one.made.probability),
        "outturn": lambda one: seen(one, "" if one.seen is None else language.value(one.seen.value, one.kpi)),
        "within": lambda one: seen(one, language.say("within_yes" if one.inside else "within_no")),
        "verdict_outturn": outcome,
    }
    last = max((one.year for one in made), default=report.plan.target_year)
    printed = [[cell(one) for cell in columns.values()] for one in made]
    frame = pd.DataFrame(printed, columns=[language.say(f"column_{name}", year=last) for name in columns])
    when = report.projection.as_of
    caption = language.say("caption_told", year=when + 1, scenario=report.title)
    return Table(frame, "told", caption, language.say("source_told", as_of=when, year=when + 1))


def scores(found: Found, *, basis: str = PUBLISHED, by_kpi: bool = False) -> Table:
    """Tabulate how scenarios and naive forecasts fared, best first; or the first of them, KPI by KPI."""
    past, language, plan = found.backtest, found.language, found.plan
    table = past.scores(basis, by_kpi=by_kpi)
    id, name, titles = ("league" if basis == PUBLISHED else f"league-{basis}"), "league", WHOLE
    if by_kpi:
        id, name, titles = "league-kpi", "league_kpi", SINGLE
        order = {kpi: place for place, kpi in enumerate(plan.kpis)}
        table = table[table["naive"] | (table["method"] == past.method)]
        table = table.sort_values("kpi", key=lambda one: one.map(order), kind="stable")
    names = {kpi: language.title(one) for kpi, one in plan.kpis.items()} | past.titles
    rows = [[score(language, names, one, title) for title in titles] for one in table.itertuples()]
    last, levels = last_outturn(plan.figures), language.word("levels", basis)
    said = language.say("source_league", first=plan.base_year, last=last - 1)
    return tabled(id, language, rows, titles, source=said, name=name, year=last, levels=levels)
