"""The board of controls of a scenario: which there are, in which order, and where each stands at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.explorer import typed
from model.explorer.controls import NONE, RUN, TOGETHER, Control, of_growth, of_shock
from model.explorer.edits import implied, templated
from model.growth.arguments import Argument
from model.plan.plan import Plan
from model.plan.schema import Scenario
from model.projection.projection import FARTHEST, as_of_year, paths_of
from model.projection.trajectories import faded, trajectories
from model.report.language import ENGLISH, Language
from model.uncertainty.ensemble import DRAWS, SEED
from model.uncertainty.spread import persistence

NEVER = "never"
MOST_SHOCKS = 3
# Powers of two; fewer draws are too rough a picture, more take longer than a rest.
DRAWN = tuple(str(2**power) for power in range(8, 15))


@dataclass(frozen=True)
class Board:
    """The controls of a scenario."""

    template: Scenario
    controls: dict[str, Control]

    def filled(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Fix growth that is read again where a width is set: the band lies about what is in force."""
        about = {key.removesuffix(".width") for key in settings if key.endswith(".width")}
        read = {key: one.start for key, one in self.controls.items() if key in about and one.reread}
        return {**read, **settings}


def board(plan: Plan, chosen: Scenario, settings: Mapping[str, Any]) -> Board:
    """Lay out the controls of a scenario."""
    template = templated(plan, chosen, settings)
    calm = template.model_copy(update={"shocks": ()})
    paths = trajectories(
        plan, calm, last=max(plan.horizon, plan.target_year), facts=plan.figures.facts(plan.base_year)
    )
    place = plan.target_year - plan.base_year
    read = _read_again(plan, calm, int(settings.get(f"{RUN}.as_of") or as_of_year(plan, chosen, None)))
    found: list[Control] = []
    for name in [*plan.kpis, *(one for one in template.growth if one not in plan.kpis)]:
        series, growth = plan.series[name], template.growth[name]
        top = float(paths.ceilings[name][place]) if name in paths.ceilings else None
        own_curve = chosen.growth[name].curve if name in chosen.growth else ""
        found += of_growth(series, growth, top, own_curve, read.get(name))
        years = (NEVER, *map(str, range(plan.base_year + 1, plan.horizon + 1)))
        found.append(Control(f"{name}.from.year", "choice", NEVER, options=years))
        year = settings.get(f"{name}.from.year")
        if year:
            rate = implied(growth, paths.values, name, paths.years).get(int(year), 0.0)
            found.append(
                Control(
                    f"{name}.from.rate", "number", rate, rate - 0.3, rate + 0.3, 0.001, 100.0,
                    "percent a year", argument=Argument(low=-1.0, high=20.0),
                )
            )  # fmt: skip
        own = [one for one in template.shocks if one.kpi == name]
        for number, shock in enumerate([*own, None][:MOST_SHOCKS], start=1):
            gone = settings.get(f"{name}.shock{number}.shape") == NONE
            found += of_shock(None if gone else shock, series, number, plan.horizon)
    found += _run(plan, chosen)
    return Board(template, {one.id: one for one in found})


def _read_again(plan: Plan, scenario: Scenario, seen: int) -> dict[str, tuple[float, float, int]]:
    """Give growth that is read again: what it would have been at first, what it is, in which year."""
    paths, found = paths_of(plan, scenario, last=plan.horizon, as_of=seen), {}
    for name, growth in scenario.growth.items():
        rate = paths.solved.get(name, {}).get("rate")
        if growth.reread and rate is not None:
            year = max(paths.known[name])
            left = growth.arguments["damping"].central ** (year - plan.since(name))
            first = float(faded(growth.curve, rate, 1.0 / left)) if left else rate
            found[name] = first, rate, year
    return found


