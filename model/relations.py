"""Relations between series, as a plan pack writes them: ``a <= b``, or ``a = 100 * b / c``."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
