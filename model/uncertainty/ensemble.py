"""Simulate a projection: uncertain parameters and yearly growth shocks, as one ensemble of futures.

Up to 2^17 draws are held and their quantiles are exact. More are streamed: draws are made block by block,
counted and forgotten, so memory does not grow with them (`model.uncertainty.probability`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import ModelError, mistake, whole
from model.plan.plan import Plan
from model.plan.schema import Scenario
from model.projection.projection import Projection
from model.uncertainty.probability import Bins, Tally, probability_table, streamed, tally, year_table
from model.uncertainty.sampling import Sampling, sampling
from model.uncertainty.spread import Correlation, Persistence

QUANTILES = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
CONTENTS = (0.3, 0.6, 0.9)
MOST_HELD, MOST = 2**17, 2**26
DRAWS, SEED = 2**12, 1
Kind = Literal["central", "highest density"]
CENTRAL: Kind = "central"
HIGHEST: Kind = "highest density"
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Many sampled futures of one scenario.

    Parameters
    ----------
    sampling : Sampling
        What was drawn: the projection, its random inputs, and how far they stray.
    count : int
        How many draws.
    draws : dict of str to ndarray, shape (draws, years)
        Values of each KPI, in its unit; what was known is the same in every draw. Bounds hold by the scale
        that is shaken: no draw was clipped. Empty where draws were streamed.
    context : dict of str to ndarray, shape (draws, years) or (1, years)
        The same of the context series; one row where nothing of it is uncertain.
    bins : tuple of Bins
        Counts of streamed draws.
    counted : Tally, optional
        Of streamed draws: how many meet each target.
    """

    sampling: Sampling
    count: int
    draws: dict[str, Values]
    context: dict[str, Values]
    bins: tuple[Bins, ...] = ()
    counted: Tally | None = None

    @property
    def projection(self) -> Projection:
        """The path that the draws lie around, and what was known."""
        return self.sampling.projection

    @property
    def plan(self) -> Plan:
        """What it is drawn of."""
        return self.projection.plan

    @property
    def scenario(self) -> Scenario:
        """The scenario, overrides included."""
        return self.projection.scenario

    @property
    def years(self) -> NDArray[np.int64]:
        """Calendar years, from the base year on."""
        return np.array(self.projection.years)

    @property
    def seed(self) -> int:
        """Of the random numbers."""
        return self.sampling.seed

    @property
    def spread(self) -> pd.DataFrame:
        """What the growth shocks rest on."""
        return self.sampling.spread

    @property
    def correlation(self) -> Correlation:
        """How growth shocks go together between KPIs."""
        return self.sampling.correlation

    @property
    def persistence(self) -> Persistence:
        """How much of a year's shock the next inherits, and what that rests on."""
        return self.sampling.persistence

    @property
    def error(self) -> float:
        """Largest error of a quantile, on the transformed scale; 0 where draws are held."""
        return max((one.width for one in self.bins), default=0.0)

    @cached_property
    def tally(self) -> Tally:
        """Counts of draws that meet each target."""
        return self.counted or tally(self.plan.kpis.values(), self.years, self.draws)

    @cached_property
    def probabilities(self) -> pd.DataFrame:
        """How likely each target is to be met, and all of one year, by counts of draws."""
        made = self.projection
        return probability_table(self.tally, made.scenario.id, self.spread, made.settled)

    @cached_property
    def first_years(self) -> pd.DataFrame:
        """In which year the draws first reach each target."""
        known = {name: self.projection.facts[name][-1][0] for name in self.plan.kpis}
        return year_table(self.tally, self.scenario.id, known)

    @property
    def quantiles(self) -> pd.DataFrame:
        """The quantiles of a fan chart, of every KPI and year."""
        return self.quantiles_at(QUANTILES)

    def quantiles_at(self, levels: Sequence[float]) -> pd.DataFrame:
        """Give quantiles of every KPI and year."""
        years, rows = self.projection.years, list[tuple[str, str, int, float, float]]()
        if self.bins:
            values = {one.kpi.id: one.quantiles(years, levels) for one in self.bins}
        else:
            values = {kpi: np.quantile(draws, levels, axis=0).T for kpi, draws in self.draws.items()}
        for kpi, by_year in values.items():
            for year, own in zip(years, by_year, strict=True):
                rows += [
                    (self.scenario.id, kpi, year, *one) for one in zip(levels, map(float, own), strict=True)
                ]
        return pd.DataFrame(rows, columns=["scenario", "kpi", "year", "quantile", "value"])

    def bands(
        self, kpi: str = "", *, kind: Kind = CENTRAL, contents: Sequence[float] = CONTENTS
    ) -> pd.DataFrame:
        """Give the bands of a fan chart, of one KPI or all."""
        rows = []
        for name in [kpi] if kpi else self.draws:
            ordered = np.sort(self.draws[name], axis=0)
            for content in contents:
                if kind == CENTRAL:
                    low, high = np.quantile(ordered, [(1 - content) / 2, (1 + content) / 2], axis=0)
                else:
                    low, high = _shortest(ordered, content)
                rows += [
                    (self.scenario.id, name, year, content, float(below), float(above))
                    for year, below, above in zip(self.projection.years, low, high, strict=True)
                ]
        table = pd.DataFrame(rows, columns=["scenario", "kpi", "year", "content", "low", "high"])
        return table.sort_values(["kpi", "year", "content"], kind="stable", ignore_index=True)


