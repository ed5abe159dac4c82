"""Cross-checks between the files of a plan pack: what no single record can see.

Each check yields the mistakes it finds, worded and placed; nothing is raised here.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from graphlib import CycleError
from typing import Any

import numpy as np

from model.errors import mistake, near
from model.growth.arguments import Argument, arguments
from model.growth.curves import CURVES
from model.growth.distributions import DISTRIBUTIONS, ORDERED
from model.growth.shocks import SHOCKS
from model.plan.relations import excess_of, order_of
from model.plan.schema import Growth, Kpi, Parameter, PlanTable, Reach, Scenario, Series, Shock

Place = Callable[[str], str]


def check_table(plan: PlanTable, place: Place) -> Iterator[str]:
    """Check plan.yaml against itself."""
    for year, key in ((plan.target_year, "target_year"), (plan.horizon, "horizon")):
        if year <= plan.base_year:
            yield mistake(place(key), key, f"{year} is not after the base year {plan.base_year}")
    streams: dict[int, str] = {}
    for name, kpi in plan.kpis.items():
        key = f"kpis.{name}"
        if kpi.stream in streams:
            yield mistake(
                place(f"{key}.stream"), f"{key}.stream", f"{kpi.stream} is taken by {streams[kpi.stream]}"
            )
        streams.setdefault(kpi.stream, name)
        if kpi.curve not in CURVES:
            yield mistake(
                place(f"{key}.curve"), f"{key}.curve", f"unknown word {kpi.curve!r}", near(kpi.curve, CURVES)
            )
        yield from _base_inside(kpi, place, key)
    for group, series in (("kpis", plan.kpis), ("context", plan.context)):
        for name, one in series.items():
            key = f"{group}.{name}.ceiling"
            if isinstance(one.ceiling, str) and one.ceiling not in {*plan.kpis, *plan.context}:
                yield mistake(
                    place(key), key, f"unknown series {one.ceiling!r}", near(one.ceiling, plan.context)
                )
    names = {name: np.ones(1) for name in (*plan.kpis, *plan.context)}
    for index, rule in enumerate(plan.coherence):
        key = f"coherence.{index}.rule"
        try:
            excess_of(rule.rule, names)
        except KeyError as error:
            word = error.args[0]
            yield mistake(place(key), key, f"unknown series {word!r}", near(word, names))
        except ValueError as error:
            yield mistake(place(key), key, str(error), "series <= series, or series = expression")
    pairs = set[frozenset[str]]()
    if plan.uncertainty.persistence is not None and plan.uncertainty.source is None:
        yield mistake(place("uncertainty"), "uncertainty.source", "missing", "where persistence comes from")
    for index, pair in enumerate(plan.uncertainty.correlation):
        key = f"uncertainty.correlation.{index}.between"
        for name in pair.between:
            if name not in plan.kpis:
                yield mistake(place(key), key, f"unknown KPI {name!r}", near(name, plan.kpis))
        if len(set(pair.between)) < 2 or frozenset(pair.between) in pairs:
            wrong = f"{' and '.join(pair.between)} are no new pair"
            yield mistake(place(key), key, wrong, "each pair of two KPIs once")
        pairs.add(frozenset(pair.between))


def _base_inside(kpi: Kpi, place: Place, key: str) -> Iterator[str]:
    if kpi.bounds is not None:
        low, high = kpi.bounds
        if not low < high:
            yield mistake(place(f"{key}.bounds"), f"{key}.bounds", f"{low:g} is not below {high:g}")
        elif not low <= kpi.base <= high:
            wrong = f"{kpi.base:g} is outside the bounds {low:g} to {high:g}"
            yield mistake(place(f"{key}.base"), f"{key}.base", wrong)
    elif kpi.kind == "share":
        yield mistake(place(key), f"{key}.bounds", "missing", "a share has bounds, such as [0, 100]")
    if isinstance(kpi.ceiling, Parameter) and _lowest(kpi.ceiling) <= kpi.base:
        wrong = f"{_lowest(kpi.ceiling):g} is not above the base {kpi.base:g}"
        yield mistake(place(f"{key}.ceiling"), f"{key}.ceiling", wrong)


def check_scenario(
    plan: PlanTable, scenario: Scenario, place: Place, only: Container[str] | None = None
) -> Iterator[str]:
    """Check a resolved scenario against its plan; where only some lines of growth are new, those alone."""
    names = {**plan.kpis, **{name: one for name, one in plan.context.items() if not one.proxy_for}}
    for kpi in plan.kpis:
        if kpi not in scenario.growth:
            advice = f"name it, or extend a scenario that does (extends: {scenario.extends or 'none'})"
            yield mistake(place("growth"), f"growth.{kpi}", "missing", advice)
    for name, growth in scenario.growth.items():
        key = f"growth.{name}"
        if name not in names:
            yield mistake(place(key), key, f"unknown series {name!r}", near(name, names))
        elif only is None or name in only:
            yield from _check_growth(plan, names, names[name], growth, place, key)
    for index, shock in enumerate(scenario.shocks):
        yield from _check_shock(plan, names, shock, place, f"shocks.{index}")
    yield from _check_circle(plan, scenario, place)
    if isinstance(scenario.as_of, int) and scenario.as_of < plan.base_year:
        yield mistake(place("as_of"), "as_of", f"{scenario.as_of} is before the base year {plan.base_year}")


def _check_growth(
    plan: PlanTable, names: Mapping[str, Series], series: Series, growth: Growth, place: Place, key: str
) -> Iterator[str]:
    given, missing = growth.arguments, []
    for name, declared in arguments(CURVES[growth.curve]).items():
        at = f"{key}.{name}"
        value = given.get(name)
        if value is None:
            own_ceiling = series.ceiling is not None or series.bounds is not None
            if declared.kind == "number":
                missing.append(name)
            elif declared.kind != "ceiling" or not own_ceiling:
                yield mistake(place(key), at, "missing", f"{growth.curve} needs it")
        elif isinstance(value, str):
            if value not in names:
                yield mistake(place(at), at, f"unknown series {value!r}", near(value, names))
        elif declared.kind == "rates":
            yield from _check_rates(since(plan, series), value, declared, place, at)
        elif isinstance(value, Growth):
            inner, left = value.arguments, []
            for part, wanted in arguments(CURVES[value.curve]).items():
                if part in inner and isinstance(inner[part], Parameter):
                    yield from _check_number(inner[part], wanted, place, f"{at}.{part}")
                elif part not in inner:
                    left.append(part)
            if value.reach is not None:
                yield mistake(place(at), f"{at}.reach", "not here", f"give {key}.reach")
            missing += [f"{name}.{part}" for part in left]
        else:
            yield from _check_number(value, declared, place, at)
            if declared.kind == "ceiling" and isinstance(series, Kpi) and _lowest(value) <= series.base:
                wrong = f"the ceiling {_lowest(value):g} is not above the base {series.base:g}"
                yield mistake(place(at), at, wrong, f"above {series.base:g}")
    if growth.reread and (growth.curve != "damped" or "rate" not in given):
        wrong = "only a given rate of fading growth is read again"
        yield mistake(place(f"{key}.reread"), f"{key}.reread", wrong, "curve: damped, with its rate")
    if growth.reach is None:
        for name in missing:
            yield mistake(place(key), f"{key}.{name}", "missing", "give it, or the point to reach")
    else:
        yield from _check_reach(plan, series, growth, growth.reach, missing, place, key)


def _check_reach(
    plan: PlanTable, series: Series, growth: Growth, reach: Reach, missing: list[str], place: Place, key: str
) -> Iterator[str]:
    at = f"{key}.reach"
    if len(missing) != 1:
        free = ", ".join(
            name for name, one in arguments(CURVES[growth.curve]).items() if one.kind == "number"
        )
        wrong = "reach takes the place of exactly one argument"
        yield mistake(
            place(at), at, wrong, f"leave out one of: {free or f'none of {growth.curve} can be solved'}"
        )
    if reach.year <= since(plan, series):
        wrong = f"{reach.year} is not after the base year {since(plan, series)}"
        yield mistake(place(at), f"{at}.year", wrong)
    targets = [target.year for target in series.targets] if isinstance(series, Kpi) else []
    if reach.value == "target" and reach.year not in targets:
        wrong = f"{series.id} has no target for {reach.year}"
        yield mistake(
            place(at), f"{at}.value", wrong, near(reach.year, targets) if targets else "give a number"
        )
    ceiling = growth.arguments.get("ceiling")
    top = _lowest(ceiling) if isinstance(ceiling, Parameter) else None
    aim = next((one.value for one in getattr(series, "targets", ()) if one.year == reach.year), None)
    value = aim if reach.value == "target" else reach.value
    if top is not None and isinstance(value, float) and value >= top:
        yield mistake(
            place(at), f"{at}.value", f"{value:g} is not below the ceiling {top:g}", f"below {top:g}"
        )


def _check_rates(
    base_year: int, rates: Mapping[int, Parameter], declared: Argument, place: Place, at: str
) -> Iterator[str]:
    first, last = base_year + 1, max(rates, default=base_year)
    for year in range(first, max(last, first) + 1):
        if year not in rates:
            yield mistake(
                place(at), f"{at}.{year}", "missing", f"one rate a year from {first}, without a gap"
            )
    for year, rate in rates.items():
        if year < first:
            yield mistake(place(f"{at}.{year}"), f"{at}.{year}", "not after the base year", f"from {first}")
        yield from _check_number(rate, declared, place, f"{at}.{year}")


def _check_number(value: Parameter, declared: Argument, place: Place, at: str) -> Iterator[str]:
    given = [value.arguments[name] for name in ORDERED if name in value.arguments]
    if len(given) > 1 and given[0] == given[-1]:
        yield mistake(place(at), at, "low and high are the same", f"give the number alone: {given[0]:g}")
        return
    if sorted(given) != given:
        yield mistake(place(at), at, "low, mode and high are not in rising order", "low <= mode <= high")
        return
    for name, wanted in arguments(DISTRIBUTIONS[value.distribution]).items():
        widest = declared.high - declared.low
        if name in ("sd", "uncertainty", "skew") and abs(value.arguments[name]) > widest:
            wrong = f"{value.arguments[name]:g} is out of range"
            yield mistake(place(f"{at}.{name}"), f"{at}.{name}", wrong, f"at most {widest:g}")
            return
        if not wanted.admits(value.arguments[name]):
            wrong = f"{value.arguments[name]:g} is out of range"
            yield mistake(place(f"{at}.{name}"), f"{at}.{name}", wrong, wanted.limits)
            return
    for one in {*given[:1], *given[-1:]} or {value.central}:
        if not declared.admits(one):
            yield mistake(place(at), at, f"{one:g} is out of range", declared.limits)


def _check_shock(
    plan: PlanTable, names: Mapping[str, Series], shock: Shock, place: Place, key: str
) -> Iterator[str]:
    if shock.kpi not in names:
        yield mistake(
            place(f"{key}.kpi"), f"{key}.kpi", f"unknown series {shock.kpi!r}", near(shock.kpi, names)
        )
    given: dict[str, Any] = shock.arguments
    for name, declared in arguments(SHOCKS[shock.shape]).items():
        at, value = f"{key}.{name}", given.get(name)
        if isinstance(value, Parameter):
            yield from _check_number(value, declared, place, at)
        elif (
            declared.kind == "year" and isinstance(value, int) and value <= plan.base_year - (name == "start")
        ):
            yield mistake(place(at), at, f"{value} is before the base year {plan.base_year}")
        elif declared.kind == "count" and value is not None and not declared.admits(value):
            yield mistake(place(at), at, f"{value} is out of range", declared.limits)
    if "end" in given and given["end"] <= given["start"]:
        yield mistake(
            place(f"{key}.end"), f"{key}.end", f"{given['end']} is not after the start {given['start']}"
        )


def _check_circle(plan: PlanTable, scenario: Scenario, place: Place) -> Iterator[str]:
    try:
        order_of(plan, scenario)
    except CycleError as error:
        trail = list(reversed(error.args[1]))
        key = f"growth.{trail[0]}"
        yield mistake(place(key), key, f"needs itself: {' > '.join(trail)}")


def since(plan: PlanTable, series: Series) -> int:
    """Give the year in which a series' path starts."""
    return series.base_year if isinstance(series, Kpi) else plan.base_year


def _lowest(value: Parameter) -> float:
    """Give the smallest value a parameter takes; the median where it has no lower limit."""
    return value.arguments.get("low", value.central)
