"""Tabulate whether projections agree with the rules that a plan declares between its series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from model.plan.schema import Plan
from model.report import charts, numbers
from model.report.output import Table, printed
from model.report.phrases import lowered
from model.report.report import Findings, Several
from model.report.words import listed, say

CHECKED: tuple[str, ...] = ("rule", "statement", "kind", "verdict", "years_broken", "excess", "draws_broken")
COMPARED: tuple[str, ...] = ("rule", "kind", "holds", "broken", "unchecked")
# Longer lists of scenarios are counted, and longer runs of years written as a span.
MOST_NAMED, LONGEST_RUN = 3, 2


def coherence(found: Findings | Several) -> Table:
    """Tabulate the plan's rules: in which years one is broken and by how much, or in which scenarios."""
    first = found.first if isinstance(found, Several) else found
    plan, language, rows = first.plan, first.language, list[tuple[str, ...]]()
    if isinstance(found, Several):
        titles, name = COMPARED, "coherence_compared"
        rows += [(*_rule(plan, one, language), *_compared(found, one.rule)) for one in _every(found)]
    else:
        titles, name = CHECKED, "coherence"
        for one in found.coherence.itertuples():
            reason, kind = _rule(plan, one, language)
            rows.append((reason, one.statement, kind, *_verdict(found, one), _draws(found, one)))
    if not rows:
        rows.append((say("no_rule", language), *[say("nothing", language)] * (len(titles) - 1)))
    source = charts.source(found, [])
    return printed("coherence", language, rows, titles, source=source, name=name, scenario=first.title)


def _rule(plan: Plan, one: Any, language: str) -> tuple[str, str]:
    """Give a rule's reason, and whether it is hard; a bound's reason is the KPI it bounds."""
    reasons = {rule.id: str(getattr(rule.reason, language)) for rule in plan.coherence}
    if one.rule in reasons:
        reason = reasons[one.rule]
    else:
        title = getattr(plan.series[one.series].title, language)
        reason = say("rule_bound", language, title=title, statement=one.statement)
    return reason, say("rule_hard" if one.hard else "rule_soft", language)


def _verdict(found: Findings, one: Any) -> tuple[str, str, str]:
    """Say whether a rule holds, in which years it does not, and by how much at most."""
    language, plan = found.language, found.plan
    nothing = say("nothing", language)
    if one.verdict == "unchecked":
        titles = [lowered(str(getattr(plan.series[name].title, language))) for name in one.missing]
        if not titles:
            return say("rule_unknown", language), nothing, nothing
        return say("rule_unchecked", language, series=listed(titles, language)), nothing, nothing
    if one.verdict != "broken":
        return say(f"rule_{one.verdict}", language, years=_years(one.known, language)), nothing, nothing
    return say("rule_broken", language), _years(one.broken, language), _excess(found, one)


def _draws(found: Findings, one: Any) -> str:
    """Say how many draws break a rule, in the year in which most do."""
    if found.ensemble is None or one.verdict == "unchecked":
        return say("nothing", found.language)
    own = found.breaches[found.breaches["rule"] == one.rule]
    if own.empty:
        return numbers.chance(0.0, language=found.language)
    worst = own.loc[own["share"].idxmax()]
    share = numbers.chance(float(worst["share"]), language=found.language)
    return say("draws_broken", found.language, number=share, year=int(worst["year"]))


def _excess(found: Findings, one: Any) -> str:
    """Print the largest excess with its unit; what would print as zero is below the last digit."""
    series, language = found.plan.series[one.series], found.language
    printed, least = numbers.value(one.excess, series, language=language), 10.0**-series.decimals
    if not printed.strip("0.,"):
        printed = say("below", language, number=numbers.value(least, series, language=language))
    if series.kind == "share":
        return say("points", language, number=printed)
    return numbers.quantity(printed, series, language=language)


def _years(years: Sequence[int], language: str) -> str:
    """Write years, those in a row as a span."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    items = list[str]()
    for span in spans:
        if len(span) <= LONGEST_RUN:
            items += map(str, span)
        else:
            items.append(say("years_span", language, first=span[0], last=span[-1]))
    return listed(items, language)


def _every(found: Several) -> list[Any]:
    """Give each rule once, in the plan's order; bounds that any scenario breaks come last."""
    rows = pd.concat([one.coherence for one in found.each], ignore_index=True)
    declared = [rule.id for rule in found.first.plan.coherence]
    known = [name for name in rows["rule"].drop_duplicates() if name not in declared]
    by_rule = {one.rule: one for one in rows.itertuples()}
    return [by_rule[name] for name in (*declared, *known)]


def _compared(found: Several, rule: str) -> tuple[str, str, str]:
    """Name the scenarios in which a rule holds, is broken and could not be checked."""
    groups: dict[str, list[str]] = {"holds": [], "broken": [], "unchecked": []}
    for one in found.each:
        own = one.coherence[one.coherence["rule"] == rule]
        # A bound has a row only where it is broken.
        verdict = str(own["verdict"].iloc[0]) if len(own) else "holds"
        groups["holds" if verdict == "partly" else verdict].append(one.title)
    return _named(found, groups["holds"]), _named(found, groups["broken"]), _named(found, groups["unchecked"])


def _named(found: Several, titles: Sequence[str]) -> str:
    language = found.first.language
    if not titles:
        return say("nothing", language)
    if len(titles) == len(found.each):
        return say("every_scenario", language)
    if len(titles) > MOST_NAMED:
        return say("some_scenarios", language, count=len(titles))
    return listed(list(titles), language)
