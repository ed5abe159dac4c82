"""Plan packs of the tests: the shipped one as its files hold it, without the model; the invented, changed."""

import calendar
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

COAST = Path(__file__).parent / "plans" / "coast"
DATA = Path(__file__).resolve().parents[1] / "data"
PACK = DATA / "china_14fyp_digital"
COLUMNS = [
    *("kpi", "series", "basis", "period_start", "period_end", "value", "unit", "bound", "status"),
    *("verified", "published", "published_is", "publisher", "document", "url", "as_published", "note"),
]
# From the one that is preferred to the last.
RANKS = {
    "verified": {"seen": 0, "plan table": 1, "unverified": 2},
    "basis": {"published": 0, "comparable": 1, "chained": 2},
    "bound": {"point": 0, "lower": 1},
    "status": {"final": 0, "revised": 0, "preliminary": 1, "derived": 2, "secondary": 3},
}


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(PACK / name, dtype=str, keep_default_na=False, encoding="utf-8")


PLAN: dict[str, Any] = YAML(typ="safe").load((PACK / "plan.yaml").read_text(encoding="utf-8"))
OUTTURNS, CONTEXT = read("outturns.csv"), read("context.csv")
FIGURES = pd.concat([OUTTURNS, CONTEXT], ignore_index=True)
FIGURES["number"] = FIGURES["value"].astype(float)
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
    table = rows(kpi, f"{year}-12-31", series=series)
    if SERIES[kpi]["kind"] != "stock":
        table = table[table.period_start.eq(f"{year}-01-01")]
    ranks = pd.DataFrame({column: table[column].map(words) for column, words in RANKS.items()})
    ranks["published"] = [-date.fromisoformat(day).toordinal() for day in table.published]
    return table.loc[ranks.sort_values(list(ranks)).index[0]]


def month_end(day: str, months: int) -> str:
    index = int(day[:4]) * 12 + int(day[5:7]) - 1 + months
    year, month = divmod(index, 12)
    return f"{year:04d}-{month + 1:02d}-{calendar.monthrange(year, month + 1)[1]:02d}"


def coast_with(tmp_path: Path, *changes: Any, file: str = "plan.yaml") -> Path:
    """A copy of the invented plan with a file changed, by functions of its text or (old, new) texts."""
    folder = tmp_path / "coast"
    if not folder.exists():
        shutil.copytree(COAST, folder)
    text = (folder / file).read_text(encoding="utf-8")
    for change in changes:
        assert callable(change) or change[0] in text
        text = change(text) if callable(change) else text.replace(*change, 1)
    (folder / file).write_text(text, encoding="utf-8")
    return folder


def scenario_file(tmp_path: Path, text: str | bytes, name: str = "mine.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path
