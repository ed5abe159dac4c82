"""A projection made ready to be sampled: its random inputs, their places in the net, and blocks of draws.

Growth shocks act on the odds of a series' ceiling, on its log otherwise, so that no bound is crossed and
nothing is clipped. They keep the median: half of the draws lie above the path without shocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import ModelError, mistake, raise_all
from model.growth.shocks import from_odds, odds_of
from model.plan.schema import Parameter
from model.projection.projection import Projection
from model.projection.trajectories import trajectories
from model.uncertainty.sobol import Key, Net, inputs_of, plain, shocks, stride_of
from model.uncertainty.spread import (
    ASKED,
    Correlation,
    Persistence,
    correlation,
    expected,
    persistence,
    spread,
)

Values = NDArray[np.float64]


class Block(NamedTuple):
    kpis: dict[str, Values]
    context: dict[str, Values]


@dataclass(frozen=True, eq=False)
class Sampling:
    projection: Projection
    seed: int
    net: bool
    inputs: dict[tuple[str, str], Key]
    spread: pd.DataFrame
    correlation: Correlation
    persistence: Persistence

    def blocks(self, draws: int, *, size: int, start: int = 0) -> Iterator[Block]:
        for levels, sums in self._drawn(draws, size=size, start=start):
            yield self._block(levels, sums)

    def shaken(self, draws: int) -> dict[str, Values]:
        """Give the cumulated growth shocks alone, to be laid around another path."""
        ((_, sums),) = self._drawn(draws, size=draws)
        return {name: sums[:, place].T for place, name in enumerate(self.correlation.kpis)}

    def _known(self) -> NDArray[np.bool_]:
        """Tell which years of which KPIs are known, shape (years, kpis)."""
        ends = np.array([max(self.projection.paths.known[name]) for name in self.correlation.kpis])
        return np.asarray(np.array(self.projection.years)[:, None] <= ends)

    def _drawn(self, draws: int, *, size: int, start: int = 0) -> Iterator[tuple[dict[Key, Values], Values]]:
        """Draw levels of the uncertain parameters, and cumulated shocks of shape (years, kpis, draws)."""
        plan, order, calendar = self.projection.plan, self.correlation.kpis, self.projection.years
        unknown = ~self._known()
        shaken = np.flatnonzero(unknown.any(axis=1))
        names = [
            Key(plan.kpis[name].stream, name, "shock", calendar[position] - plan.base_year)
            for position in shaken
            for name in order
        ]
        # A context series has no column in the net: its few inputs have generators of their own.
        outside = [key for key in self.inputs.values() if not (self.net and key.stream)]
        inside = [key for key in self.inputs.values() if self.net and key.stream]
        stride = stride_of(kpi.stream for kpi in plan.kpis.values())
        net = Net([*names, *inside] if self.net else [], seed=self.seed, stride=stride, start=start)
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

    def _block(self, levels: dict[Key, Values], sums: Values) -> Block:
        def sample(series: str, name: str, parameter: Parameter) -> Any:
            key = self.inputs.get((series, name))
            return parameter.central if key is None else parameter.quantile(levels[key])[:, None]

        made, paths = self.projection, self.projection.paths
        if self.inputs:
            paths = trajectories(
                made.plan, made.scenario, last=made.last, facts=made.facts, solved=paths.solved, sample=sample
            )
        within, within_known = paths.years <= made.last, self._known()
        context = {
            name: np.atleast_2d(values[..., within])
            for name, values in paths.values.items()
            if name in made.plan.context
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
        return Block({name: kpis[name] for name in made.plan.kpis}, context)


def shaken(path: Values, sums: Values, ceiling: Values | None = None) -> Values:
    """Lay cumulated growth shocks around a path: on its odds, or its log where it has no ceiling."""
    odds = np.exp(sums)
    odds *= odds_of(path, ceiling)
    return from_odds(odds, ceiling)


def sampling(
    projection: Projection,
    *,
    seed: int,
    net: bool = True,
    lasting: float | None = None,
    same: float | None = None,
) -> Sampling:
    plan = projection.plan
    if lasting is not None and not 0.0 <= lasting < 1.0:
        raise ModelError(mistake("persistence", "", f"{lasting:g} is out of range", "from 0 to below 1"))
    if same is not None and not -1.0 <= same <= 1.0:
        raise ModelError(mistake("correlation", "", f"{same:g} is out of range", "from -1 to 1"))
    sizes = spread(plan.figures, expected(projection))
    wrong, allowed = "nothing says how far its growth strays", "sd with its source, or three figures in a row"
    raise_all(
        mistake(plan.id, f"kpis.{name}.sd", wrong, allowed) for name in sizes[sizes["sd"].isna()]["kpi"]
    )
    kept = persistence(plan) if lasting is None else Persistence(lasting, ASKED)
    return Sampling(projection, seed, net, inputs_of(projection), sizes, correlation(plan, same=same), kept)
