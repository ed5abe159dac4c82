"""What the browser is told of a session: the picture, the controls, the verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from model.evaluation.assessment import Assessment, Verdict
from model.explorer.controls import RUN, printed_value
from model.plan.plan import Kpi
from model.projection.goal_seek import Sought
from model.projection.projection import Projection
from model.report import frames
from model.report.language import Language
from model.report.report import Report
from model.report.text import sought_words
from model.uncertainty.ensemble import QUANTILES, simulate

if TYPE_CHECKING:
    from model.explorer.session import Session

DIGITS = 7
COLUMNS = ("kpi", "target", "projected", "gap", "growth", "required", "probability", "verdict")


def frame(session: Session) -> dict[str, Any]:
    path, language = session.report.path, session.language
    values: dict[str, list[float]] = {}
    for kpi, part in path.table.groupby("kpi", sort=False) if path is not None else ():
        values[str(kpi)] = [rounded(float(one)) for one in part["value"]]
    return {
        "first": session.plan.base_year,
        "last": session.last,
        "panels": [_panel(session.report, session.plan.kpis[kpi]) for kpi in session.kpis],
        "marks": {mark: language.say(f"point_{mark}") for mark in frames.MARKS},
        "path": values,
        "path_title": "" if path is None else language.of(path.scenario.title),
    }


def _panel(report: Report, kpi: Kpi) -> dict[str, Any]:
    """Give what stands still in one panel: titles, targets, published figures."""
    language = report.language
    outturns = []
    for row in frames.points(report, kpi.id).itertuples():
        what, value = language.say(f"point_{row.mark}"), language.value(float(row.value), kpi)
        text = language.say("explorer_hover_outturn", what=what, value=value)
        seen = {"year": int(row.year), "value": rounded(float(row.value)), "mark": row.mark, "text": text}
        outturns.append(seen)
    return {
        "kpi": kpi.id,
        "title": language.title(kpi),
        "long": language.of(kpi.title),
        "unit": language.unit(kpi),
        "decimals": language.decimals(kpi),
        "shift": language.places(kpi),
        "share": kpi.kind == "share",
        "targets": [
            {"year": aim.year, "value": aim.value, "text": language.target(aim.value, kpi, aim.year)}
            for aim in kpi.targets
        ],
        "outturns": outturns,
    }


def described(session: Session) -> list[dict[str, Any]]:
    every = session.board.groups(session.baseline.controls, session.language)
    if len(session.kpis) == len(session.plan.kpis):
        return every
    needed = {RUN}.union(*(session.plan.needed_by(session.now, kpi) for kpi in session.kpis))
    return [one for one in every if one["id"] in needed]


def values(session: Session) -> dict[str, dict[str, Any]]:
    """Give the controls that were moved: value and text, as they are shown."""
    found = {}
    for key, given in session.state.settings.items():
        control = session.board.controls.get(key)
        if control is not None:
            # A choice is kept as the template that it stands for.
            shown: Any = (given.get("curve") or given.get("shape")) if isinstance(given, Mapping) else given
            scaled = float(shown) * control.scale if control.kind == "number" else shown
            found[key] = {"value": scaled, "text": printed_value(control, shown)}
    return found


def rows(session: Session) -> list[dict[str, Any]]:
    """Print one row a target: what is projected, the gap, growth, probability, verdict."""
    made, language, verdicts = [], session.language, session.verdicts
    for name in session.plan.kpis:
        kpi = session.plan.kpis[name]
        for aim in kpi.targets if name in session.kpis else ():
            own = [one for one in verdicts if (one.kpi.id, one.year) == (name, aim.year)]
            if not own:
                continue
            words = language.joined(list(dict.fromkeys(language.verdict(one) for one in own)))
            chance = session.chances.get((name, aim.year), language.nothing)
            if own[0].settled:
                chance = language.chance(own[0].probability, own[0].settled)
            # A share counts in points a year, and says so; the unit of a level stands in its panel.
            cells = [
                language.target_name(kpi, aim.year),
                language.target(aim.value, kpi, aim.year),
                language.slashed(list(map(language.value_of, own))),
                language.slashed(list(map(language.gap_of, own))),
                language.slashed([language.growth(one.growth, kpi) for one in own]),
                language.required_of(own[0]),
                chance,
                words,
            ]
            said = {"title": language.title(kpi), "value": language.quantity(cells[2], kpi), "year": aim.year}
            said |= {"target": cells[1], "verdict": words}
            key = own[0].outcome if len({one.outcome for one in own}) == 1 else "depends"
            line = {"kpi": name, "year": aim.year, "key": str(key), "cells": cells}
            made.append(line | {"said": language.say("explorer_said", **said)})
    return made


def headings(language: Language) -> list[str]:
    return [language.say(f"column_{title}") for title in COLUMNS]


def met_by(language: Language, kpi: Kpi, found: Sought, shown: Sequence[Mapping[str, Any]]) -> str:
    """Say what was sought, and the control that was moved, as it is shown, where one was."""
    given = {"title": language.title(kpi), "growth": sought_words(language, found, kpi)}
    for one in shown:
        value = f"{one['text']} {one['unit']}".strip()
        return language.say("explorer_met_by", what=one["label"], value=value, **given)
    return language.say("explorer_met_any", **given)


@dataclass(frozen=True)
class Refined:
    """What is known when a slider rests."""

    verdicts: list[Verdict]
    chances: dict[tuple[str, int], str] = field(default_factory=dict)
    bands: dict[str, list[list[float]]] = field(default_factory=dict)
    together: str = ""


def refine(made: Projection, language: Language, ensemble: Mapping[str, Any] | None = None) -> Refined:
    if ensemble is None:
        return Refined(Assessment(made).verdicts)
    drawn = simulate(made, **ensemble)
    chances = {
        (row.kpi, int(row.target_year)): language.chance(row.probability, row.settled)
        for row in drawn.probabilities.itertuples()
    }
    bands = {
        kpi: [[rounded(float(value)) for value in row] for row in np.quantile(draws, QUANTILES, axis=0)]
        for kpi, draws in drawn.draws.items()
    }
    return Refined(
        Assessment(made, drawn).verdicts, chances, bands, chances.get(("", made.plan.target_year), "")
    )


def rounded(value: float) -> float:
    """Round to as many digits as a picture can show, so that what is sent stays short."""
    return float(f"{value:.{DIGITS}g}")


def moved_along(one: Verdict, made: Projection) -> Verdict:
    """Judge a projection anew, by the rule of `model.assess`."""
    kpi, value = one.kpi, made.value(one.kpi.id, one.year)
    strict, printed = kpi.outcomes(one.target, value)
    start = made.paths.known[kpi.id].get(one.since, math.nan)
    growth, gap = kpi.growth(start, value, one.year - one.since), kpi.gap(one.target, value)
    return replace(one, value=value, gap=gap, growth=growth, strict=strict, printed=printed)


def lines_of(made: Projection) -> dict[str, list[float | None]]:
    """Give the trajectory of every KPI, one value a year; a known year without a figure is None."""
    found: dict[str, list[float | None]] = {}
    for name in made.plan.kpis:
        known, path = made.paths.known[name], made.paths.values[name]
        anchor = max(known)
        found[name] = [
            None if year < anchor and year not in known else rounded(float(value))
            for year, value in zip(made.years, path, strict=False)
        ]
    return found
