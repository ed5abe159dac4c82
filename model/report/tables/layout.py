"""Finished frames in, printed tables out: text in cells, titles over columns. Needs no matplotlib."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from model.evaluation.assessment import DISAGREE, OUR_READING, Verdict
from model.evaluation.grades import Grade
from model.plan.outturns import Basis, Mark
from model.plan.plan import Plan
from model.projection.projection import Projection
from model.report.language import ENGLISH, Language, catalogue

WIDEST = 60
# Columns of tables for machines that have a title for people, and what it is called where by another name.
HEADED = (
    "scenario", "title", "extends", "own_growth", "own_shocks", "kpi", "key", "year", "difference", "value",
    "set_by", "source", "target", "probability", "standard_error", "low", "high", "borrowed", "quantile", "n",
)  # fmt: skip
RENAMED = {"target_year": "target_year_plain", "sd": "spread", "factor": "spread_factor"}
SCORES = (
    "kpi", "method", "n", "kpis", "mean_error", "absolute", "skill", "mase", "crps", "crps_skill", "pinball",
    "inside_60", "inside_90",
)  # fmt: skip
AMOUNTS = ("target", "value")
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
    names = [one or language.say("all_targets") for one in frame["kpi"]]
    frame = frame.assign(probability=printed, kpi=names)
    return frame.drop(columns=["known", "settled"], errors="ignore").round(4)


def headed(
    frame: pd.DataFrame, plan: Plan, language: Language = ENGLISH, amounts: Sequence[str] = ()
) -> pd.DataFrame:
    """Give series and columns their titles; amounts stand in the unit named after the series."""
    titles = {name: language.title(one) for name, one in plan.series.items()}
    names = {name: language.with_unit(one) for name, one in plan.series.items()} if amounts else titles
    series = [plan.series.get(one) for one in frame.get("kpi", ())]
    new: dict[str, list[Any]] = {"kpi": [names.get(one, one) for one in frame["kpi"]]} if series else {}
    for name in amounts:
        pairs = zip(frame[name], series, strict=True)
        new[name] = [value if one is None else language.scaled(value, one) for value, one in pairs]
    for name in {"own_growth", "own_shocks"} & set(frame):
        lists = [[titles.get(one, one) for one in cell.split(", ")] for cell in frame[name]]
        new[name] = [language.joined(one) for one in lists]
    if "borrowed" in frame:
        new["borrowed"] = [language.say("within_yes" if one else "within_no") for one in frame["borrowed"]]
    scenarios = {name: language.of(one.title) for name, one in plan.scenarios.items()}
    columns = RENAMED | {name: name for name in HEADED}
    known = {name: language.say(f"column_{title}") for name, title in columns.items() if name in frame}
    return frame.assign(**new).rename(columns=scenarios | known)


def keyed(frame: pd.DataFrame, plan: Plan, language: Language = ENGLISH) -> pd.DataFrame:
    """Say keys of assumptions in words, and the words that are their values; in English both are words."""
    if language.id == ENGLISH.id:
        return frame
    titles = {name: language.title(one) for name, one in plan.series.items()}
    lasts = [re.split("[ .]", key)[-1] for key in frame["key"]]
    new: dict[str, list[Any]] = {"key": [_key(key, language) for key in frame["key"]]}
    for name in frame.columns.drop(["kpi", "key", "source"], errors="ignore"):
        new[name] = list[Any]()
        for cell, last in zip(frame[name], lasts, strict=True):
            plain = cell.replace(" ", "_")
            key = f"set_by_{plain}" if name == "set_by" else f"option_{last}_{plain}"
            new[name].append(_word(key, titles.get(cell, cell), language))
    return frame.assign(**new)


def _key(key: str, language: Language) -> str:
    if shock := re.fullmatch(r"shock (\d+) (.+)", key):
        return language.say("control_of_shock", number=shock[1], what=_key(shock[2], language))
    first, _, rest = key.partition(".")
    if rest.isdigit():
        return language.say("control_in", what=_key(first, language), year=rest)
    if rest:
        return language.say("control_of_numerator", what=_key(rest, language))
    return _word(f"control_{key}", _word(f"argument_{key}", key, language), language)


def _word(key: str, other: str, language: Language) -> str:
    return language.say(key) if key in catalogue() else other


def league(
    table: pd.DataFrame, plan: Plan, language: Language = ENGLISH, *, by_kpi: bool = False
) -> pd.DataFrame:
    """Print every score of scenarios and naive forecasts."""
    names = {name: language.title(one) for name, one in plan.kpis.items()}
    names |= {one: _word(f"naive_{one}", one, language) for one in table["method"]}
    names |= {name: language.of(one.title) for name, one in plan.scenarios.items()}
    titles = SCORES if by_kpi else SCORES[1:]
    rows = [[score(language, names, one, title, 3) for title in titles] for one in table.itertuples()]
    return pd.DataFrame(rows, columns=[language.say(f"column_{title}") for title in titles])


def score(language: Language, names: Mapping[str, str], one: Any, title: str, decimals: int = 2) -> str:
    """Print one score; of a single case, that there is none."""
    if title in ("kpi", "method"):
        return names.get(str(getattr(one, title)), str(getattr(one, title)))
    if title == "n":
        return language.say("n_left_out", count=one.n, left=one.left_out) if one.left_out else str(one.n)
    if title == "kpis":
        return str(one.kpis)
    if one.n < 2:
        return language.say("not_computable", count=one.n)
    value = getattr(one, {"absolute": "mean_absolute_error"}.get(title, title))
    if math.isnan(value):
        return language.nothing
    if title == "mase":
        return language.say("mase_count", number=language.number(value, 2), count=one.mase_n)
    if title.startswith("inside_"):
        low, high = (getattr(one, f"{end}_{title.removeprefix('inside_')}") for end in ("low", "high"))
        if math.isnan(low):
            return language.percent(value)
        ends = {"low": language.number(100 * low, 0), "high": language.number(100 * high, 0)}
        return language.say("share_interval", share=language.percent(value), **ends)
    places = 3 if title in ("crps", "pinball") else decimals
    return language.number(value, places, signed=title == "mean_error")


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
