"""What large ensembles cost: time against numpy's own normals, memory against the number of draws.

    python benchmarks/ensemble.py [--draws-exponent N] [--repeats N]

The floor is one thread of numpy that fills a small buffer with standard normals again and again, as many as
the ensemble has: draws times KPIs times years. Times ``x`` are multiples of it, of the same run. Ours are
`Sampling.blocks`, blocks thrown away, and `model.simulate`, streamed: quantiles, probabilities and
first years, on two threads. The peer's way is plain numpy that holds every draw: normals, cumulated,
exponentiated, `numpy.quantile`, targets counted; neither correlation, nor ceilings, nor first years. Which
axis the draws lie on matters to it, so both are shown. It needs about 1 kB of memory a draw.

Stated aims: draws are made within 2.5 times the CPU time of the floor, summarised within 7 times its CPU time
and, on two processors, 4 times its wall time; 2^22 draws need no more memory than 2^18.

Each figure is taken in a new process, after imports and after the plan is read. Times are the best of all
repetitions, memory is the largest; MB before is the peak until then, MB peak that of the whole process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLAN, SCENARIO = "china_14fyp_digital", "baseline"
FEW, MANY = 18, 22  # exponents of the draws whose memory is compared
MOST = 26  # exponent of the most draws that are summarised
STREAM = 2**10  # draws that may be held where streaming is wanted for fewer than usual
Work = Callable[[], dict[str, float]]


def ready() -> Any:
    """Make the scenario ready to be sampled, with everything at its default."""
    from model.uncertainty.ensemble import SEED
    from model.uncertainty.sampling import sampling

    return sampling(projection(), seed=SEED)


def projection() -> Any:
    from model import load, project

    return project(load(PLAN), SCENARIO)


def normals(draws: int) -> Work:
    """Fill one block with normals until all are drawn."""
    import numpy as np

    from model.uncertainty.probability import BLOCK

    made = ready()
    kpis, years = len(made.projection.plan.kpis), len(made.projection.years) - 1

    def run() -> dict[str, float]:
        generator, block = np.random.default_rng(1), np.empty((BLOCK, kpis, years))
        for _ in range(draws // BLOCK):
            generator.standard_normal(out=block)
        return {"kpis": kpis, "years": years}

    return run


def generation(draws: int) -> Work:
    """Make the draws, and forget them."""
    from model.uncertainty.probability import BLOCK

    made = ready()

    def run() -> dict[str, float]:
        for _ in made.blocks(draws, size=BLOCK):
            pass
        return {}

    return run


def summary(draws: int) -> Work:
    """Summarise the draws; give the largest error that is stated of a quantile."""
    from model import simulate

    made = projection()
    return lambda: {"stated": simulate(made, draws=draws, workers=2).error}


def holding(draws: int, *, rows: bool) -> Work:
    """Do the peer's way: a draw is a row of the array, or a column of it."""
    import numpy as np

    from model.uncertainty.ensemble import QUANTILES

    sampled = ready()
    made, kpis = sampled.projection, sampled.projection.plan.kpis
    # The years after the base year; the last one is the target year.
    middle = np.array([made.paths.values[name][1 : len(made.years)] for name in kpis])
    sizes = sampled.spread.set_index("kpi")["sd"].reindex(list(kpis)).to_numpy()
    targets = np.array([kpi.targets[0].value for kpi in kpis.values()])

    def by_rows() -> dict[str, float]:
        shocks = np.random.default_rng(1).standard_normal((draws, *middle.shape))
        paths = middle * np.exp(np.cumsum(sizes[:, None] * shocks, axis=2))
        np.quantile(paths, QUANTILES, axis=0)
        met = paths[:, :, -1] >= targets
        _ = met.mean(axis=0), met.all(axis=1).mean()
        return {}

    def by_columns() -> dict[str, float]:
        shocks = np.random.default_rng(1).standard_normal((*middle.shape, draws))
        paths = middle[:, :, None] * np.exp(np.cumsum(sizes[:, None, None] * shocks, axis=1))
        np.quantile(paths, QUANTILES, axis=2)
        met = paths[:, -1] >= targets[:, None]
        _ = met.mean(axis=1), met.all(axis=0).mean()
        return {}

    return by_rows if rows else by_columns


