"""The verdicts beside the panels: at once for what a slider moves, in full when it rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from model.goals import growth_between
from model.outcomes import gap_to, judged
from model.schema import Plan
from model.show import numbers
from model.show.verdicts import Verdict
from model.show.words import say
from model.trajectories import Paths


def moved_along(plan: Plan, found: Sequence[Verdict], paths: Paths) -> list[Verdict]:
    """Judge projections anew, by the rule of `model.assess`; outturns and notes stay as they are."""
    return [one if one.is_outturn else _judged(plan, one, paths) for one in found]


def _judged(plan: Plan, one: Verdict, paths: Paths) -> Verdict:
    kpi = plan.kpis[one.kpi]
    target = next(aim for aim in kpi.targets if aim.year == one.year)
    value = float(paths.values[kpi.id][one.year - plan.base_year])
    start_year = max(year for year in paths.known[kpi.id] if year <= one.year)
    start = paths.known[kpi.id][start_year]
    gap = gap_to(kpi, target, value)
    return replace(
        one, value=value, gap=gap, key=judged(kpi, target, value),
        growth=growth_between(kpi, start, value, one.year - start_year),
    )  # fmt: skip


def rows(
    plan: Plan, found: Sequence[Verdict], chances: Mapping[tuple[str, int], str], language: str = "en"
) -> list[dict[str, Any]]:
    """Print one row a target: what is projected, the gap, growth, probability, verdict."""
    made = []
    for name, kpi in plan.kpis.items():
        for aim in kpi.targets:
            own = [one for one in found if (one.kpi, one.year) == (name, aim.year)]
            if not own:
                continue
            slash = say("slash", language)
            words = say("list_semicolon", language).join(dict.fromkeys(one.words(language) for one in own))
            chance = chances.get((name, aim.year), say("nothing", language))
            if own[0].settled:
                chance = numbers.chance(own[0].probability, settled=own[0].settled, language=language)
            title = str(getattr(kpi.short_title, language))
            # A share counts in points a year, and says so; the unit of a level stands in its panel.
            cells = [
                title if len(kpi.targets) == 1 else say("titled", language, title=title, unit=aim.year),
                numbers.target(aim.value, kpi, aim.year, language=language),
                slash.join(one.value_in(kpi, language) for one in own),
                slash.join(one.gap_in(kpi, language) for one in own),
                slash.join(numbers.growth(one.growth, kpi, language=language) for one in own),
                own[0].required_in(kpi, language),
                chance,
                words,
            ]
            key = own[0].key if len({one.key for one in own}) == 1 else "depends"
            said = say(
                "explorer_said",
                language,
                title=title,
                value=numbers.quantity(cells[2], kpi, language=language),
                year=aim.year,
                target=cells[1],
                verdict=words,
            )
            made.append({"kpi": name, "year": aim.year, "key": key, "cells": cells, "said": said})
    return made


def headings(language: str = "en") -> list[str]:
    """Give the titles of the columns of `rows`."""
    titles = ("kpi", "target", "projected", "gap", "growth", "required", "probability", "verdict")
    return [say(f"column_{title}", language) for title in titles]
