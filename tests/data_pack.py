"""The shipped data pack as its files hold it, read without the model."""

from __future__ import annotations

import calendar
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

DATA = Path(__file__).resolve().parents[1] / "data"
PACK = DATA / "china_14fyp_digital"
COLUMNS = [
    *("kpi", "series", "basis", "period_start", "period_end", "value", "unit", "bound", "status"),
    *("verified", "published", "published_is", "publisher", "document", "url", "as_published", "note"),
]
ALLOWED = {
    "basis": ["published", "comparable", "chained"],
    "bound": ["point", "lower"],
    "status": ["final", "revised", "preliminary", "derived", "secondary"],
    "verified": ["seen", "plan table", "unverified"],
    "published_is": ["stated", "estimated"],
}


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(PACK / name, dtype=str, keep_default_na=False, encoding="utf-8")


PLAN: dict[str, Any] = YAML(typ="safe").load((PACK / "plan.yaml").read_text(encoding="utf-8"))
OUTTURNS, CONTEXT = read("outturns.csv"), read("context.csv")
FIGURES = pd.concat([OUTTURNS, CONTEXT], ignore_index=True).assign(
    number=lambda table: table["value"].astype(float)
)
SERIES: dict[str, Any] = {**PLAN["kpis"], **PLAN["context"]}
README = (DATA / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(README.split())


def rows(kpi: str, end: str, **where: str | float) -> pd.DataFrame:
    """Figures of a series whose period ends on a day; `end` may be a year."""
    table = FIGURES[(FIGURES.kpi == kpi) & FIGURES.period_end.str.startswith(end)]
    for column, wanted in where.items():
        table = table[table["number" if column == "value" else column] == wanted]
    return table


def one(kpi: str, end: str, **where: str | float) -> pd.Series:
    table = rows(kpi, end, **where)
    assert len(table) == 1, f"{len(table)} rows for {kpi} {end} {where}"
    return table.iloc[0]


def preferred(kpi: str, year: int, series: str = "") -> pd.Series:
    """The written rule of the README, coded once more and apart from the model."""
    table = rows(kpi, str(year), series=series)
    whole = table.period_end.eq(f"{year}-12-31")
    if SERIES[kpi]["kind"] != "stock":
        whole &= table.period_start.eq(f"{year}-01-01")
    status = {"final": 0, "revised": 0, "preliminary": 1, "derived": 2, "secondary": 3}
    table = table[whole]
    ranked = table.assign(
        first=table.verified.map(ALLOWED["verified"].index),
        second=table.basis.map(ALLOWED["basis"].index),
        third=table.bound.map(ALLOWED["bound"].index),
        fourth=table.status.map(status),
        fifth=[-date.fromisoformat(day).toordinal() for day in table.published],
    )
    return ranked.sort_values(["first", "second", "third", "fourth", "fifth"]).iloc[0]


def month_end(day: str, months: int) -> str:
    index = int(day[:4]) * 12 + int(day[5:7]) - 1 + months
    year, month = divmod(index, 12)
    return f"{year:04d}-{month + 1:02d}-{calendar.monthrange(year, month + 1)[1]:02d}"
