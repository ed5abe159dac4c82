"""A pytest plugin for nbval: patience, and differences a reader understands.

Chosen with ``-p model.review.nbval_plugin``. nbval waits five seconds for an output, whatever the machine,
and tells two results apart as two long dictionaries; here it waits a minute and names row and column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

PATIENCE = 60
MOST = 20


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every notebook cell wait longer for its outputs."""
    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = PATIENCE


@pytest.hookimpl(tryfirst=True)
def pytest_assertrepr_compare(op: str, left: Any, right: Any) -> list[str] | None:
    """Word the difference between two results of `model.report`."""
    shown = all(isinstance(one, dict) and {"type", "id", "data"} <= set(one) for one in (left, right))
    if op != "==" or not shown:
        return None
    found = list(differences(left, right))
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return [f"{left['type']} {left['id']}: in the notebook -> now", *found[:MOST], *more]


def differences(left: Any, right: Any, where: str = "") -> Iterator[str]:
    """Name every place in which two results differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        if {"columns", "rows"} <= set(left) & set(right) and left["columns"] == right["columns"]:
            yield from _rows(left, right)
            return
        for key in dict.fromkeys([*left, *right]):
            inner = f"{where}.{key}".lstrip(".")
            yield from differences(left.get(key, "nothing"), right.get(key, "nothing"), inner)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for place, (one, other) in enumerate(zip(left, right, strict=True), start=1):
            yield from differences(one, other, f"{where}[{place}]")
    elif left != right:
        yield f"{where}: {left!r} -> {right!r}"


def _rows(left: dict[str, Any], right: dict[str, Any]) -> Iterator[str]:
    titles = [column["title"] if isinstance(column, dict) else column for column in left["columns"]]
    before, after = left["rows"], right["rows"]
    if len(before) != len(after):
        yield f"{len(before)} rows -> {len(after)} rows"
        return
    for number, (one, other) in enumerate(zip(before, after, strict=True), start=1):
        for title, cell, new in zip(titles, one, other, strict=True):
            if cell != new:
                yield f"row {number} ({one[0]}), {title}: {cell!r} -> {new!r}"
