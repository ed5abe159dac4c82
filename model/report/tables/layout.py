"""Finished frames in, printed tables out: text in cells, titles over columns. Needs no matplotlib."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterable

import pandas as pd

from model.evaluation.assessment import DISAGREE, OUR_READING, Verdict
from model.evaluation.grades import Grade
from model.plan.outturns import Basis, Mark
from model.plan.plan import Plan
from model.projection.projection import Projection
from model.report.language import ENGLISH, Language

WIDEST = 60
# Columns of tables for machines that have a title for people.
HEADED = ("scenario", "title", "extends", "own_growth", "own_shocks", "kpi", "key", "year", "difference")
# What a spreadsheet computes instead of showing it; a number alone is what it says.
FORMULA = re.compile(r"[=+\-@\t\r](?![\d.]+(e[+-]?\d+)?$)", re.IGNORECASE)
NUMBER = r"[≥+−-]?[\d,]*\.?\d+[†‡]*"
# In Chinese few words stand around a number, and no space.
HAN = r"[\u4e00-\u9fff]{0,4}"
NUMERIC = re.compile(rf"^{NUMBER}( ?(%|pp)?( a year)?)( / [\d,.]+)?$|^{HAN}{NUMBER}%?{HAN}$|^–?$")


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


def assessment(found: Iterable[Verdict], language: Language = ENGLISH) -> pd.DataFrame:
    """Print an assessment: one row a target and basis."""
    rows = [
        (
            one.scenario, language.title(one.kpi), language.unit(one.kpi), str(one.year),
            language.target(one.target.value, one.kpi, one.year), language.value_of(one),
            language.gap_of(one), language.required_of(one), language.growth(one.growth, one.kpi),
            language.word("basis", one.basis), language.verdict(one),
            language.likely(one.probability, one.settled),
        )
        for one in found
    ]  # fmt: skip
    titles = (
        "scenario", "kpi", "unit", "year", "target", "projected_or_outturn", "gap", "required", "growth",
        "basis", "verdict", "probability",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=[language.say(f"column_{title}") for title in titles])


def projection(made: Projection, language: Language = ENGLISH) -> pd.DataFrame:
    """Print a projection: one row a KPI, one column a year, with the signs of figures that need one."""
    rows, marks = [], made.marks
    for kpi in made.plan.kpis.values():
        own = marks[marks["kpi"] == kpi.id]
        printed = []
        for year in made.years:
            cell = language.value(made.value(kpi.id, year), kpi)
            for mark in own[own["year"] == year]["mark"]:
                cell = language.say(f"sign_{mark.replace(' ', '_')}", number=cell)
            printed.append(cell)
        last = str(made.last_known(kpi.id)[0])
        rows.append((made.scenario.id, language.title(kpi), language.unit(kpi), last, *printed))
    titles = [language.say(f"column_{title}") for title in ("scenario", "kpi", "unit", "known_to")]
    return pd.DataFrame(rows, columns=[*titles, *map(str, made.years)])


def graded(found: Iterable[Grade], scenario: str, language: Language = ENGLISH) -> pd.DataFrame:
    """Print what published rules say: one row a target, basis and rule."""
    rows = []
    for one in found:
        marks = [*one.marks, *[OUR_READING] * one.our_reading, *[DISAGREE] * one.disagree]
        notes = language.joined([language.word("note", mark) for mark in marks])
        rows.append(
            (
                scenario, language.title(one.kpi), str(one.target.year), language.value(one.value, one.kpi),
                str(one.year), basis_of(one, language), language.say(f"column_rule_{one.rule}"),
                rule_words(one, language), notes,
            )
        )  # fmt: skip
    titles = ("scenario", "kpi", "target_year_plain", "judged", "year", "basis", "rule", "verdict", "marks")
    return pd.DataFrame(rows, columns=[language.say(f"column_{title}") for title in titles])


def rule_words(one: Grade, language: Language) -> str:
    """Print what a rule says: its own words and its ratio."""
    words, ratio = language.word("graded", one.judgement.label), one.judgement.ratio
    return (
        words if math.isnan(ratio) else language.say("graded", label=words, ratio=language.number(ratio, 2))
    )


def basis_of(one: Grade, language: Language) -> str:
    """Name the basis of the figures that rules judge."""
    return language.word("basis" if one.basis == Basis.PROJECTED else "levels", one.basis)


def likelihoods(frame: pd.DataFrame, language: Language = ENGLISH) -> pd.DataFrame:
    """Print a table of a simulation: probabilities as in a report, settled verdicts in words."""
    if "probability" not in frame:
        return frame.round(4)
    known = frame.get("known", pd.Series(False, frame.index))
    settled = frame.get("settled", pd.Series("", frame.index))
    printed = [
        language.say("known" if chance else "nothing") if is_known else language.chance(chance, word)
        for chance, word, is_known in zip(frame["probability"], settled, known, strict=True)
    ]
    return frame.assign(probability=printed).drop(columns=["known", "settled"], errors="ignore").round(4)


def headed(frame: pd.DataFrame, plan: Plan, language: Language = ENGLISH) -> pd.DataFrame:
    """Give series their titles, and columns theirs where the catalogue has one."""
    if "kpi" in frame:
        names = {name: language.title(one) for name, one in plan.series.items()}
        frame = frame.assign(kpi=[names.get(one, one) for one in frame["kpi"]])
    known = {name: language.say(f"column_{name}") for name in HEADED if name in frame}
    return frame.rename(columns=known)


def legend(marks: pd.DataFrame, language: Language = ENGLISH) -> list[str]:
    """Explain the signs beside figures."""
    explained = (Mark.LOWER, Mark.UNVERIFIED, Mark.LATE)
    return [language.word("legend", mark) for mark in explained if mark in set(marks["mark"])]


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
