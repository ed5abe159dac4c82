"""Tell two scenarios apart: which assumptions changed, and which numbers changed with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model.assumptions import changed_assumptions, label
from model.errors import ModelError, mistake
from model.projection import project, settle
from model.schema import Plan, Scenario


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
