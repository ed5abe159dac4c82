"""How long a hand waits: from a key press to the changed chart in the browser.

    python benchmarks/explorer_latency.py [--steps N]

Ours is the explorer; the plain way is what most notebooks do, a slider of ipywidgets whose
`interactive_output` draws with matplotlib. Both run in a real JupyterLab and in Voila, in the same Chromium,
one after the other: real key presses on a slider, each answered before the next, with a pause in which the
explorer's ensemble is drawn. The clock runs in the page, from the key's event to the frame after the change.
Voila's pages are timed from the request to the first slider that answers, with a preheated kernel.

Needs Debian's Chromium and the package playwright; without them nothing is measured, and the reason said.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent
PAUSE = 350
# As `make lab` does; both ways gain by it.
EXTENSION = "{'model.explorer.server': True}"
PATIENCE = 90_000
EXPLORER = "from model import explore, load\nexplore(load())"
PLAIN = """
import ipywidgets as widgets
import matplotlib.pyplot as plt
from model import load, project

pack = load()
shown = {shown}

def draw(rate):
    table = project(pack, overrides=[f"software_revenue.rate={{rate}}"]).table
    figure, axes = plt.subplots({rows}, figsize=({size}), squeeze=False, layout="constrained")
    for ax, kpi in zip(axes.flat, shown):
        own = table[table["kpi"] == kpi]
        ax.plot(own["year"], own["value"])
        ax.set_title(pack.kpis[kpi].short_title.en)
    plt.show()

