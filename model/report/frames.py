"""Arrange what the model found for charts and tables: one frame a picture, rounded where it is printed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from model.plan.schema import Kpi, Target
from model.report import numbers
from model.report.report import Findings, Several
from model.report.style import PATH
from model.report.tables.verdicts import Verdict, together
from model.report.words import say
from model.uncertainty.ensemble import CENTRAL, Kind, bands

HISTORY = 5
WIDEST = 0.9


def lines(found: Findings | Several, kpi: str) -> pd.DataFrame:
    """Give the paths of one KPI, a line a scenario, ranked as they appear; that to the targets is PATH."""
    each = found.each if isinstance(found, Several) else (found,)
    tables = [one.projection.table.assign(rank=rank) for rank, one in enumerate(each)]
    if not isinstance(found, Several) and found.path:
        tables.append(found.path.table.assign(rank=PATH))
    every = pd.concat(tables, ignore_index=True)
    return every[every["kpi"] == kpi][["scenario", "rank", "year", "value"]].reset_index(drop=True)


def fan(found: Findings, kpi: str, *, kind: Kind = CENTRAL) -> pd.DataFrame | None:
    """Give the bands of one KPI's draws, from the last known year on."""
    if found.ensemble is None:
        return None
    table = found.projection.table
    own = table[(table["kpi"] == kpi) & (table["status"] == "observed") & table["value"].notna()]
    every = bands(replace(found.ensemble, draws={kpi: found.ensemble.draws[kpi]}), kind=kind)
    return every[every["year"] >= int(own["year"].max())].reset_index(drop=True)


def points(found: Findings, kpi: str, *, history: int = HISTORY) -> pd.DataFrame:
    """Give the published figures of one KPI, marked by what a reader must know of them."""
    figures = found.outturns
    first = found.plan.base_year - history
    own = figures[(figures["kpi"] == kpi) & figures["year"].between(first, found.last)]
    marks = [_mark(*row) for row in zip(own["basis"], own["bound"], own["verified"], strict=True)]
    return own.assign(mark=marks)[["year", "value", "mark"]].reset_index(drop=True)


def by_year(found: Findings | Several, kpi: str) -> pd.DataFrame:
    """Give one KPI by year, rounded: paths, target and published figures side by side."""
    one = found.first if isinstance(found, Several) else found
    declared, language = one.kpi(kpi), one.language
    titles = line_titles(found)
    columns: dict[str, dict[int, float]] = {}
    for scenario, part in lines(found, kpi).groupby("scenario", sort=False):
        columns[titles[str(scenario)]] = dict(zip(part["year"], part["value"], strict=True))
    columns[say("column_target", language)] = {
        aim.year: aim.value for aim in declared.targets if aim.year <= one.last
    }
    spread = None if isinstance(found, Several) else fan(found, kpi)
    if spread is not None:
        wide = spread[spread["content"] == WIDEST]
        for end in ("low", "high"):
            title = say(f"column_band_{end}", language, content=round(100 * WIDEST))
            columns[title] = dict(zip(wide["year"], wide[end], strict=True))
    history = 0 if isinstance(found, Several) else HISTORY
    for mark, part in points(one, kpi, history=history).groupby("mark", sort=False):
        columns[say(f"point_{mark}", language)] = dict(zip(part["year"], part["value"], strict=True))
    years = sorted({int(year) for column in columns.values() for year in column})
    frame: dict[str, list[float]] = {say("column_year", language): [int(year) for year in years]}
    for title, column in columns.items():
        frame[title] = [round(float(column.get(year, math.nan)), declared.decimals) + 0.0 for year in years]
    return pd.DataFrame(frame)


def printed_years(found: Findings, kpi: str) -> pd.DataFrame:
    """Print one KPI from the base year on: a row a path or basis, a column a year."""
    declared, language = found.kpi(kpi), found.language
    wide = by_year(found, kpi)
    year = say("column_year", language)
    wide = wide[wide[year] >= found.plan.base_year].dropna(axis="columns", how="all")
    years = [int(one) for one in wide[year]]
    rows = [
        (title, *(numbers.value(float(one), declared, language=language) for one in wide[title]))
        for title in wide.columns[1:]
        if title != say("column_target", language)
    ]
    aims = {aim.year: numbers.target(aim.value, declared, aim.year) for aim in declared.targets}
    nothing = say("nothing", language)
    rows.append((say("column_target", language), *(aims.get(one, nothing) for one in years)))
    return pd.DataFrame(rows, columns=[say("column_what", language), *map(str, years)])


def gaps(found: Findings) -> pd.DataFrame:
    """Give the gap of every target in per cent of the change it requires."""
    rows = []
    for kpi, aim, own in targets(found):
        one = own[0]
        share = 100 * one.gap / abs(aim.value - kpi.base) if aim.value != kpi.base else math.nan
        share = float(round(share)) + 0.0 if math.isfinite(share) else math.nan
        number = say("percent", found.language, number=numbers.number(share, 0, signed=True))
        words = say("gap_label", found.language, number=number, verdict=one.words(found.language))
        label = str(getattr(kpi.short_title, found.language))
        if len(kpi.targets) > 1:
            label = say("titled", found.language, title=label, unit=aim.year)
        rows.append((label, share, words, one.is_met))
    return pd.DataFrame(rows, columns=["label", "share", "words", "met"])


