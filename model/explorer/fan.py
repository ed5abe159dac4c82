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
from model.uncertainty import QUANTILES, probabilities, simulate


@dataclass(frozen=True)
class Refined:
    """What is known when a slider rests."""

    verdicts: tuple[Verdict, ...]
    chances: dict[tuple[str, int], str]
    bands: dict[str, list[list[float]]]
    together: str


def refine(
    plan: Plan, scenario: Scenario, *, last: int, ensemble: Mapping[str, Any] | None, language: str = "en"
) -> Refined:
    """Simulate and judge a scenario."""
    drawn = None if ensemble is None else simulate(plan, scenario, horizon=last, **ensemble)
    made = project(plan, scenario, horizon=last)
    full = tuple(verdicts(assess_projection(plan, made, ensemble=drawn)))
    if drawn is None:
        return Refined(full, {}, {}, "")
    table = probabilities(plan, drawn)
    chances = {
        (row.kpi, int(row.target_year)): numbers.chance(
            row.probability, settled=row.settled, language=language
        )
        for row in table.itertuples()
    }
    bands = {
        kpi: [[rounded(float(value)) for value in row] for row in np.quantile(draws, QUANTILES, axis=0)]
        for kpi, draws in drawn.draws.items()
    }
    return Refined(full, chances, bands, chances.get(("", plan.target_year), ""))
