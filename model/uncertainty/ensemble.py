"""Simulate a scenario: uncertain parameters and yearly growth shocks, as one ensemble of futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import ModelError, mistake, whole
from model.plan.schema import Plan, Scenario
from model.plan.settled import settled
from model.projection.projection import as_of_year, horizon_year, settle
from model.uncertainty.correlation import Correlation
from model.uncertainty.probability import Tally, last_known, probability_table, tally, year_table
from model.uncertainty.sampling import sampling
from model.uncertainty.spread import Persistence

QUANTILES = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
CONTENTS = (0.3, 0.6, 0.9)
MOST_HELD = 2**17
DRAWS, SEED = 2**12, 1
Kind = Literal["central", "highest density"]
CENTRAL: Kind = "central"
HIGHEST: Kind = "highest density"


@dataclass(frozen=True)
class Ensemble:
    """Many sampled futures of one scenario.

    Parameters
    ----------
    plan : Plan
        What it is drawn of.
    scenario : Scenario
        The scenario, overrides included.
    as_of : int
        What was known.
    years : ndarray, shape (years,)
        Calendar years, from the base year on.
    draws : dict of str to ndarray, shape (draws, years)
        Values of each KPI, in its unit; what was known is the same in every draw. Bounds hold by the scale
        that is shaken: no draw was clipped.
    context : dict of str to ndarray, shape (draws, years) or (1, years)
        The same of the context series; one row where nothing of it is uncertain.
    seed : int
        Of the random numbers.
    spread : DataFrame
        What the growth shocks rest on (`model.spread.spread`).
    correlation : Correlation
        How they go together between KPIs.
    persistence : Persistence
        How much of a year's shock the next inherits, and what that rests on.
    """

    plan: Plan
    scenario: Scenario
    as_of: int
    years: NDArray[np.int64]
    draws: dict[str, NDArray[np.float64]]
    context: dict[str, NDArray[np.float64]]
    seed: int
    spread: pd.DataFrame
    correlation: Correlation
    persistence: Persistence


def simulate(
    plan: Plan,
    scenario: str | Path | Scenario = "",
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: Sequence[str] = (),
    persistence: float | None = None,
    correlation: float | None = None,
    net: bool = True,
) -> Ensemble:
    """Simulate a scenario.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str, Path or Scenario
        Name, path, or scenario.
    draws : int
        How many, a power of two up to 2^17; `model.summarise` takes more.
    seed : int
        Of the random numbers; the same inputs get the same numbers in every scenario.
    horizon, as_of, overrides
        As in `model.project`.
    persistence : float, optional
        Share of a year's growth shock that the next year inherits, in [0, 1); by default the plan's, else as
        measured.
    correlation : float, optional
        One correlation between the shocks of all KPIs; by default the plan's pairs.
    net : bool
        False: plain Monte Carlo, one generator an input, instead of the joint net.

    Returns
    -------
    Ensemble

    Raises
    ------
    ModelError
        As `model.project`; if `draws` is no power of two or too many, or a number is out of range.

    Examples
    --------
    >>> from model import load
    >>> ensemble = simulate(load(), "baseline", draws=256)
    >>> ensemble.draws["software_revenue"].shape
    (256, 6)
    """
    checked_draws(draws, MOST_HELD, seed)
    resolved = settle(plan, scenario, overrides)
    ready = sampling(
        plan,
        resolved,
        as_of=as_of_year(plan, resolved, as_of),
        last=horizon_year(plan, horizon),
        seed=seed,
        net=net,
        lasting=persistence,
        same=correlation,
    )
    (block,) = ready.blocks(draws, size=draws)
    return Ensemble(
        plan,
        resolved,
        ready.as_of,
        ready.years,
        block.kpis,
        block.context,
        seed,
        ready.spread,
        ready.correlation,
        ready.persistence,
    )


def checked_draws(draws: int, most: int, seed: int = 0) -> int:
    """Refuse a number of draws that is no power of two, or too large."""
    whole("seed", seed, 0, 2**32 - 1)
    allowed = f"a power of two up to {most}"
    if whole("draws", draws, 2, most, allowed) & (draws - 1):
        raise ModelError(mistake("draws", "", f"{draws} is not usable", allowed))
    return draws


def quantiles(ensemble: Ensemble, levels: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """Give quantiles of every KPI and year."""
    rows = [
        (ensemble.scenario.id, kpi, int(year), level, float(value))
        for kpi, draws in ensemble.draws.items()
        for year, values in zip(ensemble.years, np.quantile(draws, levels, axis=0).T, strict=True)
        for level, value in zip(levels, values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["scenario", "kpi", "year", "quantile", "value"])


def bands(
    ensemble: Ensemble,
    *,
    kind: Kind = CENTRAL,
    contents: Sequence[float] = CONTENTS,
) -> pd.DataFrame:
    """Give the bands of a fan chart."""
    rows = []
    for kpi, draws in ensemble.draws.items():
        ordered = np.sort(draws, axis=0)
        for content in contents:
            if kind == CENTRAL:
                low, high = np.quantile(ordered, [(1 - content) / 2, (1 + content) / 2], axis=0)
            else:
                low, high = _shortest(ordered, content)
            rows += [
                (ensemble.scenario.id, kpi, int(year), content, float(below), float(above))
                for year, below, above in zip(ensemble.years, low, high, strict=True)
            ]
    table = pd.DataFrame(rows, columns=["scenario", "kpi", "year", "content", "low", "high"])
    return table.sort_values(["kpi", "year", "content"], kind="stable", ignore_index=True)


def probabilities(ensemble: Ensemble) -> pd.DataFrame:
    """Count the draws that meet each target, and all of one year."""
    known = settled(ensemble.plan, as_of=ensemble.as_of)
    return probability_table(_counted(ensemble), ensemble.scenario.id, ensemble.spread, known)


def first_years(ensemble: Ensemble) -> pd.DataFrame:
    """Say in which year the draws first reach each target."""
    known = last_known(ensemble.plan, ensemble.as_of)
    return year_table(_counted(ensemble), ensemble.scenario.id, known)


def _counted(ensemble: Ensemble) -> Tally:
    return tally(ensemble.plan, ensemble.years, ensemble.draws)


def _shortest(
    ordered: NDArray[np.float64], content: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the shortest interval that holds a share of sorted draws, column by column."""
    inside = max(int(np.ceil(content * len(ordered))), 1)
    widths = ordered[inside - 1 :] - ordered[: len(ordered) - inside + 1]
    first = np.argmin(widths, axis=0)
    columns = np.arange(ordered.shape[1])
    return ordered[first, columns], ordered[first + inside - 1, columns]
