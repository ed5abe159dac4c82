"""Every assumption of a scenario in words, made of its records; how they are said stands in `sentences/`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import signature
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.growth.shocks import SHOCKS
from model.plan.assumptions import OPTION
from model.plan.plan import Plan, Series
from model.plan.schema import Growth, Parameter, Reach, Rule, Scenario, Shock, Text
from model.report.language import Language, lowered

Print = Callable[[float], str]
SIGNS: Mapping[type, str] = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "÷"}
# Curves whose rate is no growth of the series itself.
PACED = ("logistic", "gompertz", "saturating")
RELATIONS = {"<=": "≤", "=": "="}


class Line(NamedTuple):
    """One line of a scenario: what a series is assumed to do, who set it, and on what grounds."""

    about: str
    clauses: tuple[str, ...]
    set_by: str
    source: str


def lines(plan: Plan, scenario: Scenario, language: Language) -> list[Line]:
    """Say the growth of every series, every shock, and what is known, a line each."""

    def line(about: str, said: Sequence[str], key: str, source: Text | None = None) -> Line:
        return Line(about, tuple(said), _set_by(plan, scenario, key, language), language.of(source))

    def titled(name: str) -> str:
        series = plan.series[name]
        return language.say("with_kpi", title=language.title(series), unit=language.unit(series))

    found = [
        line(
            titled(name), _Words(plan, plan.series[name], language).growth(one), f"growth.{name}", one.source
        )
        for name, one in scenario.growth.items()
    ]
    for index, shock in enumerate(scenario.shocks):
        words = _Words(plan, plan.series[shock.kpi], language)
        said = words.shock(shock, scenario.growth.get(shock.kpi))
        found.append(line(titled(shock.kpi), said, f"shocks.{index}", shock.source))
    if scenario.as_of is not None:
        said = language.sentences("known_then", scenario.as_of)
        found.append(line(language.say("as_of_row"), said, "as_of"))
    if scenario.extreme:
        found.append(line(language.say("extreme_row"), [language.say("extreme_meant")], "extreme"))
    return found


def joined(clauses: Iterable[str], language: Language) -> str:
    """Join clauses as a cell prints them; none is a dash."""
    words = language.joined(list(clauses)) or language.nothing
    return words[:1].upper() + words[1:]


def statement(rule: Rule, series: Mapping[str, Series], language: Language) -> str:
    """Write a rule with the titles of its series."""

    def said(node: ast.expr, whole: bool) -> str:
        if isinstance(node, ast.Name):
            title = lowered(language.title(series[node.id]))
            return title if whole or not set(title) & set(",，") else language.say("bracketed", words=title)
        if not isinstance(node, ast.BinOp):
            return language.exact(float(ast.literal_eval(node)))
        parts = [said(one, False) for one in (node.left, node.right)]
        for place, one in enumerate((node.left, node.right)):
            loose = isinstance(one, ast.BinOp) and (
                place == 1
                or (isinstance(one.op, ast.Add | ast.Sub) and isinstance(node.op, ast.Mult | ast.Div))
            )
            parts[place] = language.say("bracketed", words=parts[place]) if loose else parts[place]
        return f" {SIGNS[type(node.op)]} ".join(parts)

    left, sign, right = rule.sides
    return joined([f"{said(left, True)} {RELATIONS[sign]} {said(right, True)}"], language)


def argument(curve: str, name: str, language: Language) -> str:
    """Name a number of a curve, dotted where it stands in a numerator."""
    inside, _, last = name.rpartition(".")
    paced = last == "rate" and curve in PACED
    words = language.word("pace", curve) if paced else language.say(f"control_{last}")
    return language.say("control_of_numerator", what=words) if inside else words


def _set_by(plan: Plan, scenario: Scenario, key: str, language: Language) -> str:
    """Name the scenario that set a line, by its title; a file that is none of the plan's by its name."""
    places = [where for at, where in scenario.origin.items() if f"{at}.".startswith(f"{key}.")]
    if not places or OPTION in places:
        return language.say("override")
    name = Path(places[0].rpartition(":")[0]).stem
    known = scenario if name == scenario.id else plan.scenarios.get(name)
    return name.replace("_", " ").capitalize() if known is None else language.of(known.title)


