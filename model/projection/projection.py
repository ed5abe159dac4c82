"""Project a scenario: conditional trajectories of every KPI."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model.errors import ModelError, mistake, near, whole
from model.plan.assumptions import OPTION, changed_assumptions, label, with_overrides
from model.plan.checks import since
from model.plan.load import find_scenario
from model.plan.outturns import known, latest_as_of, marks_of, steps
from model.plan.schema import Plan, Scenario
from model.projection.continuation import Facts
from model.projection.limits import checked
from model.projection.trajectories import Paths, facts_of, trajectories

COLUMNS = ("scenario", "kpi", "year", "value", "status")
FARTHEST = 50
OVERTAKEN = "ceiling overtaken"


@dataclass(frozen=True)
class Projection:
    """What a scenario gives.

    Parameters
    ----------
    plan : Plan
        What it is a projection of.
    scenario : Scenario
        The scenario, overrides included.
    as_of : int
        Figures for periods that ended by 31 December of this year, as published by the next 30 June,
        are known.
    table : DataFrame
        scenario, kpi, year, value, status (observed or projected), one row a KPI and year; values in
        the KPI's unit. An observed row without a value: no figure is known for that year.
    context : DataFrame
        The same of the context series.
    ceilings : DataFrame
        scenario, kpi, year, ceiling: the ceilings that were used.
    marks : DataFrame
        kpi, year, mark: what a reader must know of an observed value (`plan.outturns.marks_of`), or that
        it has overtaken the ceiling of its curve, so that the trajectory stays there.
    solved : dict
        Arguments that were solved to reach a point, by series.
    """

    plan: Plan
    scenario: Scenario
    as_of: int
    table: pd.DataFrame
    context: pd.DataFrame
    ceilings: pd.DataFrame
    marks: pd.DataFrame
    solved: dict[str, dict[str, float]]

    def value(self, kpi: str, year: int) -> float:
        """Value of one KPI in one year."""
        row = self.table[(self.table["kpi"] == kpi) & (self.table["year"] == year)]
        return float(row["value"].iloc[0])


def project(
    plan: Plan,
    scenario: str | Path | Scenario = "",
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: Sequence[str] = (),
) -> Projection:
    """Project every KPI under a scenario.

    Each trajectory equals the preferred published figures to the last year known as of `as_of`, then
    the scenario's curve, re-anchored at that year's figure with the same growth parameters.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str, Path or Scenario
        Name of a scenario of the plan, path of a file, or a scenario; by default baseline, else the first.
    horizon : int, optional
        Last year; by default the plan's.
    as_of : int or "latest", optional
        What is known; by default the scenario's own as-of year, else the base year.
    overrides : sequence of str
        Changed assumptions, such as ``"gigabit_users.rate=0.3"``.

    Returns
    -------
    Projection

    Raises
    ------
    ModelError
        If the scenario, an override, the horizon or the as-of year cannot be used.

    Examples
    --------
    >>> from model import load, project
    >>> path = project(load(), "plan_path")
    >>> round(path.value("software_revenue", 2025), 6)
    14.0
    """
    resolved = settle(plan, scenario, overrides)
    seen = as_of_year(plan, resolved, as_of)
    last = horizon_year(plan, horizon)
    paths = paths_of(plan, resolved, last=last, as_of=seen)
    return _tabled(plan, resolved, seen, last, paths)


def settle(plan: Plan, scenario: str | Path | Scenario, overrides: Sequence[str] = ()) -> Scenario:
    """Find a scenario and lay the overrides over it."""
    if not isinstance(scenario, str | Path | Scenario):
        raise ModelError(mistake("scenario", "", f"{scenario!r} is no name", near(scenario, plan.scenarios)))
    if isinstance(overrides, str) or not all(isinstance(one, str) for one in _listed(overrides)):
        raise ModelError(mistake(OPTION, "", f"{overrides!r} is no list of texts", "['series.rate=0.1']"))
    found = scenario if isinstance(scenario, Scenario) else find_scenario(plan, scenario)[1]
    return with_overrides(plan, found, overrides) if overrides else found


def _listed(given: object) -> Sequence[object]:
    return given if isinstance(given, list | tuple) else (None,)


def paths_of(plan: Plan, scenario: Scenario, *, last: int, as_of: int, hold: bool = True) -> Paths:
    """Make the trajectories; what is to be solved is solved from the base year's knowledge."""
    first = trajectories(plan, scenario, last=last, facts=facts_of(plan, plan.base_year))
    if as_of == plan.base_year:
        return checked(plan, scenario, first, last) if hold else first
    facts = facts_of(plan, as_of)
    solved = {**first.solved, **_reread(plan, scenario, as_of, facts)}
    later = trajectories(plan, scenario, last=last, facts=facts, solved=solved)
    later.solved.update(solved)
    return checked(plan, scenario, later, last) if hold else later


def _reread(plan: Plan, scenario: Scenario, as_of: int, facts: Facts) -> dict[str, dict[str, float]]:
    """Read the growth last published by then where a scenario takes it up, faded to the last known year."""
    found, grown = {}, steps(plan, as_of=as_of)
    for name, growth in scenario.growth.items():
        base = since(plan, plan.series[name])
        year = max(grown[name], default=base) if growth.reread else base
        if year > base:
            before, after = grown[name][year]
            left = growth.arguments["damping"].central ** (facts[name][-1][0] - year)
            found[name] = {"rate": math.expm1(math.log(after / before) * left)}
    return found


