"""Run a notebook with papermill, in a kernel of this very Python."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from jupyter_client.manager import AsyncKernelManager
from papermill import execute_notebook
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from model.export.kernel import OwnKernel

ENGINE = "scenarios"
KERNEL = "python3"
STARTED_WITHIN = 120
# Reports draw vector pictures, hash in one order, and write no history.
ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",
    "SCENARIOS_VECTOR": "1",
}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
INJECTED = {"injected-parameters", "papermill-error-cell-tag"}
_STOPPED = threading.Event()
Tell = Callable[[int, int], None]


class RunError(Exception):
    """A notebook that did not run to its end."""

    def __init__(self, where: str, what: str, notebook: Any = None) -> None:
        super().__init__(where, what, notebook)
        self.where = where
        self.what = what
        self.notebook = notebook


class ReportKernel(OwnKernel, AsyncKernelManager):
    """A kernel that runs one report."""

    environment = ENVIRONMENT
    running: ClassVar[WeakValueDictionary[int, ReportKernel]] = WeakValueDictionary()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.running[id(self)] = self


class _Keeping(NBClientEngine):
    """Papermill's own engine; keeps what was executed, should the kernel die."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, kept: list[Any], tell: Tell, **more: Any
    ) -> Any:
        kept.append(nb_man.nb)
        complete = nb_man.cell_complete

        def completed(*given: Any, **named: Any) -> None:
            complete(*given, **named)
            states = [cell.metadata.get("papermill", {}).get("status") for cell in nb_man.nb.cells]
            tell(states.count("completed"), len(states))

        nb_man.cell_complete = completed
        return super().execute_managed_notebook(
            nb_man,
            kernel_name,
            kernel_manager_class=ReportKernel,
            # Nothing in the kernel is worth waiting for once its cells are done: up to four seconds.
            shutdown_kernel="immediate",
            **more,
        )


def run(notebook: Any, parameters: Mapping[str, Any], tell: Tell = lambda done, total: None) -> Any:
    """Run a notebook with parameters; after every cell, tell how many of them are done."""
    papermill_engines.register(ENGINE, _Keeping)
    # Its only warning here, on parameters, would be wrong: it cannot read `int | str`.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    kept: list[Any] = []
    try:
        executed = execute_notebook(
            notebook,
            None,
            parameters=dict(parameters),
            engine_name=ENGINE,
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            start_timeout=STARTED_WITHIN,
            kept=kept,
            tell=tell,
        )
    except PapermillExecutionError as error:
        where = _where(kept[0], error) if kept else ""
        what = f"{error.ename}: {error.evalue}".strip()
        raise RunError(where, what, _steady(*kept)) from error
    except RuntimeError as error:
        # A dead or silent kernel: no cell's own fault, but the one that ran is named.
        where = _running(*kept) if kept else ""
        raise RunError(where, f"{type(error).__name__}: {error}", _steady(*kept)) from error
    return _steady(executed)


def begin() -> None:
    _STOPPED.clear()


def stop() -> None:
    """End every kernel of this process at once; notebooks that run end in an error."""
    _STOPPED.set()
    for alive in ReportKernel.running.valuerefs():
        process = getattr(getattr(alive(), "provisioner", None), "process", None)
        if process is not None:
            process.kill()


def stopped() -> bool:
    return _STOPPED.is_set()


def _where(notebook: Any, error: PapermillExecutionError) -> str:
    """Name cell and line as they stand in the notebook that was given."""
    own = [cell for cell in notebook.cells if not INJECTED & set(cell.metadata.get("tags", []))]
    failing = [cell for cell in own if any(one.output_type == "error" for one in cell.get("outputs", []))]
    place = f"cell {own.index(failing[0]) + 1}" if failing else "injected parameters"
    line = LINE.findall(COLOURS.sub("", "\n".join(error.traceback)))
    return f"{place}, line {line[0]}" if line else place


def _running(notebook: Any) -> str:
    own = [cell for cell in notebook.cells if not INJECTED & set(cell.metadata.get("tags", []))]
    states = [cell.metadata.get("papermill", {}).get("start_time") is not None for cell in own]
    return f"cell {sum(states)}" if any(states) else ""


def _steady(notebook: Any = None) -> Any:
    """Drop times, random ids and the state of widgets: what no reader needs, and no two runs share."""
    if notebook is None:
        return None
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for number, cell in enumerate(notebook.cells, start=1):
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if INJECTED & set(cell.metadata.get("tags", [])):
            cell["id"] = f"injected-{number}"
    return notebook
