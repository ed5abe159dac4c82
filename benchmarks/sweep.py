"""What sweeps cost: time and memory at 1,000 and at 10,000 runs, beside a loop over the same runs.

    python benchmarks/sweep.py [--runs N] [--workers N] [--loop N]

Ours is `scenarios sweep`, a Latin hypercube over three assumptions of the shipped plan, into a CSV file. The
naive way is a Python loop of `project` with overrides and `judged` tables in one list, written at the end; it
is run at fewer runs, after imports and once warm, and its time is scaled. CPU time and memory are those of the
whole tree of processes.

Stated aims: 10,000 runs in under a minute on two processors; ten times the runs need no more memory.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

FEW = 1_000
VARIED = {
    "software_revenue.rate": (0.05, 0.2),
    "gigabit_users.imitation": (0.2, 0.6),
    "gdp_nominal.rate": (0.04, 0.09),
}


def written(folder: Path, runs: int) -> Path:
    """Write the sweep of so many runs."""
    lines = [f"  {key}: {{low: {low}, high: {high}}}" for key, (low, high) in VARIED.items()]
    text = "\n".join([f"design: latin_hypercube\nruns: {runs}\nvary:", *lines])
    path = folder / "sweep.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def ours(runs: int, workers: int) -> tuple[float, float, float]:
    """Run a sweep; give wall seconds, CPU seconds and the most memory its processes held at once, in MB."""
    with TemporaryDirectory() as name:
        command = [sys.executable, "-m", "model.cli", "sweep", str(written(Path(name), runs))]
        options = ["--workers", str(workers), "--out", f"{name}/found.csv"]
        start = time.perf_counter()
        with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as process:
            spent, peak = watched(process)
        if process.returncode:
            raise SystemExit("the sweep failed")
        return time.perf_counter() - start, spent, peak


def watched(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Follow a tree of processes until it ends; what one spent after the last look is not seen."""
    spent, peak = dict[int, float](), 0.0
    while process.poll() is None:
        memory = 0
        try:
            main = psutil.Process(process.pid)
            for one in [main, *main.children(recursive=True)]:
                times = one.cpu_times()
                spent[one.pid] = times.user + times.system
                memory += one.memory_full_info().pss if sys.platform == "linux" else one.memory_info().rss
        except psutil.Error:
            pass
        peak = max(peak, memory / 1e6)
        threading.Event().wait(0.1)
    return sum(spent.values()), peak


def naive(runs: int) -> float:
    """Loop over the runs in this process; give CPU seconds a run."""
    import numpy as np
    import pandas as pd

    from model import load, project
    from model.evaluation.assessment import judged

    plan, random = load(), np.random.default_rng(1)

    def loop(count: int) -> float:
        start, tables = time.process_time(), []
        for _ in range(count):
            values = [f"{key}={random.uniform(*ends)}" for key, ends in VARIED.items()]
            tables.append(judged(project(plan, overrides=values)))
        pd.concat(tables).to_csv(index=False)
        return (time.process_time() - start) / count

    loop(2)
    return loop(runs)


def bare(runs: int) -> float:
    """Loop over `project` alone, keeping nothing: the floor of a loop that calls it; CPU seconds a run."""
    import numpy as np

    from model import load, project

    plan, random = load(), np.random.default_rng(1)
    start = 0.0
    for number in range(runs + 2):
        start = time.process_time() if number == 2 else start
        project(plan, overrides=[f"{key}={random.uniform(*ends)}" for key, ends in VARIED.items()])
    return (time.process_time() - start) / runs


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--loop", type=int, default=200)
    asked = parser.parse_args()
    print(f"{'way':<40}{'wall s':>8}{'CPU s':>8}{'MB peak':>9}")
    for runs in (FEW, asked.runs):
        wall, spent, peak = ours(runs, asked.workers)
        print(f"{f'scenarios sweep, {runs:,} runs':<40}{wall:>8.1f}{spent:>8.1f}{peak:>9.0f}")
    for title, way in (("project alone", bare), ("project and judged", naive)):
        print(f"{f'loop over {title}, {asked.runs:,} runs, scaled':<48}{way(asked.loop) * asked.runs:>8.1f}")


if __name__ == "__main__":
    main()
