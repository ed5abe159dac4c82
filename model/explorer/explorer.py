"""The door: the explorer as a cell shows it, live or as its static twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model.explorer.controls import RUN
from model.explorer.session import Session
from model.explorer.view import described
from model.plan.plan import Plan
from model.plan.schema import Scenario
from model.report import charts
from model.report.language import Language
from model.report.output import WIDGET, Figure, Shown, Table, tabled
from model.report.report import Report


@dataclass(frozen=True, repr=False, eq=False)
class Explorer(Shown):
    """The whole model under sliders, with its static twin."""

    session: Session
    id: str = "explorer"

    @cached_property
    def widget(self) -> Any:
        from model.explorer.widget import ExplorerWidget, served

        return ExplorerWidget(self.session, in_lab=not served())

    @cached_property
    def twin(self) -> Figure:
        """Give the picture that stands for the explorer where no widget lives."""
        made = self.session
        report = Report(made.plan, made.chosen, horizon=made.last, language=made.language.id)
        return charts.panels(report, made.kpis, id=self.id)

    def ranges(self) -> Table:
        """Tabulate what the sliders of the KPIs move, and between which limits."""
        language, rows = self.session.language, []
        for group in described(self.session):
            for one in group["controls"]:
                if one["kind"] == "number" and group["id"] in self.session.plan.series:
                    ends = (f"{one[end]:.4g}" for end in ("low", "high"))
                    rows.append((group["title"], one["label"], f"{one['text']} {one['unit']}".strip(), *ends))
        titles = ("kpi", "assumption", "assumed", "slider_low", "slider_high")
        return tabled("sliders", language, rows, titles)

    def data(self) -> dict[str, Any]:
        return self.twin.data()

    def bundle(self) -> dict[str, Any]:
        live = self.widget._repr_mimebundle_()
        live = live[0] if isinstance(live, tuple) else live
        return {WIDGET: live[WIDGET], **self.twin.bundle()} if WIDGET in live else self.twin.bundle()

    def metadata(self) -> dict[str, Any]:
        return self.twin.metadata()


def explore(
    plan: Plan,
    scenario: str | Scenario = "",
    *,
    kpis: Sequence[str] = (),
    horizon: int = 0,
    language: str = "en",
) -> Explorer:
    """Put the whole model under sliders, or the assumptions behind some KPIs.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenario : str or Scenario
        What to start from; by default baseline, else the first.
    kpis : sequence of str
        KPIs to show, with what they rest on; by default all.
    horizon : int
        Last year to begin with; by default the plan's.
    language : {"en", "zh"}
        Language of everything that is shown.

    Returns
    -------
    Explorer

    Raises
    ------
    ModelError
        If there is no such scenario or KPI, or the language cannot be drawn.

    Examples
    --------
    >>> from model import explore, load
    >>> explore(load(), "accelerated").data()["id"]
    'explorer'
    """
    session = Session(plan, scenario, kpis=kpis, language=Language(language).id)
    if horizon:
        session.set(f"{RUN}.horizon", horizon)
    return Explorer(session)
