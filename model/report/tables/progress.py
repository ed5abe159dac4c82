"""What published rules say, as a long printed table. Needs no matplotlib."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from model.evaluation.grades import PROJECTED, grades
from model.evaluation.progress import ACHIEVED, ON_TRACK
from model.evaluation.rules import RULES
from model.plan.schema import Plan
from model.projection.projection import project
from model.report import numbers
from model.report.output import Table, printed, table
from model.report.phrases import name_of
from model.report.report import REFERENCE, Findings
from model.report.tables.verdicts import together
from model.report.words import known_language, say


def graded(plan: Plan, frame: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Print what published rules say: one row a scenario, target, basis and rule."""
    rows = []
    for one in frame[frame["rule"].isin(list(RULES))].itertuples():
        kpi = plan.kpis[one.kpi]
        basis = "basis_projected" if one.basis == PROJECTED else f"levels_{one.basis}"
        notes = [
            say(f"note_{note.replace(' ', '_')}", language)
            for note in str(one.note).split("; ")
            if not note.startswith("at ")
        ]
        year = next(note for note in str(one.note).split("; ") if note.startswith("at ")).removeprefix("at ")
        rows.append(
            (
                one.scenario,
                getattr(kpi.short_title, known_language(language)),
                str(one.target_year),
                numbers.value(one.projected, kpi, language=language),
                year,
                say(basis, language),
                say(f"column_rule_{one.rule}", language),
                rule_words(one.verdict, one.progress_ratio, language),
                say("list_semicolon", language).join(notes),
            )
        )
    titles = ("scenario", "kpi", "target_year_plain", "judged", "year", "basis", "rule", "verdict", "marks")
    return pd.DataFrame(rows, columns=[say(f"column_{title}", language) for title in titles])


def rule_words(label: str, ratio: float, language: str = "en") -> str:
    """Print what a rule says: its own words and its ratio."""
    words = say(f"graded_{label.replace(' ', '_')}", language)
    if math.isnan(ratio):
        return words
    return say("graded", language, label=words, ratio=numbers.number(ratio, 2))


def rules(found: Findings) -> Table:
    """Tabulate what every published rule says of every target, and whether they agree."""
    language, rows = found.language, list[tuple[str, ...]]()
    graded = grades(found.projection)
    for keys, part in graded.groupby(["kpi", "target_year", "basis"], sort=False):
        by_rule = {row.rule: row for row in part.itertuples()}
        rows.append(
            (
                name_of(found, str(keys[0]), int(keys[1])),
                _judged(found, part.iloc[0]),
                *(rule_words(by_rule[rule].label, by_rule[rule].ratio, language) for rule in RULES),
                say("rules_disagree" if part["disagree"].iloc[0] else "rules_agree", language),
            )
        )
    titles = ("kpi", "judged", *(f"rule_{rule}" for rule in RULES), "agree")
    return printed(
        "rules", language, rows, titles, source=say("source_rules", language), scenario=found.title
    )


def reviews(found: Findings) -> Table:
    """Tabulate how many rules found published figures on track, year by year, and what happened."""
    plan, language = found.plan, found.language
    last = max(kpi.targets[-1].year for kpi in plan.kpis.values())
    years = range(plan.base_year + 1, last)
    said: dict[tuple[str, int], dict[int, str]] = {}
    start = REFERENCE if REFERENCE in plan.scenarios else found.scenario
    for year in years:
        graded = grades(project(plan, start, as_of=year, horizon=max(last, plan.base_year + 1)))
        for keys, part in graded[graded["basis"] == "published"].groupby(["kpi", "target_year"], sort=False):
            good = int(part["standing"].isin([ACHIEVED, ON_TRACK]).sum())
            read = int(part["review_year"].iloc[0])
            form = "reviews_cell" if read == year else "reviews_old"
            cell = say(form, language, good=good, count=len(RULES), year=read)
            said.setdefault((str(keys[0]), int(keys[1])), {})[year] = cell
    rows = []
    for kpi in plan.kpis.values():
        for goal in kpi.targets:
            own = [one for one in found.verdicts(kpi.id, outturns=True) if one.year == goal.year]
            outcome = together([one for one in own if one.is_outturn])
            cells = said.get((kpi.id, goal.year), {})
            nothing = say("nothing", language)
            rows.append(
                (
                    name_of(found, kpi.id, goal.year),
                    *(cells.get(year, nothing) for year in years),
                    say(f"verdict_{outcome}", language),
                )
            )
    columns = [say("column_kpi", language)]
    columns += [say("column_as_known", language, year=year + 1) for year in years]
    frame = pd.DataFrame(rows, columns=[*columns, say("column_in_the_event", language)])
    caption = say("caption_reviews", language, count=len(RULES))
    return table(frame, id="reviews", caption=caption, source=say("source_reviews", language))


def _judged(found: Findings, one: Any) -> str:
    language, kpi = found.language, found.plan.kpis[one["kpi"]]
    basis = "basis_projected" if one["basis"] == PROJECTED else f"levels_{one['basis']}"
    marks = [say(f"note_{mark.replace(' ', '_')}", language) for mark in one["marks"]]
    return say(
        "judged_on_marked" if marks else "judged_on",
        language,
        value=numbers.value(one["value"], kpi, language=language),
        year=one["review_year"],
        basis=say(basis, language),
        marks=say("list_semicolon", language).join(marks),
    )
