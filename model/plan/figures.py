"""Read tables of published figures, and refuse what no figure can be."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from model.errors import ModelError, mistake, near, raise_all

if TYPE_CHECKING:
    from model.plan.plan import Series

COLUMNS = (
    "kpi", "series", "basis", "period_start", "period_end", "value", "unit", "bound", "status", "verified",
    "published", "published_is", "publisher", "document", "url", "as_published", "note",
)  # fmt: skip
RANKS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "verified": (("seen",), ("plan table",), ("unverified",)),
    "basis": (("published",), ("comparable",), ("chained",)),
    "bound": (("point",), ("lower",)),
    "status": (("final", "revised"), ("preliminary",), ("derived",), ("secondary",)),
}
PUBLISHED_IS = ("stated", "estimated")
WORDS = {
    **{column: [word for rank in ranks for word in rank] for column, ranks in RANKS.items()},
    "published_is": list(PUBLISHED_IS),
}
NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATES = ("period_start", "period_end", "published")


def parse_figures(text: str, name: str, series: Mapping[str, Series | None] | None) -> pd.DataFrame:
    """Read a table of published figures."""
    reader = csv.reader(io.StringIO(text), strict=True)
    problems: list[str] = []
    rows: list[dict[str, str]] = []
    lines: dict[tuple[str, ...], int] = {}
    try:
        header = tuple(next(reader))
        if header != COLUMNS:
            raise ModelError(
                mistake(f"{name}:1", "", "other columns than agreed", f"use {','.join(COLUMNS)}")
            )
        for fields in reader:
            where = f"{name}:{reader.line_num}"
            if not any(field.strip() for field in fields):
                problems.append(mistake(where, "", "an empty row", "leave it out"))
            elif len(fields) != len(COLUMNS):
                problems.append(mistake(where, "", f"{len(fields)} fields", f"give {len(COLUMNS)}"))
            elif tuple(fields) in lines:
                problems.append(
                    mistake(where, "", "duplicate row", f"it stands on line {lines[tuple(fields)]}")
                )
            else:
                row = dict(zip(COLUMNS, fields, strict=True))
                problems += _mistakes(row, where, series)
                rows.append(row)
            lines.setdefault(tuple(fields), reader.line_num)
    except csv.Error as error:
        problems.append(mistake(f"{name}:{reader.line_num}", "", f"CSV: {error}"))
    raise_all(problems)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["value"] = table["value"].astype(float)
    table["year"] = table["period_end"].str[:4].astype(int)
    return table


def _mistakes(
    row: Mapping[str, str], where: str, series: Mapping[str, Series | None] | None
) -> Iterator[str]:
    if series is not None and row["kpi"] not in series:
        yield mistake(where, "kpi", f"unknown series {row['kpi']!r}", near(row["kpi"], series))
    for column, words in WORDS.items():
        if row[column] not in words:
            yield mistake(where, column, f"unknown word {row[column]!r}", near(row[column], words))
    if NUMBER.fullmatch(row["value"]) and math.isfinite(float(row["value"])):
        yield from _unfit(float(row["value"]), row, where, (series or {}).get(row["kpi"]))
    else:
        comma = row["value"].replace(",", ".")
        allowed = f"write {comma}" if NUMBER.fullmatch(comma) else "give a number"
        yield mistake(where, "value", f"{row['value']!r} is not a finite number", allowed)
    days = {}
    for column in DATES:
        try:
            days[column] = date.fromisoformat(row[column] if DAY.fullmatch(row[column]) else "")
        except ValueError:
            yield mistake(where, column, f"{row[column]!r} is not a date", "give YYYY-MM-DD")
    start, end, published = (days.get(column) for column in DATES)
    if start and end and start > end:
        yield mistake(where, "period_start", "later than period_end")
    if end and published and end > published:
        yield mistake(where, "published", "earlier than period_end")


def _unfit(value: float, row: Mapping[str, str], where: str, one: Series | None) -> Iterator[str]:
    """Compare a value with what its series is: its unit, its sign, its bounds."""
    if one is None:
        return
    if one.unit.en and row["unit"] != one.unit.en:
        yield mistake(where, "unit", f"{row['unit']!r} is not the series' unit", f"give {one.unit.en!r}")
    low, high = one.bounds or (0.0, math.inf)
    if not low <= value <= high:
        allowed = f"from {low:g} to {high:g}" if high < math.inf else f"at least {low:g}"
        yield mistake(where, "value", f"{value:g} is out of range", allowed)
