"""Build the sentences on one KPI: what the plan wants of it, its verdict, and what has been published."""

from __future__ import annotations

import math

from model.outcomes import ALREADY_MET
from model.schema import Kpi
from model.show import numbers
from model.show.finding import Findings
from model.show.frames import targets
from model.show.phrases import lowered, marked_year, published
from model.show.verdicts import Verdict, together
from model.show.words import say


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
