"""Hold past projections against what was published since, and score them.

An as-of run knows what an analyst knew then, in the vintages of then; its projections are scored beside
naive forecasts made from the same figures. Only point figures that were seen in a source are scored;
what has no outturn is never scored. Distributions are scored on the log, so that KPIs of any unit can be
pooled; a naive forecast has the same growth shocks around it, so that only the centres compete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import scoringrules
from numpy.typing import NDArray

from model.growth.curves import compound, damped, linear
from model.plan.outturns import OUTTURN_BASES, Outturns
from model.plan.plan import Plan
from model.plan.schema import Scenario
from model.projection.projection import project, resolve
from model.projection.trajectories import DAMPING
from model.uncertainty.ensemble import SEED, simulate
from model.uncertainty.sampling import Sampling, sampling, shaken
from model.uncertainty.spread import unknown_spread

COLUMNS = (
    "scenario", "kpi", "series", "as_of", "year", "horizon", "method", "forecast", "outturn", "error",
    "basis",
)  # fmt: skip
SCORES = (
    "scenario", "kpi", "as_of", "year", "horizon", "method", "basis", "crps", "pinball", "inside_60",
    "inside_90",
)  # fmt: skip
SCENARIO, LAST_VALUE = "scenario", "last_value"
DRAWS = 2**10
LEVELS = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
BANDS = {"inside_60": (0.2, 0.8), "inside_90": (0.05, 0.95)}
Past = Sequence[tuple[int, float, str]]
Scenarios = Sequence[str | Path | Scenario]
Cases = dict[tuple[str, int], NDArray[np.float64]]
Paths = dict[str, tuple[int, NDArray[np.float64]]]


class Outturn(NamedTuple):
    kpi: str
    year: int
    value: float
    basis: str


def _rate(past: Past) -> float:
    return float((past[-1][1] / past[-2][1]) ** (1.0 / (past[-1][0] - past[-2][0])) - 1.0)


def _step(past: Past) -> float:
    return (past[-1][1] - past[-2][1]) / (past[-1][0] - past[-2][0])


# The last value stays, the last growth or change goes on, the last growth fades as a context series' does.
NAIVE: Mapping[str, Callable[[Past, Sequence[int]], Any]] = {
    LAST_VALUE: lambda past, years: np.full(len(years), past[-1][1]),
    "last_growth": lambda past, years: compound(years, past[-1][1], rate=_rate(past)),
    "last_step": lambda past, years: linear(years, past[-1][1], slope=_step(past)),
    "damped_trend": lambda past, years: damped(years, past[-1][1], rate=_rate(past), damping=DAMPING),
}


def backtest(plan: Plan, scenarios: Scenarios = ()) -> pd.DataFrame:
    """Score as-of runs of scenarios and of naive forecasts against what was published since.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenarios : sequence of str, Path or Scenario
        Names, paths, or scenarios; none: every scenario of the plan that does not itself rest on later
        figures.

    Returns
    -------
    DataFrame
        scenario (empty for a naive forecast), kpi, series (label of the definition), as_of, year, horizon
        (years from as-of year), method, forecast, outturn, error (outturn minus forecast, in the KPI's
        unit) and basis. One row for every forecast year with an outturn on that basis.

    Examples
    --------
    >>> from model import load
    >>> table = backtest(load(), ["baseline"])
    >>> int(table["year"].max()), sorted(set(table["horizon"]))
    (2025, [1, 2, 3, 4, 5])
    """
    figures, last, rows = plan.figures, last_outturn(plan.figures), list[tuple[Any, ...]]()
    for as_of in range(plan.base_year, last):
        for name in chosen(plan, scenarios):
            one = resolve(plan, name)
            rows += _once(plan, one, (as_of,), partial(_scenario_points, plan, one, as_of, last))
        rows += _once(plan, None, (as_of,), partial(_naive_points, figures, as_of, last))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _scenario_points(plan: Plan, scenario: Scenario, as_of: int, last: int) -> Iterator[tuple[Any, ...]]:
    made = project(plan, scenario, as_of=as_of, horizon=last)
    ends = {kpi: made.paths.anchor(kpi) for kpi in plan.kpis}
    forecasts = {
        (kpi, year): made.value(kpi, year) for kpi in ends for year in range(ends[kpi] + 1, last + 1)
    }
    yield from _pointed(plan.figures, made.scenario.id, as_of, SCENARIO, forecasts)


def _naive_points(figures: Outturns, as_of: int, last: int) -> Iterator[tuple[Any, ...]]:
    for method, paths in naive_paths(figures, as_of, last).items():
        forecasts = {
            (kpi, year): float(value)
            for kpi, (first, path) in paths.items()
            for year, value in enumerate(path[1:], first + 1)
        }
        yield from _pointed(figures, "", as_of, method, forecasts)


def _once(plan: Plan, scenario: Scenario | None, key: Any, rows: Callable[[], Any]) -> list[Any]:
    """Make what rests on the plan pack alone but once: rows of naive forecasts, and of its own scenarios."""
    if scenario is not None and plan.scenarios.get(scenario.id) is not scenario:
        return list(rows())
    kept, name = _kept(plan.figures), ("" if scenario is None else scenario.id, *key)
    if name not in kept:
        kept[name] = list(rows())
    return kept[name]


@lru_cache(maxsize=8)
def _kept(_: Outturns) -> dict[Any, list[Any]]:
    return {}


def calibration(
    plan: Plan, scenarios: Scenarios = (), *, draws: int = DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """Score ensembles of as-of runs and of naive forecasts against what was published since."""
    last, rows = last_outturn(plan.figures), list[tuple[Any, ...]]()
    resolved = [resolve(plan, one) for one in chosen(plan, scenarios)]
    if not resolved or any(unknown_spread(project(plan, one)) for one in resolved):
        return pd.DataFrame(rows, columns=list(SCORES))
    for as_of in range(plan.base_year, last):
        asked = as_of, draws, seed
        for one in resolved:
            rows += _once(plan, one, asked, partial(_scenario_draws, plan, one, last, *asked))
        # Around naive forecasts lie the shocks and ceilings of the scenarios' common root.
        root = plan.root_of(resolved[0])
        rows += _once(plan, root, ("around", *asked), partial(_naive_draws, plan, root, last, *asked))
    return pd.DataFrame(rows, columns=list(SCORES))


def _scenario_draws(
    plan: Plan, scenario: Scenario, last: int, as_of: int, draws: int, seed: int
) -> Iterator[tuple[Any, ...]]:
    figures = plan.figures
    known = {kpi: max(year for year, _, _ in own) for kpi, own in figures.facts(as_of).items() if own}
    drawn = simulate(project(plan, scenario, horizon=last, as_of=as_of), draws=draws, seed=seed)
    futures = {
        (kpi, int(year)): values[:, position]
        for kpi, values in drawn.draws.items()
        for position, year in enumerate(drawn.years)
        if year > known[kpi]
    }
    yield from _distributed(figures, scenario.id, as_of, SCENARIO, futures)


def _naive_draws(
    plan: Plan, root: Scenario, last: int, as_of: int, draws: int, seed: int
) -> Iterator[tuple[Any, ...]]:
    made = project(plan, root, horizon=last, as_of=as_of)
    for method, futures in _around(sampling(made, seed=seed), draws).items():
        yield from _distributed(plan.figures, "", as_of, method, futures)


def chosen(plan: Plan, scenarios: Scenarios = ()) -> list[str | Path | Scenario]:
    """Give the scenarios to be scored: those asked for, else all that do not rest on later figures."""
    return list(scenarios) or [name for name, one in plan.scenarios.items() if one.as_of is None]


def naive_paths(figures: Outturns, as_of: int, last: int) -> dict[str, Paths]:
    """Make the naive forecasts of every KPI: first year, and path from there."""
    kpis, before = figures.plan.kpis, dict[str, list[tuple[int, float, str]]]()
    for row in figures.rows(as_of):
        if row.kpi in kpis and row.year < kpis[row.kpi].base_year and row.bound == "point":
            before.setdefault(row.kpi, []).append((int(row.year), float(row.value), row.series))
    made: dict[str, Paths] = {method: {} for method in NAIVE}
    for kpi in kpis:
        past = [*before.get(kpi, ()), *figures.facts(as_of)[kpi]]
        years = list(range(past[-1][0], last + 1))
        for method, forecast in NAIVE.items():
            grew = len(past) >= 2 and (method == "last_step" or min(past[-1][1], past[-2][1]) > 0.0)
            if grew or method == LAST_VALUE:
                made[method][kpi] = years[0], np.asarray(forecast(past, years), dtype=float)
    return made


def last_outturn(figures: Outturns) -> int:
    return max((one.year for one in outturns_of(figures)), default=figures.plan.base_year)


def outturns_of(figures: Outturns) -> list[Outturn]:
    """Give the figures that are scored against: points that were seen, on each basis, after the base year."""
    kpis = figures.plan.kpis
    return [
        Outturn(row.kpi, int(row.year), float(row.value), str(basis))
        for basis in OUTTURN_BASES
        for row in figures.rows(figures.latest, basis)
        if row.bound == "point" and row.verified == "seen"
        if row.kpi in kpis and row.year > kpis[row.kpi].base_year
    ]


def _pointed(
    figures: Outturns, scenario: str, as_of: int, method: str, forecasts: Mapping[tuple[str, int], float]
) -> Iterator[tuple[Any, ...]]:
    for kpi, year, seen, basis in outturns_of(figures):
        if year > as_of and (kpi, year) in forecasts:
            value, label = forecasts[kpi, year], figures.plan.kpis[kpi].series
            yield scenario, kpi, label, as_of, year, year - as_of, method, value, seen, seen - value, basis


def _around(ready: Sampling, draws: int) -> dict[str, Cases]:
    """Lay the growth shocks of a scenario's KPIs around the naive forecasts."""
    made, noise, found = ready.projection, ready.shaken(draws), dict[str, Cases]()
    for method, paths in naive_paths(made.plan.figures, made.as_of, made.last).items():
        futures: Cases = {}
        for kpi, (first, path) in paths.items():
            start = first - made.plan.base_year
            top = made.paths.ceilings.get(kpi)
            over = None if top is None else top[start : start + path.size]
            if over is not None and bool(np.any(path >= over)):
                over = None
            values = shaken(path, noise[kpi][:, start:], over)
            futures |= {(kpi, first + step): values[:, step] for step in range(1, path.size)}
        found[method] = futures
    return found


def _distributed(
    figures: Outturns, scenario: str, as_of: int, method: str, futures: Cases
) -> Iterator[tuple[Any, ...]]:
    cases = [
        one
        for one in outturns_of(figures)
        if one.year > as_of and one[:2] in futures and min(one.value, futures[one[:2]].min()) > 0.0
    ]
    if not cases:
        return
    drawn = np.log(np.sort([futures[one[:2]] for one in cases], axis=1))
    seen = np.log([one.value for one in cases])
    crps = scoringrules.crps_ensemble(seen, drawn, estimator="pwm", sorted_ensemble=True)
    bounds = dict(zip(LEVELS, np.quantile(drawn, LEVELS, axis=1), strict=True))
    pinball = np.mean(
        [scoringrules.quantile_score(seen, bound, level) for level, bound in bounds.items()], axis=0
    )
    inside = [(seen >= bounds[low]) & (seen <= bounds[high]) for low, high in BANDS.values()]
    for place, (kpi, year, _, basis) in enumerate(cases):
        scores = (float(crps[place]), float(pinball[place]), *(bool(one[place]) for one in inside))
        yield scenario, kpi, as_of, year, year - as_of, method, basis, *scores
