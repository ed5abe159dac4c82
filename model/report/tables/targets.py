"""The tables of the introductory notebooks, each by one call."""

from __future__ import annotations

import math

import pandas as pd

from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.plan.schema import Kpi, Plan, Target
from model.plan.settled import meets
from model.projection.goal_seek import goal_seek
from model.projection.required import growth_between
from model.report import charts, frames, numbers
from model.report.output import Table, printed, table
from model.report.report import Findings
from model.report.tables import layout
from model.report.tables.required import sought_words
from model.report.tables.verdicts import UNVERIFIED
from model.report.words import drawn_language, say


def plan_table(plan: Plan, language: str = "en") -> Table:
    """Tabulate what a plan wants: base values, targets, and the growth that takes."""
    drawn_language(language)

    def required(row: tuple[Kpi, Target]) -> str:
        kpi, goal = row
        needed = growth_between(kpi, kpi.base, goal.value, goal.year - kpi.base_year)
        return numbers.growth(needed, kpi, language=language)

    columns = {
        "kpi": lambda row: str(getattr(row[0].title, language)),
        "unit": lambda row: numbers.unit(row[0], language=language),
        "base_year": lambda row: numbers.value(row[0].base, row[0], language=language),
        "target": lambda row: numbers.target(row[1].value, row[0], row[1].year, language=language),
        "year": lambda row: str(row[1].year),
        "required": required,
    }
    rows = [(kpi, goal) for kpi in plan.kpis.values() for goal in kpi.targets]
    source = say("source_line", language, items=say("source_plan", language))
    return printed("targets", language, rows, columns, source=source, year=plan.base_year)


def scenario_table(plan: Plan, language: str = "en") -> Table:
    """Tabulate the scenarios of a plan pack and what each supposes."""
    drawn_language(language)
    columns = {
        "scenario": lambda one: one.id,
        "title": lambda one: str(getattr(one.title, language)),
        "extends": lambda one: one.extends or "",
        "narrative": lambda one: " ".join(str(getattr(one.narrative, language, "")).split()),
    }
    return printed("scenarios", language, plan.scenarios.values(), columns)


def assessment(found: Findings) -> Table:
    """Tabulate an assessment: gap, growth and verdict of every target on every basis."""
    printed = layout.assessment(found.plan, found.assessment, found.language)
    caption = say("caption_verdict_line", found.language, scenario=found.title)
    frame = printed.drop(columns=say("column_scenario", found.language))
    return table(frame, id="assessment", caption=caption, source=charts.source(found, []))


def projection(found: Findings) -> Table:
    """Tabulate the projected paths, one row a KPI and one column a year."""
    made = found.projection
    printed = layout.projection(found.plan, made.table, found.language, marks=made.marks)
    caption = say("caption_projection", found.language, scenario=found.title)
    notes = layout.legend(made.marks, found.language)
    source = " ".join([charts.source(found, []), *notes])
    frame = printed.drop(columns=say("column_scenario", found.language))
    return table(frame, id="projection", caption=caption, source=source)


def growth(found: Findings) -> Table:
    """Tabulate the growth each target requires from the base year and from every later outturn."""
    plan, language, rows = found.plan, found.language, []
    last = max(kpi.targets[-1].year for kpi in plan.kpis.values())
    years = range(plan.base_year, min(last, found.last))
    for kpi, goal, _ in frames.targets(found):
        row = [str(getattr(kpi.short_title, language))]
        for year in years:
            value = found.published.value(kpi.id, year) if year < goal.year else math.nan
            needed = growth_between(kpi, value, goal.value, goal.year - year)
            met = bool(meets(kpi, value, goal))
            figures = found.outturns
            seen = figures[(figures["kpi"] == kpi.id) & (figures["year"] == year)]["verified"]
            unseen = not seen.empty and set(seen) == {UNVERIFIED}
            words = [say("note_already_met", language)]
            words += [say(f"note_{UNVERIFIED}", language)] * unseen
            growing = numbers.growth(needed, kpi, language=language)
            row.append(say("list_semicolon", language).join(words) if met else growing)
        rows.append(row)
    columns = [say("column_kpi", language), *(say("column_since", language, year=year) for year in years)]
    caption, source = say("caption_growth", language), say("growth_note", language)
    return table(pd.DataFrame(rows, columns=columns), id="growth", caption=caption, source=source)


def needs(found: Findings) -> Table:
    """Tabulate what each assumption, changed alone, would have to be for its target to be met."""
    language, rows = found.language, []
    for kpi, goal, _ in frames.targets(found):
        for name, assumed in assumed_numbers(found, kpi.id).items():
            sought = goal_seek(
                found.plan, found.scenario, kpi.id, argument=name, target_year=goal.year,
                as_of=found.projection.as_of,
            )  # fmt: skip
            needed = say("nothing", language) if math.isnan(sought.value) else f"{sought.value:.3g}"
            title = str(getattr(kpi.short_title, language))
            rows.append((title, name, f"{assumed:.3g}", needed, sought_words(sought, kpi, language)))
    titles = ("kpi", "assumption", "assumed", "needed", "required")
    return printed("needs", language, rows, titles, source=say("needs_note", language))


def assumed_numbers(found: Findings, kpi: str) -> dict[str, float]:
    """Give the numbers a KPI's curve rests on, solved ones included."""
    line = found.scenario.growth[kpi]
    inner = line.arguments.get("numerator")
    prefix, curve = ("numerator.", inner) if inner is not None else ("", line)
    given = {**found.projection.solved.get(kpi, {})}
    for name, one in curve.arguments.items():
        if hasattr(one, "central"):
            given.setdefault(prefix + name, one.central)
    declared = arguments(CURVES[curve.curve])
    names = [prefix + name for name, one in declared.items() if one.kind == "number"]
    return {name: float(given[name]) for name in names if name in given}
