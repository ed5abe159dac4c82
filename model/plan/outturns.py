"""Remember what a pure function gave of a plan: plans are frozen, and the same few questions come often."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import lru_cache, wraps
from operator import is_
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from model.errors import ModelError, mistake, near, raise_all
from model.plan.schema import Plan, Series

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
MOST_KEPT = 256


def asked_once(
    function: Callable[Concatenate[Plan, Given], Answer],
) -> Callable[Concatenate[Plan, Given], Answer]:
    """Let a function of a plan's figures work each answer out once."""

    @lru_cache(maxsize=MOST_KEPT)
    def answered(figures: _Figures, given: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> Answer:
        return function(figures.plan, *given, **dict(named))

    @wraps(function)
    def asked(plan: Plan, /, *given: Given.args, **named: Given.kwargs) -> Answer:
        return deepcopy(answered(_Figures(plan), given, tuple(sorted(named.items()))))

    return asked


class _Figures:
    """The figures of a plan and the series they are of, told apart by identity: nothing changes them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.parts = (plan.outturns, plan.context_data, plan.kpis, plan.context)

    def __hash__(self) -> int:
        return hash((self.plan.base_year, *map(id, self.parts)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Figures) or self.plan.base_year != other.plan.base_year:
            return False
        return all(map(is_, self.parts, other.parts))


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
    >>> from model.plan.load import load
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


# (value of the year before, value of the year), in the series' unit.
Step = tuple[float, float]


@asked_once
def steps(plan: Plan, *, as_of: int | None = None) -> dict[str, dict[int, Step]]:
    """Give the steps from one year to the next that published figures show."""
    seen = plan.base_year if as_of is None else as_of
    # Of a context series every definition counts; of a KPI only its own.
    kpis, every = known(plan, as_of=seen), known(plan, as_of=seen, every_series=True)
    chosen = [
        *kpis[kpis["kpi"].isin(list(plan.kpis))].itertuples(),
        *every[every["kpi"].isin(list(plan.context))].itertuples(),
    ]
    levels: dict[str, dict[str, dict[int, float]]] = {name: {} for name in plan.series}
    for row in chosen:
        if row.bound == "point" and row.verified != "unverified":
            levels[row.kpi].setdefault(row.series, {})[int(row.year)] = float(row.value)
    for name, kpi in plan.kpis.items():
        levels[name].setdefault(kpi.series, {})[kpi.base_year] = kpi.base
    before = {
        (row.kpi, row.series, int(row.year)): float(row.value)
        for row in known(plan, as_of=seen, basis="comparable").itertuples()
        if row.bound == "point"
    }
    return {
        name: {
            year: (before.get((name, label, year - 1), figures[year - 1]), value)
            for label, figures in levels[name].items()
            for year, value in sorted(figures.items())
            if year - 1 in figures
        }
        for name in plan.series
    }
