"""The random inputs of a scenario: which of its parameters are uncertain, and their places in the net."""

from __future__ import annotations

from model.arguments import arguments
from model.curves import CURVES
from model.errors import ModelError, mistake
from model.net import SLOTS, Key
from model.schema import Growth, Parameter, Plan, Scenario

SHOCK_SLOT = 11


def inputs_of(plan: Plan, scenario: Scenario) -> dict[tuple[str, str], Key]:
    """Name the uncertain parameters of a scenario, each with its place in the net."""
    found = {}
    for series, growth in scenario.growth.items():
        for name, slot in _uncertain(plan, growth, "", 0):
            found[series, name] = _key(plan, series, name, slot)
    for index, shock in enumerate(scenario.shocks):
        for name, value in shock.arguments.items():
            if isinstance(value, Parameter) and value.distribution != "fixed":
                label = f"shock{index}.{name}"
                found[shock.kpi, label] = _key(plan, shock.kpi, label, SHOCK_SLOT + index)
    return found


def _uncertain(plan: Plan, growth: Growth, prefix: str, slot: int) -> list[tuple[str, int]]:
    """List uncertain arguments of a curve: its own from slot 0, a numerator's from 3, yearly rates from 6."""
    found = []
    for position, name in enumerate(arguments(CURVES[growth.curve])):
        value = growth.arguments.get(name)
        if isinstance(value, Growth):
            found += _uncertain(plan, value, f"{name}.", 3)
        elif isinstance(value, Parameter) and value.distribution != "fixed":
            found.append((prefix + name, slot + position))
        elif isinstance(value, dict):
            found += [
                (f"{prefix}{name}.{year}", 6 + year - plan.base_year - 1)
                for year, rate in value.items()
                if rate.distribution != "fixed"
            ]
    return found


def _key(plan: Plan, series: str, name: str, slot: int) -> Key:
    if slot >= SLOTS:
        wrong = f"more uncertain inputs than the {SLOTS} places of a series"
        raise ModelError(mistake("simulate", f"{series}.{name}", wrong, "make some of them numbers"))
    return Key(plan.kpis[series].stream if series in plan.kpis else 0, series, name, slot)
