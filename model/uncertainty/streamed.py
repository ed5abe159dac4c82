"""Summarise ensembles of any size: probabilities by counts, quantiles exactly or by a fine histogram.

Up to 2^17 draws are held and their quantiles are exact. More are streamed: draws are made block by block,
counted and forgotten, so memory does not grow with them. Their quantiles come from a histogram on the
transformed scale (logit within bounds, else log), whose bins are so fine that the error, at most the width
of a bin, is far below any printed digit; the width is given beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import takewhile
from operator import add
from pathlib import Path
from threading import Event

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import ModelError, mistake
from model.plan.schema import Kpi, Plan, Scenario
from model.plan.settled import settled
from model.projection.projection import as_of_year, horizon_year, settle
from model.uncertainty.correlation import Correlation
from model.uncertainty.ensemble import DRAWS, MOST_HELD, QUANTILES, SEED, checked_draws, quantiles, simulate
from model.uncertainty.probability import Tally, last_known, probability_table, tally, year_table
from model.uncertainty.sampling import Block, Sampling, sampling
from model.uncertainty.spread import Persistence

MOST = 2**26
BLOCK = 2**13
BINS = 2**12
# The range of the bins is that of the first block, widened on both sides by this share of it.
MARGIN = 0.5
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Summary:
    """What an ensemble says, without its draws."""

    scenario: Scenario
    as_of: int
    draws: int
    seed: int
    quantiles: pd.DataFrame
    probabilities: pd.DataFrame
    first_years: pd.DataFrame
    spread: pd.DataFrame
    errors: dict[str, float]
    correlation: Correlation
    persistence: Persistence


def summarise(
    plan: Plan,
    scenario: str | Path | Scenario = "",
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: Sequence[str] = (),
    persistence: float | None = None,
    correlation: float | None = None,
    levels: Sequence[float] = QUANTILES,
    held: int = MOST_HELD,
    workers: int = 2,
) -> Summary:
    """Simulate a scenario and summarise its draws.

    Parameters
    ----------
    plan, scenario, seed, horizon, as_of, overrides, persistence, correlation
        As in `model.simulate`.
    draws : int
        How many, a power of two up to 2^26.
    levels : sequence of float
        Of the quantiles, in (0, 1).
    held : int
        Up to so many draws are held and quantiles exact; more are streamed.
    workers : int
        Threads that stream; the result does not depend on them.

    Returns
    -------
    Summary

    Raises
    ------
    ModelError
        As `model.simulate`.

    Examples
    --------
    >>> from model import load
    >>> found = summarise(load(), "plan_path", draws=1024)
    >>> found.quantiles.shape, max(found.errors.values())
    ((336, 5), 0.0)
    """
    checked_draws(draws, MOST, seed)
    horizon = horizon_year(plan, horizon, aimed=True)
    if draws <= held:
        ensemble = simulate(
            plan, scenario, draws=draws, seed=seed, horizon=horizon, as_of=as_of,
            overrides=overrides, persistence=persistence, correlation=correlation,
        )  # fmt: skip
        found, spread, seen = ensemble.scenario, ensemble.spread, ensemble.as_of
        matrix, lasting = ensemble.correlation, ensemble.persistence
        counted, table = tally(plan, ensemble.years, ensemble.draws), quantiles(ensemble, levels)
        errors = dict.fromkeys(plan.kpis, 0.0)
    else:
        found = settle(plan, scenario, overrides)
        seen = as_of_year(plan, found, as_of)
        ready = sampling(
            plan, found, as_of=seen, last=horizon_year(plan, horizon), seed=seed,
            lasting=persistence, same=correlation,
        )  # fmt: skip
        spread, matrix, lasting = ready.spread, ready.correlation, ready.persistence
        counted, bins = _streamed(ready, draws, workers)
        rows = [row for one in bins for row in one.quantiles(ready, levels)]
        table = pd.DataFrame(rows, columns=["scenario", "kpi", "year", "quantile", "value"])
        errors = {one.kpi.id: one.width for one in bins}
    return Summary(
        found,
        seen,
        draws,
        seed,
        table,
        probability_table(counted, found.id, spread, settled(plan, as_of=seen)),
        year_table(counted, found.id, last_known(plan, seen)),
        spread,
        errors,
        matrix,
        lasting,
    )


class Bins:
    """Counts of one KPI's draws by year, in equal bins of the transformed scale."""

    def __init__(self, kpi: Kpi, low: Values, high: Values) -> None:
        self.kpi, self.low = kpi, low[:, None]
        # A year that is known has one value, and bins without width.
        self.known = high <= low
        widths = np.where(self.known, 0.0, (high - low) / BINS)
        self.width = float(widths.max())
        self.step = np.where(self.known, 1.0, widths)[:, None]
        self.counts = np.zeros((low.size, BINS), dtype=np.int64)

    def count(self, values: Values) -> None:
        """Count some draws."""
        place = scale_of(self.kpi)(values.T)
        place -= self.low
        place /= self.step
        np.clip(place, 0, BINS - 1, out=place)
        for year, column in enumerate(place.astype(np.int32)):
            self.counts[year] += np.bincount(column, minlength=BINS)

    def quantiles(
        self, ready: Sampling, levels: Sequence[float]
    ) -> Iterator[tuple[str, str, int, float, float]]:
        """Read quantiles off the counts, interpolated within a bin."""
        for position, year in enumerate(ready.years):
            counts = self.counts[position]
            below = np.cumsum(counts)
            for level in levels:
                rank = level * (below[-1] - 1) + 0.5
                place = int(np.searchsorted(below, rank))
                if not self.known[position] and place in (0, BINS - 1):
                    wrong = f"{level:g} of {self.kpi.id} in {year} lies beyond what the first draws showed"
                    raise ModelError(mistake("quantile", "", wrong, "a level further from 0 and 1"))
                inside = (rank - float(below[place] - counts[place])) / float(counts[place])
                steps = 0.0 if self.known[position] else place + inside
                scaled = self.low[position, 0] + steps * self.step[position, 0]
                value = float(value_of(self.kpi)(np.array(scaled)))
                yield ready.scenario.id, self.kpi.id, int(year), level, value


