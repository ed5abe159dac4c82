"""Arrange what the model found for charts: one frame a picture, rounded where it is printed."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from model.evaluation.assessment import Verdict
from model.plan.load import notebook_folder, plan_folder
from model.plan.plan import Kpi, Plan
from model.report.language import Language, lowered
from model.report.report import Comparison, Goal, Report
from model.report.style import INK, PALE, PATH, colour
from model.uncertainty.ensemble import CENTRAL, Kind

Found: TypeAlias = Report | Comparison
HISTORY = 5
WIDEST = 0.9
MARKS = ("published", "lower", "unverified", "comparable", "chained")


def lines(found: Found, kpi: str) -> pd.DataFrame:
    """Give the paths of one KPI, a line a scenario, ranked as they appear; that to the targets is PATH."""
    tables = [one.projection.table.assign(rank=rank) for rank, one in enumerate(found.each)]
    if isinstance(found, Report) and found.path:
        tables.append(found.path.table.assign(rank=PATH))
    every = pd.concat(tables, ignore_index=True)
    return every[every["kpi"] == kpi][["scenario", "rank", "year", "value"]].reset_index(drop=True)


def fan(report: Report, kpi: str, *, kind: Kind = CENTRAL) -> pd.DataFrame | None:
    """Give the bands of one KPI's draws, from the last known year on."""
    if report.ensemble is None:
        return None
    every = report.ensemble.bands(kpi, kind=kind)
    return every[every["year"] >= report.projection.last_known(kpi)[0]].reset_index(drop=True)


def points(report: Report, kpi: str, *, history: int = HISTORY) -> pd.DataFrame:
    """Give the published figures of one KPI, marked by what a reader must know of them."""
    figures = report.outturns
    first = report.plan.base_year - history
    own = figures[(figures["kpi"] == kpi) & figures["year"].between(first, report.last)]
    marks = [
        verified if verified == "unverified" else "lower" if bound == "lower" else basis
        for basis, bound, verified in zip(own["basis"], own["bound"], own["verified"], strict=True)
    ]
    return own.assign(mark=marks)[["year", "value", "mark"]].reset_index(drop=True)


def by_year(found: Found, kpi: str) -> pd.DataFrame:
    """Give one KPI by year, rounded: paths, target and published figures side by side."""
    one, language = found.first, found.language
    declared, titles = one.plan.kpi(kpi), line_titles(found)
    columns: dict[str, dict[int, float]] = {}
    for scenario, part in lines(found, kpi).groupby("scenario", sort=False):
        columns[titles[str(scenario)]] = dict(zip(part["year"], part["value"], strict=True))
    aims = {aim.year: aim.value for aim in declared.targets if aim.year <= one.last}
    columns[language.say("column_target")] = aims
    spread = fan(found, kpi) if isinstance(found, Report) else None
    if spread is not None:
        wide = spread[spread["content"] == WIDEST]
        for end in ("low", "high"):
            title = language.say(f"column_band_{end}", content=round(100 * WIDEST))
            columns[title] = dict(zip(wide["year"], wide[end], strict=True))
    shown = points(one, kpi, history=HISTORY if isinstance(found, Report) else 0)
    for mark, part in shown.groupby("mark", sort=False):
        columns[language.say(f"point_{mark}")] = dict(zip(part["year"], part["value"], strict=True))
    years = sorted({int(year) for column in columns.values() for year in column})
    frame: dict[str, list[float]] = {language.say("column_year"): [*years]}
    for title, column in columns.items():
        frame[title] = [language.rounded(float(column.get(year, math.nan)), declared) for year in years]
    return pd.DataFrame(frame)


def gaps(report: Report) -> pd.DataFrame:
    """Give the gap of every target in per cent of the change it requires."""
    language, rows = report.language, []
    for goal in report.goals:
        one, kpi, change = goal.verdicts[0], goal.kpi, abs(goal.target.value - goal.kpi.base)
        share = 100 * one.gap / change if change else math.nan
        share = float(round(share)) + 0.0 if math.isfinite(share) else math.nan
        number = language.percent(share / 100, signed=True)
        words = language.say("gap_label", number=number, verdict=language.verdict(one))
        rows.append((language.target_name(kpi, goal.year), share, words, one.is_met))
    return pd.DataFrame(rows, columns=["label", "share", "words", "met"])


