"""Whether bands hold, and what was chosen before they could: ``python benchmarks/bands.py [PLAN]``.

First, of figures known in the base year alone: how long growth shocks last, and by how much three readings
of fading growth would have missed the log of a series (mean absolute error over every origin, as-of year and
horizon): read again at every as-of year, faded on the calendar since the origin, or started anew from the
origin's rate. Then, against outturns: how often bands of as-of runs of the baseline held them, in all and by
years ahead, CRPS and pinball loss (of the log), and the Brier score of the probabilities of meeting targets,
by the persistence of shocks. Nothing is chosen by the second part.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd

from model import load, project, simulate
from model.evaluation.backtest import calibration
from model.plan.plan import Plan
from model.projection.trajectories import DAMPING
from model.uncertainty.spread import persistence, yearly_growth

SCENARIO = "baseline"


def readings(plan: Plan) -> pd.DataFrame:
    """Give absolute errors of the three readings, by series."""
    rows = []
    for name, rates in yearly_growth(plan.figures, plan.base_year).items():
        if plan.series[name].proxy_for:
            continue
        for origin, first in rates.items():
            last = origin
            while last + 1 in rates:
                last += 1
            for now in range(origin + 1, last):
                for ahead in range(1, last - now + 1):
                    steps = range(1, ahead + 1)
                    seen = sum(rates[now + step] for step in steps)
                    fades = sum(DAMPING**step for step in steps)
                    made = (fades * rates[now], fades * DAMPING ** (now - origin) * first, fades * first)
                    rows.append((name, *(abs(seen - one) for one in made)))
    return pd.DataFrame(rows, columns=["series", "read again", "on the calendar", "started anew"])


def brier(plan: Plan) -> float:
    """Score the probabilities of meeting targets that an outturn has settled since."""
    seen = plan.figures.preferred(as_of=plan.figures.latest, basis="published")
    last = seen[seen["verified"] == "seen"].set_index(["kpi", "year"])["value"]
    losses: list[float] = []
    for as_of in range(plan.base_year, plan.target_year):
        known_to = project(plan, SCENARIO, as_of=as_of).table.query("status == 'observed'")
        settled = set(zip(known_to["kpi"], known_to["year"], strict=True))
        for row in simulate(project(plan, SCENARIO, as_of=as_of)).probabilities.itertuples():
            case = (row.kpi, row.target_year)
            if row.kpi and case in last.index and case not in settled:
                better = 1.0 if plan.kpis[row.kpi].better == "higher" else -1.0
                losses.append((row.probability - float(better * (last[case] - row.target) >= 0.0)) ** 2)
    return float(np.mean(losses))


def main(folder: str) -> None:
    """Print all three tables."""
    plan = load(folder)
    print(f"{persistence(plan)}\n")
    errors = readings(plan)
    table = errors.groupby("series").mean().assign(n=errors.groupby("series").size())
    every = pd.DataFrame([{**errors.drop(columns="series").mean(), "n": len(errors)}], index=["every case"])
    print(pd.concat([table, every]).round(4).to_string(), "\n")
    rows: list[dict[str, Any]] = []
    for lasts in (0.0, 0.5, persistence(plan).value, 0.9):
        given = plan.uncertainty.model_copy(update={"persistence": lasts})
        made = plan.model_copy(update={"uncertainty": given})
        scores = calibration(made, [SCENARIO]).query("method == 'scenario' and basis == 'published'")
        ahead = scores.groupby("horizon")["inside_90"].mean().round(2).to_dict()
        whole = scores[["inside_60", "inside_90", "crps", "pinball"]].mean().to_dict()
        rows.append({"persistence": lasts, **whole, "brier": brier(made), "n": len(scores), **ahead})
    print(pd.DataFrame(rows).round(4).to_string(index=False))


if __name__ == "__main__":
    main(*sys.argv[1:2] or ["china_14fyp_digital"])
