"""Check trajectories, or draws of them, against each other: limits and identities of the plan pack.

Violations are reported, never repaired: where they are many, the scenario is at odds with itself, and
published figures are not touched to hide it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.plan.plan import Kpi, Plan
from model.plan.schema import Rule
from model.projection.projection import Projection
from model.uncertainty.ensemble import Ensemble

COLUMNS = ("scenario", "rule", "statement", "hard", "year", "share", "mean_excess", "largest_excess")
Values = Mapping[str, NDArray[np.float64]]


def violations(found: Projection | Ensemble) -> pd.DataFrame:
    """Find the years in which a projection, or a share of draws, breaks a rule or a bound of the plan."""
    if isinstance(found, Ensemble):
        made, values = found.projection, {**found.context, **found.draws}
    else:
        made = found
        both = pd.concat([made.table, made.context]).pivot_table(
            index="kpi", columns="year", values="value", dropna=False
        )
        values = {str(name): row.to_numpy(dtype=float) for name, row in both.iterrows()}
    return broken(made.plan, values, made.years, made.scenario.id)


def broken(plan: Plan, values: Values, years: list[int], scenario: str = "") -> pd.DataFrame:
    rows = []
    for rule in every_rule(plan):
        try:
            excess = np.atleast_2d(rule.excess(values))
        except KeyError:
            continue
        for position, year in enumerate(years):
            column = excess[:, position]
            over = column[column > 0]
            if over.size:
                sizes = (over.size / column.size, float(over.mean()), float(over.max()))
                rows.append((scenario, rule.id, rule.rule, rule.hard, year, *sizes))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def every_rule(plan: Plan) -> list[Rule]:
    """Give the rules of a plan, and the bounds of its KPIs as rules of their own."""
    return [*plan.coherence, *_bounds(plan.kpis.values())]


def rule_of(plan: Plan, name: str) -> Rule:
    """Find a rule by its id."""
    return next(rule for rule in every_rule(plan) if rule.id == name)


def _bounds(kpis: Iterable[Kpi]) -> Iterator[Rule]:
    """Give the bounds of a series as rules of their own."""
    for kpi in kpis:
        if kpi.bounds is not None:
            low, high = kpi.bounds
            for name, limit, text in (
                ("above_floor", low, f"{low:g} <= {kpi.id}"),
                ("below_top", high, f"{kpi.id} <= {high:g}"),
            ):
                if math.isfinite(limit):
                    yield Rule(id=f"{kpi.id}_{name}", rule=text, hard=True, reason=kpi.title)


RULINGS = ("rule", "statement", "hard", "series", "missing", "known", "verdict", "broken", "excess")
SERIES = re.compile(r"\b[a-z]\w*")


def rulings(projection: Projection) -> pd.DataFrame:
    """Give every rule of a plan with what its check against a projection gave."""
    found = violations(projection)
    values = pd.concat([projection.table, projection.context]).dropna(subset=["value"])
    by_series = {str(name): set(part["year"].astype(int)) for name, part in values.groupby("kpi")}
    years = set(projection.years)
    declared = [(rule.id, rule.rule, rule.hard) for rule in projection.plan.coherence]
    bounds = found[~found["rule"].isin([name for name, _, _ in declared])]
    declared += list(dict.fromkeys(zip(bounds["rule"], bounds["statement"], bounds["hard"], strict=True)))
    rows = []
    for name, statement, hard in declared:
        named = list(dict.fromkeys(SERIES.findall(statement)))
        missing = tuple(one for one in named if not by_series.get(one))
        known = sorted(years.intersection(*(by_series.get(one, set()) for one in named)))
        own = found[found["rule"] == name]
        verdict = "holds" if len(known) == len(years) else "partly" if known else "unchecked"
        over, most = tuple(int(year) for year in own["year"]), float(own["largest_excess"].max())
        verdict = "broken" if over else verdict
        rows.append((name, statement, bool(hard), named[0], missing, tuple(known), verdict, over, most))
    return pd.DataFrame(rows, columns=list(RULINGS))
