"""Make one report and tell how far it is: ``python -m model.explorer.child``, the order on standard input."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from model.errors import ModelError
from model.export import run
from model.export.planning import order, tasks
from model.export.render import render

EVERY = 0.2


def make(asked: dict[str, Any]) -> str:
    """Make a report."""
    out = Path(asked["out"])
    scenario = out / f"{asked['stem']}.yaml"
    scenario.write_text(asked["text"], encoding="utf-8")
    try:
        whole = order(
            asked["plan"], horizon=asked["horizon"], as_of=None, language="en", overrides=(), out=out,
            formats="pdf", annex=None,
        )  # fmt: skip
        (task,) = tasks(whole, [scenario], comparison=False)
    except ModelError as error:
        return error.problems[0]
    return render(task.job).error


def watch(ended: threading.Event) -> None:
    """Tell how many cells of the notebook are done, whenever that grows: at the end its marks are wiped."""
    before = -1
    while not ended.wait(EVERY):
        done, total = run.progress()
        if total and done > before:
            before = done
            print(json.dumps({"done": done, "total": total}), flush=True)


def main() -> int:
    """Read the order, make the report, tell the end."""
    ended = threading.Event()
    watcher = threading.Thread(target=watch, args=(ended,))
    watcher.start()
    try:
        problem = make(json.load(sys.stdin))
    finally:
        ended.set()
        watcher.join()
    if problem:
        print(json.dumps({"problem": problem}), flush=True)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
