"""What published rules say of progress towards the targets, on figures known or on the projected path."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from model.evaluation.progress import Progress
from model.evaluation.rules import RULES, disagree, judge
from model.plan.outturns import known, marks_of
from model.plan.schema import Kpi, Plan, Target
from model.projection.projection import Projection

COLUMNS = (
    "kpi", "target_year", "target", "basis", "review_year", "value", "rule", "label", "standing", "ratio",
    "our_reading", "disagree", "marks",
)  # fmt: skip
# Levels as printed, and the base level carried on by published growth: both lead on from the base value.
# A comparable level does not, it is of the scope of a later year.
BASES = ("published", "chained")
PROJECTED = "projected"
# By KPI and year: the figure, and what a reader must know of it.
Figures = dict[str, dict[int, tuple[float, tuple[str, ...]]]]


def grades(projection: Projection) -> pd.DataFrame:
    """Apply every published rule to every target."""
    plan, last = projection.plan, int(projection.table["year"].max())
    figures = {basis: _figures(plan, projection.as_of, basis) for basis in BASES}
    rows = [
        (kpi.id, target.year, target.value, *row)
        for kpi in plan.kpis.values()
        for target in kpi.targets
        if target.year <= last
        for row in _rows(projection, kpi, target, figures)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _figures(plan: Plan, as_of: int, basis: str) -> Figures:
    """Give the figures after the base year of each KPI's own definition, with their marks."""
    found: Figures = {name: {} for name in plan.kpis}
    for row in known(plan, as_of=as_of, basis=basis).itertuples():
        if row.kpi in found and row.year > plan.kpis[row.kpi].base_year:
            found[row.kpi][int(row.year)] = (float(row.value), tuple(marks_of(row)))
    return found


def _rows(
    projection: Projection, kpi: Kpi, target: Target, figures: dict[str, Figures]
) -> Iterator[tuple[object, ...]]:
    seen = {
        basis: {year: one for year, one in figures[basis][kpi.id].items() if year <= target.year}
        for basis in BASES
    }
    if not any(seen.values()):
        middle = kpi.base_year + math.ceil((target.year - kpi.base_year) / 2)
        path = projection.table[projection.table["kpi"] == kpi.id]
        path = path[path["year"].between(kpi.base_year + 1, middle) & path["value"].notna()]
        seen = {PROJECTED: {int(row.year): (float(row.value), ()) for row in path.itertuples()}}
    for basis, after in seen.items():
        if not after:
            continue
        years = (kpi.base_year, *sorted(after))
        values = (kpi.base, *(after[year][0] for year in years[1:]))
        progress = Progress(years, values, target.year, target.value, share=kpi.kind == "share")
        judgements = {rule: judge(progress, rule) for rule in RULES}
        split = disagree(judgements)
        for rule, one in judgements.items():
            yield (
                basis, years[-1], values[-1], rule, one.label, one.standing, one.ratio,
                RULES[rule].our_reading, split, after[years[-1]][1],
            )  # fmt: skip
