"""Streamed draws: counted in fine bins of the transformed scale (logit within bounds, else log).

The error of a quantile is at most the width of a bin, far below any printed digit; it is given beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from itertools import takewhile
from operator import add
from threading import Event

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError, mistake
from model.plan.plan import Kpi
from model.uncertainty.probability import Tally, tally
from model.uncertainty.sampling import Sampling

BLOCK = 2**13
BINS = 2**12
# The range of the bins is that of the first block, widened on both sides by this share of it.
MARGIN = 0.5
Values = NDArray[np.float64]


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
        place = scaled(self.kpi, values.T)
        place -= self.low
        place /= self.step
        np.clip(place, 0, BINS - 1, out=place)
        for year, column in enumerate(place.astype(np.int32)):
            self.counts[year] += np.bincount(column, minlength=BINS)

    def quantiles(self, years: Sequence[int], levels: Sequence[float]) -> Values:
        """Read quantiles off the counts, interpolated within a bin, shape (years, levels)."""
        steps = np.zeros((len(years), len(levels)))
        for position, counts in enumerate(self.counts):
            below = np.cumsum(counts)
            for at, level in enumerate(levels):
                rank = level * (below[-1] - 1) + 0.5
                place = int(np.searchsorted(below, rank))
                if self.known[position]:
                    continue
                if place in (0, BINS - 1):
                    where = f"{level:g} of {self.kpi.id} in {years[position]}"
                    wrong = f"{where} lies beyond what the first draws showed"
                    raise ModelError(mistake("quantile", "", wrong, "a level further from 0 and 1"))
                steps[position, at] = place + (rank - float(below[place] - counts[place])) / float(
                    counts[place]
                )
        return unscaled(self.kpi, self.low + steps * self.step)


def scaled(kpi: Kpi, values: Values) -> Values:
    """Give draws on the scale on which they are counted: logit within bounds, else log."""
    if kpi.bounds is None:
        return np.log(values)
    low, high = kpi.bounds
    return np.log((values - low) / (high - values))


def unscaled(kpi: Kpi, values: Values) -> Values:
    """Give the inverse of `scaled`."""
    if kpi.bounds is None:
        return np.exp(values)
    low, high = kpi.bounds
    return low + (high - low) / (1.0 + np.exp(-values))


def streamed(ready: Sampling, draws: int, workers: int) -> tuple[tuple[Bins, ...], Tally]:
    """Stream draws through counts and bins, in parts that run side by side."""
    plan, years = ready.projection.plan, np.array(ready.projection.years)
    (first,) = ready.blocks(BLOCK, size=BLOCK)
    limits = {}
    for name, kpi in plan.kpis.items():
        own = scaled(kpi, first.kpis[name])
        low, high = own.min(axis=0), own.max(axis=0)
        limits[name] = low - MARGIN * (high - low), high + MARGIN * (high - low)
    parts = max(1, min(workers, draws // BLOCK))
    size = draws // parts // BLOCK * BLOCK
    starts = [part * size for part in range(parts)]

    def work(span: tuple[int, int]) -> tuple[list[Bins], Tally]:
        bins = [Bins(kpi, *limits[name]) for name, kpi in plan.kpis.items()]
        counted = []
        blocks = ready.blocks(span[1] - span[0], size=BLOCK, start=span[0])
        for block in takewhile(lambda _: not over.is_set(), blocks):
            for one in bins:
                one.count(block.kpis[one.kpi.id])
            counted.append(tally(plan, years, block.kpis))
        return bins, reduce(add, counted)

    # Threads: the heavy steps are numpy's and scipy's, which let other threads run meanwhile.
    over = Event()
    with ThreadPoolExecutor(parts) as pool:
        try:
            done = list(pool.map(work, zip(starts, [*starts[1:], draws], strict=True)))
        finally:  # An interrupt ends the threads as well.
            over.set()
    total = done[0][0]
    for bins, _ in done[1:]:
        for mine, other in zip(total, bins, strict=True):
            mine.counts += other.counts
    return tuple(total), reduce(add, (counted for _, counted in done))
