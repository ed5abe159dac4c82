"""One person's work with the explorer, without a browser: commands in, what is to be seen out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from model.errors import ModelError, mistake, near, raise_all
from model.explorer import answers, typed, view
from model.explorer.answers import Refined, refine, sought
from model.explorer.board import NEVER, Board, board
from model.explorer.controls import RUN, TOGETHER
from model.explorer.edits import built, structure_of, template_of_curve, with_curve, with_shape
from model.explorer.files import read_back, stem_of
from model.explorer.state import History, State
from model.plan.load import reference
from model.plan.schema import Plan, Scenario
from model.projection.continuation import Facts
from model.projection.goal_seek import Sought
from model.projection.projection import as_of_year, paths_of
from model.projection.trajectories import Paths, facts_of
from model.report.report import Findings, findings
from model.report.words import say
from model.uncertainty.sampling import unknown_spread


class Session:
    """The explorer's kernel side."""

    def __init__(
        self, plan: Plan, scenario: str | Scenario = "", *, kpis: Sequence[str] = (), language: str = "en"
    ) -> None:
        self.shipped, self.plan, self.language = plan, plan, language
        if isinstance(scenario, Scenario):
            self.plan = plan.model_copy(update={"scenarios": {**plan.scenarios, scenario.id: scenario}})
            scenario = scenario.id
        scenario = scenario or reference(plan)
        self.kpis = tuple(kpis) or tuple(plan.kpis)
        wrong = [
            mistake(what, "", f"unknown {what} {one!r}", near(one, known))
            for what, known, asked in (
                ("scenario", self.plan.scenarios, (scenario,)), ("kpi", plan.kpis, self.kpis)
            )
            for one in asked
            if one not in known
        ]  # fmt: skip
        raise_all(wrong)
        self._boards: dict[str, Board] = {}
        self.history = History(State(scenario))
        self._chances: dict[tuple[str, int], str] = {}
        self.pinned = ""
        self.held: dict[str, Any] = {}
        self._show(self.history)

    # What stands there now

    @property
    def state(self) -> State:
        """What is set."""
        return self.history.present

    @property
    def chosen(self) -> Scenario:
        """The scenario it started from."""
        return self.plan.scenarios[self.state.chosen]

    @property
    def board(self) -> Board:
        """The controls."""
        return self._board(self.state)

    @property
    def baseline(self) -> Board:
        """The controls of the scenario at the root of the chosen one."""
        root = self.chosen
        while (parent := self.plan.scenarios.get(root.extends or "")) is not None:
            root = parent
        return self._board(State(root.id))

    @property
    def last(self) -> int:
        """Last year."""
        return self._last(self.state)

    @property
    def structure(self) -> str:
        """Tell boards apart: two states of one structure have the same controls."""
        return structure_of(self.state)

    @property
    def ensemble(self) -> dict[str, Any] | None:
        """Keyword arguments of `model.simulate`; None where no fan is wanted, or none can be drawn."""
        if not self.setting(f"{RUN}.fan") or unknown_spread(self.plan, self.now):
            return None
        return {
            "draws": int(self.setting(f"{RUN}.draws")),
            "seed": int(self.setting(f"{RUN}.seed")),
            "persistence": float(self.setting(f"{RUN}.lasting")),
            "correlation": TOGETHER[self.setting(f"{RUN}.together")],
        }

    @property
    def base(self) -> Facts:
        """What is known in the base year."""
        return facts_of(self.plan, self.plan.base_year)

    def paths_to(self, scenario: Scenario, last: int) -> Paths:
        """Make the trajectories of a scenario up to a year."""
        return paths_of(self.plan, scenario, last=last, as_of=as_of_year(self.plan, scenario, None))

    def setting(self, control: str) -> Any:
        """Give the value of a control, in model units: what was set, else where it stands at first."""
        given = self.state.settings.get(control)
        return self.board.controls[control].start if given is None else given

    # Verbs: each goes on to a new state, or raises and leaves everything as it was

    def set(self, control: str, given: Any, gesture: str = "") -> None:
        """Set one control, to a value in the unit in which it is shown."""
        declared = self.board.controls.get(control)
        if declared is None:
            raise ModelError(
                mistake(typed.WHERE, control, "no such control", near(control, self.board.controls))
            )
        value = typed.read(declared, given, self.language)
        state = self.state
        if control.endswith(".curve"):
            state = with_curve(state, declared.series, self._curve(declared.series, value))
        elif control.endswith(".shape"):
            state = with_shape(state, self.chosen, self.plan, control, value)
        elif control.endswith(".from.year"):
            head = control.removesuffix("year")
            state = state.without(head)
            state = state.with_settings({control: None if value == NEVER else int(value)})
        else:
            same = declared.start is not None and value == declared.start
            state = state.with_settings({control: None if same else value})
        self._go(state, gesture)

    def reset(self, control: str) -> None:
        """Put one control back to where the chosen scenario has it."""
        state = self.state
        if control.endswith(".curve"):
            state = with_curve(state, control.partition(".")[0], None)
        elif control.endswith(".shape"):
            state = state.without(control.removesuffix("shape"))
        elif control.endswith(".from.year"):
            state = state.without(control.removesuffix("year"))
        self._go(state.with_settings({control: None}))

    def reset_all(self) -> None:
        """Put every control back."""
        self._go(State(self.state.chosen))

    def choose(self, scenario: str) -> None:
        """Start from another scenario; horizon and ensemble stay as they were set."""
        if scenario not in self.plan.scenarios:
            wrong = f"unknown scenario {scenario!r}"
            raise ModelError(mistake("scenario", "", wrong, near(scenario, self.plan.scenarios)))
        kept = {
            key: one
            for key, one in self.state.settings.items()
            if key.startswith(f"{RUN}.") and key != f"{RUN}.as_of"
        }
        self._go(State(scenario, kept))

    def undo(self) -> None:
        """Take the last step back."""
        self._show(self.history.undone())

    def redo(self) -> None:
        """Take it again."""
        self._show(self.history.redone())

    def seek(self, kpi: str) -> tuple[str, Sought]:
        """Move the main control of a KPI to where its target is met; what would have to be true."""
        changes, found = sought(self.plan, self.now, kpi, self.board, self.state)
        self._go(self.state.with_settings(changes))
        return next(iter(changes), ""), found

    def load(self, text: str, name: str) -> None:
        """Read a scenario file and start from it."""
        stem = stem_of(self.plan, name.rpartition(".")[0] or name)
        plan, found = read_back(self.shipped, text, stem)
        together = {**self.plan.scenarios, found.id: found}
        self.plan = plan.model_copy(update={"scenarios": together})
        self.choose(found.id)

    def pin(self, what: str) -> None:
        """Hold a picture for comparison: a scenario's, the present one (``now``), or none (empty)."""
        if what == "now":
            self.held = {"title": self.title, "lines": dict(self.lines)}
        elif what:
            scenario = self.plan.scenarios[what]
            lines = view.lines(self.plan, self.paths_to(scenario, self.last), last=self.last)
            self.held = {"title": getattr(scenario.title, self.language), "lines": lines}
        else:
            self.held = {}
        self.pinned = what

    # What is to be seen

    @property
    def title(self) -> str:
        """Title of what stands there: the scenario's, or that it was changed."""
        title = str(getattr(self.chosen.title, self.language))
        changed = [key for key in self.state.settings if not key.startswith(f"{RUN}.")]
        return say("explorer_changed", self.language, scenario=title) if changed else title

    @property
    def lines(self) -> dict[str, list[float | None]]:
        """Trajectories of the KPIs."""
        return view.lines(self.plan, self.paths, last=self.last)

    def rows(self, refined: Refined | None = None) -> list[dict[str, Any]]:
        """Print the verdicts: from what was refined, or moved along; probabilities wait for the ensemble."""
        if refined is not None:
            self._full, self._chances = refined.verdicts, refined.chances
        moved = answers.moved_along(self.plan, self._full, self.paths)
        rows = answers.rows(self.plan, moved, self._chances, self.language)
        return [row for row in rows if row["kpi"] in self.kpis]

    # Inside

    def _go(self, state: State, gesture: str = "") -> None:
        self._show(self.history.then(state, gesture))

    def _show(self, history: History) -> None:
        """Make what a state gives; only when that has worked does it stand."""
        with np.errstate(all="ignore"):
            self._make(history)

    def _make(self, history: History) -> None:
        state = history.present
        last = self._last(state)
        laid = self._board(state)
        now = built(self.plan, laid.template, laid.filled(state.settings), facts=self.base, last=last)
        paths = self.paths_to(now, last)
        key = (state.chosen, as_of_year(self.plan, now, None), last, len(self.plan.scenarios))
        if key != getattr(self, "_judged_for", None):
            self._full = refine(self.plan, now, last=last, ensemble=None).verdicts
            self.__dict__.pop("found", None)
        self.history, self.now, self.paths, self._judged_for = history, now, paths, key
        if self.pinned and self.pinned != "now":
            self.pin(self.pinned)

    @cached_property
    def found(self) -> Findings:
        """What the model finds for the chosen scenario: published figures, path of the targets."""
        return findings(self.plan, self.chosen, horizon=self.last, language=self.language)

    def _board(self, state: State) -> Board:
        key = structure_of(state)
        if key not in self._boards:
            self._boards[key] = board(self.plan, self.plan.scenarios[state.chosen], state.settings, self.base)
        return self._boards[key]

    def _last(self, state: State) -> int:
        return int(state.settings.get(f"{RUN}.horizon", self.plan.horizon))

    def _curve(self, series: str, curve: str) -> dict[str, Any] | None:
        """Give the line of a new curve; None for the one the chosen scenario has."""
        own = self.chosen.growth.get(series)
        if own is not None and own.curve == curve:
            return None
        return template_of_curve(self.plan, self.now, series, curve, facts=self.base, last=self.last)
