"""What a report rests on: assumptions, published figures, and rules between series."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from model.evaluation.coherence import rule_of
from model.plan.outturns import Outcome
from model.report.assumed import joined, lines, statement
from model.report.frames import Found, links, publishers, source
from model.report.language import Language, lowered
from model.report.output import Table, Title, tabled
from model.report.report import Comparison, Report

# Longer lists of scenarios are counted, and longer runs of years written as a span.
MOST_NAMED, LONGEST_RUN = 3, 2


def assumptions(report: Report) -> Table:
    """Tabulate what a scenario assumes, who set it, and on what grounds."""
    language = report.language
    columns = {
        "kpi": lambda line: line.about,
        "assumption": lambda line: joined(line.clauses, language),
        "set_by": lambda line: line.set_by,
        "source": lambda line: line.source,
    }
    said = language.say("source_line", items=language.say("source_assumptions"))
    rows = lines(report.plan, report.scenario, language)
    known = links(report.plan, language)
    return tabled("assumptions", language, rows, columns, source=said, links=known, scenario=report.title)


def sources(found: Found, kpi: str = "") -> Table:
    """Tabulate the published figures since the base year, with basis, vintage and marks."""
    one, language, figures = found.first, found.language, found.first.outturns
    columns = {
        "kpi": lambda row: _series(one, row.kpi),
        "year": lambda row: str(row.year),
        "value": lambda row: language.value(float(row.value), one.plan.kpis[row.kpi]),
        "basis": lambda row: language.word("levels", row.basis),
        "published": lambda row: str(row.published),
        "document": lambda row: language.say(
            "publisher_document",
            publisher=publishers(found, row.publisher),
            document=one.plan.called(row.document, language.id),
        ),
        "marks": lambda row: language.say("list_comma").join(_marks(row, language)),
    }
    rows: list[Any] = []
    for name in [one.plan.kpi(kpi).id] if kpi else one.plan.kpis:
        own = figures[(figures["kpi"] == name) & figures["year"].between(one.plan.base_year, one.last)]
        rows += own.sort_values(["year", "basis"], kind="stable").itertuples()
    if not kpi:
        return tabled("sources", language, rows, columns, year=one.plan.base_year)
    series = one.plan.kpi(kpi)
    del columns["kpi"]
    said: Any = {"title": language.of(series.title), "unit": language.unit(series)}
    return tabled(f"sources-{kpi}", language, rows, columns, name="figures", **said)


def verdict_matrix(found: Comparison) -> Table:
    """Tabulate value, chance and verdict of every target in every scenario, and how many are met."""
    language, first = found.language, found.first
    rows = [
        [_series(first, goal.kpi.id), language.target(goal.target.value, goal.kpi, goal.year)]
        for goal in first.goals
    ]
    tones = [["", ""] for _ in rows]
    for one in found.each:
        for row, marks, goal in zip(rows, tones, one.goals, strict=True):
            value, first_of = language.slashed(list(map(language.value_of, goal.verdicts))), goal.verdicts[0]
            unsettled = not first_of.settled and not math.isnan(first_of.probability)
            chance = language.chance(first_of.probability) if unsettled else ""
            row.append(language.say("cell_chance", value=value, chance=chance) if chance else value)
            marks.append(str(goal.outcome))
    met = [str(sum(goal.outcome == Outcome.MET for goal in one.goals)) for one in found.each]
    rows.append([language.say("row_met"), str(len(first.goals)), *met])
    tones.append([""] * len(rows[-1]))
    titles = [language.say("column_kpi"), language.say("column_target"), *map(found.lettered, found.each)]
    frame = pd.DataFrame(rows, columns=titles)
    return Table(frame, "matrix", language.say("caption_matrix"), source(found, []), tones=tones)


def changed_assumptions(found: Comparison) -> Table:
    """Tabulate the assumptions in which the scenarios differ from the reference."""
    reference, language, rows = found.reference, found.language, []
    usual = _by_series(reference)
    for one in found.each:
        own = _by_series(one) if one is not reference else usual
        for about in dict.fromkeys([*own, *usual]):
            sides = (usual.get(about, []), own.get(about, []))
            # What both say of a series is left out.
            before, after = ([said for said in side if not all(said in it for it in sides)] for side in sides)
            if before or after:
                rows.append((one.title, about, joined(before, language), joined(after, language)))
    said = language.say("source_line", items=language.say("source_assumptions"))
    columns = ("scenario", "kpi", Title(reference.title), "assumed")
    known = links(found.plan, language)
    return tabled("changes", language, rows, columns, source=said, links=known, scenario=reference.title)


def coherence(found: Found) -> Table:
    """Tabulate the plan's rules: in which years one is broken and by how much, or in which scenarios."""
    first, language = found.first, found.language
    if isinstance(found, Comparison):
        name = "coherence_compared"
        columns: dict[str, Any] = {
            "rule": lambda one: _reason(first, one),
            "kind": lambda one: _kind(language, one),
        }
        columns |= {
            outcome: (lambda one, outcome=outcome: _named(found, one.rule, outcome))
            for outcome in ("holds", "broken", "unchecked")
        }
        every = pd.concat([one.rulings for one in found.each], ignore_index=True).drop_duplicates(
            "rule", keep="last"
        )
        declared = {rule.id: place for place, rule in enumerate(found.plan.coherence)}
        rows = sorted(every.itertuples(), key=lambda one: declared.get(one.rule, len(declared)))
    else:
        name, rows = "coherence", list(first.rulings.itertuples())
        columns = {
            "rule": lambda one: _reason(first, one),
            "statement": lambda one: _statement(first, one),
            "kind": lambda one: _kind(language, one),
            "verdict": lambda one: _verdict(first, one),
            "years_broken": lambda one: _years(one.broken, language) or language.nothing,
            "excess": lambda one: _excess(first, one) if one.broken else language.nothing,
            "draws_broken": lambda one: _draws(first, one),
        }
    printed = [[cell(row) for cell in columns.values()] for row in rows]
    if not rows:
        printed = [[language.say("no_rule"), *[language.nothing] * (len(columns) - 1)]]
    said = source(found, [])
    return tabled(
        "coherence", language, printed, tuple(columns), source=said, name=name, scenario=first.title
    )


