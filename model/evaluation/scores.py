"""Scenarios and naive forecasts side by side, by how past ones fared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.evaluation.backtest import (
    BANDS,
    DRAWS,
    LAST_VALUE,
    NAIVE,
    SCENARIO,
    Scenarios,
    backtest,
    calibration,
)  # fmt: skip
from model.plan.outturns import Outturns
from model.plan.plan import Plan
from model.uncertainty.ensemble import SEED
from model.uncertainty.spread import ENOUGH, SERIES

COLUMNS = (
    "method", "naive", "kpi", "n", "left_out", "kpis", "mean_error", "mean_absolute_error", "skill", "mase",
    "mase_n", "crps", "crps_skill", "pinball", "inside_60", "inside_90", "low_60", "high_60", "low_90",
    "high_90",
)  # fmt: skip
CASE = ["kpi", "as_of", "year", "basis"]
NAMES = ["scenario", "method"]
SKILLS = ("skill", "crps_skill")
RESAMPLED = 10_000


def scores(
    plan: Plan,
    scenarios: Scenarios = (),
    *,
    basis: str = "published",
    by_kpi: bool = False,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Pool the scores of past projections and naive forecasts, best first, a vote a KPI or each alone."""
    distributions = calibration(plan, scenarios, draws=draws, seed=seed) if draws else None
    return pooled(plan, backtest(plan, scenarios), distributions, basis=basis, by_kpi=by_kpi)


def pooled(
    plan: Plan,
    points: pd.DataFrame,
    distributions: pd.DataFrame | None = None,
    *,
    basis: str = "published",
    by_kpi: bool = False,
) -> pd.DataFrame:
    cases = _logged(points, basis)
    cases["scaled"] = cases["error"].abs() / cases["kpi"].map(changes(plan.figures))
    if distributions is not None and len(distributions):
        scores = distributions[[*NAMES, *CASE, "crps", "pinball", *BANDS]]
        cases = cases.merge(scores, on=[*NAMES, *CASE], how="left")
    naive = cases[cases["key"] == LAST_VALUE].set_index(CASE)
    rows = []
    for method, own in cases.groupby("key", sort=False):
        first = {"method": method, "naive": own["method"].iloc[0] != SCENARIO}
        single = {kpi: _scores(part, naive) for kpi, part in own.groupby("kpi", sort=False)}
        if by_kpi:
            rows += [
                first | {"kpi": kpi} | _held(own[own["kpi"] == kpi]) | one for kpi, one in single.items()
            ]
        else:
            rows.append(first | {"kpi": ""} | _held(own) | _mean(list(single.values())))
    order = ["kpi", "mean_absolute_error"] if by_kpi else ["mean_absolute_error"]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(order, kind="stable", ignore_index=True)


def changes(figures: Outturns) -> dict[str, float]:
    """Mean absolute yearly change of each KPI before the plan, the scale of MASE."""
    found = {}
    for kpi, pairs in figures.steps(figures.plan.base_year).items():
        moves = [abs(after - before) for before, after in pairs.values()]
        mean = float(np.mean(moves)) if len(moves) >= ENOUGH else 0.0
        found[kpi] = mean or float("nan")
    return {kpi: found[kpi] for kpi in figures.plan.kpis}


def duels(
    points: pd.DataFrame, distributions: pd.DataFrame | None, method: str, *, basis: str = "published"
) -> pd.DataFrame:
    """Hold a scenario against each naive forecast, on the cases that both have."""
    cases = _logged(points, basis)
    cases["loss"], cases["crps"] = cases["log"].abs(), np.nan
    if distributions is not None and len(distributions):
        scores = distributions[[*NAMES, *CASE, "crps"]]
        cases = cases.drop(columns="crps").merge(scores, on=[*NAMES, *CASE], how="left")
    cases = cases[cases["log"].notna()]
    own = cases[cases["key"] == method]
    rows = []
    for naive in NAIVE:
        both = own.merge(cases[cases["key"] == naive], on=CASE, suffixes=("", "_naive"))
        singles = [
            {
                "kpi": kpi,
                "naive": naive,
                "n": len(part),
                "error": _ratio(part, "loss"),
                "crps": _ratio(part, "crps"),
            }
            for kpi, part in both.groupby("kpi", sort=False)
        ]
        voting = [one for one in singles if one["n"] > 1]
        whole: dict[str, Any] = {"kpi": "", "naive": naive, "n": sum(one["n"] for one in voting)}
        whole |= {score: _geometric([one[score] for one in voting]) for score in ("error", "crps")}
        if len(voting) > 1:
            by_case = _ratio(both, "loss")
            left = {one["kpi"]: _ratio(both[both["kpi"] != one["kpi"]], "loss") for one in voting}
            kpi = max(left, key=lambda one: abs(left[one] - by_case))
            whole |= {"by_case": by_case, "decisive": kpi, "without": left[kpi]}
        rows += [whole, *singles]
    columns = ["kpi", "naive", "n", "error", "crps", "by_case", "decisive", "without"]
    return pd.DataFrame(rows, columns=columns)