def simulate(
    projection: Projection,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    persistence: float | None = None,
    correlation: float | None = None,
    net: bool = True,
    held: int = MOST_HELD,
    workers: int = 2,
) -> Ensemble:
    """Simulate a projection.

    Parameters
    ----------
    projection : Projection
        A scenario projected from what was known.
    draws : int
        How many, a power of two up to 2^26.
    seed : int
        Of the random numbers; the same inputs get the same numbers in every scenario.
    persistence : float, optional
        Share of a year's growth shock that the next year inherits, in [0, 1); by default the plan's, else as
        measured.
    correlation : float, optional
        One correlation between the shocks of all KPIs; by default the plan's pairs.
    net : bool
        False: plain Monte Carlo, one generator an input, instead of the joint net.
    held : int
        Up to so many draws are held and quantiles exact; more are streamed.
    workers : int
        Threads that stream; the result does not depend on them.

    Returns
    -------
    Ensemble

    Raises
    ------
    ModelError
        If `draws` is no power of two or too many, a number is out of range, or nothing says how far the
        growth of a KPI strays.

    Examples
    --------
    >>> from model import load, project
    >>> ensemble = simulate(project(load(), "baseline"), draws=256)
    >>> ensemble.draws["software_revenue"].shape
    (256, 6)
    """
    checked_draws(draws, MOST, seed)
    ready = sampling(projection, seed=seed, net=net, lasting=persistence, same=correlation)
    if draws > held:
        return Ensemble(ready, draws, {}, {}, *streamed(ready, draws, workers))
    (block,) = ready.blocks(draws, size=draws)
    return Ensemble(ready, draws, *block)


def checked_draws(draws: int, most: int, seed: int = 0) -> int:
    """Refuse a number of draws that is no power of two, or too large."""
    whole("seed", seed, 0, 2**32 - 1)
    allowed = f"a power of two up to {most}"
    if whole("draws", draws, 2, most, allowed) & (draws - 1):
        raise ModelError(mistake("draws", "", f"{draws} is not usable", allowed))
    return draws


def _shortest(ordered: Values, content: float) -> tuple[Values, Values]:
    """Find the shortest interval that holds a share of sorted draws, column by column."""
    inside = max(int(np.ceil(content * len(ordered))), 1)
    widths = ordered[inside - 1 :] - ordered[: len(ordered) - inside + 1]
    first = np.argmin(widths, axis=0)
    columns = np.arange(ordered.shape[1])
    return ordered[first, columns], ordered[first + inside - 1, columns]
