"""The league of forecasts: scenarios and naive forecasts side by side, by how past ones fared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from model.calibration import BANDS, DRAWS, calibration
from model.hindsight import LAST_VALUE, NAIVE, SCENARIO, hindsight
from model.histories import steps
from model.schema import Plan, Scenario
from model.spread import ENOUGH
from model.uncertainty import SEED

COLUMNS = (
    "method", "naive", "kpi", "n", "mean_error", "mean_absolute_error", "skill", "mase", "mase_n", "crps",
    "crps_skill", "pinball", "inside_60", "inside_90", "low_60", "high_60", "low_90", "high_90",
)  # fmt: skip
CASE = ["kpi", "as_of", "year", "basis"]
NAMES = ["scenario", "method"]


def league(
    plan: Plan,
    scenarios: Sequence[str | Path | Scenario] = (),
    *,
    basis: str = "published",
    by_kpi: bool = False,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Pool the scores of past projections and naive forecasts.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenarios : sequence of str, Path or Scenario
        As in `model.hindsight`.
    basis : {"published", "comparable", "chained"}
        Of the outturns.
    by_kpi : bool
        One line a KPI and method, instead of one a method over all KPIs.
    draws, seed : int
        As in `model.calibration`; no draws: no scores of distributions.

    Returns
    -------
    DataFrame
        As `pooled`. Best first, by the mean absolute error.

    Examples
    --------
    >>> from model import load
    >>> table = league(load(), ["baseline"], draws=64).set_index("method")
    >>> bool(table.loc["baseline", "skill"] > 0), int(table.loc["baseline", "n"])
    (True, 83)
    """
    points = hindsight(plan, scenarios)
    spread = calibration(plan, scenarios, draws=draws, seed=seed) if draws else None
    return pooled(plan, points, spread, basis=basis, by_kpi=by_kpi)


def pooled(
    plan: Plan,
    points: pd.DataFrame,
    distributions: pd.DataFrame | None = None,
    *,
    basis: str = "published",
    by_kpi: bool = False,
) -> pd.DataFrame:
    """Pool scores that are at hand.

    Parameters
    ----------
    plan : Plan
        The plan pack they are of.
    points : DataFrame
        What `model.hindsight` gives.
    distributions : DataFrame, optional
        What `model.calibration.calibration` gives.
    basis : str
        Of the outturns.
    by_kpi : bool
        One line a KPI and method.

    Returns
    -------
    DataFrame
        method (a scenario's id, or the naive forecast), naive, kpi (empty when pooled), n; mean error and
        mean absolute error of ``ln(outturn / forecast)``; skill, one minus the ratio of the mean absolute
        error to that of the last value on the same cases; MASE (Hyndman and Koehler 2006: the error in units
        over the mean yearly change before the plan) where a KPI has four such changes, and its own n; fair
        CRPS, its skill, pinball loss; the share of outturns inside the 60 and 90 % bands, with the ends of
        the exact 95 % interval (Clopper and Pearson) of that share. Errors of one KPI hang together, so the
        intervals are rather too narrow. With one case a mean is no score: then all scores are NaN.
    """
    cases = points[points["basis"] == basis].assign(key=lambda one: _named(one))
    cases = cases.assign(log=np.log(cases["outturn"] / cases["forecast"]))
    cases["scaled"] = cases["error"].abs() / cases["kpi"].map(changes(plan))
    if distributions is not None and len(distributions):
        scores = distributions[[*NAMES, *CASE, "crps", "pinball", *BANDS]]
        cases = cases.merge(scores, on=[*NAMES, *CASE], how="left")
    groups = ["key", "kpi"] if by_kpi else ["key"]
    naive = cases[cases["method"] == LAST_VALUE].set_index(CASE)
    rows = [
        (
            keys[0], part["method"].iloc[0] != SCENARIO, keys[1] if by_kpi else "", len(part),
            *_scores(part, naive).values(),
        )
        for keys, part in cases.groupby(groups, sort=False)
    ]  # fmt: skip
    order = ["kpi", "mean_absolute_error"] if by_kpi else ["mean_absolute_error"]
    return pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(order, kind="stable", ignore_index=True)