class _Words:
    """How the assumptions of one series are said."""

    def __init__(self, plan: Plan, series: Series, language: Language) -> None:
        self.plan, self.series, self.language = plan, series, language

    def growth(self, line: Growth) -> list[str]:
        """Say a growth line in clauses, as what the series does."""
        at: dict[str, Any] = self._printed(line)
        inner = line.arguments.get("numerator")
        if isinstance(inner, Growth):
            part = self._printed(inner, inside=True)
            said = self.language.sentences("grows", inner.curve, part, self._ceiling(inner), "", False)
            at["numerator"] = self.language.joined(said)
            at["denominator"] = lowered(self.language.title(self.plan.series[line.arguments["denominator"]]))
        aim, again = "" if line.reach is None else self._reach(line.reach), bool(line.reread)
        return self.language.sentences("grows", line.curve, at, self._ceiling(line), aim, again)

    def shock(self, shock: Shock, growth: Growth | None) -> list[str]:
        """Say a shock; one of a series with a ceiling acts on its odds."""
        usual = signature(SHOCKS[shock.shape]).parameters.values()
        at = {one.name: one.default for one in usual if one.default is not one.empty}
        for name, value in shock.arguments.items():
            points = shock.shape == "growth" and name == "size"
            form = self._points if points else self._signed if name == "size" else self._percent
            at[name] = self._drawn(value, form) if isinstance(value, Parameter) else value
        if isinstance(at.get("persistence"), float):
            at["persistence"] = self._percent(at["persistence"])
        return self.language.sentences("struck", shock.shape, at, bool(self._ceiling(growth)))

    def _printed(self, line: Growth, *, inside: bool = False) -> dict[str, Any]:
        """Print the numbers of a curve; a number that is certain and negative `falls`."""
        at: dict[str, Any] = {"fading": "", **dict.fromkeys(arguments(CURVES[line.curve]), "")}
        at |= {"falls": False, "inside": inside, "share": self.series.kind == "share" and not inside}
        for name, value in line.arguments.items():
            if isinstance(value, Mapping):
                at[name] = list(self._runs(value))
            elif isinstance(value, Parameter) and name != "ceiling":
                form = self._steps if name == "slope" and not inside else self._percent
                if value.distribution == "fixed" and name in ("rate", "slope") and value.central < 0:
                    at["falls"], at[name] = True, form(-value.central)
                elif value.distribution == "fixed" and name == "damping":
                    at["fading"], at[name] = form(1 - value.central), form(value.central)
                else:
                    at[name] = self._drawn(value, form)
        return at

    def _runs(self, rates: Mapping[int, Parameter]) -> Iterator[tuple[int, int, str]]:
        """Give rates with the years they hold in."""
        printed = [(year, self._drawn(rates[year], self._percent)) for year in sorted(rates)]
        for rate, run in groupby(printed, key=lambda one: one[1]):
            years = [year for year, _ in run]
            yield years[0], years[-1], rate

    def _ceiling(self, line: Growth | None) -> str:
        """Name the ceiling: the line's own, the series' own, or its upper bound; there may be none."""
        own = line.arguments.get("ceiling") if line is not None else None
        found = own if own is not None else self.series.ceiling
        if isinstance(found, str):
            title = lowered(self.language.title(self.plan.series[found]))
            return self.language.say("ceiling_own_series" if own else "ceiling_series", title=title)
        if found is None and self.series.bounds is not None:
            return self.language.say("ceiling_number", number=self._amount(self.series.bounds[1]))
        if found is None:
            return ""
        printed = self._drawn(found, self._amount)
        return self.language.say("ceiling_number" if own is None else "ceiling_own_number", number=printed)

    def _reach(self, reach: Reach) -> str:
        value = "" if isinstance(reach.value, str) else self._amount(reach.value)
        return self.language.sentences("reaching", value, reach.year)[0]

    def _drawn(self, parameter: Parameter, form: Print) -> str:
        """Print a number with how it is drawn."""
        given = parameter.arguments
        if parameter.distribution == "fixed":
            return form(given["value"])
        apart = self._apart if form in (self._percent, self._signed) else form
        apart = self._steps if form == self._amount else apart
        far = ("sd", "uncertainty", "skew")
        at: dict[str, Any] = {
            name: apart(abs(value)) if name in far else form(value) for name, value in given.items()
        }
        at["below"] = given.get("skew", 0.0) < 0
        if parameter.distribution == "lognormal":
            at["sd"] = self.language.exact(given["sd"])
        return self.language.sentences("drawn", parameter.distribution, at)[0]

    def _amount(self, value: float) -> str:
        """Print a value of the series with the digits it was given; a score is a number alone."""
        printed, series = self.language.exact(value), self.series
        if series.unit.en.startswith("%"):
            return self.language.say("percent", number=printed)
        return printed if series.kind == "share" else self.language.quantity(printed, series)

    def _steps(self, value: float) -> str:
        if self.series.kind == "share":
            return self.language.say("points", number=self.language.exact(value))
        return self.language.quantity(self.language.exact(value), self.series)

    def _percent(self, value: float) -> str:
        return self.language.say("percent", number=self.language.exact(100 * value))

    def _apart(self, value: float) -> str:
        return self.language.say("points", number=self.language.exact(100 * value))

    def _signed(self, value: float) -> str:
        return self.language.say("percent", number=self.language.exact(100 * value, signed=True))

    def _points(self, value: float) -> str:
        return self.language.say("points_a_year", number=self.language.exact(100 * value, signed=True))
