"""Run notebooks again, and draw the picture of the README: name files ``.ipynb`` or ``.svg``, or folders.

Where a notebook lies beside a folder ``zh``, the Chinese one in it is made anew: its texts stand in the
metadata of the English one's cells, under the key ``zh``.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from model import load
from model.errors import ModelError, mistake, raise_all
from model.export.kernel import OwnKernel
from model.export.render import replace
from model.plan.load import notebook_folder
from model.report import Report, charts, style
from model.report.output import WIDGET

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT = ("scenarios", "tags", "zh")
CHINESE = "zh"
LANGUAGE = 'language: str = "{}"'

FAILED, BAD_INPUT = 1, 2
LONGEST = 600


def canonical(notebook: Any) -> Any:
    """Give a notebook in the form in which it is committed."""
    cells = [_cell(cell, position) for position, cell in enumerate(notebook.cells)]
    metadata = {key: notebook.metadata[key] for key in KEPT if key in notebook.metadata}
    metadata |= {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    plain = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict(plain)


def written(notebook: Any) -> str:
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


def chinese(path: Path) -> Any:
    """Make the Chinese notebook of an English one, not run yet; every text that is missing is named."""
    notebook, problems = read(path), list[str]()
    for number, cell in enumerate(notebook.cells, start=1):
        said, where = cell.metadata.pop(CHINESE, None), f"{path.name}: cell {number}"
        if cell.cell_type == "markdown":
            problems += [] if said else [_untold(where, CHINESE)]
            cell.source = said or ""
            continue
        cell.outputs, cell.execution_count = [], None
        if "parameters" in cell.metadata.get("tags", []):
            lines = [line.partition("  # ")[0] for line in cell.source.splitlines()]
            told = {line: (said or {}).get(line.partition(":")[0]) for line in lines}
            names = [line.partition(":")[0] for line, words in told.items() if not words]
            problems += [_untold(where, f"{CHINESE}.{name}") for name in names]
            source = "\n".join(f"{line}  # {words}" for line, words in told.items())
            cell.source = source.replace(LANGUAGE.format("en"), LANGUAGE.format(CHINESE))
    raise_all(problems)
    return canonical(notebook)


def _untold(where: str, key: str) -> str:
    return mistake(where, key, "the Chinese text is missing", "give it in the metadata of the cell")


def _output(output: Any) -> dict[str, Any]:
    """Drop the view of a live widget, which is dead in a saved notebook; its static twin stays."""
    plain = dict(output)
    if "data" in plain:
        plain["data"] = {kind: value for kind, value in plain["data"].items() if kind != WIDGET}
    return plain


def draw(path: Path, scenario: str = "") -> None:
    shown = charts.panels(Report(load(), scenario))
    path.write_text(style.svg(shown.drawing, outlined=True), encoding="utf-8")


class Kernel(OwnKernel, AsyncKernelManager):
    """A kernel that runs one notebook of the repository."""


def execute(notebook: Any, *, folder: Path, settings: Path) -> Any:
    client = NotebookClient(
        notebook,
        km=Kernel(),
        timeout=LONGEST,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    # The manager was brought along, so that the client would leave the kernel running.
    return client.execute(cleanup_kc=True, env=environment(settings))


def environment(settings: Path) -> Mapping[str, str]:
    """Give the environment of a kernel: one hash order, no settings of the user."""
    empty = {name: str(settings) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR")}
    return {
        **os.environ,
        **empty,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
    }


def refresh(path: Path) -> bool:
    """Run one notebook again and save it, if that changes a byte of it; a Chinese one is made anew."""
    english = path.parent.parent / path.name
    notebook = chinese(english) if path.parent.name == CHINESE and english.is_file() else read(path)
    with tempfile.TemporaryDirectory() as settings:
        try:
            execute(notebook, folder=path.parent, settings=Path(settings))
        except CellExecutionError as error:
            failed = [
                number
                for number, cell in enumerate(notebook.cells, start=1)
                if any(output.output_type == "error" for output in cell.get("outputs", []))
            ]
            where = f"{called(path)}: cell {failed[0] if failed else '?'}"
            raise ModelError(mistake(where, "", f"{error.ename}: {error.evalue}")) from error
    text = written(notebook)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    replace(path, text.encode())
    return True


def found(arguments: Iterable[str]) -> list[Path]:
    """Find the notebooks that were named, one by one or by their folder, each before its Chinese one."""
    paths: list[Path] = []
    for argument in arguments:
        path = Path(argument)
        if not path.exists():
            raise ModelError(mistake(argument, "", "not there", "name a notebook, or a folder of them"))
        paths += sorted(path.glob("*.ipynb")) if path.is_dir() else [path]
    return list(dict.fromkeys(one for path in paths for one in (path, *twins(path))))


def twins(path: Path) -> list[Path]:
    """Give where the Chinese notebook of a numbered one belongs, if there is a folder for it."""
    folder = path.parent / CHINESE
    return [folder / path.name] if path.name[0].isdigit() and folder.is_dir() else []


def called(path: Path) -> str:
    return f"{CHINESE}/{path.name}" if path.parent.name == CHINESE else path.name


def main(arguments: list[str]) -> int:
    """Refresh every notebook and picture named; all of them are tried."""
    pictures = [one for one in arguments if one.endswith(".svg")]
    for picture in pictures:
        draw(Path(picture))
    named = [one for one in arguments if one not in pictures]
    try:
        paths = found(named or [str(notebook_folder())] * (not pictures))
    except ModelError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    status = 0
    for path in paths:
        try:
            word = "changed" if refresh(path) else "unchanged"
        except ModelError as error:
            print(error, file=sys.stderr)
            status = FAILED
        else:
            print(f"{called(path)}: {word}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