def as_of_year(plan: Plan, scenario: Scenario, as_of: int | str | None) -> int:
    """Decide the as-of year: what is asked for, else the scenario's, else the base year."""
    latest = latest_as_of(plan)
    asked = as_of if as_of is not None else scenario.as_of
    if asked is None:
        return plan.base_year
    if isinstance(asked, str) and asked == "latest":
        return latest
    if not isinstance(asked, int) or not plan.base_year <= asked <= latest:
        allowed = f"{plan.base_year} to {latest}, or latest"
        raise ModelError(mistake("as of", "", f"{asked} is outside the data", allowed))
    return asked


def horizon_year(plan: Plan, horizon: int | None, *, aimed: bool = False) -> int:
    """Decide the last year of a projection."""
    first = min(target.year for kpi in plan.kpis.values() for target in kpi.targets)
    low = first if aimed else plan.base_year + 1
    return whole("horizon", plan.horizon if horizon is None else horizon, low, plan.base_year + FARTHEST)


def _tabled(plan: Plan, scenario: Scenario, as_of: int, last: int, paths: Paths) -> Projection:
    rows: dict[bool, list[tuple[str, str, int, float, str]]] = {True: [], False: []}
    ceilings = []
    for name in plan.series:
        if name not in paths.values:
            continue
        anchor = max(paths.known[name], default=plan.base_year)
        for position, year in enumerate(int(year) for year in paths.years if year <= last):
            value = float(paths.values[name][position])
            if year <= anchor:
                rows[name in plan.kpis].append(
                    (scenario.id, name, year, paths.known[name].get(year, math.nan), "observed")
                )
            else:
                rows[name in plan.kpis].append((scenario.id, name, year, value, "projected"))
            if name in paths.ceilings and name in plan.kpis:
                ceilings.append((scenario.id, name, year, float(paths.ceilings[name][position])))
    tables = {kind: pd.DataFrame(found, columns=list(COLUMNS)) for kind, found in rows.items()}
    frame = pd.DataFrame(ceilings, columns=["scenario", "kpi", "year", "ceiling"])
    marks = [
        (row.kpi, row.year, mark)
        for row in known(plan, as_of=as_of).itertuples()
        if plan.base_year < row.year <= last
        for mark in marks_of(row)
    ]
    marks += [(name, max(paths.known[name]), OVERTAKEN) for name in plan.kpis if name in paths.overtaken]
    return Projection(
        plan,
        scenario,
        as_of,
        tables[True],
        tables[False],
        frame,
        pd.DataFrame(marks, columns=["kpi", "year", "mark"]),
        paths.solved,
    )


@dataclass(frozen=True)
class Comparison:
    """What differs between two scenarios.

    Parameters
    ----------
    assumptions : DataFrame
        kpi, key, and the value in each scenario, as written.
    numbers : DataFrame
        kpi, year, the value in each scenario in the KPI's unit, and the difference (second minus first).
    """

    assumptions: pd.DataFrame
    numbers: pd.DataFrame

    def together(self) -> pd.DataFrame:
        """Both tables as one: `what` is assumption or number, `key` the argument or the year."""
        numbers = self.numbers.rename(columns={"year": "key"})
        parts = {"assumption": self.assumptions, "number": numbers}
        return pd.concat([part.assign(what=what) for what, part in parts.items()], ignore_index=True)


def compare(
    plan: Plan,
    first: str | Path | Scenario,
    second: str | Path | Scenario,
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> Comparison:
    """Compare two scenarios.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    first, second : str, Path or Scenario
        Name, path, or scenario.
    horizon, as_of
        As in `model.project`.
    overrides : pair of sequences of str
        Changed assumptions of the first and of the second.

    Returns
    -------
    Comparison

    Examples
    --------
    >>> from model import compare, load
    >>> changes = compare(load(), "baseline", "consumption_slump")
    >>> sorted(set(changes.numbers["kpi"]))
    ['ecommerce_transactions', 'online_retail']
    """
    sides = [
        project(plan, scenario, horizon=horizon, as_of=as_of, overrides=changed)
        for scenario, changed in zip((first, second), overrides, strict=True)
    ]
    left, right = (
        label(settle(plan, one), side.scenario) for one, side in zip((first, second), sides, strict=True)
    )
    if right == left:
        raise ModelError(mistake("compare", "", f"{left} is compared with itself", "two scenarios, or --set"))
    values = [side.table[["kpi", "year", "value"]] for side in sides]
    numbers = values[0].merge(values[1], on=["kpi", "year"], suffixes=("_a", "_b"), sort=False)
    numbers = numbers.rename(columns={"value_a": left, "value_b": right})
    numbers["difference"] = numbers[right] - numbers[left]
    same = (numbers[left] == numbers[right]) | (numbers[left].isna() & numbers[right].isna())
    changed = changed_assumptions(sides[0].scenario, sides[1].scenario)
    changed.columns = pd.Index(["kpi", "key", left, right])
    return Comparison(changed, numbers[~same].reset_index(drop=True))
