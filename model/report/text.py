"""The sentences of a report: which facts they need; how they are said stands in `sentences/`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from model.evaluation.assessment import Verdict
from model.plan.outturns import GOOD, Mark, Outcome
from model.plan.plan import Kpi
from model.projection.goal_seek import AS_ASSUMED, OUT_OF_REACH, Sought
from model.projection.required import ALREADY_MET, DEADLINE, efforts
from model.report.frames import Found, calls
from model.report.language import Language, lowered
from model.report.output import Text
from model.report.report import UNVERIFIED, Comparison, Goal, Report
from model.uncertainty.probability import Likelihood, likelihood
from model.uncertainty.spread import persistence, unknown_spread

# Of the targets that are missed, so many are named on the first page.
MOST_NEEDED = 3


def answer(found: Found, about: str = "") -> Text:
    """Answer in sentences a minister can read; of a report also about its start, data or targets."""
    if isinstance(found, Comparison):
        return Text(_compared(found), "answer", "lead")
    said, language = _answer(found), found.language
    if about == "start":
        said = language.sentences("start", found.plan, said[0])
    elif about == "data":
        said = language.sentences("data", found.plan, *_counts(found))
    elif about == "targets" and any(best := _demanding(found)):
        said = [*language.sentences("demanding", found.plan, *best), said[0]]
    return Text(said, "answer", "lead")


def headline(found: Found) -> Text:
    """State the finding in a line."""
    if isinstance(found, Comparison):
        said = found.language.sentences("headline_compared", *_tally(found))
    else:
        groups = grouped(found.language, found.goals)
        said = found.language.sentences("headline", found, groups, *_furthest(found.goals))
    return Text(said, "headline", "headline")


def needed(report: Report) -> Text:
    """Say what would have to be true for the targets that are missed by most."""
    short = [goal.verdicts for goal in report.goals if goal.outcome not in GOOD]
    worst = [min(own, key=lambda one: one.gap if math.isfinite(one.gap) else -math.inf) for own in short]
    worst.sort(key=lambda one: _share(one) if math.isfinite(one.gap) else math.inf)
    said = report.language.sentences("needed", report, worst[:MOST_NEEDED], len(worst))
    return Text(said, "needed", "points" if len(said) > 1 else "body")


def contradicted(report: Report) -> Text:
    """Say which outturns contradict the scenario, and how many targets have been met."""
    failed = (Outcome.MISSED, Outcome.DEPENDS)
    better = [one for one in report.goals if one.known == Outcome.MET and one.outcome in failed]
    worse = [one for one in report.goals if one.known == Outcome.MISSED and one.outcome in GOOD]
    known = grouped(report.language, report.goals, known=True)
    return Text(report.language.sentences("contradicted", report, better, worse, known), "contradicted")


def conclusion(report: Report) -> Text:
    """Say how much more growth the targets missed by most take, and whether such growth was ever seen."""
    missed = {
        (one.kpi.id, one.year): _share(one)
        for one in report.verdicts
        if not one.is_met and not one.is_outturn and math.isfinite(one.gap)
    }
    takes = [
        (one, report.plan.kpis[one.kpi])
        for one in efforts(report.projection).itertuples()
        if (one.kpi, one.target_year) in missed and not math.isnan(one.addition)
    ]
    takes.sort(key=lambda pair: missed[pair[0].kpi, pair[0].target_year])
    return Text(report.language.sentences("conclusion", report, takes[:MOST_NEEDED]), "conclusion")


def method(found: Found) -> Text:
    """Say in words how projections are made and judged."""
    return Text(found.language.sentences("method", lasting(found)), "method")


def finding(report: Report, kpi: str) -> str:
    """State what is found of a KPI's last target, as the title of its chart."""
    own = [goal for goal in report.goals if goal.kpi.id == kpi]
    if not own:
        return report.language.say("finding_none", year=report.last)
    return report.language.sentences("finding", own[-1])[0]


def section(report: Report, kpi: str) -> Text:
    """Say in a paragraph what the plan wants of a KPI, what growth gives and takes, and what happened."""
    one, language = report.plan.kpi(kpi), report.language
    own, last = [goal for goal in report.goals if goal.kpi.id == kpi], report.latest(kpi)
    said = language.sentences("aim", one, one.targets[-1])
    for goal in own:
        reached = report.reached(kpi, goal.target.value)
        year = marked_year(report, kpi, reached or report.last)
        said += language.sentences("verdict_of", report, goal, len(own) > 1, reached, year)
    for goal in own:
        said += language.sentences("outturn", report, goal, last)
    return Text([language.paragraph(said)], f"section-{kpi}")


