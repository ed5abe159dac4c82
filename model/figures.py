"""Published figures: read them, and pick the one that was known and is preferred.

Which of several figures for one year is preferred is computed, never typed, by one rule:
seen before unverified; published before comparable before chained; a point before a lower bound;
annual before other; final (or revised) before preliminary before derived before secondary; then the
latest vintage.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from model.errors import ModelError, mistake, near, raise_all
from model.memory import asked_once
from model.schema import Plan, Series

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
LOWER = "lower bound"
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


@asked_once
def latest_as_of(plan: Plan) -> int:
    """First as-of year to which every figure of the pack is known."""
    days = pd.concat([plan.outturns, plan.context_data])["published"]
    years = [int(day[:4]) - int(day[5:] <= "06-30") for day in days]
    ends = [int(year) for year in pd.concat([plan.outturns, plan.context_data])["year"]]
    return max([plan.base_year, *years, *ends])


def vintages(plan: Plan, *, as_of: int) -> pd.DataFrame:
    """All figures known as of a year: periods that ended by then, published by 30 June of the next.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    as_of : int
        Calendar year.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS` and `year`; nothing published later, no later revision.
    """
    figures = pd.concat([plan.outturns, plan.context_data], ignore_index=True)
    seen = (figures["year"] <= as_of) & (figures["published"] <= f"{as_of + 1}-06-30")
    return figures[seen].reset_index(drop=True)


@asked_once
def known(plan: Plan, *, as_of: int, basis: str | None = None, every_series: bool = False) -> pd.DataFrame:
    """Give the preferred figure of every series and year, as known as of a year.

    A part of a year is never taken for the year. Only a stock, which is a reading at a date, may be
    represented by its last reading of the fourth quarter where no reading at the year's end exists.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    as_of : int
        Calendar year.
    basis : {"published", "comparable", "chained"}, optional
        Only figures on this basis; by default the rule prefers among all.
    every_series : bool
        Also counts that share a KPI's name but not its definition (column `series`), each by itself.

    Returns
    -------
    DataFrame
        One row a series and year, in the columns of `COLUMNS` and `year`; sorted.

    Examples
    --------
    >>> from model.inputs import load
    >>> figures = known(load(), as_of=2025, basis="published")
    >>> figures[(figures.kpi == "online_retail") & (figures.year == 2025)]["value"].tolist()
    [15.9722]
    """
    figures = vintages(plan, as_of=as_of)
    series = plan.series
    if not every_series:
        figures = figures[
            figures["series"] == figures["kpi"].map({name: one.series for name, one in series.items()})
        ]
    if basis is not None:
        figures = figures[figures["basis"] == basis]
    order = {f"rank_{column}": figures[column].map(_ranks(ranks)) for column, ranks in RANKS.items()}
    other = [_other(row, series[row.kpi].kind) for row in figures.itertuples()]
    ranked = figures.assign(**order, rank_other=other)
    ranked = ranked[ranked["rank_other"] < 2].sort_values(
        ["rank_verified", "rank_basis", "rank_bound", "rank_other", "rank_status", "published", "period_end"],
        ascending=[True] * 5 + [False] * 2,
        kind="stable",
    )
    best = ranked.drop_duplicates(["kpi", "series", "year"]).sort_values(["kpi", "series", "year"])
    return best[[*COLUMNS, "year"]].reset_index(drop=True)


def marks_of(row: Any) -> list[str]:
    """Name what a reader must know of a figure wherever it is shown."""
    late = [] if row.period_end.endswith("12-31") else ["late reading"]
    return [LOWER] * (row.bound == "lower") + [row.verified] * (row.verified != "seen") + late


def _ranks(ranks: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    return {word: rank for rank, words in enumerate(ranks) for word in words}


def _other(row: Any, kind: str) -> int:
    """Rank a period: 0 the whole year (or its end), 1 a late reading of a stock, 2 not usable."""
    start, end = row.period_start, row.period_end
    if end[5:] == "12-31" and (kind == "stock" or start == f"{end[:4]}-01-01"):
        return 0
    return 1 if kind == "stock" and end[5:] >= "10-01" else 2
