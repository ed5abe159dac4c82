"""What would have to be true: the controls of a KPI, moved to where its target is met."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from model.errors import ModelError, mistake, near
from model.explorer.board import Board
from model.explorer.growth_controls import main_number
from model.explorer.state import State
from model.schema import Kpi, Plan, Scenario
from model.seeking import Sought, goal_seek
from model.show.taking import sought_words
from model.show.words import say


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
