"""A projection made ready to be sampled: its random inputs, their places in one Sobol net, blocks of draws.

A column belongs to (KPI, parameter) or (KPI, shock, year) for good: the order of files, an edit in one
scenario or a longer horizon change no other column, and scenarios share draws because they share keys.
Never is one Sobol sequence drawn per input: two such sequences are nearly the same.
Growth shocks act on the odds of a series' ceiling, on its log otherwise, so that no bound is crossed and
nothing is clipped. They keep the median: half of the draws lie above the path without shocks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special
from scipy.stats import qmc

from model.errors import ModelError, mistake, raise_all
from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.growth.shocks import from_odds, odds_of
from model.plan.schema import Growth, Parameter
from model.projection.projection import Projection
from model.projection.trajectories import trajectories
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
BITS = 32
FIRST_YEARS = 5
SLOTS = 16
SHOCK_SLOT = 11


@dataclass(frozen=True, order=True)
class Key:
    stream: int
    kpi: str
    name: str
    slot: int


def column(key: Key, stride: int) -> int:
    """Place of an input in the net: early shocks, then parameters, then later shocks."""
    place = key.stream - 1
    if key.name == "shock":
        if key.slot <= FIRST_YEARS:
            return (key.slot - 1) * stride + place
        return (SLOTS + key.slot - 1) * stride + place
    return (FIRST_YEARS + key.slot) * stride + place


def stride_of(streams: Iterable[int]) -> int:
    """Round the largest stream number up to a multiple of eight, so that a few more KPIs change no draw."""
    return -(-max(streams) // 8) * 8


class Net:
    """Levels of random inputs, drawn part by part."""

    def __init__(self, keys: Sequence[Key], *, seed: int, stride: int, start: int = 0) -> None:
        self._columns = [column(key, stride) for key in keys]
        self._shifts = np.array([shift(seed, key) for key in keys], dtype=np.uint32)[:, None]
        self._engine = qmc.Sobol(max(self._columns, default=0) + 1, scramble=False, bits=BITS)
        if start:
            self._engine.fast_forward(start)

    def levels(self, draws: int) -> NDArray[np.float64]:
        points = self._engine.random(draws).T
        # Mostly the first columns are wanted, all of them and in their order: then nothing is copied.
        everyone = self._columns == list(range(len(points)))
        chosen = points if everyone else points[self._columns]
        integers = np.multiply(chosen, 2.0**BITS, order="C").astype(np.uint32)
        integers ^= self._shifts
        levels: NDArray[np.float64] = np.add(integers, 0.5, dtype=np.float64)
        levels *= 2.0**-BITS
        return levels


def plain(keys: Iterable[Key], draws: int, *, seed: int, start: int = 0) -> Mapping[Key, NDArray[np.float64]]:
    """Draw the levels by plain Monte Carlo, one generator per input."""
    drawn = {}
    for key in keys:
        source = np.random.PCG64([seed, int(shift(seed, key))])
        integers = source.advance(start).random_raw(draws) >> np.uint64(64 - BITS)
        drawn[key] = (integers.astype(np.float64) + 0.5) / 2.0**BITS
    return drawn


def shift(seed: int, key: Key) -> np.uint32:
    """Hash seed and key to the digital shift of the key's column: the same on every machine."""
    text = f"{seed}|{key.kpi}|{key.name}|{key.slot if key.name == 'shock' else ''}"
    return np.uint32(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big"))


def inputs_of(made: Projection) -> dict[tuple[str, str], Key]:
    """Name the uncertain parameters of a scenario, each with its place in the net."""
    kpis, found = made.plan.kpis, dict[tuple[str, str], Key]()

    def place(series: str, name: str, slot: int) -> None:
        if slot >= SLOTS:
            wrong = f"more uncertain inputs than the {SLOTS} places of a series"
            raise ModelError(mistake("simulate", f"{series}.{name}", wrong, "make some of them numbers"))
        found[series, name] = Key(kpis[series].stream if series in kpis else 0, series, name, slot)

    for series, growth in made.scenario.growth.items():
        for name, slot in _uncertain(growth, made.plan.base_year):
            place(series, name, slot)
    for index, shock in enumerate(made.scenario.shocks):
        for name, value in shock.arguments.items():
            if isinstance(value, Parameter) and value.distribution != "fixed":
                place(shock.kpi, f"shock{index}.{name}", SHOCK_SLOT + index)
    return found


def _uncertain(growth: Growth, base_year: int, prefix: str = "", slot: int = 0) -> Iterator[tuple[str, int]]:
    """List uncertain arguments of a curve: its own from slot 0, a numerator's from 3, yearly rates from 6."""
    for position, name in enumerate(arguments(CURVES[growth.curve])):
        value = growth.arguments.get(name)
        if isinstance(value, Growth):
            yield from _uncertain(value, base_year, f"{name}.", 3)
        elif isinstance(value, Parameter) and value.distribution != "fixed":
            yield prefix + name, slot + position
        elif isinstance(value, dict):
            for year, rate in value.items():
                if rate.distribution != "fixed":
                    yield f"{prefix}{name}.{year}", 6 + year - base_year - 1


def shocks(
    levels: Values, scale: Values, *, factor: Values | None = None, persistence: float = 0.0
) -> Values:
    """Turn uniform levels into cumulated growth shocks."""
    normals: Values = special.ndtri(levels, out=levels)
    for year, sizes in enumerate(scale):
        mixed = normals[year] if factor is None else _mixed(factor, normals[year])
        mixed *= sizes[:, None]
        if year:
            last = normals[year - 1]
            # What lasts is the shock of the year before: the difference of the sums so far.
            before = normals[year - 2] if year > 1 else 0.0
            mixed += last + persistence * (last - before) if persistence else last
        normals[year] = mixed
    return normals


class Block(NamedTuple):
    kpis: dict[str, Values]
    context: dict[str, Values]


def _mixed(factor: Values, normals: Values) -> Values:
    """Multiply in parts: a product of more than 2^18 terms is shared among threads, which costs far more."""
    most = max(2**18 // factor.size, 1)
    parts = [factor @ normals[:, first : first + most] for first in range(0, normals.shape[1], most)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


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
        ends = np.array([self.projection.paths.anchor(name) for name in self.correlation.kpis])
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
                made.plan, made.scenario, last=made.last, as_of=made.as_of, solved=paths.solved, sample=sample
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
