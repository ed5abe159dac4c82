"""Answers of the introductory notebooks, in sentences."""

from __future__ import annotations

import math

from model.show import frames, numbers, phrases, sentences
from model.show.display import Text, text
from model.show.finding import Findings
from model.show.words import say


def answer_start(found: Findings) -> Text:
    """Answer the question of the first notebook."""
    plan, language = found.plan, found.language
    said = say(
        "answer_start",
        language,
        title=getattr(plan.title, language),
        count=sum(len(kpi.targets) for kpi in plan.kpis.values()),
        year=plan.target_year,
        answer=sentences.answer(found)[0],
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
        return text(sentences.answer(found), id="answer", style="lead")
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
    return text([said, sentences.answer(found)[0]], id="answer", style="lead")
