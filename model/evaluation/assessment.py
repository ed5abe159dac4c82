"""Assess a scenario against the plan's targets: gap, growth needed, met or not, how likely, by which rule."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from model.evaluation.grades import grades
from model.plan.outturns import known, marks_of
from model.plan.schema import Kpi, Plan, Scenario, Target
from model.plan.settled import ALREADY_MET, DEADLINE, Outturns, gap_to, meets, outturns, settled, verdict
from model.projection.goal_seek import goal_seek
from model.projection.projection import OVERTAKEN, Projection, horizon_year, project
from model.projection.required import growth_between
from model.projection.trajectories import FADING
from model.uncertainty.ensemble import DRAWS, SEED, Ensemble, probabilities, simulate
from model.uncertainty.probability import likelihood
from model.uncertainty.sampling import unknown_spread

COLUMNS = (
    "scenario", "kpi", "target_year", "target", "projected", "gap", "required_growth", "projected_growth",
    "progress_ratio", "probability", "rule", "basis", "verdict", "note",
    "settled", "required_at_first",
)  # fmt: skip
STRICT, PRINTED, PROBABILITY = "strict", "published precision", "probability"
PROJECTED = "projected"
OUTTURN = "outturn"
BORROWED, OUR_READING, DISAGREE = "borrowed", "our reading", "rules disagree"
Preferred = Mapping[tuple[str, int], Any]


def assess(
    plan: Plan,
    scenario: str | Path | Scenario = "",
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = SEED,
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
    draws, seed : int
        As in `model.simulate`; without draws, or where nothing is known of the past, there are no
        probabilities.

    Returns
    -------
    DataFrame
        One row a target, basis and rule. Values and gap in the KPI's unit, a positive gap is good;
        growth is a decimal a year for levels, points a year for shares, from the last known year on.
        `progress_ratio` is projected over required growth. `basis` is projected, or, where an outturn
        for the year is known, one row each for published, comparable and chained figures.
        `rule` is strict, or at the precision with which the target was printed: there `verdict` is met,
        missed or unknown (also where only a lower bound is known that does not settle it). `probability` of
        meeting the target is given beside a projection, and as a rule of its own, whose verdict is a word of
        a fixed scale (`model.uncertainty.probability.likelihood`). The published rules of
        `model.evaluation.rules` follow, each with its own words as the verdict, its ratio as
        `progress_ratio`, the figure it judges as `projected`, and required and actual growth from the base
        year on; `model.evaluation.grades` says which figures they judge.
        `note` holds words: outturn, lower bound, unverified, already met, deadline, "from lower bound" where
        the last known figure is one, borrowed (the spread behind the probability), our reading (a constant of
        the rule could not be confirmed), rules disagree, and "at" a year: that of the figure a rule judges.
        `settled`: the verdict that outturns have settled, over all bases (`model.outcomes.settled`).
        `required_at_first`: where growth fades, `required_growth` is an average, and this the growth of the
        last known year from which fading growth comes to it (`model.goal_seek`).

    Raises
    ------
    ModelError
        As `model.project`.

    Examples
    --------
    >>> from model import assess, load
    >>> table = assess(load(), "plan_path")
    >>> sorted(set(table[table["rule"] == "strict"]["verdict"]))
    ['met']
    """
    horizon = horizon_year(plan, horizon, aimed=True)
    projection = project(plan, scenario, horizon=horizon, as_of=as_of, overrides=overrides)
    return _drawn(projection, horizon, draws, seed)


def _drawn(projection: Projection, horizon: int, draws: int, seed: int) -> pd.DataFrame:
    plan, scenario = projection.plan, projection.scenario
    if not draws or unknown_spread(plan, scenario):
        return assess_projection(projection)
    drawn = simulate(plan, scenario, draws=draws, seed=seed, horizon=horizon, as_of=projection.as_of)
    return assess_projection(projection, ensemble=drawn)


def judged(projection: Projection) -> pd.DataFrame:
    """Give the trajectories with unit, and in target years with target, verdict and probability."""
    units = projection.table["kpi"].map({name: kpi.unit.en for name, kpi in projection.plan.kpis.items()})
    made = projection.table.assign(unit=units)
    found = _drawn(projection, int(made["year"].max()), DRAWS, SEED)
    found = found[found["rule"] == STRICT].rename(columns={"target_year": "year"})
    found["verdict"] = found["settled"].where(found["settled"] != "", found["verdict"])
    found = found.drop_duplicates(["kpi", "year"])[["kpi", "year", "target", "verdict", "probability"]]
    return made.merge(found, on=["kpi", "year"], how="left")


