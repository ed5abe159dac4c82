"""How long reports take: today's way, this suite's way, and the floor.

    python benchmarks/report_batch.py [--reports N] [--workers N]

Today's way is one `papermill` process and one `jupyter nbconvert --to webpdf` for each report, through
Debian's Chromium; where Chromium or the package playwright is missing it is skipped, and the reason said.
Ours is `model.render_reports`. Both begin in a new process, run the same notebook for the same
scenarios with the same number of workers, and write PDF. The floor is the notebook's cells alone in a warm
process, and the typesetting of what they show: no kernel, no new process, no import.

CPU time and memory are those of the whole tree of processes; on Linux, memory counts shared pages once.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLAN = "china_14fyp_digital"
NOTEBOOK = ROOT / "notebooks" / "report.ipynb"
BECOME_REAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux' prctl


def scenarios(count: int) -> list[str]:
    """Give as many scenarios as asked for; past the shipped ones they come round again."""
    from model import load

    return list(islice(cycle(load(PLAN).scenarios), count))


def todays_way(folder: Path, reports: int, workers: int) -> None:
    """Run papermill and nbconvert, a process each, for every report."""
    environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(browsers(folder))}
    # Chromium refuses to run as root with its sandbox.
    root = ["--WebPDFExporter.disable_sandbox=True"] if os.geteuid() == 0 else []

    def make(number: int, name: str) -> None:
        executed = str(folder / f"{number}-{name}.ipynb")
        for command in (
            [
                "papermill",
                str(NOTEBOOK),
                executed,
                "-p",
                "scenario",
                name,
                "-k",
                "python3",
                "--no-progress-bar",
            ],
            ["nbconvert", "--to", "webpdf", "--no-input", *root, executed],
        ):
            run = [sys.executable, "-m", *command]
            done = subprocess.run(run, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{command[0]} failed:\n{done.stderr}")

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(make, range(reports), scenarios(reports)))


def our_way(folder: Path, reports: int, workers: int) -> None:
    """Make the same reports with this suite."""
    from model import render_reports

    wanted = scenarios(reports)
    # One run makes a scenario's report once; more reports than scenarios take another run.
    several = len(dict.fromkeys(wanted))
    for start in range(0, reports, several):
        out = folder / str(start)
        some = wanted[start : start + several]
        run = render_reports(PLAN, some, out=out, workers=workers, formats="pdf", comparison=False)
        if run.failed:
            raise SystemExit(run.summary())


def floor(folder: Path, reports: int) -> None:
    """Run the cells in this process and typeset what they show; print CPU seconds a report, warm."""
    os.environ["SCENARIOS_VECTOR"] = "1"
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from nbformat.v4 import new_output

    from model.export import document, planning, render
    from model.export.nbconvert import about_parameters
    from model.export.render import set_document

    shell = InteractiveShell.instance()
    results: list[dict[str, Any]] = []
    # In place of printing the result of a cell: what a kernel would send.
    vars(shell.displayhook)["write_format_data"] = lambda data, _=None: results.append(data)

    def make(name: str) -> tuple[float, float, bytes]:
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        clock = time.process_time()
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            if "parameters" in cell.metadata.get("tags", []):
                cell.source += f"\nscenario = {name!r}"
            results.clear()
            with capture_output() as held:
                shell.run_cell(cell.source).raise_error()
            shown = [one.data for one in held.outputs] + results
            cell.outputs = [new_output("display_data", data=one) for one in shown]
        cells = time.process_time() - clock
        read = document.read(notebook)
        about = about_parameters(planning.used(notebook), "en")
        printed = render.pdf(set_document(read, about, []))
        return cells, time.process_time() - clock - cells, printed

    make(scenarios(1)[0])
    times = []
    for number, name in enumerate(scenarios(reports)):
        cells, setting, printed = make(name)
        times.append((cells, setting))
        (folder / f"{number}.pdf").write_bytes(printed)
    cells, setting = (sum(column) / reports for column in zip(*times, strict=True))
    print(json.dumps({"cells": cells, "typesetting": setting}))


def why_not() -> str:
    """Say why today's way cannot be measured here; empty if it can."""
    if not sys.platform.startswith("linux"):
        return "it needs Debian's Chromium"
    if importlib.util.find_spec("playwright") is None:
        return "the package playwright is not installed (pip install playwright)"
    return "" if shutil.which("chromium") else "there is no chromium (apt install chromium)"


