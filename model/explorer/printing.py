"""How work beside the kernel's own behaves: it gives way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from model.plan.schema import Plan

# Seconds; Python's own five milliseconds, waited for a dozen times a step, would be felt.
HAND_OVER = 0.0005
_polite: list[float] = []


@contextmanager
def politely() -> Iterator[None]:
    """Let the work beside hand over often: a slider that moves meanwhile is answered at once."""
    _polite.append(sys.getswitchinterval())
    sys.setswitchinterval(min(_polite[0], HAND_OVER))
    try:
        yield
    finally:
        # Several explorers of one kernel may work at once: the last one puts back what the first one found.
        before = _polite[0] if len(_polite) == 1 else sys.getswitchinterval()
        _polite.pop()
        sys.setswitchinterval(before)


CHILD = "model.explorer.child"


class Printing:
    """One report at a time."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self._tell = tell
        self._child: subprocess.Popen[str] | None = None
        self._cancelled = False

    @property
    def is_running(self) -> bool:
        """Whether a report is being made."""
        return self._child is not None

    def start(self, plan: Plan, stem: str, text: str, *, last: int, folder: str = "") -> None:
        """Begin a report; while one is being made, nothing happens."""
        if self.is_running:
            return
        self._cancelled = False
        order = {"plan": plan.id, "stem": stem, "text": text, "horizon": last}
        here = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
        # A group of its own: cancelling ends the child's kernel as well, and nothing else.
        self._child = subprocess.Popen(
            [sys.executable, "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        try:
            loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        self._tell({"running": True, "key": "starting"})
        thread = threading.Thread(target=self._follow, args=(self._child, order, folder, loop), daemon=True)
        thread.start()

    def cancel(self) -> None:
        """End the child process, if there is one."""
        child = self._child
        if child is not None and child.poll() is None:
            self._cancelled = True
            if hasattr(os, "killpg"):
                os.killpg(child.pid, signal.SIGTERM)
            else:
                child.terminate()

    def _follow(self, child: subprocess.Popen[str], order: dict[str, Any], folder: str, loop: Any) -> None:
        """Hear the child to its end; whatever is told is told in the thread of the kernel."""

        def tell(job: dict[str, Any]) -> None:
            if loop is None:
                self._tell(job)
            else:
                loop.call_soon_threadsafe(self._tell, job)

        problem = ""
        with child, TemporaryDirectory() as out:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(json.dumps({**order, "out": out}))
            child.stdin.close()
            for line in child.stdout:
                said = json.loads(line)
                if "problem" in said:
                    problem = said["problem"]
                elif "done" in said:
                    tell({"running": True, "key": "printing", **said})
            child.wait()
            made = sorted(Path(out).glob("*.pdf"))
            self._child = None
            if self._cancelled:
                tell({"key": "cancelled"})
            elif problem or not made:
                tell({"key": "failed", "problem": problem or f"exit code {child.returncode}"})
            else:
                tell({"file": made[0].read_bytes(), "name": made[0].name, "folder": folder})