def assess_projection(projection: Projection, *, ensemble: Ensemble | None = None) -> pd.DataFrame:
    """Assess a projection that is at hand."""
    plan = projection.plan
    last = int(projection.table["year"].max())
    figures = outturns(plan, as_of=projection.as_of)
    preferred = {(row.kpi, row.year): row for row in known(plan, as_of=projection.as_of).itertuples()}
    rows = [
        (projection.scenario.id, *row)
        for kpi in plan.kpis.values()
        for target in kpi.targets
        if target.year <= last
        for row in _rows(projection, kpi, target, figures, preferred)
    ]
    table = pd.DataFrame([*rows, *_graded(projection)], columns=list(COLUMNS[:-2]))
    over = settled(plan, as_of=projection.as_of)
    goals = [(str(row.kpi), int(row.target_year)) for row in table.itertuples()]
    table["settled"] = [over.get(goal, "") for goal in goals]
    first = {goal: _at_first(projection, *goal) for goal in set(goals)}
    table["required_at_first"] = [first[goal] for goal in goals]
    if ensemble is not None:
        table = _with_probabilities(table, probabilities(ensemble))
    # Rows of one target stand together, in the order of the plan.
    order = {kpi: place for place, kpi in enumerate(plan.kpis)}
    return table.sort_values(
        ["kpi", "target_year"], key=lambda one: one.map(order) if one.name == "kpi" else one,
        kind="stable", ignore_index=True,
    )  # fmt: skip


def _at_first(projection: Projection, kpi: str, year: int) -> float:
    """Give the growth of the last known year that would do, where it fades and the year is still to come."""
    row = projection.table.query("kpi == @kpi and year == @year")
    growth = projection.scenario.growth.get(kpi)
    if growth is None or growth.curve not in FADING or row["status"].iloc[0] == "observed":
        return math.nan
    found = goal_seek(projection.plan, projection.scenario, kpi, target_year=year, as_of=projection.as_of)
    return found.first


def _with_probabilities(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Fill in the probability beside every projection, and add it as a rule of its own."""
    projected = table[table["basis"] == PROJECTED]
    own = projected[projected["rule"] == STRICT].drop(columns="probability")
    own = own.merge(found[["kpi", "target_year", "probability", "borrowed"]], on=["kpi", "target_year"])
    notes = own["note"].where(~own["borrowed"], own["note"] + "; " + BORROWED).str.removeprefix("; ")
    own = own.assign(rule=PROBABILITY, progress_ratio=math.nan, note=notes)
    own["verdict"] = [likelihood(one) for one in own["probability"]]
    chances = own.set_index(["kpi", "target_year"])["probability"]
    beside = chances.reindex(pd.MultiIndex.from_frame(projected[["kpi", "target_year"]])).to_numpy()
    filled = table.copy()
    filled.loc[projected.index, "probability"] = beside
    graded = ~filled["rule"].isin([STRICT, PRINTED])
    return pd.concat([filled[~graded], own[list(COLUMNS)], filled[graded]], ignore_index=True)


def _graded(projection: Projection) -> Iterator[tuple[object, ...]]:
    """Give the rows of the published rules."""
    for row in grades(projection).itertuples():
        kpi = projection.plan.kpis[row.kpi]
        words = [f"at {row.review_year}", *row.marks]
        words += [OUR_READING] if row.our_reading else []
        words += [DISAGREE] if row.disagree else []
        yield (
            projection.scenario.id, kpi.id, row.target_year, row.target, row.value, math.nan,
            growth_between(kpi, kpi.base, row.target, row.target_year - kpi.base_year),
            growth_between(kpi, kpi.base, row.value, row.review_year - kpi.base_year),
            row.ratio, math.nan, row.rule, row.basis, row.label, "; ".join(words),
        )  # fmt: skip


def _rows(
    projection: Projection, kpi: Kpi, target: Target, figures: Outturns, preferred: Preferred
) -> Iterator[tuple[object, ...]]:
    table = projection.table[projection.table["kpi"] == kpi.id]
    observed = table[
        (table["status"] == "observed") & table["value"].notna() & (table["year"] <= target.year)
    ]
    start_year, start = int(observed["year"].iloc[-1]), float(observed["value"].iloc[-1])
    needed = growth_between(kpi, start, target.value, target.year - start_year)
    overtaken = set(projection.marks[projection.marks["mark"] == OVERTAKEN]["kpi"])
    for basis, value, notes in _values(projection, kpi, target, figures):
        gap = gap_to(kpi, target, value)
        grown = growth_between(kpi, start, value, target.year - start_year)
        words = list(notes)
        if target.year == start_year:
            words.append(DEADLINE)
        elif meets(kpi, start, target):
            words.append(ALREADY_MET)
        anchor = preferred.get((kpi.id, start_year))
        if basis == PROJECTED and kpi.id in overtaken:
            words.append(OVERTAKEN)
        if basis == PROJECTED and start_year > table["year"].min() and anchor is not None:
            words += [f"from {word}" for word in marks_of(anchor)]
        ratio = grown / needed if ALREADY_MET not in words and needed else math.nan
        for rule in (STRICT, PRINTED):
            slack = target.precision / 2 if rule == PRINTED else 0.0
            yield (
                kpi.id, target.year, target.value, value, gap, needed, grown, ratio, math.nan,
                rule, basis, verdict(kpi, target, value, slack, notes), "; ".join(words),
            )  # fmt: skip


def _values(
    projection: Projection, kpi: Kpi, target: Target, figures: Outturns
) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """Give the values that are judged: the projection, or the outturn on every basis it is known on."""
    own = figures.get((kpi.id, target.year), {})
    for basis, row in own.items():
        yield basis, float(row.value), (OUTTURN, *marks_of(row))
    if not own:
        yield PROJECTED, projection.value(kpi.id, target.year), ()
