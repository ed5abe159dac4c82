"""Tell two scenarios apart: what they assume, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from model.errors import ModelError, mistake
from model.plan.assumptions import changed_assumptions, label
from model.plan.plan import Plan
from model.plan.schema import Scenario
from model.projection.projection import project, resolve


class Changes(NamedTuple):
    assumptions: pd.DataFrame
    numbers: pd.DataFrame


def compare(
    plan: Plan,
    first: str | Path | Scenario,
    second: str | Path | Scenario,
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    overrides: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> Changes:
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
    Changes
        Two tables: `assumptions` (kpi, key, and the value in each scenario, as written) and `numbers`
        (kpi, year, the value in each in the KPI's unit, and the difference, second minus first).

    Examples
    --------
    >>> from model import compare, load
    >>> changes = compare(load(), "baseline", "consumption_slump")
    >>> sorted(set(changes.numbers["kpi"]))
    ['ecommerce_transactions', 'online_retail']
    """
    named = [resolve(plan, one) for one in (first, second)]
    sides = [
        project(plan, one, horizon=horizon, as_of=as_of, overrides=changed)
        for one, changed in zip(named, overrides, strict=True)
    ]
    left, right = (label(before, side.scenario) for before, side in zip(named, sides, strict=True))
    if right == left:
        raise ModelError(mistake("compare", "", f"{left} is compared with itself", "two scenarios, or --set"))
    values = [side.table[["kpi", "year", "value"]] for side in sides]
    numbers = values[0].merge(values[1], on=["kpi", "year"], suffixes=("_a", "_b"), sort=False)
    numbers.columns = pd.Index(["kpi", "year", left, right])
    numbers["difference"] = numbers[right] - numbers[left]
    same = (numbers[left] == numbers[right]) | (numbers[left].isna() & numbers[right].isna())
    changed = changed_assumptions(sides[0].scenario, sides[1].scenario)
    changed.columns = pd.Index(["kpi", "key", left, right])
    return Changes(changed, numbers[~same].reset_index(drop=True))
