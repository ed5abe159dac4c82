"""The parameters of a notebook: what its tagged cell declares, and whether values fit."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from model.errors import ModelError, mistake, near

TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "list": list,
    "None": type(None),
}


def declared(source: str) -> dict[str, tuple[Any, str]]:
    r"""Read the names to which code gives plain values."""
    found = {}
    for line in ast.parse(source).body:
        if isinstance(line, ast.AnnAssign):
            name, annotation = ast.unparse(line.target), ast.unparse(line.annotation)
        elif isinstance(line, ast.Assign):
            name, annotation = ast.unparse(line.targets[0]), ""
        else:
            continue
        try:
            value = ast.literal_eval(line.value) if line.value is not None else None
        except ValueError:
            continue
        kind = "None" if value is None else type(value).__name__
        found[name] = (value, annotation or kind)
    return found


def used(notebook: Any) -> dict[str, Any]:
    """Read the parameters with which a notebook runs, or was run, off its tagged cells."""
    cells = [*_tagged(notebook, "parameters"), *_tagged(notebook, "injected-parameters")]
    return {name: value for cell in cells for name, (value, _) in declared(cell.source).items()}


def check(notebook: Any, given: Mapping[str, Any], *, name: str) -> None:
    """Refuse parameters that a notebook does not have, or of another type than it declares."""
    known = {
        key: one for cell in _tagged(notebook, "parameters") for key, one in declared(cell.source).items()
    }
    problems = []
    for key, value in given.items():
        if key not in known:
            problems.append(mistake(name, key, "unknown parameter", near(key, known)))
        elif not _fits(value, known[key][1]):
            problems.append(mistake(name, key, f"{value!r} is no {known[key][1]}", "give one"))
    if problems:
        raise ModelError(*problems)


def _tagged(notebook: Any, tag: str) -> list[Any]:
    return [one for one in notebook.cells if one.cell_type == "code" and tag in one.metadata.get("tags", [])]


def _fits(value: Any, annotation: str) -> bool:
    words = [word.split("[")[0].strip() for word in annotation.split("|")]
    # True is an int to Python, but no year to anybody.
    return any(
        isinstance(value, TYPES.get(word, object)) and (not isinstance(value, bool) or word == "bool")
        for word in words
    )
