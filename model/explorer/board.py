"""The board of controls of a scenario, and the scenario that settings make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from model.errors import ModelError
from model.explorer.controls import NONE, RUN, TOGETHER, Control, of_growth, of_shock, printed_value
from model.explorer.edits import (
    FIRST,
    FIRST_RATE,
    Settings,
    implied,
    number_lines,
    shape_lines,
    shock_lines,
    stepwise,
)
from model.growth.arguments import Argument, arguments
from model.growth.curves import CURVES
from model.plan.assumptions import edited
from model.plan.plan import FARTHEST, Plan
from model.plan.schema import Scenario
from model.projection.projection import paths_of
from model.projection.trajectories import Paths, faded, trajectories
from model.report.language import ENGLISH, Language
from model.uncertainty.ensemble import DRAWS, SEED
from model.uncertainty.spread import persistence

NEVER = "never"
MOST_SHOCKS = 3
# Powers of two; fewer draws are too rough a picture, more take longer than a rest.
DRAWN = tuple(str(2**power) for power in range(8, 15))


class Board:
    """The controls of a scenario: which there are, in which order, and where each stands at first."""

    def __init__(
        self, plan: Plan, chosen: Scenario, settings: Settings, language: Language = ENGLISH
    ) -> None:
        self.plan, self.language = plan, language
        curves = {key.partition(".")[0]: one for key, one in settings.items() if key.endswith(".curve")}
        shapes = {key: one for key, one in settings.items() if key.endswith(".shape")}
        template = edited(plan, chosen, curves)
        if shapes:
            template = edited(plan, template, {}, shocks=shape_lines(template, shapes, plan.target_year))
        self.template = template
        self.controls = {one.id: self._scaled(one) for one in self._controls(chosen, settings)}

    def _scaled(self, control: Control) -> Control:
        """Count in the unit in which the language prints the series."""
        if not control.unit.startswith("units"):
            return control
        return replace(control, scale=10.0 ** self.language.places(self.plan.series[control.series]))

    def built(self, settings: Settings, last: int) -> Scenario:
        # Growth that is read again is fixed where a width is set: the band lies about what is in force.
        about = {key.removesuffix(".width") for key in settings if key.endswith(".width")}
        read = {key: one.start for key, one in self.controls.items() if key in about and one.reread}
        given = {**read, **settings}
        made = edited(
            self.plan,
            self.template,
            number_lines(self.template, given),
            shocks=shock_lines(self.template, given),
        )
        lines = {}
        for key, year in settings.items():
            if key.endswith(".from.year") and year:
                name = key.partition(".")[0]
                paths = self._calm(made, last)
                rates = implied(made.growth[name], paths.values, name, paths.years)
                kept = {one: rate for one, rate in rates.items() if one < int(year)}
                step = settings.get(f"{name}.from.rate", rates.get(int(year), 0.0))
                lines[name] = stepwise(made.growth[name], {**kept, int(year): step})
        made = edited(self.plan, made, lines)
        if f"{RUN}.as_of" in settings:
            made = made.model_copy(update={"as_of": int(settings[f"{RUN}.as_of"])})
        return made

    def curve(self, now: Scenario, name: str, curve: str, last: int) -> dict[str, Any]:
        """Give a new curve for a series, through the point it is projected to reach in the target year."""
        plan = self.plan
        paths = self._calm(now, max(last, plan.target_year))
        declared = arguments(CURVES[curve])
        if "rates" in declared:
            return stepwise(None, implied(None, paths.values, name, paths.years))
        numbers = [one for one, kind in declared.items() if kind.kind == "number"]
        timed = [one for one in numbers if declared[one].unit][-1]
        line = {"curve": curve, **{one: FIRST.get(one, FIRST_RATE) for one in numbers if one != timed}}
        given = now.growth[name].arguments.get("ceiling") if name in now.growth else None
        if "ceiling" in declared and given is not None:
            line["ceiling"] = given if isinstance(given, str) else given.central
        elif "ceiling" in declared and name not in paths.ceilings:
            # Nothing bounds the series, so there is room for as much again.
            line["ceiling"] = float(f"{2 * np.max(paths.values[name]):.3g}")
        value = float(paths.values[name][plan.target_year - plan.base_year])
        reach = {**line, "reach": {"year": plan.target_year, "value": value}}
        try:
            tried = self._calm(edited(plan, now, {name: reach}), plan.target_year)
            return {**line, timed: tried.solved[name][timed]}
        except ModelError:
            # No such curve leads there (a falling S-curve, say): it begins somewhere, and can be moved.
            return {**line, timed: FIRST_RATE}

    def groups(self, reference: Mapping[str, Control], language: Language = ENGLISH) -> list[dict[str, Any]]:
        """Describe the controls for the browser, group by group, in the units in which they are shown."""
        made: dict[str, dict[str, Any]] = {}
        for control in self.controls.values():
            name = control.series
            if name not in made:
                series = self.plan.series.get(name)
                title = language.say("explorer_group_run") if series is None else language.title(series)
                made[name] = {"id": name, "title": title, "kpi": name in self.plan.kpis, "controls": []}
            made[name]["controls"].append(self._described(control, reference.get(control.id), language))
        return list(made.values())

    def _calm(self, scenario: Scenario, last: int) -> Paths:
        """Give the paths without shocks, from what was known in the base year."""
        calm = scenario.model_copy(update={"shocks": ()})
        return trajectories(self.plan, calm, last=last, as_of=self.plan.base_year)

    def _controls(self, chosen: Scenario, settings: Settings) -> Iterator[Control]:
        plan, template = self.plan, self.template
        paths = self._calm(template, max(plan.horizon, plan.target_year))
        place = plan.target_year - plan.base_year
        read = self._read_again(int(settings.get(f"{RUN}.as_of") or plan.as_of_year(chosen)))
        years = (NEVER, *map(str, range(plan.base_year + 1, plan.horizon + 1)))
        for name in [*plan.kpis, *(one for one in template.growth if one not in plan.kpis)]:
            series, growth = plan.series[name], template.growth[name]
            top = float(paths.ceilings[name][place]) if name in paths.ceilings else None
            own_curve = chosen.growth[name].curve if name in chosen.growth else ""
            yield from of_growth(series, growth, top, own_curve, read.get(name))
            yield Control(f"{name}.from.year", "choice", NEVER, options=years)
            if year := settings.get(f"{name}.from.year"):
                rate = implied(growth, paths.values, name, paths.years).get(int(year), 0.0)
                yield Control(
                    f"{name}.from.rate", "number", rate, rate - 0.3, rate + 0.3, 0.001, 100.0,
                    "percent a year", argument=Argument(low=-1.0, high=20.0),
                )  # fmt: skip
            own = [one for one in template.shocks if one.kpi == name]
            for number, shock in enumerate([*own, None][:MOST_SHOCKS], start=1):
                gone = settings.get(f"{name}.shock{number}.shape") == NONE
                yield from of_shock(None if gone else shock, series, number, plan.horizon)
        yield from self._run(chosen)

    def _read_again(self, seen: int) -> dict[str, tuple[float, float, int]]:
        """Give growth that is read again: what it would have been at first, what it is, in which year."""
        plan, calm = self.plan, self.template.model_copy(update={"shocks": ()})
        paths, found = paths_of(plan, calm, last=plan.horizon, as_of=seen), {}
        for name, growth in calm.growth.items():
            rate = paths.solved.get(name, {}).get("rate")
            if growth.reread and rate is not None:
                year = paths.anchor(name)
                left = growth.arguments["damping"].central ** (year - plan.since(name))
                found[name] = (float(faded(growth.curve, rate, 1.0 / left)) if left else rate), rate, year
        return found

    def _run(self, chosen: Scenario) -> Iterator[Control]:
        plan = self.plan
        first, farthest = plan.base_year + 1, plan.base_year + FARTHEST
        ahead = min(plan.horizon + 2 * (plan.horizon - plan.base_year), farthest)
        year = Argument("year", low=first, high=farthest, closed=True)
        seed = Argument("count", low=0, high=2**31 - 1, closed=True)
        known = tuple(str(year) for year in range(plan.base_year, plan.figures.latest + 1))
        lasting, share = persistence(plan).value, Argument(low=0.0, high=0.99, closed=True)
        yield Control(f"{RUN}.horizon", "number", plan.horizon, first, ahead, 1.0, argument=year, main=True)
        yield Control(f"{RUN}.as_of", "choice", str(plan.as_of_year(chosen)), options=known, main=True)
        yield Control(f"{RUN}.fan", "flag", True, main=True)
        yield Control(f"{RUN}.draws", "choice", str(DRAWS), options=DRAWN)
        yield Control(f"{RUN}.seed", "number", SEED, 1, 100, 1.0, argument=seed)
        yield Control(f"{RUN}.lasting", "number", lasting, 0.0, 0.95, 0.01, 100.0, "percent", argument=share)
        yield Control(f"{RUN}.together", "choice", next(iter(TOGETHER)), options=tuple(TOGETHER))

    def _described(self, control: Control, reference: Control | None, language: Language) -> dict[str, Any]:
        series = self.plan.series.get(control.series)
        unit = (
            language.say(
                f"explorer_unit_{control.unit.replace(' ', '_')}",
                unit="" if series is None else language.unit(series),
                year=self.plan.since(control.series),
            )
            if control.unit
            else ""
        )
        described: dict[str, Any] = {
            "id": control.id,
            "kind": control.kind,
            "label": label(control, language),
            "main": control.main,
            "start": control.start,
            "text": printed_value(control, control.start),
            "unit": unit,
            "baseline": _beside(control, reference, language),
        }
        if control.reread is not None and series is not None:
            growth = language.growth(control.reread[0], series)
            described["again"] = language.say("explorer_reread", growth=growth, year=control.reread[1])
        if control.kind == "number":
            low, high, step = (one * control.scale for one in (control.low, control.high, control.step))
            start = control.start * control.scale if control.start is not None else None
            described |= {"low": low, "high": high, "step": step, "start": start, "rest": control.rest}
        if control.kind == "choice":
            described["options"] = [[one, option(control, one, language)] for one in control.options]
        return described


def label(control: Control, language: Language = ENGLISH) -> str:
    steps = control.name.split(".")
    named = [one for one in steps if not one.isdigit()]
    last = named[-1]
    if steps[0] == "from":
        return language.say(f"control_from_{last}")
    words = language.say(f"control_{last}")
    if last == "width":
        words = language.say("control_of", what=words, part=language.say(f"control_{named[-2]}"))
    for year in [one for one in steps if one.isdigit()][:1]:
        words = language.say("control_in", what=words, year=year)
    if "numerator" in steps and last != "width":
        words = language.say("control_of_numerator", what=words)
    if steps[0].startswith("shock"):
        words = language.say("control_of_shock", what=words, number=steps[0].removeprefix("shock"))
    return words


def option(control: Control, word: str, language: Language = ENGLISH) -> str:
    """Name one of the words of a choice; years and counts stand for themselves."""
    kind = "shape" if control.name.endswith(".shape") else control.name.rpartition(".")[2]
    return word if word.isdigit() else language.say(f"option_{kind}_{word}")


def _beside(control: Control, reference: Control | None, language: Language) -> str:
    """Print the baseline's value of a control; nothing where the baseline has no such thing."""
    if reference is None or control.kind == "flag":
        return ""
    if reference.kind == "choice":
        return option(reference, str(reference.start), language) if reference.start != NEVER else ""
    if reference.start is None:
        return language.say("explorer_as_planned")
    return printed_value(reference, reference.start)
