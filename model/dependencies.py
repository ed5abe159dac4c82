"""Which series need which: a ceiling or a denominator has to be made before what it bounds."""

from __future__ import annotations

from graphlib import TopologicalSorter

from model.schema import Growth, PlanTable, Scenario, Series


def order_of(plan: PlanTable, scenario: Scenario) -> list[str]:
    """Put the series in the order in which trajectories can be made: ceilings and denominators first."""
    series = {**plan.kpis, **plan.context}
    graph = {
        name: _needs(one, scenario.growth.get(name)) for name, one in series.items() if not one.proxy_for
    }
    return list(TopologicalSorter(graph).static_order())


def needed_by(plan: PlanTable, scenario: Scenario, only: str | None = None) -> set[str]:
    """Name the series a scenario speaks of, and those that their ceilings and denominators are."""
    series = {**plan.kpis, **plan.context}
    found, waiting = set[str](), [*plan.kpis, *scenario.growth] if only is None else [only]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _needs(series[name], scenario.growth.get(name))
    return found


def _needs(series: Series, growth: Growth | None) -> set[str]:
    given = growth.arguments if growth is not None else {}
    found = {value for value in given.values() if isinstance(value, str)}
    for inner in given.values():
        if isinstance(inner, Growth):
            found |= _needs(series, inner)
    if isinstance(series.ceiling, str) and "ceiling" not in given:
        found.add(series.ceiling)
    return found
