"""Build the first and last sentences of a report from verdicts; the words stand in the catalogue."""

from __future__ import annotations

import math
from collections.abc import Sequence

from model.plan.schema import Kpi
from model.plan.settled import ALREADY_MET
from model.report import numbers
from model.report.frames import targets
from model.report.phrases import lowered, marked_year, name, others, published
from model.report.report import Findings
from model.report.tables.required import takes_sentences
from model.report.tables.verdicts import UNVERIFIED, Verdict, together
from model.report.words import say


def answer(found: Findings) -> list[str]:
    """Say the answer of a scenario in three sentences."""
    judged = list(targets(found))
    if not judged:
        return [say("answer_no_target", found.language, year=found.last)]
    return [_count(found), _extreme(found, [own[0] for _, _, own in judged]), _published(found)]


def conclusion(found: Findings) -> list[str]:
    """Say what would have to be true for the targets that are missed to be met."""
    language, said = found.language, []
    for kpi, goal, own in targets(found):
        if together(own) in ("met", "nearly"):
            continue
        worst = min(own, key=lambda one: one.gap if math.isfinite(one.gap) else -math.inf)
        key = "over" if kpi.better == "higher" else "over_lower"
        if math.isfinite(worst.growth) and math.isfinite(worst.required):
            key = "growth"
        elif not math.isfinite(worst.gap):
            key = "unknown"
        said.append(
            say(
                f"conclusion_{key}",
                language,
                title=getattr(kpi.short_title, language),
                required=worst.required_in(kpi, language, plain=True),
                growth=numbers.growth(worst.growth, kpi, language=language),
                gap=worst.size_in(kpi, language),
                year=goal.year,
            )
        )
    form = "conclusion_some" if said else "conclusion_none"
    return [say(form, language, scenario=found.title), *said, *(takes_sentences(found) if said else ())]


def _count(found: Findings) -> str:
    language, groups = found.language, dict[str, list[str]]()
    for kpi, goal, own in targets(found):
        _grouped(groups, own, name(kpi, language, year=goal.year))
    count = len(list(targets(found)))
    met = len(groups.get("met", []))
    return say(
        "answer_all" if met == count else "answer_some" if met else "answer_none",
        language,
        scenario=found.title,
        count=count,
        met=met,
        others=others(groups, language),
        year=max(goal.year for _, goal, _ in targets(found)),
    )


def _extreme(found: Findings, own: Sequence[Verdict]) -> str:
    """Name the target that is missed by most of the change it requires, or met by least."""
    base = {kpi.id: kpi.base for kpi in found.plan.kpis.values()}
    # Rounded, so that the last bits of a path that ends on its target decide nothing.
    size = [
        (round(one.gap / (abs(one.target - base[one.kpi]) or 1.0), 6), one)
        for one in own
        if math.isfinite(one.gap)
    ]
    if not size:
        return say("verdict_unknown", found.language)
    share, worst = min(size, key=lambda pair: pair[0])
    if all(part == 0 for part, _ in size):
        return say("answer_exact_all", found.language)
    kpi = found.plan.kpis[worst.kpi]
    ahead = math.isfinite(worst.growth) and math.isfinite(worst.required)
    form = "answer_shortfall_growth" if ahead else "answer_shortfall"
    title = name(kpi, found.language, year=worst.year)
    return say(
        "answer_exact" if share == 0 else "answer_margin" if share > 0 else form,
        found.language,
        title=title[:1].upper() + title[1:] if share == 0 else title,
        value=numbers.quantity(worst.value_in(kpi), kpi, language=found.language),
        target=numbers.target(worst.target, kpi, worst.year, language=found.language),
        growth=numbers.growth(worst.growth, kpi, language=found.language),
        required=worst.required_in(kpi, found.language, plain=True),
    )


def _published(found: Findings) -> str:
    groups: dict[str, list[str]] = {}
    for kpi, goal, _ in targets(found):
        known = published(found, kpi, goal.year)
        _grouped(groups, known, name(kpi, found.language, year=goal.year))
    count = len(list(targets(found)))
    if len(groups.get("unknown", ())) == count:
        return say("answer_outturns_none", found.language)
    met = len(groups.get("met", ()))
    rest = others(groups, found.language)
    return say("answer_outturns", found.language, met=met, count=count, others=rest)


