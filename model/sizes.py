"""The size of growth that a scenario's reference expects: what borrowed spread is measured in."""

from __future__ import annotations

import numpy as np

from model.effects import odds_of
from model.projection import paths_of
from model.schema import Plan, Scenario


def root_of(plan: Plan, scenario: Scenario) -> Scenario:
    """Find the scenario that another one descends from."""
    root = plan.scenarios.get(scenario.id, scenario)
    while root.extends is not None and root.extends in plan.scenarios:
        root = plan.scenarios[root.extends]
    return root


def expected(plan: Plan, scenario: Scenario) -> dict[str, float]:
    """Size of the growth a year that the reference of a scenario expects, up to the plan's target year."""
    root = root_of(plan, scenario)
    paths = paths_of(
        plan,
        root,
        last=max(plan.target_year, *(kpi.base_year + 1 for kpi in plan.kpis.values())),
        as_of=plan.base_year,
    )
    sizes = {}
    for name, kpi in plan.kpis.items():
        # A KPI whose own base year is the target year or later is followed for a year at least.
        first = kpi.base_year - plan.base_year
        ends = [first, max(plan.target_year - plan.base_year, first + 1)]
        top = paths.ceilings[name][ends] if name in paths.ceilings else None
        values = paths.values[name][ends]
        if np.any(values <= 0.0):
            # The log of nothing is not known, and what is measured by it is not either.
            sizes[name] = np.nan
            continue
        bounded = top is not None and bool(np.all(values < top))
        change = float(np.diff(np.log(odds_of(values, top if bounded else None)))[0])
        growth = root.growth.get(name)
        below = growth.arguments.get("denominator") if growth is not None else None
        if isinstance(below, str):
            under = float(np.diff(np.log(paths.values[below][ends]))[0])
            share = float(np.diff(np.log(values))[0])
            # Per unit of the log of the share, the logit moves by this much.
            slope = change / share if share else 1.0
            change = slope * float(np.hypot(share + under, under))
        sizes[name] = abs(change) / (ends[1] - ends[0])
    return sizes
