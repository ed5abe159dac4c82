"""The arithmetic of a scenario: trajectories of all series, as arrays.

Every series follows its curve from the last known year on; shocks act on the odds of its ceiling, or on its
level. One row, or one row a draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError, mistake
from model.growth.arguments import arguments
from model.growth.curves import CURVES, damped, solve
from model.growth.shocks import from_odds, odds_of, shocked
from model.plan.plan import Kpi, Plan, Series
from model.plan.schema import Growth, Parameter, Scenario, Shock

Values = NDArray[np.float64]
Sample = Callable[[str, str, Parameter], Any]
# Of series that no scenario speaks of: the middle of the range 0.8 to 0.98 in which damping factors usually
# lie (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, section 8.2).
DAMPING = 0.89
# What fades in curves whose growth does.
FADING = {"damped": "rate", "damped_linear": "slope"}


@dataclass(frozen=True)
class Paths:
    years: NDArray[np.int64]
    values: dict[str, Values] = field(default_factory=dict)
    known: dict[str, dict[int, float]] = field(default_factory=dict)
    ceilings: dict[str, Values] = field(default_factory=dict)
    solved: dict[str, dict[str, float]] = field(default_factory=dict)
    overtaken: set[str] = field(default_factory=set)

    def anchor(self, name: str) -> int:
        """Give the last known year of a series: what comes later is projected."""
        return max(self.known[name], default=int(self.years[0]))


@np.errstate(all="ignore")  # what is not finite is refused by `model.projection.limits`, in words
def trajectories(
    plan: Plan,
    scenario: Scenario,
    *,
    last: int,
    as_of: int,
    solved: Mapping[str, Mapping[str, float]] | None = None,
    sample: Sample = lambda series, name, parameter: parameter.central,
    only: str | None = None,
) -> Paths:
    reaches = [growth.reach.year for growth in scenario.growth.values() if growth.reach is not None]
    paths = Paths(np.arange(plan.base_year, max([last, *reaches]) + 1))
    series, facts, growing = plan.series, plan.figures.facts(as_of), plan.figures.last_growth(as_of)
    needed = plan.needed_by(scenario, only)
    for name in plan.order_of(scenario):
        if only is not None and name not in needed:
            continue
        own = [fact for fact in facts[name] if fact[2] == series[name].series]
        # One figure says nothing of growth: such a series is not projected for its own sake.
        if not own or (name not in needed and name not in growing):
            continue
        maker = _Maker(
            plan, scenario, series[name], paths, growing.get(name, 0.0), sample, (solved or {}).get(name)
        )
        maker.make(own[-1][0], own[-1][1], {year: value for year, value, _ in own})
    return paths


@dataclass
class _Maker:
    """One series: its curve from the last known year on, shocks, and what was known before."""

    plan: Plan
    scenario: Scenario
    series: Series
    paths: Paths
    last_growth: float
    sample: Sample
    solved: Mapping[str, float] | None

    def make(self, anchor: int, base: float, known: dict[int, float]) -> None:
        name, calendar = self.series.id, self.paths.years
        years = np.arange(anchor, max(int(calendar[-1]), anchor) + 1)
        growth = self.scenario.growth.get(name)
        over = self._ceiling(growth)
        # A series anchored before the base year meets the ceiling of the base year there.
        window = np.maximum(years - calendar[0], 0)
        ceiling = over[..., window] if np.shape(over)[-1:] == calendar.shape else over
        overtaken = ceiling is not None and bool(np.any(base >= _first(ceiling)))
        if overtaken and anchor <= self.plan.since(self.series.id):
            top = float(np.min(_first(ceiling)))
            wrong = f"the ceiling {top:g} is not above the value {base:g} of {anchor}"
            raise self._mistake(f"growth.{name}", wrong, f"above {base:g}")
        if overtaken:
            # The figures have refuted the ceiling: nothing is left to grow into, and that is said.
            self.paths.overtaken.add(name)
            path = np.full(years.size, base)
        elif growth is None:
            path = continued(years, base, self.last_growth, ceiling)
        else:
            path = self._curved(growth, years, base, ceiling)
        for index, shock in enumerate(self.scenario.shocks):
            if shock.kpi == name and not overtaken:
                path = self._shocked(path, years, shock, ceiling, index)
        self.paths.values[name] = self._filled(years, path, known)
        self.paths.known[name] = {year: value for year, value in known.items() if year in calendar}
        if over is not None:
            self.paths.ceilings[name] = np.broadcast_to(over, (*np.shape(over)[:-1], calendar.size))

    def _mistake(self, key: str, wrong: str, allowed: str = "") -> ModelError:
        return ModelError(mistake(self.scenario.set_by(key, self.scenario.id), key, wrong, allowed))

    def _ceiling(self, growth: Growth | None) -> Any:
        """Ceiling over the calendar, or one number: the curve's own, the series' own, its upper bound."""
        given = growth.arguments.get("ceiling") if growth is not None else None
        source = given if given is not None else self.series.ceiling
        if isinstance(source, str):
            if source not in self.paths.values:
                raise self._mistake(f"growth.{self.series.id}", f"no figure of its ceiling {source} is known")
            return self.paths.values[source]
        if isinstance(source, Parameter):
            return self.sample(self.series.id, "ceiling", source)
        return self.series.bounds[1] if self.series.bounds is not None else None

    def _curved(self, growth: Growth, years: NDArray[Any], base: float, ceiling: Any) -> Values:
        given = self._numbers(growth, years, ceiling)
        free = [name for name in arguments(CURVES[growth.curve]) if name not in given]
        inner = given.pop("numerator", None) if isinstance(given.get("numerator"), Growth) else None
        if inner is not None:
            parts = self._numbers(inner, years, ceiling, "numerator.")
            missing = [name for name in arguments(CURVES[inner.curve]) if name not in parts]
            if missing:
                key = f"numerator.{missing[0]}"
                below = given["denominator"]
                parts[missing[0]] = self._solved(key, growth, years, base, inner.curve, parts, below)
            given["numerator"] = self._grown(inner, years, 1.0, parts)
        elif free:
            given[free[0]] = self._solved(free[0], growth, years, base, growth.curve, given, None)
        return self._grown(growth, years, base, given)

    def _grown(self, growth: Growth, years: NDArray[Any], base: float, given: Mapping[str, Any]) -> Values:
        """Grow along a curve. Growth fades on the calendar, wherever a run starts, or was read again."""
        fades, gone = FADING.get(growth.curve), max(int(years[0]) - self.plan.since(self.series.id), 0)
        if fades and gone:
            left = given["damping"] ** gone
            again = (self.solved or {}).get("rate") if growth.reread else None
            given = {**given, fades: faded(growth.curve, given[fades], left) if again is None else again}
        return CURVES[growth.curve](years, base, **given)

    def _solved(
        self, key: str, growth: Growth, years: NDArray[Any], base: float, curve: str,
        given: Mapping[str, Any], denominator: Any,
    ) -> float:  # fmt: skip
        """Argument that `reach` leaves open: the one solved before, else solved here."""
        if self.solved and key in self.solved:
            return self.solved[key]
        reach = growth.reach
        if reach is None or years[0] >= reach.year:
            raise ModelError(
                mistake(
                    self.scenario.set_by(f"growth.{self.series.id}", self.scenario.id),
                    f"growth.{key}",
                    "missing",
                )
            )
        target = self.series.target(reach.year) if isinstance(self.series, Kpi) else None
        value = target.value if target is not None and reach.value == "target" else float(reach.value)
        upto = years <= reach.year
        start, aim = base, value
        if denominator is not None:
            below = np.asarray(denominator)[..., upto]
            start, aim = 1.0, value / base * float(below[..., -1].mean() / below[..., 0].mean())
        cut = {
            key: np.asarray(one)[upto] if np.shape(one) == years.shape else one for key, one in given.items()
        }
        try:
            found = solve(curve, key.rpartition(".")[2], years[upto], start, aim, cut)
        except ValueError as error:
            raise self._mistake(f"growth.{self.series.id}.reach", str(error)) from error
        self.paths.solved.setdefault(self.series.id, {})[key] = found
        return found

    def _numbers(self, growth: Growth, years: NDArray[Any], ceiling: Any, prefix: str = "") -> dict[str, Any]:
        """Arguments of a curve as numbers and arrays; a nested curve stays as it is."""
        given: dict[str, Any] = {}
        for name, value in growth.arguments.items():
            if isinstance(value, Parameter):
                given[name] = self.sample(self.series.id, prefix + name, value)
            elif isinstance(value, Mapping):
                given[name] = {
                    year: self.sample(self.series.id, f"{prefix}{name}.{year}", one)
                    for year, one in value.items()
                }
            elif isinstance(value, str) and name != "ceiling":
                first = int(years[0] - self.paths.years[0])
                given[name] = self._vintage(value, int(years[0]))[..., first : first + years.size]
            else:
                given[name] = value
        if "ceiling" in arguments(CURVES[growth.curve]):
            given["ceiling"] = ceiling
        return given

    def _vintage(self, name: str, anchor: int) -> Values:
        """Give another series as it was known in a year: figures of later mix two vintages in a ratio."""
        if max(self.paths.known[name], default=anchor) <= anchor:
            return self.paths.values[name]
        known, last = max(anchor, self.plan.base_year), int(self.paths.years[-1])
        then = trajectories(self.plan, self.scenario, last=last, as_of=known, sample=self.sample, only=name)
        return then.values[name]

    def _shocked(self, path: Values, years: NDArray[Any], shock: Shock, ceiling: Any, index: int) -> Values:
        given = dict(shock.arguments)
        for name, value in given.items():
            if isinstance(value, Parameter):
                given[name] = self.sample(shock.kpi, f"shock{index}.{name}", value)
        try:
            return shocked(years, path, shock.shape, given, ceiling=ceiling)
        except ValueError as error:
            raise self._mistake(f"shocks.{index}", f"{shock.kpi} {error}") from error

    def _filled(self, years: NDArray[Any], path: Values, known: Mapping[int, float]) -> Values:
        """Put what is known before the curve; years without a figure in between are interpolated."""
        calendar = self.paths.years
        anchor = int(years[0])
        before = calendar[calendar < anchor]
        if not before.size:
            return path[..., calendar - anchor]
        have = sorted(year for year in known if year <= anchor)
        past = np.interp(before, have, [known[year] for year in have])
        rows = np.broadcast_to(past, (*path.shape[:-1], past.size))
        return np.concatenate([rows, path], axis=-1)


def continued(years: NDArray[Any], base: float, growth: float, ceiling: Any = None) -> Values:
    """Go on from the first year with the last growth known (of the log or logit), fading by `DAMPING`."""
    fading = damped(years, 1.0, rate=np.expm1(growth), damping=DAMPING)
    if ceiling is None:
        return from_odds(odds_of(base, None) * fading, None)
    top = np.asarray(ceiling, dtype=float)
    return from_odds(odds_of(base, _first(top)) * fading, top)


def faded(curve: str, growth: Any, left: Any) -> Any:
    """Give what is left of fading growth: of a rate a share of its log, of a slope one of itself."""
    return np.expm1(np.log1p(growth) * left) if FADING[curve] == "rate" else growth * left


def _first(values: Any) -> Any:
    return np.asarray(values)[..., :1] if np.ndim(values) else values
