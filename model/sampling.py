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

from model.arguments import arguments
from model.correlation import Correlation, correlation
from model.curves import CURVES
from model.effects import from_odds, odds_of
from model.errors import ModelError, mistake
from model.net import SLOTS, Key, Net, plain, stride_of
from model.noise import shocks
from model.projection import paths_of
from model.schema import Growth, Parameter, Plan, Scenario
from model.spread import spread
from model.trajectories import Paths, facts_of, trajectories

SHOCK_SLOT = 11
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """Some draws of every series.

    Parameters
    ----------
    kpis, context : dict of str to ndarray, shape (draws, years)
        Values in each series' unit; a context series that is certain has one row.
    """

    kpis: dict[str, Values]
    context: dict[str, Values]


@dataclass(frozen=True)
class Sampling:
    """A scenario made ready to be sampled.

    Parameters
    ----------
    plan : Plan
        The plan pack.
    scenario : Scenario
        The scenario, overrides included.
    as_of, last : int
        What is known, and the last year.
    seed : int
        Of the random numbers.
    net : bool
        Whether the draws come from the joint net, else from plain Monte Carlo.
    centre : Paths
        Trajectories without growth shocks, every parameter at its median.
    inputs : dict of (str, str) to Key
        Uncertain parameters by series and name.
    spread : DataFrame
        What the growth shocks rest on (`model.spread.spread`).
    correlation : Correlation
        How they go together.
    persistence : float
        How much of a year's shock the next inherits.
    """

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
    persistence: float

    @property
    def years(self) -> NDArray[np.int64]:
        """Calendar years, from the base year on."""
        return self.centre.years[self.centre.years <= self.last]

    def blocks(self, draws: int, *, size: int, start: int = 0) -> Iterator[Block]:
        """Draw block by block.

        Parameters
        ----------
        draws : int
            How many in all.
        size : int
            Of one block.
        start : int
            First draw.

        Yields
        ------
        Block
            What is drawn does not depend on the size of the blocks.
        """
        order = self.correlation.kpis
        calendar = [int(year) for year in self.years]
        unknown = np.array([[year > max(self.centre.known[name]) for name in order] for year in calendar])
        shaken = [position for position in range(len(calendar)) if unknown[position].any()]
        names = [
            Key(self.plan.kpis[name].stream, name, "shock", calendar[position] - self.plan.base_year)
            for position in shaken
            for name in order
        ]
        own = [key for key in self.inputs.values() if key.stream]
        # A context series has no column in the net: its few inputs have generators of their own.
        others = [key for key in self.inputs.values() if not key.stream]
        if not self.net:
            names, own, others = [], [], [*names, *own, *others]
        keys = [*names, *own]
        stride = stride_of(kpi.stream for kpi in self.plan.kpis.values())
        net = Net(keys, seed=self.seed, stride=stride, start=start) if keys else None
        sizes = self.spread.set_index("kpi")["sd"].reindex(list(order)).to_numpy()
        scale = np.where(unknown[shaken], sizes, 0.0)
        facts = facts_of(self.plan, self.as_of)
        for first in range(start, start + draws, size):
            count = min(size, start + draws - first)
            drawn = net.levels(count) if net is not None else np.empty((0, count))
            levels = plain(others, count, seed=self.seed, start=first)
            shaking = drawn[: len(names)]
            if not self.net:
                shaking = np.array([levels[key] for key in others[: len(shaken) * len(order)]])
            levels = {**levels, **dict(zip(own, drawn[len(names) :], strict=True))}
            sums = shocks(
                shaking.reshape(len(shaken), len(order), count),
                scale,
                factor=self.correlation.factor,
                persistence=self.persistence,
            )
            yield self._block(levels, sums, shaken, facts)

    def _block(self, levels: dict[Key, Values], sums: Values, shaken: list[int], facts: Any) -> Block:
        def sample(series: str, name: str, parameter: Parameter) -> Any:
            key = self.inputs.get((series, name))
            return parameter.central if key is None else parameter.quantile(levels[key])[:, None]

        paths = self.centre
        if self.inputs:
            paths = trajectories(
                self.plan, self.scenario, last=self.last, facts=facts, solved=paths.solved, sample=sample
            )
        within = paths.years <= self.last
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
            values = np.array(np.broadcast_to(rows, (within.sum(), sums.shape[-1])))
            if shaken:
                odds = odds_of(rows[shaken], None if over is None else over[shaken])
                shaken_odds = np.exp(sums[:, place])
                shaken_odds *= odds
                values[shaken] = from_odds(shaken_odds, None if over is None else over[shaken])
            kpis[name] = values.T
        return Block({name: kpis[name] for name in self.plan.kpis}, context)


