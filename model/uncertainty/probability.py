"""Count draws: how many meet each target, all of a year's, and in which year each is first reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import takewhile
from operator import add
from threading import Event

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from model.errors import ModelError, mistake
from model.plan.plan import Kpi
from model.uncertainty.sampling import Sampling

Goal = tuple[str, int, float]


class Likelihood(StrEnum):
    """A probability in words, on a fixed scale (IPCC)."""

    VERY_LIKELY = "very likely"
    LIKELY = "likely"
    EVEN = "about as likely as not"
    UNLIKELY = "unlikely"
    VERY_UNLIKELY = "very unlikely"


@dataclass
class Tally:
    draws: int
    met: dict[Goal, int]
    together: dict[int, int]
    first: dict[Goal, dict[int, int]]

    def __add__(self, other: Tally) -> Tally:
        first = {
            goal: {year: count + other.first[goal][year] for year, count in counts.items()}
            for goal, counts in self.first.items()
        }
        met = {goal: count + other.met[goal] for goal, count in self.met.items()}
        together = {year: count + other.together[year] for year, count in self.together.items()}
        return Tally(self.draws + other.draws, met, together, first)


def tally(kpis: Iterable[Kpi], years: NDArray[np.int64], draws: Mapping[str, NDArray[np.float64]]) -> Tally:
    met: dict[Goal, int] = {}
    first: dict[Goal, dict[int, int]] = {}
    every: dict[int, NDArray[np.bool_]] = {}
    count = 0
    for kpi in kpis:
        values = draws[kpi.id]
        count = len(values)
        for target in kpi.targets:
            position = np.flatnonzero(years == target.year)
            if not position.size:
                continue
            goal = (kpi.id, target.year, target.value)
            there = kpi.meets(values, target)
            reached = there[:, position[0]]
            met[goal] = int(np.count_nonzero(reached))
            every[target.year] = every[target.year] & reached if target.year in every else reached
            # Draws that are there in some year up to this one: its steps are the first arrivals.
            arrived = [int(np.count_nonzero(one)) for one in np.logical_or.accumulate(there.T, axis=0)]
            steps = np.diff([0, *arrived])
            first[goal] = {int(year): int(step) for year, step in zip(years, steps, strict=True)}
            first[goal][0] = count - arrived[-1]
    together = {year: int(np.count_nonzero(reached)) for year, reached in every.items()}
    return Tally(count, met, together, first)


def probability_table(
    counted: Tally, scenario: str, spread: pd.DataFrame, settled: Mapping[tuple[str, int], str]
) -> pd.DataFrame:
    borrowed = spread.set_index("kpi")["borrowed"]
    rows = [
        (kpi, year, value, *_share(count, counted.draws), bool(borrowed[kpi]), settled.get((kpi, year), ""))
        for (kpi, year, value), count in counted.met.items()
    ]
    every = bool(borrowed.any())
    rows += [
        ("", year, float("nan"), *_share(count, counted.draws), every, settled.get(("", year), ""))
        for year, count in counted.together.items()
    ]
    chance = ["probability", "standard_error", "low", "high"]
    columns = ["kpi", "target_year", "target", *chance, "borrowed", "settled"]
    table = pd.DataFrame(rows, columns=columns)
    table.loc[table["settled"] != "", chance] = float("nan")
    table.insert(0, "scenario", scenario)
    return table


def year_table(counted: Tally, scenario: str, known: Mapping[str, int]) -> pd.DataFrame:
    rows = [
        (
            scenario,
            kpi,
            target_year,
            value,
            float(year or "nan"),
            *_share(count, counted.draws)[:2],
            0 < year <= known[kpi] or max(counts, key=counts.__getitem__) in range(1, known[kpi] + 1),
        )
        for (kpi, target_year, value), counts in counted.first.items()
        for year, count in counts.items()
    ]
    columns = ["scenario", "kpi", "target_year", "target", "year", "probability", "standard_error", "known"]
    return pd.DataFrame(rows, columns=columns)


def likelihood(probability: float) -> Likelihood:
    if probability >= 0.66:
        return Likelihood.VERY_LIKELY if probability >= 0.9 else Likelihood.LIKELY
    if probability > 0.33:
        return Likelihood.EVEN
    return Likelihood.UNLIKELY if probability > 0.1 else Likelihood.VERY_UNLIKELY


def _share(count: int, draws: int) -> tuple[float, float, float, float]:
    share = count / draws
    low, high = stats.binomtest(count, draws).proportion_ci(method="wilson")
    return share, float(np.sqrt(share * (1.0 - share) / draws)), float(low), float(high)


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
            counted.append(tally(plan.kpis.values(), years, block.kpis))
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
