"""What would have to be true: the value of a KPI's main control with which its target is met."""

from __future__ import annotations

from typing import Any

from scipy.optimize import brentq

from model.errors import ModelError, mistake, near
from model.explorer.board import Board
from model.explorer.growth_controls import main_number
from model.explorer.growth_edits import moved_line
from model.explorer.state import State
from model.goals import goal_seek
from model.projection import as_of_year, paths_of
from model.schema import Plan, Scenario


def sought(plan: Plan, now: Scenario, kpi: str, laid: Board, state: State) -> dict[str, Any]:
    """Find the settings with which a KPI meets its target.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    now : Scenario
        The scenario as it stands.
    kpi : str
        Id.
    laid : Board
        The controls.
    state : State
        What is set.

    Returns
    -------
    dict
        Control to value in model units, the one to look at first.

    Raises
    ------
    ModelError
        If there is no such KPI or target, or no admissible value meets it.
    """
    if kpi not in plan.kpis:
        raise ModelError(mistake("kpi", "", f"unknown KPI {kpi!r}", near(kpi, plan.kpis)))
    step = f"{kpi}.from.rate"
    if step in laid.controls:
        return {step: _stepped(plan, now, kpi, int(state.settings[f"{kpi}.from.year"]))}
    growth = now.growth[kpi]
    main = main_number(growth)
    if "rates" in growth.arguments:
        more = goal_seek(plan, now, kpi, argument="rates")
        rates = {f"{kpi}.rates.{year}": one.central + more for year, one in growth.arguments["rates"].items()}
        return dict(reversed(rates.items()))
    if not main:
        aim = plan.kpis[kpi].target(plan.target_year)
        value = aim.value if aim is not None else float("nan")
        return {f"{kpi}.reach.value": value}
    return {f"{kpi}.{main}": goal_seek(plan, now, kpi, argument=main)}


def _stepped(plan: Plan, now: Scenario, kpi: str, year: int) -> float:
    """Find the growth from a year on with which the target is met."""
    aim = plan.kpis[kpi].target(plan.target_year)
    if aim is None:
        years = [target.year for target in plan.kpis[kpi].targets]
        raise ModelError(mistake("target year", kpi, f"no target for {plan.target_year}", near("", years)))

    seen = as_of_year(plan, now, None)

    def gap(rate: float) -> float:
        moved = moved_line(plan, now, kpi, year, rate)
        paths = paths_of(plan, moved, last=plan.target_year, as_of=seen, hold=False)
        return float(paths.values[kpi][plan.target_year - plan.base_year]) - aim.value

    low, high = -0.9, 3.0
    if not gap(low) * gap(high) <= 0:
        wrong = f"{aim.value:g} in {plan.target_year} is out of reach of growth from {year} on"
        raise ModelError(mistake("goal", kpi, wrong, "begin earlier"))
    return float(brentq(gap, low, high, xtol=1e-12))