def ends(report: Report, kpi: Kpi) -> Iterator[tuple[float, str, str]]:
    """Name what a chart of one KPI ends in: the projection, its band, the plan path, target and outturn."""
    language, last, goal = report.language, report.last, kpi.targets[-1]

    def named(words: str, value: float) -> str:
        return language.say("end", label=words, value=language.value(value, kpi))

    end = report.projection.value(kpi.id, last)
    if math.isfinite(end):
        yield end, named(report.title, end), colour()
    bands = fan(report, kpi.id)
    if bands is not None:
        wide = bands[(bands["year"] == last) & (bands["content"] == WIDEST)].iloc[0]
        yield float(wide["high"]), language.say("end_band"), PALE
    aim = language.say(
        "end", label=language.say("point_target"), value=language.target(goal.value, kpi, goal.year)
    )
    if report.path is not None:
        title, value = lowered(language.of(report.path.scenario.title)), report.path.value(kpi.id, last)
        if goal.year == last and math.isclose(value, goal.value):
            aim = language.titled(aim, title)
        elif math.isfinite(value):
            yield value, title, PALE
    if goal.year == last:
        yield goal.value, aim, INK
    known = points(report, kpi.id)
    for row in known[known["year"] == last].itertuples():
        yield float(row.value), named(language.say(f"point_{row.mark}"), float(row.value)), INK


def line_titles(found: Found) -> dict[str, str]:
    """Give the words of a legend: scenarios by id, marks of figures, and the target."""
    titles = {one.scenario.id: one.title for one in found.each}
    if isinstance(found, Report) and found.path:
        titles[found.path.scenario.id] = found.language.of(found.path.scenario.title)
    return titles | {
        mark: found.language.say(f"point_{mark}") for mark in (*MARKS, "fan", "fan_densest", "target")
    }


def links(plan: Plan, language: Language) -> dict[str, str]:
    """Give where the scenarios of a shipped plan are, as seen from the notebook, by id and title."""
    if plan.source != plan.id:
        return {}
    here, books = Path.cwd(), notebook_folder()
    folder = plan_folder(plan.source) / "scenarios"
    up = Path(os.path.relpath(folder, here if books in here.parents else books)).as_posix()
    files = {name: f"{up}/{name}.yaml" for name in plan.scenarios}
    return files | {language.of(plan.scenarios[name].title): file for name, file in files.items()}


def publishers(found: Found, names: str) -> str:
    """List publishers that stand in one cell, as the language calls them."""
    called = [found.plan.called(one.strip(), found.language.id) for one in names.split(",")]
    return found.language.say("list_comma").join(called)


def source(found: Found, kpis: list[str], *, as_of: tuple[int, ...] = ()) -> str:
    say, known = found.language.say, found.first.outturns
    shown = known[known["kpi"].isin(kpis) & (known["year"] >= found.plan.base_year - HISTORY)]
    names = ",".join(sorted({name.strip() for row in shown["publisher"] for name in str(row).split(",")}))
    items = [say("source_plan")]
    if names:
        items.append(say("source_outturns", publishers=publishers(found, names)))
    years = sorted(set(as_of) or {one.projection.as_of for one in found.each})
    items.append(say("source_projection", as_of=found.language.listed([str(year) for year in years])))
    return say("source_line", items=found.language.joined(items))


@dataclass(frozen=True)
class Call:
    """One target, as a past run would have called it, and what happened."""

    goal: Goal
    made: Verdict
    low: float
    high: float

    def __getattr__(self, name: str) -> Any:
        return getattr(self.goal, name)

    @property
    def met(self) -> bool:
        """Whether the target was met, on published levels."""
        return self.goal.seen is not None and self.goal.seen.is_met

    @property
    def inside(self) -> bool:
        """Whether the outturn on published levels lies within the band."""
        return self.goal.seen is not None and self.low <= self.goal.seen.value <= self.high

    @property
    def distance(self) -> float:
        """How far the outturn lies outside the band, in widths of the band."""
        value = self.goal.seen.value if self.goal.seen is not None else math.nan
        return max(self.low - value, value - self.high) / (self.high - self.low)


def calls(report: Report) -> list[Call]:
    """Give what a past run would have called each target that it could not know yet."""
    found = []
    for goal in report.goals:
        bands = fan(report, goal.kpi.id)
        if bands is not None and not math.isnan(goal.verdicts[0].probability):
            wide = bands[(bands["year"] == goal.year) & (bands["content"] == WIDEST)].iloc[0]
            found.append(Call(goal, goal.verdicts[0], float(wide["low"]), float(wide["high"])))
    return found
