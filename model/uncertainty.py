"""Simulate a scenario: uncertain parameters and yearly growth shocks, as one ensemble of futures.

Growth shocks act on the odds of a series' ceiling, on its log otherwise, so that no bound is crossed and
nothing is clipped. They keep the median: half of the draws lie above the path without shocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from model.arguments import arguments
from model.curves import CURVES
from model.effects import from_odds, odds_of
from model.errors import ModelError, mistake
from model.net import SLOTS, Key, plain, stride_of, uniforms
from model.projection import as_of_year, horizon_year, paths_of, settle
from model.schema import Growth, Parameter, Plan, Scenario
from model.spread import spread
from model.trajectories import Paths, facts_of, trajectories

QUANTILES = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
MOST_HELD = 2**17
DRAWS, SEED = 2**12, 1
SHOCK_SLOT = 11


@dataclass(frozen=True)
class Ensemble:
    """Many sampled futures of one scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario, overrides included.
    as_of : int
        What was known.
    years : ndarray, shape (years,)
        Calendar years, from the base year on.
    draws : dict of str to ndarray, shape (draws, years)
        Values of each KPI, in its unit; what was known is the same in every draw.
    seed : int
        Of the random numbers.
    spread : DataFrame
        What the growth shocks rest on (`model.spread.spread`).
    """

    scenario: Scenario
    as_of: int
    years: NDArray[np.int64]
    draws: dict[str, NDArray[np.float64]]
    seed: int
    spread: pd.DataFrame


def simulate(
    plan: Plan,
    scenario: str | Path | Scenario = "baseline",
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: Sequence[str] = (),
) -> Ensemble:
    """Simulate a scenario.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str, Path or Scenario
        Name, path, or scenario.
    draws : int
        How many, a power of two up to 2^17.
    seed : int
        Of the random numbers; the same inputs get the same numbers in every scenario.
    horizon, as_of, overrides
        As in `model.project`.

    Returns
    -------
    Ensemble

    Raises
    ------
    ModelError
        As `model.project`; if `draws` is no power of two or too many.

    Examples
    --------
    >>> from model import load
    >>> ensemble = simulate(load(), "baseline", draws=256)
    >>> ensemble.draws["software_revenue"].shape
    (256, 6)
    """
    if not 2 <= draws <= MOST_HELD or draws & (draws - 1):
        raise ModelError(mistake("draws", "", f"{draws} is not usable", f"a power of two up to {MOST_HELD}"))
    resolved = settle(plan, scenario, overrides)
    seen, last = as_of_year(plan, resolved, as_of), horizon_year(plan, horizon)
    centre = paths_of(plan, resolved, last=last, as_of=seen)
    widths = spread(plan, _expected(plan, centre))
    inputs = _inputs(plan, resolved)
    shocks = {
        (name, int(year)): Key(kpi.stream, name, "shock", int(year) - plan.base_year)
        for name, kpi in plan.kpis.items()
        for year in centre.years
        if max(centre.known[name]) < year <= last
    }
    stride = stride_of(kpi.stream for kpi in plan.kpis.values())
    ours = [key for key in (*inputs.values(), *shocks.values()) if key.stream]
    levels = {
        **uniforms(ours, draws, seed=seed, stride=stride),
        # A context series has no column in the net: its few inputs have generators of their own.
        **plain([key for key in inputs.values() if not key.stream], draws, seed=seed),
    }

    def sample(series: str, name: str, parameter: Parameter) -> Any:
        key = inputs.get((series, name))
        return parameter.central if key is None else parameter.quantile(levels[key])[:, None]

    facts = facts_of(plan, seen)
    paths = trajectories(plan, resolved, last=last, facts=facts, solved=centre.solved, sample=sample)
    within = paths.years <= last
    drawn = {}
    for row in widths.itertuples():
        noise = np.zeros((draws, paths.years.size))
        for position, year in enumerate(paths.years):
            if (row.kpi, int(year)) in shocks:
                noise[:, position] = row.sd * special.ndtri(levels[shocks[row.kpi, int(year)]])
        top = paths.ceilings.get(row.kpi)
        calm = paths.values[row.kpi]
        # A curve that knows no ceiling may cross the series' own; there the level itself is shaken.
        bounded = top is not None and bool(np.all(calm < top))
        odds = odds_of(calm, top if bounded else None) * np.exp(np.cumsum(noise, axis=-1))
        drawn[row.kpi] = from_odds(odds, top if bounded else None)[:, within]
    return Ensemble(resolved, seen, paths.years[within], drawn, seed, widths)


def quantiles(ensemble: Ensemble, levels: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """Give quantiles of every KPI and year.

    Parameters
    ----------
    ensemble : Ensemble
        What `simulate` gives.
    levels : sequence of float
        In (0, 1); by default the central 30, 60 and 90 % bands and the median.

    Returns
    -------
    DataFrame
        scenario, kpi, year, quantile, value.

    Examples
    --------
    >>> from model import load
    >>> table = quantiles(simulate(load(), "baseline", draws=256))
    >>> len(table) == 8 * 6 * 7
    True
    """
    rows = [
        (ensemble.scenario.id, kpi, int(year), level, float(value))
        for kpi, draws in ensemble.draws.items()
        for year, values in zip(ensemble.years, np.quantile(draws, levels, axis=0).T, strict=True)
        for level, value in zip(levels, values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["scenario", "kpi", "year", "quantile", "value"])


def probabilities(plan: Plan, ensemble: Ensemble) -> pd.DataFrame:
    """Count the draws that meet each target, and all of one year.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    ensemble : Ensemble
        What `simulate` gives.

    Returns
    -------
    DataFrame
        scenario, kpi (empty: all of the plan's KPIs together), target_year, target, probability, its
        standard error (of independent draws, so rather too large), and whether the spread of the KPI's
        growth is borrowed.

    Examples
    --------
    >>> from model import load
    >>> plan = load()
    >>> table = probabilities(plan, simulate(plan, "plan_path", draws=1024)).set_index("kpi")
    >>> bool(abs(table.loc["software_revenue", "probability"] - 0.5) < 0.01)
    True
    """
    borrowed = ensemble.spread.set_index("kpi")["borrowed"]
    rows, together = [], dict[int, list[NDArray[np.bool_]]]()
    for kpi in plan.kpis.values():
        sign = 1.0 if kpi.better == "higher" else -1.0
        for target in kpi.targets:
            position = np.flatnonzero(ensemble.years == target.year)
            if position.size:
                met = sign * (ensemble.draws[kpi.id][:, position[0]] - target.value) >= 0.0
                together.setdefault(target.year, []).append(met)
                rows.append((kpi.id, target.year, target.value, *_share(met), bool(borrowed[kpi.id])))
    for year, every in together.items():
        rows.append(("", year, float("nan"), *_share(np.all(every, axis=0)), bool(borrowed.any())))
    columns = ["kpi", "target_year", "target", "probability", "standard_error", "borrowed"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "scenario", ensemble.scenario.id)
    return table


def _share(met: NDArray[np.bool_]) -> tuple[float, float]:
    share = float(met.mean())
    return share, float(np.sqrt(share * (1.0 - share) / met.size))


def _expected(plan: Plan, paths: Paths) -> dict[str, float]:
    """Change of the log or logit in the first projected year."""
    expected = {}
    for name in plan.kpis:
        first = int(np.searchsorted(paths.years, max(paths.known[name])))
        ahead = slice(first, first + 2)
        top = paths.ceilings[name][ahead] if name in paths.ceilings else None
        values = paths.values[name][ahead]
        bounded = top is not None and bool(np.all(values < top))
        odds = odds_of(values, top if bounded else None)
        expected[name] = float(np.log(odds[-1] / odds[0]))
    return expected


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
