"""The door: the explorer as a cell shows it, live or as its static twin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model.explorer.session import Session
from model.explorer.view import twin
from model.plan.schema import Plan
from model.report.output import Figure, Shown
from model.report.panel import WIDGET
from model.report.words import drawn_language
from model.uncertainty.ensemble import simulate


@dataclass(frozen=True, repr=False, eq=False)
class Explorer(Shown):
    """The whole model under sliders, with its static twin."""

    session: Session
    id: str = "explorer"

    @cached_property
    def widget(self) -> Any:
        """Give the live widget, made once."""
        from model.explorer.widget import ExplorerWidget, served

        return ExplorerWidget(self.session, in_lab=not served())

    @cached_property
    def twin(self) -> Figure:
        """Give the picture that stands for the explorer where no widget lives."""
        session = self.session
        made = simulate(session.plan, session.chosen, horizon=session.last)
        return twin(session.found, made)

    def data(self) -> dict[str, Any]:
        """Give the twin as the exporter reads it."""
        return self.twin.data()

    def bundle(self) -> dict[str, Any]:
        """Give the live explorer, and its twin behind it."""
        live = self.widget._repr_mimebundle_()
        live = live[0] if isinstance(live, tuple) else live
        return {WIDGET: live[WIDGET], **self.twin.bundle()} if WIDGET in live else self.twin.bundle()

    def metadata(self) -> dict[str, Any]:
        """Give alternative text and size of the twin."""
        return self.twin.metadata()


def explore(plan: Plan, scenario: str = "", *, language: str = "en") -> Explorer:
    """Put the whole model under sliders.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str
        Name of the scenario to start from; by default baseline, else the first.
    language : {"en", "zh"}
        Language of everything that is shown.

    Returns
    -------
    Explorer

    Raises
    ------
    ModelError
        If there is no such scenario, or the language cannot be drawn.

    Examples
    --------
    >>> from model import load
    >>> explore(load(), "accelerated").data()["id"]
    'explorer'
    """
    return Explorer(Session(plan, scenario, language=drawn_language(language)))