def _grouped(groups: dict[str, list[str]], own: Sequence[Verdict], title: str) -> None:
    """Group a target by its verdict, and by resting on figures that were not seen."""
    groups.setdefault(together(own), []).append(title)
    if own and all({UNVERIFIED, f"from {UNVERIFIED}"} & set(one.notes) for one in own):
        groups.setdefault(UNVERIFIED, []).append(title)


def aim(found: Findings, kpi: Kpi) -> str:
    """Say what a KPI measures and what the plan wants of it."""
    language, last = found.language, kpi.targets[-1]
    return say(
        "kpi_aim",
        language,
        definition=getattr(kpi.definition, language),
        target=_target(kpi, last.value, last.year, language),
        year=last.year,
        base=numbers.quantity(numbers.value(kpi.base, kpi), kpi, language=language),
        base_year=kpi.base_year,
        required=numbers.growth(found.needed(kpi.id, last.value, last.year), kpi, language=language),
        chapter=lowered(str(getattr(kpi.chapter, language))),
    )


def verdict(found: Findings, kpi: Kpi) -> list[str]:
    """Say of one KPI whether its target is met, by how much, and what growth would close a gap."""
    paragraphs = []
    for declared, goal, own in targets(found):
        if declared.id != kpi.id:
            continue
        several = len(own) > 1
        said = []
        for one in own:
            sentence = _verdict(found, kpi, one)
            levels = say(f"levels_{one.basis}", found.language)
            said.append(
                say("kpi_on_basis", found.language, levels=levels, sentence=sentence) if several else sentence
            )
        first = own[0]
        if math.isfinite(first.growth) and math.isfinite(first.required):
            key = "kpi_pace" if first.is_met else "kpi_close"
            said.append(
                say(
                    "kpi_exceeded" if ALREADY_MET in first.notes else key,
                    found.language,
                    growth=numbers.growth(first.growth, kpi, language=found.language),
                    required=first.required_in(kpi, found.language, plain=True),
                )
            )
        year = found.reached(kpi.id, goal.value)
        key = "kpi_not_reached" if year is None else "kpi_reached"
        said.append(say(key, found.language, year=marked_year(found, kpi.id, year or found.last)))
        paragraphs.append(" ".join(said))
    return paragraphs


def outturn(found: Findings, kpi: Kpi) -> list[str]:
    """Say what has been published of one KPI for its target years."""
    language, said = found.language, []
    last = found.latest(kpi.id)
    for goal in kpi.targets:
        known = published(found, kpi, goal.year)
        if len(known) > 1 and together(known) == "depends":
            items = [
                say(
                    "kpi_outturn_item",
                    language,
                    value=one.value_in(kpi, language),
                    levels=say(f"levels_{one.basis}", language),
                    verdict=one.words(language),
                )
                for one in known
            ]
            said.append(say("kpi_outturns_differ", language, year=goal.year, items="; ".join(items)))
        elif known:
            said.append(_outturn(kpi, known[0], language))
        elif last is not None and goal.year <= found.last:
            value = numbers.quantity(numbers.value(float(last["value"]), kpi), kpi, language=language)
            said.append(say("kpi_no_outturn", language, year=goal.year, value=value, last=int(last["year"])))
    return said


def _verdict(found: Findings, kpi: Kpi, one: Verdict) -> str:
    form = one.key
    if form == "met":
        exact = not round(one.gap, kpi.decimals)
        form = "exact" if exact else "met" if kpi.better == "higher" else "met_below"
    return say(
        f"kpi_{form}",
        found.language,
        scenario=found.title,
        year=one.year,
        value=numbers.quantity(one.value_in(kpi), kpi, language=found.language),
        gap=one.size_in(kpi, found.language),
    )


def _outturn(kpi: Kpi, one: Verdict, language: str) -> str:
    return say(
        "kpi_outturn",
        language,
        year=one.year,
        value=numbers.quantity(one.value_in(kpi), kpi, language=language),
        basis=say(f"levels_{one.basis}", language),
        verdict=one.words(language),
    )


def _target(kpi: Kpi, value: float, year: int, language: str) -> str:
    return numbers.quantity(numbers.target(value, kpi, year, language=language), kpi, language=language)