def browsers(folder: Path) -> Path:
    """Put Debian's Chromium where playwright looks for the one it would download."""
    import playwright

    listed = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    revisions = {
        one["name"]: one["revision"] for one in json.loads(listed.read_text(encoding="utf-8"))["browsers"]
    }
    home = folder / "browsers"
    inside = "chrome-headless-shell-linux64/chrome-headless-shell"
    link = home / f"chromium_headless_shell-{revisions['chromium-headless-shell']}" / inside
    link.parent.mkdir(parents=True)
    link.symlink_to(str(shutil.which("chromium")))
    return home


def measured(way: str, folder: Path, reports: int, workers: int) -> dict[str, float | str]:
    """Run one way in a new process; give wall and CPU seconds, peak memory in MB, and what it printed."""
    run = [sys.executable, __file__, "--only", way, "--folder", str(folder)]
    run += ["--reports", str(reports), "--workers", str(workers)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    started = subprocess.Popen(run, env=environment, stdout=subprocess.PIPE, text=True)
    peak, ended = [0.0], threading.Event()
    watch = threading.Thread(target=watched, args=(peak, ended))
    watch.start()
    printed = started.communicate()[0]
    wall = time.monotonic() - clock
    ended.set()
    watch.join()
    # What outlives its parent comes to this process, so that its time is counted too.
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if started.returncode:
        raise SystemExit(f"{way} failed")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "peak": peak[0], "printed": printed}


def watched(peak: list[float], ended: threading.Event) -> None:
    """Sample the memory of all descendants until told to stop."""
    import psutil

    while not ended.wait(0.2):
        total = 0
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                memory = process.memory_full_info()
                total += getattr(memory, "pss", memory.rss)
        peak[0] = max(peak[0], total / 1e6)


def measure(reports: int, workers: int) -> None:
    """Measure all ways in turn, and print a table."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(BECOME_REAPER, 1, 0, 0, 0)
    print(f"{reports} reports, {workers} workers, {os.cpu_count()} processors; each figure is for one report")
    print(f"{'way':<28}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'PDF kB':>8}")
    for way, title in (("today", "papermill + webpdf"), ("ours", "scenarios report")):
        if way == "today" and why_not():
            print(f"{title:<28} skipped: {why_not()}")
            continue
        with TemporaryDirectory() as folder:
            found = measured(way, Path(folder), reports, workers)
            size = mean_size(Path(folder))
        wall, cpu = (float(found[key]) / reports for key in ("wall", "cpu"))
        print(f"{title:<28}{wall:>8.2f}{cpu:>8.2f}{float(found['peak']):>9.0f}{size:>8.0f}")
    with TemporaryDirectory() as folder:
        warm = json.loads(str(measured("floor", Path(folder), reports, 1)["printed"]))
        size = mean_size(Path(folder))
    for part, seconds in (*warm.items(), ("together", sum(warm.values()))):
        print(f"{'floor, warm: ' + part:<28}{'':>8}{seconds:>8.2f}{'':>9}{size:>8.0f}")


def mean_size(folder: Path) -> float:
    """Give the mean size of the PDFs in a folder, in kB."""
    sizes = [path.stat().st_size / 1e3 for path in folder.rglob("*.pdf")]
    return sum(sizes) / len(sizes)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=["today", "ours", "floor"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    ways: dict[str, Callable[[], None]] = {
        "today": lambda: todays_way(asked.folder, asked.reports, asked.workers),
        "ours": lambda: our_way(asked.folder, asked.reports, asked.workers),
        "floor": lambda: floor(asked.folder, asked.reports),
    }
    ways.get(asked.only, lambda: measure(asked.reports, asked.workers))()


if __name__ == "__main__":
    main()