def _logged(points: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Give the cases of a basis with their log error; NaN where a figure has no log."""
    cases = points[points["basis"] == basis]
    key = cases["scenario"].where(cases["method"] == SCENARIO, cases["method"])
    usable = (cases["outturn"] > 0.0) & (cases["forecast"] > 0.0)
    return cases.assign(key=key, log=np.log((cases["outturn"] / cases["forecast"]).where(usable)))


def _scores(part: pd.DataFrame, naive: pd.DataFrame) -> dict[str, Any]:
    used = part[part["log"].notna()]
    found: dict[str, Any] = {"n": len(used), "left_out": len(part) - len(used), "kpis": int(len(used) > 1)}
    found["mase_n"] = int(used["scaled"].notna().sum())
    if len(used) < 2:
        return found
    same = naive.reindex(pd.MultiIndex.from_frame(used[CASE]))
    absolute = float(used["log"].abs().mean())
    found |= {
        "mean_error": float(used["log"].mean()),
        "mean_absolute_error": absolute,
        "skill": _skill(absolute, float(same["log"].abs().mean())),
    }
    if found["mase_n"] > 1:
        found["mase"] = float(used["scaled"].mean())
    if "crps" in used and used["crps"].notna().all():
        crps = float(used["crps"].mean())
        found |= {"crps": crps, "crps_skill": _skill(crps, float(same["crps"].mean()))}
        found["pinball"] = float(used["pinball"].mean())
    return found


def _mean(single: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give every KPI with two cases or more one vote."""
    table = pd.DataFrame(single)
    voting = table[table["kpis"] == 1]
    found: dict[str, Any] = {name: int(table[name].sum()) for name in ("n", "left_out", "kpis", "mase_n")}
    for name in set(table.columns) - set(found):
        values = voting[name].dropna()
        found[name] = 1.0 - _geometric(1.0 - values) if name in SKILLS else float(values.mean())
    return found


def _held(own: pd.DataFrame) -> dict[str, float]:
    """Give the share of outturns inside each band, and its interval when whole KPIs are drawn anew."""
    found: dict[str, float] = {}
    scored = own[own["crps"].notna()] if "crps" in own else own[:0]
    for band in BANDS if len(scored) > 1 else ():
        hits = scored.assign(hit=scored[band].astype(float)).groupby("kpi")["hit"].agg(["sum", "count"])
        found[band] = float(hits["sum"].sum() / hits["count"].sum())
        if len(hits) >= SERIES:
            equal = np.full(len(hits), 1 / len(hits))
            again = np.random.default_rng(1).multinomial(len(hits), equal, RESAMPLED)
            low, high = np.quantile((again @ hits["sum"]) / (again @ hits["count"]), [0.025, 0.975])
            name = band.removeprefix("inside_")
            found |= {f"low_{name}": float(low), f"high_{name}": float(high)}
    return found


def _ratio(part: pd.DataFrame, score: str) -> float:
    naive = float(part[f"{score}_naive"].mean())
    return float(part[score].mean()) / naive if len(part) > 1 and naive > 0.0 else float("nan")


def _geometric(ratios: Sequence[float] | pd.Series) -> float:
    values = np.asarray(ratios, dtype=float)
    return float(np.exp(np.mean(np.log(values)))) if values.size and np.all(values > 0.0) else float("nan")


def _skill(loss: float, naive: float) -> float:
    return 1.0 - loss / naive if naive > 0 else float("nan")
