"""Finished frames in, printed tables out: text in cells, titles over columns. Needs no matplotlib."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterable

import pandas as pd

from model.plan.schema import Plan
from model.report import numbers
from model.report.tables.verdicts import Verdict, verdicts
from model.report.words import known_language, say

WIDEST = 60
# What a spreadsheet computes instead of showing it; a number alone is what it says.
FORMULA = re.compile(r"[=+\-@\t\r](?![\d.]+(e[+-]?\d+)?$)", re.IGNORECASE)
NUMERIC = re.compile(r"^[≥+−-]?[\d,]*\.?\d+[†‡]*( ?(%|pp)?( a year)?)( / [\d,.]+)?$|^–?$")


def csv(frame: pd.DataFrame) -> str:
    r"""Write a frame as CSV; a text that a spreadsheet would take for a formula gets an apostrophe."""
    told = frame.map(lambda cell: f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell)
    return str(told.to_csv(index=False, float_format="%.10g", lineterminator="\n"))


def text(frame: pd.DataFrame) -> str:
    """Lay a frame out as aligned plain text."""
    cells = [[_printed(cell) for cell in row] for row in frame.itertuples(index=False)]
    right = {index for index in range(frame.shape[1]) if numeric(row[index] for row in cells)}
    wrapped = [[textwrap.wrap(cell, WIDEST) or [""] for cell in row] for row in cells]
    head = [[str(column)] for column in frame.columns]
    every = [head, *wrapped]
    widths = [max(_width(line) for row in every for line in row[index]) for index in range(len(head))]
    lines = [*_lines(head, widths, right), "  ".join("-" * width for width in widths)]
    for row in wrapped:
        lines += _lines(row, widths, right)
    return "\n".join(lines)


def numeric(cells: Iterable[str]) -> bool:
    """Tell whether most printed cells are numbers, so that they are set to the right."""
    given = list(cells)
    printed = [cell for cell in given if NUMERIC.match(cell)]
    return 2 * len(printed) > len(given) and any(re.search(r"\d", cell) for cell in printed)


def assessment(plan: Plan, frame: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Print an assessment: one row a scenario, KPI, target and basis."""
    rows = [_assessed(plan, one, known_language(language)) for one in verdicts(frame)]
    titles = (
        "scenario",
        "kpi",
        "unit",
        "year",
        "target",
        "projected_or_outturn",
        "gap",
        "required",
        "growth",
    )
    columns = [say(f"column_{title}", language) for title in (*titles, "basis", "verdict", "probability")]
    return pd.DataFrame(rows, columns=columns)


def projection(
    plan: Plan, frame: pd.DataFrame, language: str = "en", *, marks: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Print projections: one row a scenario and series, one column a year."""
    years = sorted({int(year) for year in frame["year"]})
    rows = []
    for (scenario, name), part in frame.groupby(["scenario", "kpi"], sort=False):
        series = plan.series[name]
        by_year = dict(zip(part["year"], part["value"], strict=True))
        known = part[(part["status"] == "observed") & part["value"].notna()]["year"]
        printed = [numbers.value(by_year.get(year, math.nan), series, language=language) for year in years]
        if marks is not None:
            own = marks[marks["kpi"] == name]
            signs = {year: list(own[own["year"] == year]["mark"]) for year in years}
            printed = [
                _signed(cell, signs[year], language) for cell, year in zip(printed, years, strict=True)
            ]
        title = getattr(plan.kpis[name].short_title if name in plan.kpis else series.title, language)
        last = str(known.max()) if len(known) else say("nothing", language)
        rows.append((scenario, title, numbers.unit(series, language=language), last, *printed))
    titles = [say(f"column_{title}", language) for title in ("scenario", "kpi", "unit", "known_to")]
    return pd.DataFrame(rows, columns=[*titles, *map(str, years)])


def likelihoods(frame: pd.DataFrame) -> pd.DataFrame:
    """Print a table of a simulation: probabilities as in a report, settled verdicts in words."""
    if "probability" not in frame:
        return frame.round(4)
    known = frame.get("known", pd.Series(False, frame.index))
    settled = frame.get("settled", pd.Series("", frame.index))
    printed = [
        say("known" if chance else "nothing") if is_known else numbers.chance(chance, settled=word)
        for chance, word, is_known in zip(frame["probability"], settled, known, strict=True)
    ]
    return frame.assign(probability=printed).drop(columns=["known", "settled"], errors="ignore").round(4)


def legend(marks: pd.DataFrame, language: str = "en") -> list[str]:
    """Explain the signs beside figures."""
    present = [mark for mark in ("lower bound", "unverified", "late reading") if mark in set(marks["mark"])]
    return [say(f"legend_{mark.replace(' ', '_')}", language) for mark in present]


def _signed(cell: str, marks: list[str], language: str) -> str:
    for mark in marks:
        cell = say(f"sign_{mark.replace(' ', '_')}", language, number=cell)
    return cell


def _assessed(plan: Plan, one: Verdict, language: str) -> tuple[str, ...]:
    kpi = plan.kpis[one.kpi]
    return (
        one.scenario,
        getattr(kpi.short_title, language),
        numbers.unit(kpi, language=language),
        str(one.year),
        numbers.target(one.target, kpi, one.year, language=language),
        one.value_in(kpi, language),
        one.gap_in(kpi, language),
        one.required_in(kpi, language),
        numbers.growth(one.growth, kpi, language=language),
        say(f"basis_{one.basis}", language),
        one.words(language),
        numbers.likely(one.probability, settled=one.settled, language=language),
    )


def _printed(cell: object) -> str:
    if isinstance(cell, float):
        return "–" if math.isnan(cell) else f"{cell:g}"
    return "" if cell is None else str(cell)


def _width(line: str) -> int:
    """Columns a line takes in a terminal, where Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def _lines(row: list[list[str]], widths: list[int], right: set[int]) -> list[str]:
    lines = []
    for level in range(max((len(cell) for cell in row), default=0)):
        parts = []
        for index, cell in enumerate(row):
            line = cell[level] if level < len(cell) else ""
            space = " " * (widths[index] - _width(line))
            parts.append(space + line if index in right else line + space)
        lines.append("  ".join(parts).rstrip())
    return lines
