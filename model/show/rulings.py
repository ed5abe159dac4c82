"""Lay out what was checked of a plan's rules: those that hold and those nobody could check as well."""

from __future__ import annotations

import math
import re

import pandas as pd

from model.coherence import check_projection
from model.projection import Projection
from model.schema import Plan

COLUMNS = ("rule", "statement", "hard", "series", "missing", "known", "verdict", "broken", "excess")
SERIES = re.compile(r"\b[a-z]\w*")


def rulings(plan: Plan, projection: Projection) -> pd.DataFrame:
    """Give every rule of a plan with what its check against a projection gave."""
    found = check_projection(plan, projection)
    values = pd.concat([projection.table, projection.context]).dropna(subset=["value"])
    by_series = {str(name): set(part["year"].astype(int)) for name, part in values.groupby("kpi")}
    years = set(projection.table["year"].astype(int))
    declared = [(rule.id, rule.rule, rule.hard) for rule in plan.coherence]
    bounds = found[~found["rule"].isin([name for name, _, _ in declared])]
    declared += list(dict.fromkeys(zip(bounds["rule"], bounds["statement"], bounds["hard"], strict=True)))
    rows = []
    for name, statement, hard in declared:
        named = list(dict.fromkeys(SERIES.findall(statement)))
        missing = tuple(one for one in named if not by_series.get(one))
        known = sorted(years.intersection(*(by_series.get(one, set()) for one in named)))
        own = found[found["rule"] == name]
        verdict = "holds" if len(known) == len(years) else "partly" if known else "unchecked"
        rows.append(
            (
                name,
                statement,
                bool(hard),
                named[0],
                missing,
                tuple(known),
                "broken" if len(own) else verdict,
                tuple(int(year) for year in own["year"]),
                float(own["largest_excess"].max()) if len(own) else math.nan,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
