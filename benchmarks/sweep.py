"""What sweeps cost: time and memory at 1,000 and at 10,000 runs, beside a loop over the same runs.

    python benchmarks/sweep.py [--runs N] [--workers N] [--loop N]

Ours is `scenarios sweep`, a Latin hypercube over three assumptions of the shipped plan, into a CSV file. The
naive way is a Python loop of `project` with overrides, whose tables get targets, gaps and verdicts and are
written as one at the end; it is run at fewer runs, warm and without imports, and its CPU time is
scaled. Beside it stands the same loop that keeps nothing. Ours are wall time, and CPU time and memory of the
whole tree of processes, imports included.

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


def looped(runs: int, *, keep: bool) -> float:
    """Loop over runs in this process, and perhaps keep and write their tables; give CPU seconds a run."""
    import numpy as np
    import pandas as pd

    from model import load, project

    plan, random = load(), np.random.default_rng(1)
    aims = {(kpi.id, aim.year): (kpi, aim) for kpi in plan.kpis.values() for aim in kpi.targets}
    rows = [(*key, aim.value) for key, (_, aim) in aims.items()]
    targets = pd.DataFrame(rows, columns=["kpi", "year", "target"])

    def one(number: int) -> pd.DataFrame:
        values = {key: random.uniform(*ends) for key, ends in VARIED.items()}
        made = project(plan, overrides=[f"{key}={value}" for key, value in values.items()])
        if not keep:
            return targets
        table = made.table.assign(run=number, **values).merge(targets, on=["kpi", "year"], how="left")
        for place, row in enumerate(table.itertuples()):
            if (row.kpi, row.year) in aims:
                kpi, aim = aims[row.kpi, row.year]
                table.loc[place, "gap"] = kpi.gap(aim, row.value)
                table.loc[place, "verdict"] = str(kpi.outcome(aim, row.value))
        return table

    one(0)
    start = time.process_time()
    pd.concat([one(number) for number in range(runs)]).to_csv(index=False)
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
    for title, keep in (("a loop over project", True), ("the same, nothing kept", False)):
        spent = looped(asked.loop, keep=keep) * asked.runs
        print(f"{f'{title}, {asked.runs:,} runs, scaled':<40}{'':>8}{spent:>8.1f}")


if __name__ == "__main__":
    main()