def spread(found: Comparison, kpi: str) -> Text:
    """Say how far the scenarios spread in the target years of one KPI, and in how many it is met."""
    one, language, said = found.plan.kpi(kpi), found.language, list[str]()
    for aim in one.targets:
        own = [
            (each.title, goal)
            for each in found.open
            for goal in each.goals
            if goal.kpi.id == kpi and goal.year == aim.year
        ]
        ends = sorted(((goal.verdicts[0].value, title) for title, goal in own), key=lambda end: end[0])
        if ends:
            low, high = language.value(ends[0][0], one), language.value(ends[-1][0], one)
            sides = [
                (end, [title for value, title in ends if language.value(value, one) == end])
                for end in (low, high)
            ]
            tally = [sum(goal.outcome == word for _, goal in own) for word in (Outcome.MET, Outcome.NEARLY)]
            said += language.sentences("spread", one, aim, *sides[0], *sides[1], *tally, len(ends))
    return Text(said, f"spread-{kpi}")


def spreads(found: Comparison) -> Text:
    """Say it of every KPI."""
    said = [line for kpi in found.plan.kpis for line in spread(found, kpi).sentences]
    return Text(said, "spreads", "points")


def probabilities(report: Report) -> Text:
    """Say how likely the targets are, and whose spread is borrowed."""
    kpis, language = report.plan.kpis, report.language
    table = None if report.ensemble is None else report.ensemble.probabilities
    if table is None or table.empty:
        return Text(_untold(report), "likely")
    named, whole = table[table["kpi"] != ""], float(table[table["kpi"] == ""].iloc[-1]["probability"])
    alone = named[named["settled"] == ""]
    words = [likelihood(one) for one in alone["probability"]]
    borrowed = [language.name(kpis[one]) for one in alone[alone["borrowed"]]["kpi"].unique()]
    counts, settled = {word: words.count(word) for word in Likelihood}, len(named) - len(alone)
    together = (whole, likelihood(whole))
    given: Any = ([], counts, settled, len(named), together, borrowed)
    return Text(language.sentences("probabilities", report, *given), "likely")


def as_of(report: Report) -> Text:
    """Say in a paragraph what a past run would have told, and how that fared."""
    made = calls(report)
    if not made:
        return Text(_untold(report), "told-answer", "lead")
    sure = [one for one in made if likelihood(one.made.probability) != Likelihood.EVEN]
    good, bad = ([one for one in sure if (one.made.probability > 0.5) == high] for high in (True, False))
    seen = [one for one in made if one.seen is not None]
    worst = max((one for one in seen if not one.inside), key=lambda one: one.distance, default=None)
    return Text(
        report.language.sentences("as_of", report, made, good, bad, seen, worst), "told-answer", "lead"
    )


def scores(found: Found) -> Text:
    """Say how a scenario fared beside naive forecasts, and how its bands did."""
    past, language = found.backtest, found.language
    fights, kpis = past.duels, found.plan.kpis
    naive = {name: lowered(title) for name, title in past.titles.items()}
    whole = fights[(fights["kpi"] == "") & fights["error"].notna()]
    if whole.empty:
        return Text(language.sentences("scores", "", [], None, "", [], None, naive), "fared")
    lost = whole[whole["error"] > 1.0]
    hardest = whole.loc[whole["error"].idxmax()] if lost.empty else lost.iloc[0]
    hardest = hardest.to_dict() | {"n": int(hardest["n"])}
    decisive = language.name(kpis[hardest["decisive"]]) if hardest["decisive"] in kpis else ""
    single = []
    for kpi, one in kpis.items():
        own = fights[(fights["kpi"] == kpi) & (fights["error"] > 1.0)]
        if len(own):
            worst = own.loc[own["error"].idxmax()].to_dict()
            single.append((language.name(one), worst | {"n": int(worst["n"])}))
    band = past.scores().set_index("method").loc[past.method].to_dict()
    band = band | {"n": int(band["n"])} if band["inside_90"] >= 0.0 else None
    names = [naive[one] for one in lost["naive"]]
    said = (past.titles[past.method], names, hardest, decisive, single, band, naive)
    return Text(language.sentences("scores", *said), "fared")


def marked_year(report: Report, kpi: str, year: int) -> str:
    """Name a year of a projection, and say so where its figure was not seen in a source."""
    marks = report.projection.marks
    if not len(marks[(marks["kpi"] == kpi) & (marks["year"] == year) & (marks["mark"] == Mark.UNVERIFIED)]):
        return str(year)
    note = report.language.word("note", UNVERIFIED)
    return report.language.say("verdict_noted", verdict=year, notes=note)


