"""Count draws: how many meet each target, all of a year's, and in which year each is first reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from model.plan.plan import Plan

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
    """Counts that can be added up block by block."""

    draws: int
    met: dict[Goal, int]
    together: dict[int, int]
    first: dict[Goal, dict[int, int]]

    def __add__(self, other: Tally) -> Tally:
        """Add the counts of other draws."""
        first = {
            goal: {year: count + other.first[goal][year] for year, count in counts.items()}
            for goal, counts in self.first.items()
        }
        met = {goal: count + other.met[goal] for goal, count in self.met.items()}
        together = {year: count + other.together[year] for year, count in self.together.items()}
        return Tally(self.draws + other.draws, met, together, first)


def tally(plan: Plan, years: NDArray[np.int64], draws: Mapping[str, NDArray[np.float64]]) -> Tally:
    """Count the draws of some values."""
    met: dict[Goal, int] = {}
    first: dict[Goal, dict[int, int]] = {}
    every: dict[int, NDArray[np.bool_]] = {}
    count = 0
    for kpi in plan.kpis.values():
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
    """Tabulate how likely each target is to be met."""
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
    """Tabulate in which year each target value is first reached."""
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
    """Say a probability in words."""
    if probability >= 0.66:
        return Likelihood.VERY_LIKELY if probability >= 0.9 else Likelihood.LIKELY
    if probability > 0.33:
        return Likelihood.EVEN
    return Likelihood.UNLIKELY if probability > 0.1 else Likelihood.VERY_UNLIKELY


def _share(count: int, draws: int) -> tuple[float, float, float, float]:
    share = count / draws
    low, high = stats.binomtest(count, draws).proportion_ci(method="wilson")
    return share, float(np.sqrt(share * (1.0 - share) / draws)), float(low), float(high)
