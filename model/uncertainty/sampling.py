"""A scenario made ready to be sampled: its random inputs, their places in the net, and blocks of draws.

Growth shocks act on the odds of a series' ceiling, on its log otherwise, so that no bound is crossed and
nothing is clipped. They keep the median: half of the draws lie above the path without shocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import ModelError, mistake, raise_all
from model.growth.shocks import from_odds, odds_of
from model.plan.schema import Parameter, Plan, Scenario
from model.projection.projection import paths_of
from model.projection.trajectories import Paths, facts_of, trajectories
from model.uncertainty.correlation import Correlation, correlation
from model.uncertainty.sobol import Key, Net, inputs_of, plain, shocks, stride_of
from model.uncertainty.spread import ASKED, Persistence, expected, persistence, spread

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """Some draws of every series."""

    kpis: dict[str, Values]
    context: dict[str, Values]


@dataclass(frozen=True)
class Sampling:
    """A scenario made ready to be sampled."""

    plan: Plan
    scenario: Scenario
    as_of: int
    last: int
    seed: int
    net: bool
    centre: Paths
    inputs: dict[tuple[str, str], Key]
    spread: pd.DataFrame
    correlation: Correlation
    persistence: Persistence

    @property
    def years(self) -> NDArray[np.int64]:
        """Calendar years, from the base year on."""
        return self.centre.years[self.centre.years <= self.last]

    def blocks(self, draws: int, *, size: int, start: int = 0) -> Iterator[Block]:
        """Draw block by block."""
        facts = facts_of(self.plan, self.as_of)
        for levels, sums in self._drawn(draws, size=size, start=start):
            yield self._block(levels, sums, facts)

    def shaken(self, draws: int) -> dict[str, Values]:
        """Give the cumulated growth shocks alone, to be laid around another path."""
        ((_, sums),) = self._drawn(draws, size=draws)
        return {name: sums[:, place].T for place, name in enumerate(self.correlation.kpis)}

    def _known(self) -> NDArray[np.bool_]:
        """Tell which years of which KPIs are known, shape (years, kpis)."""
        ends = np.array([max(self.centre.known[name]) for name in self.correlation.kpis])
        return np.asarray(self.years[:, None] <= ends)

    def _drawn(self, draws: int, *, size: int, start: int = 0) -> Iterator[tuple[dict[Key, Values], Values]]:
        """Draw levels of the uncertain parameters, and cumulated shocks of shape (years, kpis, draws)."""
        order = self.correlation.kpis
        calendar = [int(year) for year in self.years]
        unknown = ~self._known()
        shaken = np.flatnonzero(unknown.any(axis=1))
        names = [
            Key(self.plan.kpis[name].stream, name, "shock", calendar[position] - self.plan.base_year)
            for position in shaken
            for name in order
        ]
        # A context series has no column in the net: its few inputs have generators of their own.
        outside = [key for key in self.inputs.values() if not (self.net and key.stream)]
        inside = [key for key in self.inputs.values() if self.net and key.stream]
        stride = stride_of(kpi.stream for kpi in self.plan.kpis.values())
        netted = [*names, *inside] if self.net else []
        net = Net(netted, seed=self.seed, stride=stride, start=start)
        sizes = self.spread.set_index("kpi")["sd"].reindex(list(order)).to_numpy()
        scale = np.where(unknown[shaken], sizes, 0.0)
        for first in range(start, start + draws, size):
            count = min(size, start + draws - first)
            drawn = net.levels(count)
            if not self.net:
                alone = plain(names, count, seed=self.seed, start=first)
                drawn = np.array([alone[key] for key in names])
            levels = {
                **plain(outside, count, seed=self.seed, start=first),
                **dict(zip(inside, drawn[len(names) :], strict=True)),
            }
            sums = np.zeros((len(calendar), len(order), count))
            sums[shaken] = shocks(
                drawn[: len(names)].reshape(len(shaken), len(order), count),
                scale,
                factor=self.correlation.factor,
                persistence=self.persistence.value,
            )
            yield levels, sums

    def _block(self, levels: dict[Key, Values], sums: Values, facts: Any) -> Block:
        def sample(series: str, name: str, parameter: Parameter) -> Any:
            key = self.inputs.get((series, name))
            return parameter.central if key is None else parameter.quantile(levels[key])[:, None]

        paths = self.centre
        if self.inputs:
            paths = trajectories(
                self.plan, self.scenario, last=self.last, facts=facts, solved=paths.solved, sample=sample
            )
        within, within_known = paths.years <= self.last, self._known()
        context = {
            name: np.atleast_2d(values[..., within])
            for name, values in paths.values.items()
            if name in self.plan.context
        }
        kpis = {}
        for place, name in enumerate(self.correlation.kpis):
            top = paths.ceilings.get(name)
            calm = paths.values[name]
            # A curve that knows no ceiling may cross the series' own; there the level itself is shaken.
            if top is not None and not np.all(calm < top):
                top = None
            # One row a year here: a year's draws lie side by side in memory.
            rows = calm[..., within].T if calm.ndim > 1 else calm[within][:, None]
            over = None if top is None else top[..., within].T if top.ndim > 1 else top[within][:, None]
            values = shaken(rows, sums[:, place], over)
            # What is known stays as printed, to the last bit: it may lie at its target exactly.
            still = within_known[:, place]
            values[still] = rows[still]
            kpis[name] = values.T
        return Block({name: kpis[name] for name in self.plan.kpis}, context)


def shaken(path: Values, sums: Values, ceiling: Values | None = None) -> Values:
    """Lay cumulated growth shocks around a path: on its odds, or its log where it has no ceiling."""
    odds = np.exp(sums)
    odds *= odds_of(path, ceiling)
    return from_odds(odds, ceiling)


def unknown_spread(plan: Plan, scenario: Scenario) -> list[str]:
    """Name the KPIs of which nothing says how far their growth strays: then no draw can be made."""
    table = spread(plan, expected(plan, scenario))
    return list(table[table["sd"].isna()]["kpi"])


def sampling(
    plan: Plan,
    scenario: Scenario,
    *,
    as_of: int,
    last: int,
    seed: int,
    net: bool = True,
    lasting: float | None = None,
    same: float | None = None,
) -> Sampling:
    """Make a scenario ready to be sampled."""
    if lasting is not None and not 0.0 <= lasting < 1.0:
        raise ModelError(mistake("persistence", "", f"{lasting:g} is out of range", "from 0 to below 1"))
    if same is not None and not -1.0 <= same <= 1.0:
        raise ModelError(mistake("correlation", "", f"{same:g} is out of range", "from -1 to 1"))
    sizes = spread(plan, expected(plan, scenario))
    wrong, allowed = "nothing says how far its growth strays", "sd with its source, or three figures in a row"
    raise_all(
        mistake(plan.id, f"kpis.{name}.sd", wrong, allowed) for name in sizes[sizes["sd"].isna()]["kpi"]
    )
    return Sampling(
        plan,
        scenario,
        as_of,
        last,
        seed,
        net,
        paths_of(plan, scenario, last=last, as_of=as_of),
        inputs_of(plan, scenario),
        sizes,
        correlation(plan, same=same),
        persistence(plan) if lasting is None else Persistence(lasting, ASKED),
    )
