"""What would have to be true: the effort each target takes, in a table and in sentences."""

from __future__ import annotations

import math
from typing import Any

from model.plan.schema import Kpi
from model.plan.settled import ALREADY_MET, DEADLINE
from model.projection.goal_seek import AS_ASSUMED, OUT_OF_REACH, Sought
from model.projection.required import efforts
from model.report import numbers
from model.report.output import Table, printed
from model.report.phrases import name, name_of
from model.report.report import Findings
from model.report.tables.verdicts import needed_growth
from model.report.words import say


def takes(found: Findings) -> Table:
    """Tabulate what each target takes from the last known year on."""
    language, kpis = found.language, found.plan.kpis

    def required(one: Any) -> str:
        if one.note:
            return say(f"note_{one.note.replace(' ', '_')}", language)
        return numbers.rate(one.required, kpis[one.kpi], language=language)

    columns = {
        "kpi": lambda one: name_of(found, one.kpi, one.target_year),
        "last_known": lambda one: say(
            "year_value", language, value=numbers.value(one.value, kpis[one.kpi]), year=one.since
        ),
        "required_rate": required,
        "growth_rate": lambda one: numbers.rate(one.assumed, kpis[one.kpi], language=language),
        "addition": lambda one: _addition(one.addition, kpis[one.kpi], language, form="points"),
        "factor": lambda one: numbers.number(one.factor, 2, language=language),
        "best": lambda one: _best(one, found),
        "latest_year": lambda one: (
            say("nothing", language) if math.isnan(one.latest) else f"{one.latest:.0f}"
        ),
    }
    rows = efforts(found.projection).itertuples()
    return printed(
        "takes", language, rows, columns, source=say("source_takes", language), scenario=found.title
    )


def takes_sentences(found: Findings) -> list[str]:
    """Say what would have to be true for each target that the projection misses."""
    language, said = found.language, []
    missed = {(one.kpi, one.year) for one in found.verdicts() if not one.is_met and not one.is_outturn}
    for one in efforts(found.projection).itertuples():
        if (one.kpi, one.target_year) not in missed or math.isnan(one.addition):
            continue
        kpi = found.plan.kpis[one.kpi]
        key = "unseen" if math.isnan(one.best) else "never" if math.isnan(one.latest) else "uniform"
        title = name(kpi, language, year=one.target_year)
        said.append(
            say(
                f"takes_{key}",
                language,
                title=title[:1].upper() + title[1:],
                addition=_addition(one.addition, kpi, language, form="points_a_year", signed=False),
                first=one.since + 1,
                factor=numbers.number(one.factor, 2, language=language),
                best=numbers.growth(one.best, kpi, language=language),
                best_year=f"{one.best_year:.0f}",
                latest=f"{one.latest:.0f}",
            )
        )
    return said


def sought_words(found: Sought, kpi: Kpi, language: str = "en") -> str:
    """Say what it takes to meet a target, whether that is needed, and whether it is possible."""
    growth = needed_growth(found.first, found.average, kpi, language)
    if found.note in (ALREADY_MET, AS_ASSUMED, DEADLINE, OUT_OF_REACH):
        return say(f"sought_{found.note.replace(' ', '_')}", language, growth=growth)
    return say("sought_beyond", language, growth=growth, note=found.note) if found.note else growth


def _addition(addition: float, kpi: Kpi, language: str, *, form: str, signed: bool = True) -> str:
    """Print what is added to growth, in percentage points a year: to a level's rate, or to a share."""
    if math.isnan(addition):
        return say("nothing", language)
    points, decimals = (addition, 2) if kpi.kind == "share" else (100.0 * addition, 1)
    return say(form, language, number=numbers.number(points, decimals, signed=signed))


def _best(one: Any, found: Findings) -> str:
    if math.isnan(one.best):
        return say("nothing", found.language)
    printed = numbers.rate(one.best, found.plan.kpis[one.kpi], language=found.language)
    return say("year_value", found.language, value=printed, year=f"{one.best_year:.0f}")