def sampling(
    plan: Plan,
    scenario: Scenario,
    *,
    as_of: int,
    last: int,
    seed: int,
    net: bool = True,
    persistence: float | None = None,
    same: float | None = None,
) -> Sampling:
    """Make a scenario ready to be sampled.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : Scenario
        A resolved scenario.
    as_of, last : int
        Year of knowledge, and last calendar year.
    seed : int
        Of the random numbers.
    net : bool
        False: plain Monte Carlo instead of the joint net.
    persistence : float, optional
        AR(1) coefficient of the growth shocks, in [0, 1); by default the plan's.
    same : float, optional
        One correlation between all KPIs instead of the plan's.

    Returns
    -------
    Sampling

    Raises
    ------
    ModelError
        If the persistence or correlation is out of range, or the scenario has too many uncertain inputs.
    """
    lasting = plan.uncertainty.persistence if persistence is None else persistence
    if not 0.0 <= lasting < 1.0:
        raise ModelError(mistake("persistence", "", f"{lasting:g} is out of range", "from 0 to below 1"))
    if same is not None and not -1.0 <= same <= 1.0:
        raise ModelError(mistake("correlation", "", f"{same:g} is out of range", "from -1 to 1"))
    return Sampling(
        plan,
        scenario,
        as_of,
        last,
        seed,
        net,
        paths_of(plan, scenario, last=last, as_of=as_of),
        _inputs(plan, scenario),
        spread(plan, expected(plan, scenario)),
        correlation(plan, same=same),
        lasting,
    )


def expected(plan: Plan, scenario: Scenario) -> dict[str, float]:
    """Size of the growth a year that the reference of a scenario expects, up to the plan's target year.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : Scenario
        A resolved scenario. The size is that of the scenario it descends from, as of the base year: a
        scenario shifts the centre, and leaves the spread around it as it is.

    Returns
    -------
    dict of str to float
        Mean yearly change of the log (of the logit, under a ceiling) of each KPI. Of a ratio, the root of
        the squared changes of numerator and denominator, because both can stray.

    Examples
    --------
    >>> from model import load
    >>> plan = load()
    >>> sizes = expected(plan, plan.scenarios["saturation"])
    >>> sizes == expected(plan, plan.scenarios["baseline"])
    True
    """
    root = plan.scenarios.get(scenario.id, scenario)
    while root.extends is not None and root.extends in plan.scenarios:
        root = plan.scenarios[root.extends]
    paths = paths_of(plan, root, last=plan.target_year, as_of=plan.base_year)
    ends = [0, plan.target_year - plan.base_year]
    sizes = {}
    for name in plan.kpis:
        top = paths.ceilings[name][ends] if name in paths.ceilings else None
        values = paths.values[name][ends]
        bounded = top is not None and bool(np.all(values < top))
        change = float(np.diff(np.log(odds_of(values, top if bounded else None)))[0])
        growth = root.growth.get(name)
        below = growth.arguments.get("denominator") if growth is not None else None
        if isinstance(below, str):
            under = float(np.diff(np.log(paths.values[below][ends]))[0])
            share = float(np.diff(np.log(values))[0])
            # Per unit of the log of the share, the logit moves by this much.
            slope = change / share if share else 1.0
            change = slope * float(np.hypot(share + under, under))
        sizes[name] = abs(change) / (ends[1] - ends[0])
    return sizes


def _inputs(plan: Plan, scenario: Scenario) -> dict[tuple[str, str], Key]:
    """Name the uncertain parameters of a scenario, each with its place in the net."""
    found = {}
    for series, growth in scenario.growth.items():
        for name, slot in _uncertain(plan, growth, "", 0):
            found[series, name] = _key(plan, series, name, slot)
    for index, shock in enumerate(scenario.shocks):
        for name, value in shock.arguments.items():
            if isinstance(value, Parameter) and value.distribution != "fixed":
                label = f"shock{index}.{name}"
                found[shock.kpi, label] = _key(plan, shock.kpi, label, SHOCK_SLOT + index)
    return found


def _uncertain(plan: Plan, growth: Growth, prefix: str, slot: int) -> list[tuple[str, int]]:
    """List uncertain arguments of a curve: its own from slot 0, a numerator's from 3, yearly rates from 6."""
    found = []
    for position, name in enumerate(arguments(CURVES[growth.curve])):
        value = growth.arguments.get(name)
        if isinstance(value, Growth):
            found += _uncertain(plan, value, f"{name}.", 3)
        elif isinstance(value, Parameter) and value.distribution != "fixed":
            found.append((prefix + name, slot + position))
        elif isinstance(value, dict):
            found += [
                (f"{prefix}{name}.{year}", 6 + year - plan.base_year - 1)
                for year, rate in value.items()
                if rate.distribution != "fixed"
            ]
    return found


def _key(plan: Plan, series: str, name: str, slot: int) -> Key:
    if slot >= SLOTS:
        wrong = f"more uncertain inputs than the {SLOTS} places of a series"
        raise ModelError(mistake("simulate", f"{series}.{name}", wrong, "make some of them numbers"))
    return Key(plan.kpis[series].stream if series in plan.kpis else 0, series, name, slot)
