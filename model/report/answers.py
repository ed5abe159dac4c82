"""Build the sentences that tell scenarios apart; the words themselves stand in the catalogue."""

from __future__ import annotations

import math
from collections.abc import Sequence

from model.plan.schema import Kpi
from model.report import frames, narrative, numbers, phrases
from model.report.frames import targets
from model.report.output import Text, text
from model.report.phrases import name, others
from model.report.report import Findings, Several
from model.report.tables.verdicts import together
from model.report.words import listed, say


def compared(found: Several) -> list[str]:
    """Say how the scenarios agree and disagree."""
    language = found.first.language
    by_target: dict[tuple[str, int], list[bool]] = {}
    score: dict[str, int] = {}
    for one in found.each:
        for kpi, goal, own in targets(one):
            met = together(own) == "met"
            by_target.setdefault((kpi.id, goal.year), []).append(met)
            score[one.title] = score.get(one.title, 0) + met
    if not by_target:
        return [say("answer_no_target", language, year=found.first.last)]
    count = len(by_target)
    best, worst = max(score.values()), min(score.values())
    return [
        say(
            "compare_answer",
            language,
            count=count,
            all=sum(all(met) for met in by_target.values()),
            some=sum(any(met) and not all(met) for met in by_target.values()),
            none=sum(not any(met) for met in by_target.values()),
        ),
        say(
            "compare_most",
            language,
            best=listed([title for title, met in score.items() if met == best], language),
            worst=listed([title for title, met in score.items() if met == worst], language),
            most=best,
            fewest=worst,
            count=count,
        ),
    ]


def spread(found: Several, kpi: Kpi) -> list[str]:
    """Say how far the scenarios spread in the target years of one KPI."""
    language, said = found.first.language, []
    for goal in kpi.targets:
        own = [
            (one.title, [line for line in one.verdicts(kpi.id) if line.year == goal.year])
            for one in found.each
        ]
        ends = sorted(((lines[0].value, title) for title, lines in own if lines), key=lambda end: end[0])
        if not ends:
            continue
        said.append(
            say(
                "compare_kpi",
                language,
                year=goal.year,
                low=numbers.value(ends[0][0], kpi),
                lowest=_ends(ends, ends[0][0], kpi, language),
                high=numbers.quantity(numbers.value(ends[-1][0], kpi), kpi, language=language),
                highest=_ends(ends, ends[-1][0], kpi, language),
                target=numbers.target(goal.value, kpi, goal.year),
                met=sum(together(lines) == "met" for _, lines in own if lines),
                count=len(ends),
            )
        )
    return said


def scores(found: Several) -> list[str]:
    """Say of each scenario how many targets are met, and which are not."""
    said = []
    for one in found.each:
        groups: dict[str, list[str]] = {}
        for kpi, goal, own in targets(one):
            groups.setdefault(together(own), []).append(name(kpi, one.language, year=goal.year))
        said.append(
            say(
                "conclusion_scenario",
                one.language,
                scenario=one.title,
                met=len(groups.get("met", ())),
                count=sum(map(len, groups.values())),
                others=others(groups, one.language),
            )
        )
    return said


def _ends(ends: Sequence[tuple[float, str]], value: float, kpi: Kpi, language: str) -> str:
    """Name the scenarios that end at a value as it is printed, or count them if they are many."""
    names = [title for one, title in ends if numbers.value(one, kpi) == numbers.value(value, kpi)]
    return listed(names, language) if len(names) < 4 else say("some_scenarios", language, count=len(names))


def answer_start(found: Findings) -> Text:
    """Answer the question of the first notebook."""
    plan, language = found.plan, found.language
    said = say(
        "answer_start",
        language,
        title=getattr(plan.title, language),
        count=sum(len(kpi.targets) for kpi in plan.kpis.values()),
        year=plan.target_year,
        answer=narrative.answer(found)[0],
    )
    return text(said, id="answer", style="lead")


def answer_data(found: Findings) -> Text:
    """Answer what is known about a plan."""
    plan, language = found.plan, found.language
    recent = found.outturns[found.outturns["year"] >= plan.base_year]
    marked = (recent["bound"] == "lower") | (recent["verified"] == "unverified")
    known = set(found.outturns[found.outturns["year"] == plan.target_year]["kpi"])
    said = say(
        "answer_data",
        language,
        figures=len(plan.outturns) + len(plan.context_data),
        kpis=len(plan.kpis),
        context=len(plan.context),
        year=plan.target_year,
        known=len(known),
        marked=int(marked.sum()),
        base_year=plan.base_year,
    )
    return text(said, id="answer", style="lead")


def answer_targets(found: Findings) -> Text:
    """Answer which targets ask for most."""
    language = found.language
    best: dict[bool, tuple[float, str, str]] = {}
    for kpi, goal, _ in frames.targets(found):
        rate = found.needed(kpi.id, goal.value, goal.year)
        share = kpi.kind == "share"
        if math.isfinite(rate) and (share not in best or abs(rate) > best[share][0]):
            title = phrases.name(kpi, language)
            best[share] = (abs(rate), title, numbers.growth(rate, kpi, language=language))
    if not best:
        return text(narrative.answer(found), id="answer", style="lead")
    key = "answer_targets"
    if len(best) == 1:
        key = "answer_targets_shares" if True in best else "answer_targets_levels"
    level, share_ = best.get(False, (0.0, "", "")), best.get(True, (0.0, "", ""))
    said = say(
        key,
        language,
        year=found.plan.base_year,
        levels=level[1],
        level_growth=level[2],
        shares=share_[1],
        share_growth=share_[2],
    )
    return text([said, narrative.answer(found)[0]], id="answer", style="lead")
