"""One person's work with the explorer, without a browser: commands in, what is to be seen out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from model.errors import ModelError, mistake, near, raise_all
from model.evaluation.assessment import Assessment, Verdict
from model.explorer.board import NEVER, Board
from model.explorer.controls import (
    NONE,
    RUN,
    TOGETHER,
    WHERE,
    main_number,
    template_of_shock,
    typed_value,
)
from model.explorer.edits import History, State
from model.explorer.files import read_back, stem_of
from model.explorer.view import Refined, lines_of, moved_along
from model.plan.plan import Plan
from model.plan.schema import Scenario
from model.projection.goal_seek import Sought, goal_seek
from model.projection.projection import project
from model.report.language import Language
from model.report.report import Report
from model.uncertainty.spread import unknown_spread


class Session:
    """The explorer's kernel side."""

    def __init__(
        self, plan: Plan, scenario: str | Scenario = "", *, kpis: Sequence[str] = (), language: str = "en"
    ) -> None:
        self.shipped, self.plan, self.language = plan, plan, Language(language)
        if isinstance(scenario, Scenario):
            self.plan, scenario = plan.with_scenario(scenario), scenario.id
        scenario = scenario or plan.reference
        self.kpis = tuple(kpis) or tuple(plan.kpis)
        asked = (("scenario", self.plan.scenarios, (scenario,)), ("kpi", plan.kpis, self.kpis))
        raise_all(
            mistake(what, "", f"unknown {what} {one!r}", near(one, known))
            for what, known, ones in asked
            for one in ones
            if one not in known
        )
        self._boards: dict[str, Board] = {}
        self._verdicts: list[Verdict] = []
        self._chances: dict[tuple[str, int], str] = {}
        self._judged_for: tuple[Any, ...] = ()
        self.pinned = ""
        self.held: dict[str, Any] = {}
        self._show(History(State(scenario)))

    # What stands there now

    @property
    def state(self) -> State:
        return self.history.present

    @property
    def chosen(self) -> Scenario:
        return self.plan.scenarios[self.state.chosen]

    @property
    def now(self) -> Scenario:
        return self.projection.scenario

    @property
    def last(self) -> int:
        return self.projection.last

    @property
    def board(self) -> Board:
        return self._board(self.state)

    @property
    def baseline(self) -> Board:
        """The controls of the scenario at the root of the chosen one."""
        return self._board(State(self.plan.root_of(self.chosen).id))

    @property
    def ensemble(self) -> dict[str, Any] | None:
        """Keyword arguments of `model.simulate`; None where no fan is wanted, or none can be drawn."""
        if not self.setting(f"{RUN}.fan") or unknown_spread(self.projection):
            return None
        return {
            "draws": int(self.setting(f"{RUN}.draws")),
            "seed": int(self.setting(f"{RUN}.seed")),
            "persistence": float(self.setting(f"{RUN}.lasting")),
            "correlation": TOGETHER[self.setting(f"{RUN}.together")],
        }

    def setting(self, control: str) -> Any:
        """Give the value of a control, in model units: what was set, else where it stands at first."""
        given = self.state.settings.get(control)
        return self.board.controls[control].start if given is None else given

    # Verbs: each goes on to a new state, or raises and leaves everything as it was

    def set(self, control: str, given: Any, gesture: str = "") -> None:
        """Set one control, to a value in the unit in which it is shown."""
        controls = self.board.controls
        if control not in controls:
            raise ModelError(mistake(WHERE, control, "no such control", near(control, controls)))
        declared, state = controls[control], self.state
        value = typed_value(declared, given, self.language)
        if control.endswith(".curve"):
            state = state.with_curve(declared.series, self._curve(declared.series, value))
        elif control.endswith(".shape"):
            own = [one.shape for one in self.chosen.shocks if one.kpi == declared.series]
            years = (self.plan.base_year, self.plan.target_year)
            new = NONE if value == NONE else template_of_shock(value, *years)
            state = state.with_shape(own, control, value, new)
        elif control.endswith(".from.year"):
            year = None if value == NEVER else int(value)
            state = state.without(control.removesuffix("year")).with_settings({control: year})
        else:
            same = declared.start is not None and value == declared.start
            state = state.with_settings({control: None if same else value})
        self._show(self.history.then(state, gesture))

    def reset(self, control: str) -> None:
        """Put one control back to where the chosen scenario has it, and what hangs on it."""
        state = self.state
        if control.endswith(".curve"):
            state = state.with_curve(control.partition(".")[0], None)
        elif control.endswith((".shape", ".from.year")):
            state = state.without(control.removesuffix("shape").removesuffix("year"))
        self._show(self.history.then(state.with_settings({control: None})))

    def reset_all(self) -> None:
        self._show(self.history.then(State(self.state.chosen)))

    def choose(self, scenario: str) -> None:
        """Start from another scenario; horizon and ensemble stay as they were set."""
        if scenario not in self.plan.scenarios:
            wrong = f"unknown scenario {scenario!r}"
            raise ModelError(mistake("scenario", "", wrong, near(scenario, self.plan.scenarios)))
        run = {key: one for key, one in self.state.settings.items() if key.startswith(f"{RUN}.")}
        run.pop(f"{RUN}.as_of", None)
        self._show(self.history.then(State(scenario, run)))

    def undo(self) -> None:
        self._show(self.history.undone())

    def redo(self) -> None:
        self._show(self.history.redone())

    def seek(self, kpi: str) -> tuple[str, Sought]:
        """Move the main control of a KPI to where its target is met; what would have to be true."""
        growth, step = self.now.growth[self.plan.kpi(kpi).id], f"{kpi}.from.rate"
        line = growth.arguments.get("numerator") or growth
        rates = "rates" if line is growth else "numerator.rates"
        main, changes = main_number(growth), dict[str, Any]()
        made = self.projection
        if step in self.board.controls:
            found = goal_seek(made, kpi, argument=f"{rates}.{self.state.settings[f'{kpi}.from.year']}")
            changes[step] = found.value
        elif "rates" in line.arguments:
            found = goal_seek(made, kpi, argument=rates)
            for year, one in reversed(line.arguments["rates"].items()):
                changes[f"{kpi}.{rates}.{year}"] = one.central + found.value
        else:
            found = goal_seek(made, kpi, argument=main or None)
            aim = self.plan.kpis[kpi].target(self.plan.target_year)
            changes[f"{kpi}.{main or 'reach.value'}"] = (
                found.value if main else aim.value if aim else math.nan
            )
        if not found.possible:
            raise ModelError(mistake("goal", kpi, found.note))
        if math.isnan(found.value):
            changes = {}
        self._show(self.history.then(self.state.with_settings(changes)))
        return next(iter(changes), ""), found

    def load(self, text: str, name: str) -> None:
        found = read_back(self.shipped, text, stem_of(self.plan.scenarios, name.rpartition(".")[0] or name))
        self.plan = self.plan.with_scenario(found)
        self.choose(found.id)

    def pin(self, what: str) -> None:
        """Hold a picture for comparison: a scenario's, the present one (``now``), or none (empty)."""
        self.held = {}
        if what == "now":
            self.held = {"title": self.title, "lines": dict(self.lines)}
        elif what:
            scenario = self.plan.scenarios[what]
            lines = lines_of(project(self.plan, scenario, horizon=self.last))
            self.held = {"title": self.language.of(scenario.title), "lines": lines}
        self.pinned = what

    # What is to be seen

    @property
    def title(self) -> str:
        title = self.language.of(self.chosen.title)
        changed = [key for key in self.state.settings if not key.startswith(f"{RUN}.")]
        return self.language.say("explorer_changed", scenario=title) if changed else title

    @property
    def lines(self) -> dict[str, list[float | None]]:
        return lines_of(self.projection)

    @property
    def verdicts(self) -> list[Verdict]:
        """What is judged of the projection, moved along with it; outturns and notes stay as they are."""
        return [one if one.is_outturn else moved_along(one, self.projection) for one in self._verdicts]

    @property
    def chances(self) -> dict[tuple[str, int], str]:
        """How likely each target is; they wait for the ensemble."""
        return self._chances

    def refined(self, refined: Refined) -> None:
        self._verdicts, self._chances = refined.verdicts, refined.chances

    @cached_property
    def report(self) -> Report:
        """What the model says of the chosen scenario: published figures, path of the targets."""
        return Report(self.plan, self.chosen, horizon=self.last, language=self.language.id)

    # Inside

    def _show(self, history: History) -> None:
        """Make what a state gives; only when that has worked does it stand."""
        state = history.present
        last = int(state.settings.get(f"{RUN}.horizon", self.plan.horizon))
        laid = self._board(state)
        with np.errstate(all="ignore"):
            now = laid.built(state.settings, last)
            projection = project(self.plan, now, horizon=last)
        key = (state.chosen, self.plan.as_of_year(now), last, len(self.plan.scenarios))
        if key != self._judged_for:
            self._verdicts, self._judged_for = Assessment(projection).verdicts, key
            self.__dict__.pop("report", None)
        self.history, self.projection = history, projection
        if self.pinned and self.pinned != "now":
            self.pin(self.pinned)

    def _board(self, state: State) -> Board:
        key = state.structure
        if key not in self._boards:
            self._boards[key] = Board(
                self.plan, self.plan.scenarios[state.chosen], state.settings, self.language
            )
        return self._boards[key]

    def _curve(self, series: str, curve: str) -> dict[str, Any] | None:
        """Give the line of a new curve; None for the one the chosen scenario has."""
        own = self.chosen.growth.get(series)
        if own is not None and own.curve == curve:
            return None
        return self.board.curve(self.now, series, curve, self.last)