def lasting(found: Found) -> Any:
    """Give how much of a year's growth shock the next year inherits."""
    drawn = found.first.ensemble
    return persistence(found.plan) if drawn is None else drawn.persistence


def sought_words(language: Language, found: Sought, kpi: Kpi) -> str:
    """Say what it takes to meet a target, whether that is needed, and whether it is possible."""
    growth = language.needed(found.first, found.average, kpi)
    if found.note in (ALREADY_MET, AS_ASSUMED, DEADLINE, OUT_OF_REACH):
        return language.say(f"sought_{found.note.replace(' ', '_')}", growth=growth)
    return language.say("sought_beyond", growth=growth, note=found.note) if found.note else growth


def grouped(language: Language, goals: Iterable[Goal], *, known: bool = False) -> dict[str, list[str]]:
    """Group targets by their verdict, on the projection or on outturns."""
    groups: dict[str, list[str]] = {}
    for goal in goals:
        groups.setdefault(goal.known if known else goal.outcome, []).append(
            language.name(goal.kpi, goal.year)
        )
    return groups


def _untold(report: Report) -> list[str]:
    """Say why no probability is given."""
    unknown = [report.language.name(report.plan.kpis[one]) for one in unknown_spread(report.projection)]
    return report.language.sentences("probabilities", report, unknown, {}, 0, 0, None, [])


def _answer(report: Report) -> list[str]:
    goals, language = report.goals, report.language
    groups, known = (grouped(language, goals, known=one) for one in (False, True))
    for found, name in ((groups, "verdicts"), (known, "outturns")):
        unseen = [
            goal for goal in goals if (own := getattr(goal, name)) and all(one.unverified for one in own)
        ]
        if unseen:
            found[UNVERIFIED] = [language.name(goal.kpi, goal.year) for goal in unseen]
    return language.sentences("answer", report, groups, known, *_furthest(goals))


def _share(one: Verdict) -> float:
    """Give the gap as a share of the change the target requires, rounded: last bits decide nothing."""
    return round(one.gap / (abs(one.target.value - one.kpi.base) or 1.0), 6)


def _furthest(goals: list[Goal]) -> tuple[str, Any]:
    """Name the target that is missed by most of the change it requires, or met by least."""
    own = [goal.verdicts[0] for goal in goals]
    size = [(_share(one), one) for one in own if math.isfinite(one.gap)]
    if not size or all(share == 0 for share, _ in size):
        return "exact" if size else "unknown", None
    share, worst = min(size, key=lambda pair: pair[0])
    ahead = "growth" if math.isfinite(worst.growth) and math.isfinite(worst.required) else "over"
    return "exact" if share == 0 else "margin" if share > 0 else ahead, worst


def _compared(found: Comparison) -> list[str]:
    tally = _tally(found)
    return found.language.sentences("compared", *tally) if tally[0] else _answer(found.first)


def _tally(found: Comparison) -> tuple[Any, ...]:
    """Count targets met in every scenario, in some and in none, and name the best and worst scenarios."""
    met: dict[tuple[str, int], list[bool]] = {}
    score: dict[str, int] = {}
    for one in found.open or found.each:
        for goal in one.goals:
            met.setdefault((goal.kpi.id, goal.year), []).append(goal.outcome == Outcome.MET)
            score[one.title] = score.get(one.title, 0) + (goal.outcome == Outcome.MET)
    every, some = sum(map(all, met.values())), sum(any(one) and not all(one) for one in met.values())
    most, fewest = max(score.values(), default=0), min(score.values(), default=0)
    best, worst = ([title for title, count in score.items() if count == end] for end in (most, fewest))
    return len(met), every, some, len(met) - every - some, most, fewest, best, worst


def _counts(report: Report) -> tuple[int, int, int]:
    plan, figures = report.plan, report.outturns
    recent = figures[figures["year"] >= plan.base_year]
    marked = (recent["bound"] == "lower") | (recent["verified"] == UNVERIFIED)
    known = set(figures[figures["year"] == plan.target_year]["kpi"])
    return len(plan.figures.published), len(known), int(marked.sum())


def _demanding(report: Report) -> list[Any]:
    """Give the level and the share whose targets ask for most growth a year, where there are any."""
    best: dict[bool, tuple[Kpi, float]] = {}
    for goal in report.goals:
        rate, share = goal.kpi.needed(goal.target), goal.kpi.kind == "share"
        if math.isfinite(rate) and (share not in best or abs(rate) > abs(best[share][1])):
            best[share] = goal.kpi, rate
    return [best.get(False), best.get(True)]
