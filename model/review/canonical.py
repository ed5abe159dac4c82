"""The one form in which a notebook is saved: outputs and counts kept, what changes by itself dropped."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import nbformat

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
KEPT = ("scenarios", "tags")


def canonical(notebook: Any) -> Any:
    """Give a notebook in the form in which it is committed."""
    cells = [_cell(cell, position) for position, cell in enumerate(notebook.cells)]
    metadata = {key: notebook.metadata[key] for key in KEPT if key in notebook.metadata}
    metadata |= {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    plain = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict(plain)


def written(notebook: Any) -> str:
    """Write a notebook as it stands in its file."""
    plain = canonical(notebook)
    text: str = nbformat.writes(plain, version=nbformat.NO_CONVERT)
    return text if text.endswith("\n") else text + "\n"


def read(path: Path) -> Any:
    """Read a notebook, giving cells without an id one that depends on nothing but the cell."""
    return nbformat.read(path, as_version=4)


def _cell(cell: Any, position: int) -> dict[str, Any]:
    made = hashlib.sha256(f"{position} {cell.source}".encode()).hexdigest()[:8]
    kept = {key: cell.metadata[key] for key in KEPT if cell.metadata.get(key)}
    plain = {
        "cell_type": cell.cell_type,
        "id": cell.get("id", made),
        "metadata": kept,
        "source": cell.source.strip("\n"),
    }
    if cell.cell_type == "code":
        outputs = [_output(output) for output in cell.outputs]
        plain |= {"execution_count": cell.execution_count, "outputs": outputs}
    return plain


def _output(output: Any) -> dict[str, Any]:
    """Drop the view of a live widget, which is dead in a saved notebook; its static twin stays."""
    plain = dict(output)
    if "data" in plain:
        plain["data"] = {kind: value for kind, value in plain["data"].items() if kind != WIDGET}
    return plain
