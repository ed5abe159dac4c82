"""What takes longer than a step of a slider: the ensemble and the verdicts in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.assessment import assess_projection
from model.explorer.picture import rounded
from model.projection import project
from model.schema import Plan, Scenario
from model.show import numbers
from model.show.verdicts import Verdict, verdicts
from model.show.words import say
from model.uncertainty import QUANTILES, probabilities, simulate


@dataclass(frozen=True)
class Refined:
    """What is known when a slider rests.

    Parameters
    ----------
    verdicts : tuple of Verdict
        In full: every basis, every note.
    chances : dict
        Printed probability of each target, by KPI and year.
    bands : dict of str to list of list of float
        Quantiles of each KPI, the lowest first, one value a year; empty without an ensemble.
    together : str
        Printed probability that every target of the target year is met; empty without an ensemble.
    """

    verdicts: tuple[Verdict, ...]
    chances: dict[tuple[str, int], str]
    bands: dict[str, list[list[float]]]
    together: str


def judged(plan: Plan, scenario: Scenario, *, last: int) -> tuple[Verdict, ...]:
    """Judge a scenario in full.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : Scenario
        A scenario.
    last : int
        Last year.

    Returns
    -------
    tuple of Verdict
    """
    return tuple(verdicts(assess_projection(plan, project(plan, scenario, horizon=last))))


def refine(
    plan: Plan, scenario: Scenario, *, last: int, ensemble: Mapping[str, Any] | None, language: str = "en"
) -> Refined:
    """Simulate and judge a scenario.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : Scenario
        A scenario.
    last : int
        Last year.
    ensemble : mapping or None
        Keyword arguments of `model.simulate`: draws, seed. None: no ensemble is drawn.
    language : {"en", "zh"}
        Language.

    Returns
    -------
    Refined

    Examples
    --------
    >>> from model import load
    >>> plan = load()
    >>> found = refine(plan, plan.scenarios["plan_path"], last=plan.horizon, ensemble={"draws": 256})
    >>> len(found.bands["software_revenue"]), found.chances["software_revenue", plan.target_year]
    (7, '50 %')
    """
    full = judged(plan, scenario, last=last)
    if ensemble is None:
        return Refined(full, {}, {}, "")
    made = simulate(plan, scenario, horizon=last, **ensemble)
    table = probabilities(plan, made)
    chances = {
        (row.kpi, int(row.target_year)): say(
            "percent", language, number=numbers.number(100 * row.probability, 0, language=language)
        )
        for row in table.itertuples()
    }
    bands = {
        kpi: [[rounded(float(value)) for value in row] for row in np.quantile(draws, QUANTILES, axis=0)]
        for kpi, draws in made.draws.items()
    }
    return Refined(full, chances, bands, chances.get(("", plan.target_year), ""))