slider = widgets.FloatSlider(value=0.13, min=-0.1, max=0.4, step=0.001, readout_format=".3f")
widgets.VBox([slider, widgets.interactive_output(draw, {{"rate": slider}})])
"""
# One clock for both: from the key's event to the frame after the chart has changed.
CLOCK = """([root, ours]) => {
  window.waits = [];
  if (window.clocked) return;
  window.clocked = true;
  let pressed = 0;
  const done = () => {
    if (!pressed) return;
    const from = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - from)));
  };
  document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  const node = document.querySelector(root);
  const watched = { attributes: true, attributeFilter: ["data-revision"] };
  if (ours) new MutationObserver(done).observe(node, watched);
  else new MutationObserver((changes) => {
    for (const change of changes) for (const added of change.addedNodes) {
      const image = added.querySelector?.("img") ?? (added.tagName === "IMG" ? added : null);
      if (image) image.complete ? done() : image.addEventListener("load", done, { once: true });
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""
OURS = "[data-control='software_revenue.rate'] input[type=range]"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\w+")
THEIRS = ".widget-slider .noUi-handle"


def notebooks(folder: Path) -> None:
    """Write the notebooks that are measured."""
    one = PLAIN.format(shown='["software_revenue"]', rows="1, 1", size="7, 4")
    eight = PLAIN.format(shown="list(pack.kpis)", rows="2, 4", size="14, 6")
    for name, source in {"ours": EXPLORER, "one": one, "eight": eight}.items():
        book = new_notebook(cells=[new_code_cell(source)])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(book, folder / f"{name}.ipynb")


@contextmanager
def serving(command: list[str], path: str, folder: Path) -> Iterator[str]:
    """Run a server in empty settings until it answers, and end it with its kernels; no path: by its link."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        name: str(folder / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, **settings, "JUPYTER_NO_CONFIG": "1", "PYTHONPATH": paths}
    log = folder / "server.log"
    run = [sys.executable, "-m", *command, "--no-browser", f"--port={port}"]
    with log.open("w") as out:
        server = subprocess.Popen(run, cwd=folder, env=environment, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{port}{path}"
    try:
        yield answering(address, log, link=not path)
    finally:
        server.terminate()
        server.wait(30)


def answering(address: str, log: Path, *, link: bool) -> str:
    """Wait until a server answers, or has printed the link that lets in; give that."""
    for _ in range(300):
        time.sleep(0.2)
        printed = LINK.search(log.read_text())
        if link and printed:
            return printed[0]
        with suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()
            return address
    raise SystemExit(f"no answer:\n{log.read_text()}")


def steps(page: Any, slider: str, count: int, *, ours: bool) -> list[float]:
    """Press a key so many times; give the waits in milliseconds, shortest first."""
    page.wait_for_timeout(1500)
    page.evaluate(CLOCK, ["[data-explorer]" if ours else "body", ours])
    page.focus(slider)
    for step in range(count + 3):
        page.keyboard.press("ArrowRight" if step % 8 < 4 else "ArrowLeft")
        page.wait_for_function(f"window.waits.length > {step}", timeout=PATIENCE)
        page.wait_for_timeout(PAUSE)
    # The first three warm up whatever there is to warm.
    return sorted(page.evaluate("window.waits")[3:])


def in_lab(browser: Any, folder: Path, count: int) -> Iterator[tuple[str, list[float]]]:
    """Measure in JupyterLab."""
    command = [
        "jupyterlab", "--allow-root", "--ServerApp.token=", "--ServerApp.password=",
        f"--ServerApp.root_dir={folder}", f"--ServerApp.jpserver_extensions={EXTENSION}",
    ]  # fmt: skip
    with serving(command, "/lab", folder) as address:
        for name in ("ours", "one", "eight"):
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            page.goto(f"{address}/tree/{name}.ipynb?reset")
            page.wait_for_selector(".jp-NotebookPanel-toolbar >> text=Python 3", timeout=PATIENCE)
            page.click(".lm-MenuBar-itemLabel:text-is('Run')")
            page.click(".lm-Menu-itemLabel:text-is('Run All Cells')")
            yield from measured(page, name, count)
            page.close()


def in_voila(browser: Any, folder: Path, count: int) -> Iterator[tuple[str, list[float]]]:
    """Measure in Voila; first how long it takes until there is a slider."""
    with serving(["model.explorer.server"], "", folder) as address:
        waits = []
        for _ in range(5):
            # The kernel for the next visitor is made ready while this one looks at the page.
            time.sleep(8)
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            begun = time.monotonic()
            page.goto(address)
            page.wait_for_selector("[data-explorer][data-revision]", timeout=PATIENCE)
            page.focus(OURS)
            page.keyboard.press("ArrowRight")
            page.wait_for_selector("[data-explorer][data-revision='2']", timeout=PATIENCE)
            waits.append(1000 * (time.monotonic() - begun))
            page.close()
        yield "first slider that answers", sorted(waits)
    for name in ("ours", "one", "eight"):
        with serving(["voila", f"{name}.ipynb", "--preheat_kernel=True"], "/", folder) as address:
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            page.goto(address)
            yield from measured(page, name, count)
            page.close()


def measured(page: Any, name: str, count: int) -> Iterator[tuple[str, list[float]]]:
    """Measure what one page shows; the explorer with one panel and with all."""
    if name != "ours":
        page.wait_for_selector(THEIRS, timeout=PATIENCE)
        yield f"plain, {name}", steps(page, THEIRS, count, ours=False)
        return
    page.wait_for_selector("[data-explorer][data-revision]", timeout=PATIENCE)
    yield "ours, eight", steps(page, OURS, count, ours=True)
    page.click("[data-panel=software_revenue] button")
    yield "ours, one", steps(page, OURS, count, ours=True)


def why_not() -> str:
    """Say why nothing can be measured here; empty if it can."""
    if importlib.util.find_spec("playwright") is None:
        return "the package playwright is not installed (pip install playwright)"
    return "" if shutil.which("chromium") else "there is no chromium (apt install chromium)"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=40)
    asked = parser.parse_args()
    if why_not():
        print(f"skipped: {why_not()}")
        return
    from playwright.sync_api import sync_playwright

    print(f"{asked.steps} steps, {os.cpu_count()} processors; milliseconds from key press to changed chart")
    print(f"{'where':<8}{'way':<28}{'median':>9}{'95th':>9}{'times':>8}")
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        notebooks(Path(folder))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for place, way in (("Lab", in_lab), ("Voila", in_voila)):
            ours: dict[str, float] = {}
            for name, waits in way(browser, Path(folder), asked.steps):
                middle = statistics.median(waits)
                kind, _, panels = name.partition(", ")
                ours.setdefault(panels, middle)
                times = f"{middle / ours[panels]:.1f}" if kind == "plain" else ""
                late = waits[min(round(0.95 * len(waits)), len(waits) - 1)]
                print(f"{place:<8}{name:<28}{middle:>9.0f}{late:>9.0f}{times:>8}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
