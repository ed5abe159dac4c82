"""How good past distributions were: scores of whole ensembles against what was published since.

All on the log, so that KPIs of any unit can be pooled. A naive forecast is laid out as an ensemble of its
own, with the same growth shocks around it, so that only the centres compete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scoringrules
from numpy.typing import NDArray

from model.evaluation.backtest import SCENARIO, judged, last_outturn, naive_paths, outturns_of
from model.plan.schema import Plan, Scenario
from model.projection.projection import settle
from model.projection.trajectories import facts_of
from model.uncertainty.ensemble import SEED, simulate
from model.uncertainty.sampling import Sampling, sampling, shaken, unknown_spread
from model.uncertainty.spread import root_of

COLUMNS = (
    "scenario", "kpi", "as_of", "year", "horizon", "method", "basis", "crps", "pinball", "inside_60",
    "inside_90",
)  # fmt: skip
DRAWS = 2**10
LEVELS = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
BANDS = {"inside_60": (0.2, 0.8), "inside_90": (0.05, 0.95)}
Cases = dict[tuple[str, int], NDArray[np.float64]]


def calibration(
    plan: Plan, scenarios: Sequence[str | Path | Scenario] = (), *, draws: int = DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """Score ensembles of as-of runs and of naive forecasts against what was published since."""
    rows: list[tuple[Any, ...]] = []
    outturns, last = outturns_of(plan), last_outturn(plan)
    chosen = [settle(plan, one) for one in judged(plan, scenarios)]
    if not chosen or any(unknown_spread(plan, one) for one in chosen):
        return pd.DataFrame(rows, columns=list(COLUMNS))
    for as_of in range(plan.base_year, last):
        known = {kpi: max(year for year, _, _ in own) for kpi, own in facts_of(plan, as_of).items() if own}
        for one in chosen:
            drawn = simulate(plan, one, draws=draws, seed=seed, horizon=last, as_of=as_of)
            futures = {
                (kpi, int(year)): values[:, position]
                for kpi, values in drawn.draws.items()
                for position, year in enumerate(drawn.years)
                if year > known[kpi]
            }
            rows += _scored(one.id, as_of, SCENARIO, futures, outturns)
        # Around naive forecasts lie the shocks and ceilings of the scenarios' common root.
        ready = sampling(plan, root_of(plan, chosen[0]), as_of=as_of, last=last, seed=seed)
        for method, futures in _naive(plan, ready, draws, last).items():
            rows += _scored("", as_of, method, futures, outturns)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _naive(plan: Plan, ready: Sampling, draws: int, last: int) -> dict[str, Cases]:
    """Lay the growth shocks of a scenario's KPIs around the naive forecasts."""
    noise = ready.shaken(draws)
    found: dict[str, Cases] = {}
    for method, paths in naive_paths(plan, ready.as_of, last).items():
        futures: Cases = {}
        for kpi, (first, path) in paths.items():
            start = first - plan.base_year
            top = ready.centre.ceilings.get(kpi)
            over = None if top is None else top[start : start + path.size]
            if over is not None and bool(np.any(path >= over)):
                over = None
            values = shaken(path, noise[kpi][:, start:], over)
            futures |= {(kpi, first + step): values[:, step] for step in range(1, path.size)}
        found[method] = futures
    return found


def _scored(
    scenario: str, as_of: int, method: str, futures: Cases, outturns: Sequence[tuple[str, int, float, str]]
) -> Iterator[tuple[Any, ...]]:
    cases = [
        case
        for case in outturns
        if case[1] > as_of and case[:2] in futures and min(case[2], futures[case[:2]].min()) > 0.0
    ]
    if not cases:
        return
    drawn = np.log(np.sort([futures[kpi, year] for kpi, year, _, _ in cases], axis=1))
    seen = np.log([value for _, _, value, _ in cases])
    crps = scoringrules.crps_ensemble(seen, drawn, estimator="pwm", sorted_ensemble=True)
    bounds = np.quantile(drawn, LEVELS, axis=1)
    pinball = np.mean(
        [
            scoringrules.quantile_score(seen, bound, level)
            for bound, level in zip(bounds, LEVELS, strict=True)
        ],
        axis=0,
    )
    inside = [
        (seen >= bounds[LEVELS.index(low)]) & (seen <= bounds[LEVELS.index(high)])
        for low, high in BANDS.values()
    ]
    for place, (kpi, year, _, basis) in enumerate(cases):
        yield (
            scenario, kpi, as_of, year, year - as_of, method, basis, float(crps[place]),
            float(pinball[place]), bool(inside[0][place]), bool(inside[1][place]),
        )  # fmt: skip
