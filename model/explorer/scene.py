"""What the browser is told of a session: the still parts of the picture, the controls, what was moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.explorer import typed, view
from model.explorer.board import groups
from model.explorer.controls import RUN
from model.explorer.session import Session
from model.plan.relations import needed_by
from model.report.plots import MARKS
from model.report.words import say


def frame(session: Session) -> dict[str, Any]:
    """Give what stands still while a slider moves."""
    path = session.found.path
    values: dict[str, list[float]] = {}
    if path is not None:
        for kpi, part in path.table.groupby("kpi", sort=False):
            values[str(kpi)] = [view.rounded(float(one)) for one in part["value"]]
    return {
        "first": session.plan.base_year,
        "last": session.last,
        "panels": view.panels(session.found, session.kpis),
        "marks": {mark: say(f"point_{mark}", session.language) for mark in MARKS},
        "path": values,
        "path_title": getattr(path.scenario.title, session.language) if path is not None else "",
    }


def described(session: Session) -> list[dict[str, Any]]:
    """Describe the controls, the baseline's values beside them."""
    needed = {RUN}.union(*(needed_by(session.plan, session.now, kpi) for kpi in session.kpis))
    every = groups(session.plan, session.board, session.baseline.controls, session.language)
    whole = len(session.kpis) == len(session.plan.kpis)
    return [one for one in every if whole or one["id"] in needed]


def values(session: Session) -> dict[str, dict[str, Any]]:
    """Give the controls that were moved: value and text, as they are shown."""
    found = {}
    for key, given in session.state.settings.items():
        control = session.board.controls.get(key)
        if control is not None:
            shown = _named(given)
            scaled = float(shown) * control.scale if control.kind == "number" else shown
            found[key] = {"value": scaled, "text": typed.text(control, shown)}
    return found


def _named(value: Any) -> Any:
    """Give the word of a choice that is kept as a template, or the value itself."""
    if isinstance(value, Mapping):
        return value.get("curve") or value.get("shape")
    return value
