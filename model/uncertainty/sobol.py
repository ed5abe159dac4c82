"""Random numbers: one joint Sobol net, a column and a digital shift of its own for every random input.

A column belongs to (KPI, parameter) or (KPI, shock, year) for good: the order of files, an edit in one
scenario or a longer horizon change no other column, and scenarios share draws because they share keys.
Never is one Sobol sequence drawn per input: two such sequences are nearly the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.stats import qmc

from model.errors import ModelError, mistake
from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.plan.schema import Growth, Parameter
from model.projection.projection import Projection

BITS = 32
FIRST_YEARS = 5
SLOTS = 16


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


SHOCK_SLOT = 11


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


Values = NDArray[np.float64]


def shocks(
    levels: Values, scale: Values, *, factor: Values | None = None, persistence: float = 0.0
) -> Values:
    """Turn uniform levels into cumulated growth shocks."""
    normals: Values = special.ndtri(levels, out=levels)
    for year, sizes in enumerate(scale):
        mixed = normals[year] if factor is None else factor @ normals[year]
        mixed *= sizes[:, None]
        if year:
            last = normals[year - 1]
            # What lasts is the shock of the year before: the difference of the sums so far.
            before = normals[year - 2] if year > 1 else 0.0
            mixed += last + persistence * (last - before) if persistence else last
        normals[year] = mixed
    return normals
