"""Assess a scenario against the plan's targets: gap, growth needed, met or not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from model.figures import known
from model.goals import growth_between
from model.projection import Projection, project
from model.schema import Kpi, Plan, Scenario, Target

COLUMNS = (
    "scenario", "kpi", "target_year", "target", "projected", "gap", "required_growth", "projected_growth",
    "progress_ratio", "probability", "rule", "basis", "verdict", "note",
)  # fmt: skip
STRICT, PRINTED = "strict", "published precision"
MET, MISSED, UNKNOWN = "met", "missed", "unknown"


def assess(
    plan: Plan,
    scenario: str | Path | Scenario = "baseline",
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: Sequence[str] = (),
) -> pd.DataFrame:
    """Assess every target of the plan under a scenario.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str, Path or Scenario
        Name, path, or scenario.
    horizon, as_of, overrides
        As in `model.project`; targets later than the horizon are left out.

    Returns
    -------
    DataFrame
        One row a target, basis and rule. Values and gap in the KPI's unit, a positive gap is good;
        growth is a decimal a year for levels, points a year for shares, from the last known year on.
        `progress_ratio` is projected over required growth. `basis` is projected, or, where an outturn
        for the year is known, one row each for published, comparable and chained figures.
        `rule` is strict, or at the precision with which the target was printed. `verdict` is met, missed
        or unknown. `note` holds words: outturn, lower bound, unverified, already met, deadline.

    Raises
    ------
    ModelError
        As `model.project`.

    Examples
    --------
    >>> from model import assess, load
    >>> table = assess(load(), "plan_path")
    >>> sorted(set(table["verdict"]))
    ['met']
    """
    projection = project(plan, scenario, horizon=horizon, as_of=as_of, overrides=overrides)
    return assess_projection(plan, projection)


def assess_projection(plan: Plan, projection: Projection) -> pd.DataFrame:
    """Assess a projection that is at hand.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    projection : Projection
        A projection.

    Returns
    -------
    DataFrame
        As `assess`.
    """
    last = int(projection.table["year"].max())
    rows = [
        (projection.scenario.id, *row)
        for kpi in plan.kpis.values()
        for target in kpi.targets
        if target.year <= last
        for row in _rows(plan, projection, kpi, target)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(plan: Plan, projection: Projection, kpi: Kpi, target: Target) -> Iterator[tuple[object, ...]]:
    table = projection.table[projection.table["kpi"] == kpi.id]
    observed = table[
        (table["status"] == "observed") & table["value"].notna() & (table["year"] <= target.year)
    ]
    start_year, start = int(observed["year"].iloc[-1]), float(observed["value"].iloc[-1])
    needed = growth_between(kpi, start, target.value, target.year - start_year)
    for basis, value, notes in _values(plan, projection, kpi, target):
        gap = _sign(kpi) * (value - target.value)
        grown = growth_between(kpi, start, value, target.year - start_year)
        words = list(notes)
        if target.year == start_year:
            words.append("deadline")
        elif _sign(kpi) * (start - target.value) >= 0:
            words.append("already met")
        ratio = grown / needed if "already met" not in words and needed else math.nan
        for rule in (STRICT, PRINTED):
            slack = target.precision / 2 if rule == PRINTED else 0.0
            # The tolerance is for the last bits of a solved path, far below any printed digit.
            tolerance = 1e-9 * max(1.0, abs(target.value))
            verdict = UNKNOWN if math.isnan(value) else MET if gap >= -slack - tolerance else MISSED
            yield (
                kpi.id, target.year, target.value, value, gap, needed, grown, ratio, math.nan,
                rule, basis, verdict, "; ".join(words),
            )  # fmt: skip


def _values(
    plan: Plan, projection: Projection, kpi: Kpi, target: Target
) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """Give the values that are judged: the projection, or the outturn on every basis it is known on."""
    outturns = []
    for basis in ("published", "comparable", "chained"):
        figures = known(plan, as_of=projection.as_of, basis=basis)
        for row in figures[(figures["kpi"] == kpi.id) & (figures["year"] == target.year)].itertuples():
            words = ["outturn"]
            if row.bound == "lower":
                words.append("lower bound")
            if row.verified != "seen":
                words.append(row.verified)
            outturns.append((basis, float(row.value), tuple(words)))
    if outturns:
        yield from outturns
    else:
        yield "projected", projection.value(kpi.id, target.year), ()


def _sign(kpi: Kpi) -> float:
    return 1.0 if kpi.better == "higher" else -1.0