def _run(plan: Plan, chosen: Scenario) -> list[Control]:
    """Give the controls of the run itself: horizon, as-of year, ensemble."""
    years = tuple(str(year) for year in range(plan.base_year, plan.figures.latest + 1))
    farthest = plan.base_year + FARTHEST
    ahead = plan.horizon + 2 * (plan.horizon - plan.base_year)
    return [
        Control(
            f"{RUN}.horizon", "number", plan.horizon, plan.base_year + 1, min(ahead, farthest), 1.0,
            argument=Argument("year", low=plan.base_year + 1, high=farthest, closed=True), main=True,
        ),
        Control(f"{RUN}.as_of", "choice", str(as_of_year(plan, chosen, None)), options=years, main=True),
        Control(f"{RUN}.fan", "flag", True, main=True),
        Control(f"{RUN}.draws", "choice", str(DRAWS), options=DRAWN),
        Control(
            f"{RUN}.seed", "number", SEED, 1, 100, 1.0,
            argument=Argument("count", low=0, high=2**31 - 1, closed=True),
        ),
        Control(
            f"{RUN}.lasting", "number", persistence(plan).value, 0.0, 0.95, 0.01, 100.0, "percent",
            argument=Argument(low=0.0, high=0.99, closed=True),
        ),
        Control(f"{RUN}.together", "choice", next(iter(TOGETHER)), options=tuple(TOGETHER)),
    ]  # fmt: skip


def groups(
    plan: Plan, laid: Board, reference: Mapping[str, Control], language: Language = ENGLISH
) -> list[dict[str, Any]]:
    """Describe the controls for the browser, group by group, in the units in which they are shown."""
    made: dict[str, dict[str, Any]] = {}
    for control in laid.controls.values():
        name = control.series
        if name not in made:
            series = plan.series.get(name)
            title = language.say("explorer_group_run") if series is None else language.title(series)
            made[name] = {"id": name, "title": title, "kpi": name in plan.kpis, "controls": []}
        made[name]["controls"].append(_described(plan, control, reference.get(control.id), language))
    return list(made.values())


def _described(plan: Plan, control: Control, reference: Control | None, language: Language) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": control.id,
        "kind": control.kind,
        "label": label(control, language),
        "main": control.main,
        "start": control.start,
        "text": typed.text(control, control.start),
        "unit": typed.unit(control, plan, language),
        "baseline": _beside(control, reference, language),
    }
    if control.reread is not None:
        growth = language.growth(control.reread[0], plan.series[control.series])
        described["again"] = language.say("explorer_reread", growth=growth, year=control.reread[1])
    if control.kind == "number":
        low, high, step = (one * control.scale for one in (control.low, control.high, control.step))
        start = control.start * control.scale if control.start is not None else None
        described |= {"low": low, "high": high, "step": step, "start": start, "rest": control.rest}
    if control.kind == "choice":
        described["options"] = [[one, option(control, one, language)] for one in control.options]
    return described


def label(control: Control, language: Language = ENGLISH) -> str:
    """Name a control for who uses it."""
    steps = control.name.split(".")
    named = [one for one in steps if not one.isdigit()]
    last = named[-1]
    if steps[0] == "from":
        return language.say(f"control_from_{last}")
    words = language.say(f"control_{last}")
    year = next((one for one in steps if one.isdigit()), "")
    if last == "width":
        words = language.say("control_of", what=words, part=language.say(f"control_{named[-2]}"))
    if year:
        words = language.say("control_in", what=words, year=year)
    if "numerator" in steps and last != "width":
        words = language.say("control_of_numerator", what=words)
    if steps[0].startswith("shock"):
        number = steps[0].removeprefix("shock")
        words = language.say("control_of_shock", what=words, number=number)
    return words


def option(control: Control, word: str, language: Language = ENGLISH) -> str:
    """Name one of the words of a choice; years and counts stand for themselves."""
    if word.isdigit():
        return word
    kind = "shape" if control.name.endswith(".shape") else control.name.rpartition(".")[2]
    return language.say(f"option_{kind}_{word}")


def _beside(control: Control, reference: Control | None, language: Language) -> str:
    """Print the baseline's value of a control; nothing where the baseline has no such thing."""
    if reference is None or control.kind == "flag":
        return ""
    if reference.kind == "choice":
        return option(reference, str(reference.start), language) if reference.start != NEVER else ""
    if reference.start is None:
        return language.say("explorer_as_planned")
    return typed.text(reference, reference.start)
