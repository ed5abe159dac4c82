"""What a plan wants, what a scenario gives, and what would have to be true: one line a column."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from model.evaluation.assessment import Verdict
from model.evaluation.grades import Grade, grades
from model.evaluation.rules import ENOUGH, RULES
from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.plan.outturns import Basis, Outcome
from model.plan.plan import Plan
from model.projection.goal_seek import goal_seek as sought
from model.projection.projection import project
from model.projection.required import efforts
from model.report.assumed import argument
from model.report.frames import links, source
from model.report.language import Language
from model.report.output import Table, Title, tabled
from model.report.report import UNVERIFIED, Goal, Report, together
from model.report.tables import layout
from model.report.text import sought_words


def targets(plan: Plan, language: str = "en") -> Table:
    """Tabulate what a plan wants: base values, targets, and the growth that takes."""
    words = Language(language)
    columns = {
        "kpi": lambda row: words.of(row[0].title),
        "unit": lambda row: words.unit(row[0]),
        "base_year": lambda row: words.value(row[0].base, row[0]),
        "target": lambda row: words.target(row[1].value, row[0], row[1].year),
        "year": lambda row: str(row[1].year),
        "required": lambda row: words.growth(row[0].needed(row[1]), row[0]),
    }
    rows = [(kpi, goal) for kpi in plan.kpis.values() for goal in kpi.targets]
    said = words.say("source_line", items=words.say("source_plan"))
    return tabled("targets", words, rows, columns, source=said, year=plan.base_year)


def scenarios(plan: Plan, language: str = "en") -> Table:
    """Tabulate the scenarios of a plan pack and what each supposes."""
    words = Language(language)
    columns = {
        "scenario": lambda one: one.id,
        "title": lambda one: words.of(one.title),
        "extends": lambda one: words.of(plan.scenarios[one.extends].title) if one.extends else "",
        "narrative": lambda one: " ".join(words.of(one.narrative).split()),
    }
    return tabled("scenarios", words, plan.scenarios.values(), columns, links=links(plan, words))


def verdicts(report: Report) -> Table:
    """Tabulate the answer: target, projection, outturn and verdicts in words."""
    language, goals = report.language, report.goals
    over = any(goal.outturns for goal in goals)
    years = {aim.year for kpi in report.plan.kpis.values() for aim in kpi.targets if aim.year <= report.last}

    def base(goal: Goal) -> str:
        printed, own = language.value(goal.kpi.base, goal.kpi), goal.kpi.base_year
        return language.titled(printed, own) if own != report.plan.base_year else printed

    columns: dict[str, Any] = {
        "kpi": lambda goal: language.with_unit(goal.kpi),
        "year": lambda goal: str(goal.year),
        "base_year": base,
        "target" if len(years) != 1 else "target_year": (
            lambda goal: language.target(goal.target.value, goal.kpi, goal.year)
        ),
        "projected": lambda goal: language.slashed(list(map(language.value_of, goal.verdicts))),
        "gap": lambda goal: language.slashed(list(map(language.gap_of, goal.verdicts))),
        "verdict_projected": lambda goal: _said(goal.verdicts, language),
        "probability": lambda goal: language.likely(goal.verdicts[0].probability, goal.verdicts[0].settled),
        "outturn": lambda goal: (
            language.slashed(list(map(language.value_of, goal.outturns))) or language.nothing
        ),
        "verdict_outturn": lambda goal: _said(goal.outturns, language),
        "last_known": lambda goal: _latest(report, goal),
    }
    left_out = {"last_known"} if over else {"outturn", "verdict_outturn"}
    left_out |= {"probability"} if report.ensemble is None else set()
    left_out |= {"year"} if len(years) < 2 else set()
    shown = {name: cell for name, cell in columns.items() if name not in left_out}
    when = {"base_year": report.plan.base_year, "target_year": max(years, default=0)}
    titles = [language.say(f"column_{name}", year=when.get(name)) for name in shown]
    frame = pd.DataFrame([[cell(goal) for cell in shown.values()] for goal in goals], columns=titles)
    caption = language.say("caption_verdicts", scenario=report.title)
    return Table(frame, "verdicts", caption, source(report, list(report.plan.kpis)))


def assessment(report: Report) -> Table:
    """Tabulate an assessment: gap, growth and verdict of every target on every basis."""
    frame = layout.assessment(report.verdicts, report.language)
    frame = frame.drop(columns=report.language.say("column_scenario"))
    caption = report.language.say("caption_verdict_line", scenario=report.title)
    return Table(frame, "assessment", caption, source(report, []))


def projection(report: Report) -> Table:
    """Tabulate the projected paths, one row a KPI and one column a year."""
    made, language = report.projection, report.language
    frame = layout.projection(made, language).drop(columns=language.say("column_scenario"))
    caption = language.say("caption_projection", scenario=report.title)
    return Table(
        frame, "projection", caption, " ".join([source(report, []), *layout.legend(made.marks, language)])
    )


def required_growth(report: Report) -> Table:
    """Tabulate the growth each target requires from the base year and from every later outturn."""
    plan, language, figures = report.plan, report.language, report.outturns
    last = max(kpi.targets[-1].year for kpi in plan.kpis.values())

    def cell(goal: Goal, year: int) -> str:
        kpi = goal.kpi
        value = report.projection.published.value(kpi.id, year) if year < goal.year else math.nan
        if not kpi.meets(value, goal.target):
            return language.growth(kpi.growth(value, goal.target.value, goal.year - year), kpi)
        seen = set(figures[(figures["kpi"] == kpi.id) & (figures["year"] == year)]["verified"])
        words = [
            language.say("note_already_met"),
            *[language.word("note", UNVERIFIED)] * (seen == {UNVERIFIED}),
        ]
        return language.joined(words)

    years = range(plan.base_year, min(last, report.last))
    columns: dict[str, Any] = {"kpi": lambda goal: language.title(goal.kpi)}
    columns |= {
        Title(language.say("column_since", year=year)): (lambda goal, year=year: cell(goal, year))
        for year in years
    }
    return tabled("growth", language, report.goals, columns, source=language.say("growth_note"))


def required(report: Report) -> Table:
    """Tabulate what each target takes from the last known year on."""
    language, kpis = report.language, report.plan.kpis

    def rate(one: Any, name: str) -> str:
        return language.rate(getattr(one, name), kpis[one.kpi])

    def dated(value: str, year: float) -> str:
        return language.say("year_value", value=value, year=f"{year:.0f}")

    columns = {
        "kpi": lambda one: language.target_name(kpis[one.kpi], one.target_year),
        "last_known": lambda one: dated(language.value(one.value, kpis[one.kpi]), one.since),
        "required_rate": lambda one: language.word("note", one.note) if one.note else rate(one, "required"),
        "growth_rate": lambda one: rate(one, "assumed"),
        "addition": lambda one: language.added(one.addition, kpis[one.kpi]),
        "factor": lambda one: language.number(one.factor, 2),
        "best": lambda one: (
            language.nothing if math.isnan(one.best) else dated(rate(one, "best"), one.best_year)
        ),
        "latest_year": lambda one: language.nothing if math.isnan(one.latest) else f"{one.latest:.0f}",
    }
    rows, said = efforts(report.projection).itertuples(), language.say("source_takes")
    return tabled("takes", language, rows, columns, source=said, scenario=report.title)


def goal_seek(report: Report) -> Table:
    """Tabulate what each assumption, changed alone, would have to be for its target to be met."""
    language = report.language

    def sized(row: Any, value: float) -> str:
        """Print what is a share of one a year in per cent, and a step in units."""
        if row[3].unit == "a year":
            return language.say("percent", number=language.exact(float(f"{100 * value:.3g}")))
        if not row[3].unit:
            return language.exact(float(f"{value:.3g}"))
        printed, kpi = language.exact(float(f"{value:.4g}")), row[0].kpi
        return printed if kpi.kind == "share" else language.quantity(printed, kpi)

    columns = {
        "kpi": lambda row: language.title(row[0].kpi),
        "assumption": lambda row: argument(_curve(report, row[0].kpi.id), row[1], language),
        "assumed": lambda row: sized(row, row[2]),
        "needed": lambda row: language.nothing if math.isnan(row[3].value) else sized(row, row[3].value),
        "required": lambda row: sought_words(language, row[3], row[0].kpi),
    }
    rows = [
        (goal, name, assumed, sought(report.projection, goal.kpi.id, argument=name, target_year=goal.year))
        for goal in report.goals
        for name, assumed in _assumed(report, goal.kpi.id)
    ]
    return tabled("needs", language, rows, columns, source=language.say("needs_note"))


def progress_rules(report: Report) -> Table:
    """Tabulate what every published rule says of every target, and whether they agree."""
    language = report.language

    def judged(by_rule: dict[str, Grade]) -> str:
        one = next(iter(by_rule.values()))
        marks = language.joined([language.word("note", mark) for mark in one.marks])
        value, basis = language.value(one.value, one.kpi), layout.basis_of(one, language)
        return language.say(
            "judged_on_marked" if marks else "judged_on", value=value, year=one.year, basis=basis, marks=marks
        )

    columns: dict[str, Any] = {
        "kpi": lambda by_rule: language.target_name(by_rule["path"].kpi, by_rule["path"].target.year)
    }
    columns |= {"judged": judged}
    columns |= {
        f"rule_{rule}": (lambda by_rule, rule=rule: layout.rule_words(by_rule[rule], language))
        for rule in RULES
    }
    columns["agree"] = lambda by_rule: language.say(
        "rules_disagree" if by_rule["path"].disagree else "rules_agree"
    )
    rows, said = _by_rule(grades(report.projection)).values(), language.say("source_rules")
    return tabled("rules", language, rows, columns, source=said, scenario=report.title)


def reviews(report: Report) -> Table:
    """Tabulate how many rules found published figures on track, year by year, and what happened."""
    plan, language = report.plan, report.language
    last = max(kpi.targets[-1].year for kpi in plan.kpis.values())
    years, start = range(plan.base_year + 1, last), plan.scenarios.get(plan.reference, report.scenario)
    said: dict[tuple[str, int, int], str] = {}
    for year in years:
        made = project(plan, start, as_of=year, horizon=max(last, plan.base_year + 1))
        for (kpi, target, basis), by_rule in _by_rule(grades(made)).items():
            if basis == Basis.PUBLISHED:
                good = sum(one.judgement.standing in ENOUGH for one in by_rule.values())
                read = by_rule["path"].year
                form = "reviews_cell" if read == year else "reviews_old"
                said[kpi, target, year] = language.say(form, good=good, count=len(RULES), year=read)
    known = {(goal.kpi.id, goal.year): goal.known for goal in report.goals}
    columns: dict[str, Any] = {"kpi": lambda row: language.target_name(*row)}
    columns |= {
        Title(language.say("column_as_known", year=year + 1)): (
            lambda row, year=year: said.get((row[0].id, row[1], year), language.nothing)
        )
        for year in years
    }
    columns["in_the_event"] = lambda row: language.word("verdict", known.get((row[0].id, row[1]), "unknown"))
    rows = [(kpi, goal.year) for kpi in plan.kpis.values() for goal in kpi.targets]
    return tabled("reviews", language, rows, columns, source=language.say("source_reviews"), count=len(RULES))


def _said(own: Sequence[Verdict], language: Language) -> str:
    """Say one verdict, or one a basis where they disagree."""
    if together(own) == Outcome.DEPENDS:
        return language.joined([on_basis(one, language) for one in own])
    return language.verdict(own[0]) if own else language.say("verdict_unknown")


def on_basis(one: Verdict, language: Language) -> str:
    """Say a verdict and the basis of the figures it rests on."""
    return language.say(
        "verdict_on", verdict=language.verdict(one), levels=language.word("levels", one.basis)
    )


def _latest(report: Report, goal: Goal) -> str:
    """Print the last published figure with its year and its mark."""
    last, language = report.latest(goal.kpi.id), report.language
    if last is None:
        return language.nothing
    printed = language.value(float(last["value"]), goal.kpi)
    for mark in ["lower"] * (last["bound"] == "lower") + [UNVERIFIED] * (last["verified"] == UNVERIFIED):
        printed = language.titled(printed, language.word("mark", mark))
    return language.say("year_value", value=printed, year=int(last["year"]))


def _by_rule(found: Iterable[Grade]) -> dict[tuple[str, int, str], dict[str, Grade]]:
    made: dict[tuple[str, int, str], dict[str, Grade]] = {}
    for one in found:
        made.setdefault((one.kpi.id, one.target.year, one.basis), {})[one.rule] = one
    return made


def _curve(report: Report, kpi: str) -> str:
    """Name the curve that a KPI follows; of a ratio, its numerator's."""
    line = report.scenario.growth[kpi]
    inner: str = line.arguments.get("numerator", line).curve
    return inner


def _assumed(report: Report, kpi: str) -> Iterator[tuple[str, float]]:
    """Give the numbers a KPI's curve rests on, solved ones included."""
    line = report.scenario.growth[kpi]
    prefix = "numerator." if "numerator" in line.arguments else ""
    given = {name: one.central for name, one, _ in line.numbers()} | report.projection.solved.get(kpi, {})
    for name, one in arguments(CURVES[_curve(report, kpi)]).items():
        if one.kind == "number" and prefix + name in given:
            yield prefix + name, float(given[prefix + name])
