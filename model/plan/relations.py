"""Relations between series, as a plan pack writes them: ``a <= b``, or ``a = 100 * b / c``."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from graphlib import TopologicalSorter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.plan.plan import PlanTable, Series
from model.plan.schema import Growth, Scenario

OPERATIONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
# Published shares are printed to one decimal: an identity holds if it holds to that precision.
IDENTITY_TOLERANCE = 0.05
Values = Mapping[str, NDArray[np.float64]]


def excess_of(rule: str, values: Values) -> NDArray[np.float64]:
    """Measure by how much values break a rule."""
    sign = "<=" if "<=" in rule else "="
    left, found, right = rule.partition(sign)
    if not found:
        raise ValueError("neither <= nor = stands in it")
    difference = np.asarray(_value(left, values) - _value(right, values), dtype=float)
    return difference if sign == "<=" else np.abs(difference) - IDENTITY_TOLERANCE


def _value(text: str, values: Values) -> Any:
    try:
        return _node(ast.parse(text.strip(), mode="eval").body, values)
    except (SyntaxError, TypeError) as error:
        raise ValueError(f"{text.strip()!r} is no expression") from error


def _node(node: ast.expr, values: Values) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](_node(node.left, values), _node(node.right, values))
    raise TypeError(ast.dump(node))


def order_of(plan: PlanTable, scenario: Scenario) -> list[str]:
    """Put the series in the order in which trajectories can be made: ceilings and denominators first."""
    series = plan.series.items()
    graph = {name: _needs(one, scenario.growth.get(name)) for name, one in series if not one.proxy_for}
    return list(TopologicalSorter(graph).static_order())


def needed_by(plan: PlanTable, scenario: Scenario, only: str | None = None) -> set[str]:
    """Name the series a scenario speaks of, and those that their ceilings and denominators are."""
    series = plan.series
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
