"""Run a notebook with papermill, in a kernel of this very Python."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from jupyter_client.manager import AsyncKernelManager
from papermill import execute_notebook
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets import Int
from traitlets.config import Config

from model.export import warm
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
# Of what its cells print and show, many times what a report does.
MOST_OUTPUT = 32 * 2**20
_STOPPED = threading.Event()
Tell = Callable[[int, int], None]


class RunError(Exception):
    """A notebook that did not run to its end."""

    def __init__(self, where: str, what: str, notebook: Any = None) -> None:
        super().__init__(where, what, notebook)
        self.where = where
        self.what = what
        self.notebook = notebook


@dataclass(frozen=True)
class Limits:
    """What one report may take: seconds, and megabytes of memory (Linux holds it to that)."""

    seconds: float = 600.0
    megabytes: int = 4096


USUAL: Limits = Limits()


class _ExcessError(RuntimeError):
    """A report that takes more than it may."""


class ReportKernel(OwnKernel, AsyncKernelManager):
    """A kernel that runs one report."""

    environment = ENVIRONMENT
    running: ClassVar[WeakValueDictionary[int, ReportKernel]] = WeakValueDictionary()
    megabytes = Int(0, config=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.running[id(self)] = self

    @property
    def first(self) -> str:
        if sys.platform != "linux" or not self.megabytes:
            return super().first
        # What the kernel has taken before its first cell is not the report's.
        taken = "int(open('/proc/self/statm').read().split()[5]) * _r.getpagesize()"
        limit = f"_r.setrlimit(_r.RLIMIT_DATA, ({taken} + {self.megabytes * 2**20},) * 2)"
        return f"{super().first}; _r = __import__('resource'); {limit}; del _r"


class _Client(PapermillNotebookClient):
    """Papermill's own client, that hears so much and no more."""

    heard = 0

    def process_message(self, message: Any, *more: Any, **named: Any) -> Any:
        content = message["content"]
        self.heard += len(content.get("text", "")) + sum(map(len, map(str, content.get("data", {}).values())))
        if self.heard > MOST_OUTPUT:
            raise _ExcessError(f"its output is more than {MOST_OUTPUT // 2**20} MB")
        return super().process_message(message, *more, **named)


class _Keeping(NBClientEngine):
    """Papermill's own engine; keeps what was executed, should the kernel die."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, kept: list[Any], tell: Tell, limits: Limits, **_: Any
    ) -> Any:
        kept.append(nb_man.nb)
        complete, ends = nb_man.cell_complete, list[float]()

        def completed(*given: Any, **named: Any) -> None:
            complete(*given, **named)
            states = [cell.metadata.get("papermill", {}).get("status") for cell in nb_man.nb.cells]
            tell(states.count("completed"), len(states))

        def left(_: Any) -> float:
            """Count from the first cell, for the whole report; nothing would mean without end."""
            ends.append(time.monotonic() + limits.seconds)
            return max(ends[0] - time.monotonic(), 0.01)

        nb_man.cell_complete = completed
        return _Client(
            nb_man,
            kernel_name=kernel_name,
            kernel_manager_class=ReportKernel,
            config=Config(ReportKernel={"megabytes": limits.megabytes}),
            startup_timeout=STARTED_WITHIN,
            timeout_func=left,
            # Nothing in the kernel is worth waiting for once its cells are done: up to four seconds.
            shutdown_kernel="immediate",
            log=logging.getLogger("papermill"),
        ).execute()


def run(
    notebook: Any,
    parameters: Mapping[str, Any],
    tell: Tell = lambda done, total: None,
    limits: Limits = USUAL,
) -> Any:
    """Run a notebook with parameters; after every cell, tell how many of them are done."""
    papermill_engines.register(ENGINE, _Keeping)
    # Its only warning here, on parameters, would be wrong: it cannot read `int | str`. Its errors are raised.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
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
            kept=kept,
            tell=tell,
            limits=limits,
        )
    except PapermillExecutionError as error:
        where = _where(kept[0], error) if kept else ""
        what = f"{error.ename}: {error.evalue}".strip(": ")
        # Without memory there may be no traceback, but words on standard error.
        told = "".join(one.get("text", "") for cell in kept[0].cells for one in cell.get("outputs", []))
        if "MemoryError" in error.ename + told:
            what += f" (memory limit {limits.megabytes:,} MB: --memory-limit)"
        raise RunError(where, what, _steady(*kept)) from error
    except TimeoutError as error:
        what = f"not done within {limits.seconds:g} s (--time-limit)"
        raise RunError(_running(*kept) if kept else "", what, _steady(*kept)) from error
    except RuntimeError as error:
        # A dead or silent kernel: no cell's own fault, but the one that ran is named.
        where = _running(*kept) if kept else ""
        what = str(error) if isinstance(error, _ExcessError) else f"{type(error).__name__}: {error}"
        raise RunError(where, what, _steady(*kept)) from error
    return _steady(executed)


def begin(plans: Iterable[str] = ()) -> None:
    """Let reports run again; have the plans loaded that they are about."""
    _STOPPED.clear()
    spec = ReportKernel().kernel_spec
    if named := sorted(set(plans)):
        warm.prepare({**os.environ, **spec.env}, named)


def stop() -> None:
    """End every kernel of this process at once; notebooks that run end in an error."""
    _STOPPED.set()
    warm.stop()
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
    place = f"cell {own.index(failing[0]) + 1}" if failing else _running(notebook) or "injected parameters"
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