def accuracy(draws: int) -> Work:
    """Compare streamed quantiles with exact ones; give the largest error as a share of the stated."""
    import numpy as np

    from model import simulate
    from model.uncertainty.probability import scaled

    made = projection()

    def run() -> dict[str, float]:
        exact = simulate(made, draws=draws)
        streamed = simulate(made, draws=draws, held=STREAM)
        key = ["kpi", "year", "quantile"]
        both = exact.quantiles.merge(streamed.quantiles, on=key, suffixes=("_exact", "_streamed"))
        largest = 0.0
        for name, table in both.groupby("kpi"):
            exactly, roughly = (
                scaled(made.plan.kpis[name], table[f"value_{way}"].to_numpy())
                for way in ("exact", "streamed")
            )
            width = next(one.width for one in streamed.bins if one.kpi.id == name)
            largest = max(largest, float(np.abs(roughly - exactly).max()) / width)
        return {"observed": largest}

    return run


WAYS: dict[str, Callable[[int], Work]] = {
    "normals": normals,
    "generation": generation,
    "summary": summary,
    "rows": lambda draws: holding(draws, rows=True),
    "columns": lambda draws: holding(draws, rows=False),
    "accuracy": accuracy,
}


def peak() -> float:
    """Give the most memory this process has had, in MB."""
    if sys.platform.startswith("linux"):
        # Not ru_maxrss: that begins with what the parent had.
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e3
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def alone(way: str, draws: int) -> None:
    """Do one thing in this process, and print what it took."""
    run = WAYS[way](draws)
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    found = run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "before": before, "peak": peak(), **found}))


def measured(way: str, exponent: int) -> dict[str, float]:
    """Do one thing in a new process; give what it printed."""
    run = [sys.executable, __file__, "--only", way, "--draws-exponent", str(exponent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(run, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{way} failed")
    return dict(json.loads(done.stdout))


def measure(exponent: int, repeats: int) -> None:
    """Measure everything, and print a table."""
    lines = [
        ("floor: standard normals", "normals", exponent, "", ""),
        ("draws made", "generation", exponent, "", "2.5"),
        ("draws summarised", "summary", exponent, "4", "7"),
        ("held, a draw a row", "rows", exponent, "", ""),
        ("held, a draw a column", "columns", exponent, "", ""),
        (f"summarised, 2^{FEW} draws", "summary", FEW, "", ""),
        (f"summarised, 2^{MANY} draws", "summary", MANY, "", ""),
    ]
    # Round after round, not one line after the other: a slow minute of the machine meets all of them.
    rounds = [[measured(way, draws) for _, way, draws, _, _ in lines] for _ in range(repeats)]
    best = [
        {key: (max if key in ("before", "peak") else min)(one[key] for one in found) for key in found[0]}
        for found in zip(*rounds, strict=True)
    ]
    floor = best[0]
    print(
        f"2^{exponent} draws of {floor['kpis']:.0f} KPIs over {floor['years']:.0f} years, "
        f"best of {repeats}, {os.cpu_count()} processors"
    )
    heads = ("wall s", "CPU s", "wall x", "aim", "CPU x", "aim", "MB before", "MB peak")
    print(f"{'way':<26}" + "".join(f"{head:>{10 if 'MB' in head else 8}}" for head in heads))
    for (title, _, draws, wall_aim, cpu_aim), found in zip(lines, best, strict=True):
        # A multiple of the floor says nothing about another number of draws.
        wall, cpu = (f"{found[key] / floor[key]:.2f}" if draws == exponent else "" for key in ("wall", "cpu"))
        print(
            f"{title:<26}{found['wall']:>8.2f}{found['cpu']:>8.2f}"
            f"{wall:>8}{wall_aim:>8}{cpu:>8}{cpu_aim:>8}{found['before']:>10.0f}{found['peak']:>10.0f}"
        )
    few, many = best[-2:]
    print(f"peak memory of 2^{MANY} draws over 2^{FEW}: {many['peak'] / few['peak']:.3f} (aim: 1)")
    print(f"stated error of streamed quantiles: {best[2]['stated']:.2g} of the log or logit")
    held = FEW - 1
    seen = measured("accuracy", held)["observed"]
    print(f"largest error seen, 2^{held} draws streamed against held: {seen:.2g} of the stated")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws-exponent", type=int, default=20, help=f"{FEW} to {MOST}, by default 20")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=list(WAYS), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        alone(asked.only, 2**asked.draws_exponent)
        return
    # Fewer would be held, not streamed; more are refused.
    if not FEW <= asked.draws_exponent <= MOST or asked.repeats < 1:
        parser.error(f"--draws-exponent must be from {FEW} to {MOST}, --repeats at least 1")
    measure(asked.draws_exponent, asked.repeats)


if __name__ == "__main__":
    main()