def _by_series(report: Report) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines(report.plan, report.scenario, report.language):
        found.setdefault(line.about, []).extend(line.clauses)
    return found


def _series(report: Report, name: str) -> str:
    """Name a series with its unit."""
    language, series = report.language, report.plan.series[name]
    return language.say("with_kpi", title=language.title(series), unit=language.unit(series))


def _marks(row: Any, language: Language) -> list[str]:
    marks = [] if row.status in ("final", "preliminary") else [row.status]
    marks += ["lower"] * (row.bound == "lower") + [row.verified] * (row.verified != "seen")
    return [
        language.word("mark", mark) for mark in [*marks, *["estimated"] * (row.published_is == "estimated")]
    ]


def _reason(report: Report, one: Any) -> str:
    """Give a rule's reason; a bound's is the KPI it bounds."""
    language = report.language
    reasons = {rule.id: language.of(rule.reason) for rule in report.plan.coherence}
    title = language.of(report.plan.series[one.series].title)
    return reasons.get(one.rule) or language.say("rule_bound", title=title, statement=_statement(report, one))


def _statement(report: Report, one: Any) -> str:
    return statement(rule_of(report.plan, one.rule), report.plan.series, report.language)


def _kind(language: Language, one: Any) -> str:
    return language.say("rule_hard" if one.hard else "rule_soft")


def _verdict(report: Report, one: Any) -> str:
    """Say whether a rule holds."""
    language = report.language
    if one.verdict != "unchecked":
        return language.say(f"rule_{one.verdict}", years=_years(one.known, language))
    titles = [lowered(language.of(report.plan.series[name].title)) for name in one.missing]
    return (
        language.say("rule_unchecked", series=language.listed(titles))
        if titles
        else language.say("rule_unknown")
    )


def _draws(report: Report, one: Any) -> str:
    """Say how many draws break a rule, in the year in which most do."""
    language = report.language
    if report.ensemble is None or one.verdict == "unchecked":
        return language.nothing
    own = report.breaches[report.breaches["rule"] == one.rule]
    if own.empty:
        return language.chance(0.0)
    worst = own.loc[own["share"].idxmax()]
    return language.say(
        "draws_broken", number=language.chance(float(worst["share"])), year=int(worst["year"])
    )


def _excess(report: Report, one: Any) -> str:
    """Print the largest excess with its unit; what would print as zero is below the last digit."""
    series, language = report.plan.series[one.series], report.language
    printed = language.value(one.excess, series)
    if not printed.strip("0.,"):
        digits = language.decimals(series)
        printed = language.say("below", number=language.number(10.0**-digits, digits))
    return (
        language.say("points", number=printed)
        if series.kind == "share"
        else language.quantity(printed, series)
    )


def _years(years: Sequence[int], language: Language) -> str:
    """Write years, those in a row as a span."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    items = list[str]()
    for span in spans:
        long = [language.say("years_span", first=span[0], last=span[-1])]
        items += map(str, span) if len(span) <= LONGEST_RUN else long
    return language.listed(items)


def _named(found: Comparison, rule: str, outcome: str) -> str:
    """Name the scenarios in which a rule holds, is broken, or could not be checked."""
    titles, language = [], found.language
    for one in found.each:
        own = one.rulings[one.rulings["rule"] == rule]
        # A bound has a row only where it is broken.
        verdict = str(own["verdict"].iloc[0]) if len(own) else "holds"
        titles += [one.title] if outcome == ("holds" if verdict == "partly" else verdict) else []
    if len(titles) == len(found.each):
        return language.say("every_scenario")
    if len(titles) > MOST_NAMED:
        return language.say("some_scenarios", count=len(titles))
    return language.listed(titles) or language.nothing