def changes(plan: Plan) -> dict[str, float]:
    """Mean absolute yearly change of each KPI before the plan, the scale of MASE.

    Parameters
    ----------
    plan : Plan
        A plan pack.

    Returns
    -------
    dict of str to float
        In the KPI's unit; NaN with fewer than four yearly changes, or where nothing changed.

    Examples
    --------
    >>> from model import load
    >>> {kpi: round(one, 2) for kpi, one in changes(load()).items() if one == one}
    {'software_revenue': 0.83, 'online_retail': 1.32, 'ecommerce_transactions': 3.08}
    """
    found = {}
    for kpi, pairs in steps(plan).items():
        moves = [abs(after - before) for before, after in pairs.values()]
        mean = float(np.mean(moves)) if len(moves) >= ENOUGH else 0.0
        found[kpi] = mean or float("nan")
    return {kpi: found[kpi] for kpi in plan.kpis}


def duels(
    points: pd.DataFrame, distributions: pd.DataFrame | None, method: str, *, basis: str = "published"
) -> pd.DataFrame:
    """Hold a scenario against each naive forecast, on the cases that both have.

    Parameters
    ----------
    points : DataFrame
        What `model.hindsight` gives.
    distributions : DataFrame or None
        What `model.calibration.calibration` gives.
    method : str
        Id of a scenario.
    basis : str
        Of the outturns.

    Returns
    -------
    DataFrame
        kpi (empty: all together), naive, n, and error and crps: the scenario's mean absolute log error and
        mean CRPS over the naive forecast's. Above one the scenario lost; NaN with fewer than two cases.

    Examples
    --------
    >>> from model import hindsight, load
    >>> table = duels(hindsight(load(), ["baseline"]), None, "baseline").query("kpi == ''")
    >>> bool((table["error"] < 1).all())
    True
    """
    cases = points[points["basis"] == basis].assign(key=_named(points))
    cases["loss"] = np.log(cases["outturn"] / cases["forecast"]).abs()
    cases["crps"] = np.nan
    if distributions is not None and len(distributions):
        scores = distributions[[*NAMES, *CASE, "crps"]]
        cases = cases.drop(columns="crps").merge(scores, on=[*NAMES, *CASE], how="left")
    own = cases[cases["key"] == method]
    rows = []
    for naive in NAIVE:
        both = own.merge(cases[cases["key"] == naive], on=CASE, suffixes=("", "_naive"))
        for kpi, part in [("", both), *both.groupby("kpi", sort=False)]:
            enough = len(part) > 1
            ratios = [
                float(part[score].mean() / part[f"{score}_naive"].mean()) if enough else np.nan
                for score in ("loss", "crps")
            ]
            rows.append((str(kpi), naive, len(part), *ratios))
    return pd.DataFrame(rows, columns=["kpi", "naive", "n", "error", "crps"])


def _named(table: pd.DataFrame) -> pd.Series:
    return table["scenario"].where(table["method"] == SCENARIO, table["method"])


def _scores(part: pd.DataFrame, naive: pd.DataFrame) -> Mapping[str, Any]:
    names = COLUMNS[4:]
    blank: dict[str, Any] = dict.fromkeys(names, float("nan"))
    blank["mase_n"] = int(part["scaled"].notna().sum())
    if len(part) < 2:
        return blank
    same = naive.reindex(pd.MultiIndex.from_frame(part[CASE]))
    absolute = float(part["log"].abs().mean())
    found = blank | {
        "mean_error": float(part["log"].mean()),
        "mean_absolute_error": absolute,
        "skill": _skill(absolute, float(same["log"].abs().mean())),
    }
    if blank["mase_n"] > 1:
        found["mase"] = float(part["scaled"].mean())
    if "crps" in part and part["crps"].notna().all():
        crps = float(part["crps"].mean())
        found |= {
            "crps": crps,
            "crps_skill": _skill(crps, float(same["crps"].mean())),
            "pinball": float(part["pinball"].mean()),
        }
        for band in BANDS:
            hits = int(part[band].sum())
            interval = stats.binomtest(hits, len(part)).proportion_ci(method="exact")
            name = band.removeprefix("inside_")
            found |= {
                band: hits / len(part),
                f"low_{name}": float(interval.low),
                f"high_{name}": float(interval.high),
            }
    return {name: found[name] for name in names}


def _skill(loss: float, naive: float) -> float:
    return 1.0 - loss / naive if naive > 0 else float("nan")