def scale_of(kpi: Kpi) -> Callable[[Values], Values]:
    """Give the scale on which a KPI's draws are counted: logit within bounds, else log."""
    if kpi.bounds is None:
        return np.log
    low, high = kpi.bounds
    return lambda values: np.log((values - low) / (high - values))


def value_of(kpi: Kpi) -> Callable[[Values], Values]:
    """Give the inverse of `scale_of`."""
    if kpi.bounds is None:
        return np.exp
    low, high = kpi.bounds
    return lambda scaled: low + (high - low) / (1.0 + np.exp(-scaled))


def _streamed(ready: Sampling, draws: int, workers: int) -> tuple[Tally, list[Bins]]:
    """Stream the draws through counts and bins, in parts that run side by side."""
    (first,) = ready.blocks(BLOCK, size=BLOCK)
    limits = {}
    for name, kpi in ready.plan.kpis.items():
        scaled = scale_of(kpi)(first.kpis[name])
        low, high = scaled.min(axis=0), scaled.max(axis=0)
        limits[name] = low - MARGIN * (high - low), high + MARGIN * (high - low)
    parts = max(1, min(workers, draws // BLOCK))
    size = draws // parts // BLOCK * BLOCK
    starts = [part * size for part in range(parts)]
    ends = [*starts[1:], draws]

    def work(span: tuple[int, int]) -> tuple[Tally, list[Bins]]:
        bins = [Bins(kpi, *limits[name]) for name, kpi in ready.plan.kpis.items()]
        blocks = ready.blocks(span[1] - span[0], size=BLOCK, start=span[0])
        going = takewhile(lambda _: not over.is_set(), blocks)
        return reduce(add, (_counted(ready, block, bins) for block in going)), bins

    # Threads: the heavy steps are numpy's and scipy's, which let other threads run meanwhile.
    over = Event()
    with ThreadPoolExecutor(parts) as pool:
        try:
            done = list(pool.map(work, zip(starts, ends, strict=True)))
        finally:  # An interrupt ends the threads as well.
            over.set()
    total = done[0][1]
    for _, bins in done[1:]:
        for mine, other in zip(total, bins, strict=True):
            mine.counts += other.counts
    return reduce(add, (counted for counted, _ in done)), total


def _counted(ready: Sampling, block: Block, bins: list[Bins]) -> Tally:
    for one in bins:
        one.count(block.kpis[one.kpi.id])
    return tally(ready.plan, ready.years, block.kpis)
