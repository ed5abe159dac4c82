"""Cross-checks between the files of a plan pack: what no single record can see.

Each check yields the mistakes it finds, worded and placed; nothing is raised here.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError
from typing import Any

import numpy as np

from model.errors import mistake, near
from model.growth.arguments import Argument, arguments
from model.growth.curves import CURVES
from model.growth.distributions import DISTRIBUTIONS, ORDERED
from model.growth.shocks import SHOCKS
from model.plan.plan import Kpi, PlanTable, Series
from model.plan.schema import Growth, Parameter, Reach, Scenario, Shock


@dataclass
class _Checks:
    plan: PlanTable
    place: Callable[[str], str]

    def wrong(self, key: str, what: str, allowed: str = "", *, at: str = "") -> str:
        return mistake(self.place(at or key), key, what, allowed)

    def unknown(self, key: str, what: str, word: object, known: Any) -> str:
        return self.wrong(key, f"unknown {what} {word!r}", near(word, known))

    def number(self, value: Parameter, declared: Argument, at: str) -> Iterator[str]:
        given = [value.arguments[name] for name in ORDERED if name in value.arguments]
        if len(given) > 1 and given[0] == given[-1]:
            yield self.wrong(at, "low and high are the same", f"give the number alone: {given[0]:g}")
            return
        if sorted(given) != given:
            yield self.wrong(at, "low, mode and high are not in rising order", "low <= mode <= high")
            return
        widest = declared.high - declared.low
        for name, wanted in arguments(DISTRIBUTIONS[value.distribution]).items():
            one = value.arguments[name]
            if name in ("sd", "uncertainty", "skew") and abs(one) > widest:
                yield self.wrong(f"{at}.{name}", f"{one:g} is out of range", f"at most {widest:g}")
                return
            if not wanted.admits(one):
                yield self.wrong(f"{at}.{name}", f"{one:g} is out of range", wanted.limits)
                return
        for one in {*given[:1], *given[-1:]} or {value.central}:
            if not declared.admits(one):
                yield self.wrong(at, f"{one:g} is out of range", declared.limits)


class _TableChecks(_Checks):
    def all(self) -> Iterator[str]:
        plan = self.plan
        for year, key in ((plan.target_year, "target_year"), (plan.horizon, "horizon")):
            if year <= plan.base_year:
                yield self.wrong(key, f"{year} is not after the base year {plan.base_year}")
        streams: dict[int, str] = {}
        for name, kpi in plan.kpis.items():
            key = f"kpis.{name}"
            if kpi.stream in streams:
                yield self.wrong(f"{key}.stream", f"{kpi.stream} is taken by {streams[kpi.stream]}")
            streams.setdefault(kpi.stream, name)
            if kpi.curve not in CURVES:
                yield self.unknown(f"{key}.curve", "word", kpi.curve, CURVES)
            yield from self.base_inside(kpi, key)
        for group, series in (("kpis", plan.kpis), ("context", plan.context)):
            for name, one in series.items():
                if isinstance(one.ceiling, str) and one.ceiling not in plan.series:
                    key = f"{group}.{name}.ceiling"
                    yield self.wrong(key, f"unknown series {one.ceiling!r}", near(one.ceiling, plan.context))
        yield from self.coherence()
        yield from self.uncertainty()

    def coherence(self) -> Iterator[str]:
        names = {name: np.ones(1) for name in self.plan.series}
        for index, rule in enumerate(self.plan.coherence):
            key = f"coherence.{index}.rule"
            try:
                rule.excess(names)
            except KeyError as error:
                yield self.unknown(key, "series", error.args[0], names)
            except ValueError as error:
                yield self.wrong(key, str(error), "series <= series, or series = expression")

    def uncertainty(self) -> Iterator[str]:
        given, pairs = self.plan.uncertainty, set[frozenset[str]]()
        if given.persistence is not None and given.source is None:
            yield self.wrong(
                "uncertainty.source", "missing", "where persistence comes from", at="uncertainty"
            )
        for index, pair in enumerate(given.correlation):
            key = f"uncertainty.correlation.{index}.between"
            for name in pair.between:
                if name not in self.plan.kpis:
                    yield self.unknown(key, "KPI", name, self.plan.kpis)
            if len(set(pair.between)) < 2 or frozenset(pair.between) in pairs:
                yield self.wrong(
                    key, f"{' and '.join(pair.between)} are no new pair", "each pair of two KPIs once"
                )
            pairs.add(frozenset(pair.between))

    def base_inside(self, kpi: Kpi, key: str) -> Iterator[str]:
        if kpi.bounds is not None:
            low, high = kpi.bounds
            if not low < high:
                yield self.wrong(f"{key}.bounds", f"{low:g} is not below {high:g}")
            elif not low <= kpi.base <= high:
                yield self.wrong(f"{key}.base", f"{kpi.base:g} is outside the bounds {low:g} to {high:g}")
        elif kpi.kind == "share":
            yield self.wrong(f"{key}.bounds", "missing", "a share has bounds, such as [0, 100]", at=key)
        if isinstance(kpi.ceiling, Parameter) and _lowest(kpi.ceiling) <= kpi.base:
            yield self.wrong(f"{key}.ceiling", f"{_lowest(kpi.ceiling):g} is not above the base {kpi.base:g}")


class _ScenarioChecks(_Checks):
    def all(self, scenario: Scenario, only: Container[str] | None) -> Iterator[str]:
        plan = self.plan
        names = {**plan.kpis, **{name: one for name, one in plan.context.items() if not one.proxy_for}}
        for kpi in plan.kpis:
            if kpi not in scenario.growth:
                advice = f"name it, or extend a scenario that does (extends: {scenario.extends or 'none'})"
                yield self.wrong(f"growth.{kpi}", "missing", advice, at="growth")
        for name, growth in scenario.growth.items():
            key = f"growth.{name}"
            if name not in names:
                yield self.unknown(key, "series", name, names)
            elif only is None or name in only:
                yield from self.growth(names, names[name], growth, key)
        for index, shock in enumerate(scenario.shocks):
            yield from self.shock(names, shock, f"shocks.{index}")
        try:
            plan.order_of(scenario)
        except CycleError as error:
            trail = list(reversed(error.args[1]))
            yield self.wrong(f"growth.{trail[0]}", f"needs itself: {' > '.join(trail)}")
        if isinstance(scenario.as_of, int) and scenario.as_of < plan.base_year:
            yield self.wrong("as_of", f"{scenario.as_of} is before the base year {plan.base_year}")

    def growth(self, names: Mapping[str, Series], series: Series, growth: Growth, key: str) -> Iterator[str]:
        given, missing = growth.arguments, []
        for name, declared in arguments(CURVES[growth.curve]).items():
            at, value = f"{key}.{name}", given.get(name)
            if value is None:
                if declared.kind == "number":
                    missing.append(name)
                elif declared.kind != "ceiling" or (series.ceiling is None and series.bounds is None):
                    yield self.wrong(at, "missing", f"{growth.curve} needs it", at=key)
            elif isinstance(value, str):
                if value not in names:
                    yield self.unknown(at, "series", value, names)
            elif declared.kind == "rates":
                yield from self.rates(self.plan.since(series.id), value, declared, at)
            elif isinstance(value, Growth):
                for part, wanted in arguments(CURVES[value.curve]).items():
                    inner = value.arguments.get(part)
                    if isinstance(inner, Parameter):
                        yield from self.number(inner, wanted, f"{at}.{part}")
                    elif inner is None:
                        missing.append(f"{name}.{part}")
                if value.reach is not None:
                    yield self.wrong(f"{at}.reach", "not here", f"give {key}.reach", at=at)
            else:
                yield from self.number(value, declared, at)
                if declared.kind == "ceiling" and isinstance(series, Kpi) and _lowest(value) <= series.base:
                    wrong = f"the ceiling {_lowest(value):g} is not above the base {series.base:g}"
                    yield self.wrong(at, wrong, f"above {series.base:g}")
        if growth.reread and (growth.curve != "damped" or "rate" not in given):
            wrong = "only a given rate of fading growth is read again"
            yield self.wrong(f"{key}.reread", wrong, "curve: damped, with its rate")
        if growth.reach is not None:
            yield from self.reach(series, growth, growth.reach, missing, f"{key}.reach")
        else:
            for name in missing:
                yield self.wrong(f"{key}.{name}", "missing", "give it, or the point to reach", at=key)

    def reach(
        self, series: Series, growth: Growth, reach: Reach, missing: list[str], at: str
    ) -> Iterator[str]:
        if len(missing) != 1:
            declared = arguments(CURVES[growth.curve])
            free = ", ".join(name for name, one in declared.items() if one.kind == "number")
            allowed = f"leave out one of: {free or f'none of {growth.curve} can be solved'}"
            yield self.wrong(at, "reach takes the place of exactly one argument", allowed)
        start = self.plan.since(series.id)
        if reach.year <= start:
            yield self.wrong(f"{at}.year", f"{reach.year} is not after the base year {start}", at=at)
        targets = {one.year: one.value for one in series.targets} if isinstance(series, Kpi) else {}
        if reach.value == "target" and reach.year not in targets:
            wrong = f"{series.id} has no target for {reach.year}"
            allowed = near(reach.year, targets) if targets else "give a number"
            yield self.wrong(f"{at}.value", wrong, allowed, at=at)
        ceiling = growth.arguments.get("ceiling")
        value = targets.get(reach.year) if reach.value == "target" else reach.value
        if isinstance(ceiling, Parameter) and isinstance(value, float) and value >= _lowest(ceiling):
            top = _lowest(ceiling)
            wrong = f"{value:g} is not below the ceiling {top:g}"
            yield self.wrong(f"{at}.value", wrong, f"below {top:g}", at=at)

    def rates(
        self, base_year: int, rates: Mapping[int, Parameter], declared: Argument, at: str
    ) -> Iterator[str]:
        first, last = base_year + 1, max(rates, default=base_year)
        for year in range(first, max(last, first) + 1):
            if year not in rates:
                allowed = f"one rate a year from {first}, without a gap"
                yield self.wrong(f"{at}.{year}", "missing", allowed, at=at)
        for year, rate in rates.items():
            if year < first:
                yield self.wrong(f"{at}.{year}", "not after the base year", f"from {first}")
            yield from self.number(rate, declared, f"{at}.{year}")

    def shock(self, names: Mapping[str, Series], shock: Shock, key: str) -> Iterator[str]:
        if shock.kpi not in names:
            yield self.unknown(f"{key}.kpi", "series", shock.kpi, names)
        given, base_year = shock.arguments, self.plan.base_year
        for name, declared in arguments(SHOCKS[shock.shape]).items():
            at, value = f"{key}.{name}", given.get(name)
            if isinstance(value, Parameter):
                yield from self.number(value, declared, at)
            elif (
                declared.kind == "year" and isinstance(value, int) and value <= base_year - (name == "start")
            ):
                yield self.wrong(at, f"{value} is before the base year {base_year}")
            elif declared.kind == "count" and value is not None and not declared.admits(value):
                yield self.wrong(at, f"{value} is out of range", declared.limits)
        if "end" in given and given["end"] <= given["start"]:
            yield self.wrong(f"{key}.end", f"{given['end']} is not after the start {given['start']}")


def check_table(plan: PlanTable, place: Callable[[str], str]) -> Iterator[str]:
    """Check plan.yaml against itself."""
    return _TableChecks(plan, place).all()


def check_scenario(
    plan: PlanTable, scenario: Scenario, place: Callable[[str], str], only: Container[str] | None = None
) -> Iterator[str]:
    """Check a resolved scenario against its plan; where only some lines of growth are new, those alone."""
    return _ScenarioChecks(plan, place).all(scenario, only)


def _lowest(value: Parameter) -> float:
    """Give the smallest value a parameter takes; the median where it has no lower limit."""
    return value.arguments.get("low", value.central)
