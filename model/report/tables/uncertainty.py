"""How likely targets are to be met: tables and sentences from the draws of a scenario."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from model.report import charts, numbers
from model.report.charts import count
from model.report.output import Table, Text, printed, table, text
from model.report.phrases import lasts, marked_year, name, name_of, untold
from model.report.report import Findings, Several
from model.report.words import listed, say
from model.uncertainty.ensemble import Ensemble, first_years, probabilities, simulate
from model.uncertainty.probability import EVEN, LIKELY, UNLIKELY, VERY_LIKELY, VERY_UNLIKELY, likelihood
from model.uncertainty.spread import persistence

WORDS = (VERY_LIKELY, LIKELY, EVEN, UNLIKELY, VERY_UNLIKELY)
STRONG, LASTING = 0.8, 0.0


def likelihoods(found: Findings) -> Table:
    """Tabulate how likely each target is, in numbers and words, and when it is first reached."""
    language, rows = found.language, list[tuple[str, ...]]()
    columns = ("kpi", "target", "probability", "probability_error", "probability_words", "first_reached")
    if found.ensemble is not None:
        chances = probabilities(found.ensemble)
        years = first_years(found.ensemble)
        for one in chances.itertuples():
            kpi = found.plan.kpis.get(one.kpi)
            own = years[(years["kpi"] == one.kpi) & (years["target_year"] == one.target_year)]
            nothing = say("nothing", language)
            cells = (
                numbers.chance(one.probability, language=language),
                _interval(one.low, one.high, language),
                _words(one.probability, language),
            )
            if one.settled:
                cells = (nothing, nothing, numbers.chance(math.nan, settled=one.settled, language=language))
            rows.append(
                (
                    name_of(found, one.kpi, one.target_year),
                    numbers.target(one.target, kpi, one.target_year, language=language)
                    if kpi
                    else str(one.target_year),
                    *cells,
                    _reached(own, found, language) if kpi else nothing,
                )
            )
    source, drawn = say("source_likelihoods", language), numbers.number(count(found.ensemble), 0)
    return printed("likelihoods", language, rows, columns, source=source, scenario=found.title, draws=drawn)


def likely(found: Findings) -> Text:
    """Say how likely the targets are, and whose spread is borrowed."""
    return text(likely_sentences(found), id="likely", style="body")


def likely_sentences(found: Findings) -> list[str]:
    """Say in words how likely the targets are."""
    language = found.language
    chances = None if found.ensemble is None else probabilities(found.ensemble)
    if chances is None or chances.empty:
        return [untold(found)]
    named = chances[chances["kpi"] != ""]
    over = list(named["settled"] != "")
    alone, last = named[named["settled"] == ""], chances[chances["kpi"] == ""].iloc[-1]
    counts = {word: sum(likelihood(one) == word for one in alone["probability"]) for word in WORDS}
    groups = [
        say(
            "likely_group_one" if amount == 1 else "likely_group",
            language,
            count=amount,
            words=_said(word, language),
        )
        for word, amount in counts.items()
        if amount
    ]
    said = []
    if groups:
        said.append(say("likely_answer", language, scenario=found.title, items=listed(groups, language)))
    if any(over):
        said.append(say("likely_settled", language, settled=sum(over), count=len(over)))
    else:
        said.append(
            say(
                "likely_together",
                language,
                count=len(named),
                words=_words(last["probability"], language),
                number=numbers.chance(last["probability"], language=language),
            )
        )
    borrowed = [name(found.plan.kpis[one], language) for one in alone[alone["borrowed"]]["kpi"].unique()]
    if borrowed:
        said.append(say("likely_borrowed", language, items=listed(borrowed, language)))
    return said


def spread(found: Findings) -> Table:
    """Tabulate how far yearly growth strays, and whether that was measured or borrowed."""
    language, rows = found.language, list[tuple[str, ...]]()
    for one in found.ensemble.spread.itertuples() if found.ensemble is not None else ():
        size = say("spread_a_year", language, number=numbers.number(100 * one.sd, 1))
        key = "spread_borrowed" if one.borrowed else "spread_own" if one.n else "spread_given"
        factor = say("spread_times", language, number=numbers.number(one.factor, 2))
        title = str(getattr(found.plan.kpis[one.kpi].short_title, language))
        rows.append((title, size, say(key, language, **({"count": one.n} if one.n else {})), factor))
    titles = ("kpi", "spread", "spread_rests", "spread_factor")
    drawn = found.ensemble
    kept = lasts(persistence(found.plan) if drawn is None else drawn.persistence, language)
    source = say("source_spread", language, lasts=kept)
    return printed("spread", language, rows, titles, source=source, year=found.plan.base_year)


def together(found: Findings) -> Table:
    """Tabulate what it matters how growth shocks go together, between KPIs and over the years."""
    language, rows = found.language, list[tuple[str, ...]]()
    if found.ensemble is not None:
        drawn = found.ensemble
        repair = drawn.correlation
        key = "shocks_plan_repaired" if repair.repaired else "shocks_plan"
        rows.append(_all(found, drawn, say(key, language, number=numbers.number(repair.distance, 2))))
        others = (
            ("shocks_same", 0.0, _drawn(found, drawn, correlation=0.0)),
            ("shocks_same", STRONG, _drawn(found, drawn, correlation=STRONG)),
            ("shocks_lasting", LASTING, _drawn(found, drawn, persistence=LASTING)),
        )
        for key, size, other in others:
            number = numbers.number(size, 1) if key == "shocks_same" else numbers.number(100 * size, 0)
            rows.append(_all(found, other, say(key, language, number=number)))
    titles = ("assumption_shocks", "all_targets", "likeliest")
    return printed("together", language, rows, titles, source=say("source_together", language))


def chances(found: Several) -> Table:
    """Tabulate how likely each target is in every scenario."""
    first, language = found.first, found.first.language
    columns: dict[str, list[str]] = {say("column_kpi", language): []}
    for place, one in enumerate(found.each):
        if one.ensemble is None:
            continue
        counted = probabilities(one.ensemble)
        if not columns[say("column_kpi", language)]:
            columns[say("column_kpi", language)] = [
                name_of(first, str(row.kpi), int(row.target_year)) for row in counted.itertuples()
            ]
        title = one.title if one.title not in columns else f"{one.title} ({place})"
        columns[title] = [
            numbers.chance(row.probability, settled=row.settled, language=language)
            for row in counted.itertuples()
        ]
    caption = say("caption_chances", language)
    return table(pd.DataFrame(columns), id="chances", caption=caption, source=charts.source(found, []))


def _drawn(
    found: Findings, like: Ensemble, *, correlation: float | None = None, persistence: float | None = None
) -> Ensemble:
    """Draw the scenario again with shocks that go together in another way."""
    return simulate(
        found.plan, found.scenario, draws=count(like), seed=like.seed, horizon=found.last, as_of=like.as_of,
        correlation=correlation, persistence=persistence,
    )  # fmt: skip


def _all(found: Findings, drawn: Ensemble, label: str) -> tuple[str, ...]:
    counted, language = probabilities(drawn), found.language
    alone, whole = counted[counted["probability"].notna()], counted[counted["kpi"] == ""].iloc[-1]
    printed = numbers.chance(whole["probability"], settled=whole["settled"], language=language)
    alone = alone[alone["kpi"] != ""]
    if alone.empty:
        return label, printed, say("nothing", language)
    least = alone.loc[alone["probability"].idxmin()]
    return (
        label,
        printed,
        say(
            "year_value",
            language,
            value=name_of(found, str(least["kpi"]), int(least["target_year"])),
            year=numbers.chance(least["probability"], language=language),
        ),
    )


def _reached(own: pd.DataFrame, found: Findings, language: str) -> str:
    """Say in which year draws first reach a target value: median, central 90 %, and how many never do."""
    there = own[own["year"].notna()]
    share = float(there["probability"].sum())
    never = say(
        "reached_never",
        language,
        year=found.last,
        number=numbers.chance(1.0 - share, language=language),
    )
    if share == 0.0:
        return never
    years = [_year_at(there, share * level) for level in (0.05, 0.5, 0.95)]
    ends = [marked_year(found, str(own["kpi"].iloc[0]), one) for one in years]
    span = (
        say("reached_settled", language, year=ends[1])
        if ends[0] == ends[2]
        else say("reached_span", language, middle=ends[1], first=ends[0], last=ends[2])
    )
    return span if share > 1.0 - 1e-12 else say("reached_both", language, span=span, never=never)


def _year_at(there: pd.DataFrame, level: float) -> int:
    so_far = there["probability"].cumsum()
    return int(there["year"].to_numpy()[int(np.searchsorted(so_far.to_numpy(), level - 1e-12))])


def _interval(low: float, high: float, language: str) -> str:
    ends = {"low": numbers.number(100 * low, 1), "high": numbers.number(100 * high, 1)}
    return say("percent", language, number=say("interval", language, **ends))


def _words(probability: float, language: str) -> str:
    return _said(likelihood(probability), language)


def _said(word: str, language: str) -> str:
    return say(f"likelihood_{word.replace(' ', '_')}", language)
