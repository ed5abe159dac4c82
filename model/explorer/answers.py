"""What would have to be true: the controls of a KPI, moved to where its target is met."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.errors import ModelError, mistake, near
from model.evaluation.assessment import assess_projection
from model.explorer.board import Board
from model.explorer.controls import main_number
from model.explorer.state import State
from model.explorer.view import rounded
from model.plan.schema import Kpi, Plan, Scenario
from model.plan.settled import gap_to, judged
from model.projection.goal_seek import Sought, goal_seek
from model.projection.projection import project
from model.projection.required import growth_between
from model.projection.trajectories import Paths
from model.report import numbers
from model.report.tables.required import sought_words
from model.report.tables.verdicts import Verdict, verdicts
from model.report.words import say
from model.uncertainty.ensemble import QUANTILES, probabilities, simulate


def sought(plan: Plan, now: Scenario, kpi: str, laid: Board, state: State) -> tuple[dict[str, Any], Sought]:
    """Find the settings with which a KPI meets its target."""
    if kpi not in plan.kpis:
        raise ModelError(mistake("kpi", "", f"unknown KPI {kpi!r}", near(kpi, plan.kpis)))
    growth, step = now.growth[kpi], f"{kpi}.from.rate"
    line = growth.arguments.get("numerator") or growth
    head = "numerator." if line is not growth else ""
    main = main_number(growth)
    if step in laid.controls:
        found = goal_seek(plan, now, kpi, argument=f"{head}rates.{state.settings[f'{kpi}.from.year']}")
        changes = {step: found.value}
    elif "rates" in line.arguments:
        found = goal_seek(plan, now, kpi, argument=f"{head}rates")
        rates = reversed(line.arguments["rates"].items())
        changes = {f"{kpi}.{head}rates.{year}": one.central + found.value for year, one in rates}
    else:
        found = goal_seek(plan, now, kpi, argument=main or None)
        aim = plan.kpis[kpi].target(plan.target_year)
        point = aim.value if aim is not None else math.nan
        changes = {f"{kpi}.{main}": found.value} if main else {f"{kpi}.reach.value": point}
    if not found.possible:
        raise ModelError(mistake("goal", kpi, found.note))
    return {} if math.isnan(found.value) else changes, found


def met_by(kpi: Kpi, found: Sought, shown: Sequence[Mapping[str, Any]], language: str = "en") -> str:
    """Say what was sought, and the control that was moved, as it is shown, where one was."""
    given = {
        "title": getattr(kpi.short_title, language),
        "growth": sought_words(found, kpi, language),
    }
    for one in shown:
        value = f"{one['text']} {one['unit']}".strip()
        return say("explorer_met_by", language, what=one["label"], value=value, **given)
    return say("explorer_met_any", language, **given)


@dataclass(frozen=True)
class Refined:
    """What is known when a slider rests."""

    verdicts: tuple[Verdict, ...]
    chances: dict[tuple[str, int], str]
    bands: dict[str, list[list[float]]]
    together: str


def refine(
    plan: Plan, scenario: Scenario, *, last: int, ensemble: Mapping[str, Any] | None, language: str = "en"
) -> Refined:
    """Simulate and judge a scenario."""
    drawn = None if ensemble is None else simulate(plan, scenario, horizon=last, **ensemble)
    made = project(plan, scenario, horizon=last)
    full = tuple(verdicts(assess_projection(made, ensemble=drawn)))
    if drawn is None:
        return Refined(full, {}, {}, "")
    table = probabilities(drawn)
    chances = {
        (row.kpi, int(row.target_year)): numbers.chance(
            row.probability, settled=row.settled, language=language
        )
        for row in table.itertuples()
    }
    bands = {
        kpi: [[rounded(float(value)) for value in row] for row in np.quantile(draws, QUANTILES, axis=0)]
        for kpi, draws in drawn.draws.items()
    }
    return Refined(full, chances, bands, chances.get(("", plan.target_year), ""))


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