def _base(found: Findings, kpi: Kpi) -> str:
    """Print the base value, with its year where that is not the plan's."""
    printed = numbers.value(kpi.base, kpi, language=found.language)
    own = kpi.base_year != found.plan.base_year
    return say("titled", found.language, title=printed, unit=kpi.base_year) if own else printed


def verdict_rows(found: Findings) -> pd.DataFrame:
    """Print the answer: target, projection, outturn and verdicts, one row a target."""
    language, rows = found.language, list[tuple[str, ...]]()
    over = any(one.is_outturn for one in found.verdicts(outturns=True))
    for kpi, aim, own in targets(found):
        unit = numbers.unit(kpi, language=language)
        label = say("titled", language, title=getattr(kpi.short_title, language), unit=unit)
        published = found.verdicts(kpi.id, outturns=True)
        known = [one for one in published if one.year == aim.year and one.is_outturn]
        outturn = say("slash", language).join(one.value_in(kpi, language) for one in known)
        judged = (outturn or say("nothing", language), _said(known, language))
        rows.append(
            (
                label,
                *([str(aim.year)] if _years_differ(found) else []),
                _base(found, kpi),
                numbers.target(aim.value, kpi, aim.year, language=language),
                say("slash", language).join(one.value_in(kpi, language) for one in own),
                say("slash", language).join(one.gap_in(kpi, language) for one in own),
                _said(own, language),
                *([_chance(own, language)] if found.ensemble is not None else []),
                *(judged if over else (_latest(found, kpi),)),
            )
        )
    asked = {aim.year for _, aim, _ in targets(found)}
    base = say("column_base_year", language, year=found.plan.base_year)
    target = say("column_target", language)
    if not _years_differ(found) and asked:
        target = say("column_target_year", language, year=asked.pop())
    chance = ("probability",) if found.ensemble is not None else ()
    figures = ("outturn", "verdict_outturn") if over else ("last_known",)
    rest = ("projected", "gap", "verdict_projected", *chance, *figures)
    year = [say("column_year", language)] if _years_differ(found) else []
    titles = (say(f"column_{one}", language) for one in rest)
    columns = [say("column_kpi", language), *year, base, target, *titles]
    return pd.DataFrame(rows, columns=columns)


def targets(found: Findings) -> Iterator[tuple[Kpi, Target, list[Verdict]]]:
    """Walk through the targets within the horizon, in the plan's order, each with its verdicts."""
    for kpi in found.plan.kpis.values():
        for aim in kpi.targets:
            own = [one for one in found.verdicts(kpi.id) if one.year == aim.year]
            if own:
                yield kpi, aim, own


def line_titles(found: Findings | Several) -> dict[str, str]:
    """Give the words of a legend: scenarios by id, marks of figures, and the target."""
    every = found.each if isinstance(found, Several) else (found,)
    language = every[0].language
    titles = {one.scenario.id: one.title for one in every}
    if not isinstance(found, Several) and found.path:
        titles[found.path.scenario.id] = str(getattr(found.path.scenario.title, language))
    marks = ("published", "lower", "unverified", "comparable", "chained")
    return {
        **titles,
        **{mark: say(f"point_{mark}", language) for mark in marks},
        "fan": say("point_fan", language),
        "fan_densest": say("point_fan_densest", language),
        "target": say("point_target", language),
    }


def _said(own: Sequence[Verdict], language: str) -> str:
    """Say one verdict, or one a basis where they disagree."""
    if not own:
        return say("verdict_unknown", language)
    if together(own) != "depends":
        return own[0].words(language)
    return say("list_semicolon", language).join(
        say("verdict_on", language, verdict=one.words(language), levels=say(f"levels_{one.basis}", language))
        for one in own
    )


def _latest(found: Findings, kpi: Kpi) -> str:
    """Print the last published figure with its year and its mark."""
    last, language = found.latest(kpi.id), found.language
    if last is None:
        return say("nothing", language)
    printed = numbers.value(float(last["value"]), kpi, language=language)
    marks = ["lower"] * (last["bound"] == "lower") + ["unverified"] * (last["verified"] == "unverified")
    for mark in marks:
        printed = say("titled", language, title=printed, unit=say(f"mark_{mark}", language))
    return say("year_value", language, value=printed, year=int(last["year"]))


def _chance(own: Sequence[Verdict], language: str) -> str:
    """Say how likely the target is to be met, or that an outturn has settled it."""
    return numbers.likely(own[0].probability, settled=own[0].settled, language=language)


def _years_differ(found: Findings) -> bool:
    return (
        len({aim.year for kpi in found.plan.kpis.values() for aim in kpi.targets if aim.year <= found.last})
        > 1
    )


def _mark(basis: str, bound: str, verified: str) -> str:
    if verified == "unverified":
        return "unverified"
    return "lower" if bound == "lower" else basis
