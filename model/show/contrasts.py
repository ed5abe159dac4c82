"""Build the sentences that tell scenarios apart; the words themselves stand in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from model.schema import Kpi
from model.show import numbers
from model.show.frames import targets
from model.show.phrases import name, others
from model.show.side_by_side import Several
from model.show.verdicts import together
from model.show.words import listed, say


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
