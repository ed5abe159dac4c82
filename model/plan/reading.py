"""Read what files hold: YAML as plain data with the line of each key, and tables of published figures.

YAML files are plain data: tags, anchors and aliases are refused, so are other encodings, huge files
and deep nesting. Whatever is wrong is worded as ``file:line: key: what is wrong; what is allowed``.
"""

from __future__ import annotations

import csv
import io
import math
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from model.errors import ModelError, mistake, near, raise_all

if TYPE_CHECKING:
    from model.plan.plan import Series


MOST_BYTES = 1_000_000
MOST_DEPTH = 20
MOST_VALUES = 50_000
Key = tuple[str | int, ...]
KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
UNPRINTED = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]"
)
# YAML 1.2's core schema; what looks like a date or another base stays text.
WHOLE = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    name: str
    data: Any
    lines: Mapping[Key, int]

    def at(self, key: Sequence[str | int] = ()) -> str:
        r"""``file:line`` of a key, or of the nearest key around it."""
        path = tuple(key)
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path, 1)
        return f"{self.name}:{line}" if line else self.name


def read_text(path: Path, name: str | None = None) -> str:
    called = name or str(path)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            kind = KINDS.get(stat.S_IFMT(found.st_mode), "a device")
            raise ModelError(mistake(called, "", f"is {kind}", "give a file"))
        size = found.st_size
        if size <= MOST_BYTES:
            with path.open("rb") as stream:
                raw = stream.read(MOST_BYTES + 1)
            size = max(size, len(raw))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ModelError(mistake(called, "", f"cannot be read ({why})")) from error
    if size > MOST_BYTES:
        raise ModelError(mistake(called, "", f"{size} bytes", f"at most {MOST_BYTES}"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        wrong = f"byte 0x{raw[error.start]:02x} is no UTF-8 text"
        raise ModelError(mistake(f"{called}:{line}", "", wrong, "save the file as UTF-8")) from error
    if not text.strip():
        raise ModelError(mistake(f"{called}:1", "", "the file is empty"))
    return text


def parse(text: str, name: str) -> Document:
    odd = UNPRINTED.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        wrong = f"the character U+{ord(odd[0]):04X} is not allowed"
        raise ModelError(mistake(f"{name}:{line}", "", wrong, "printed characters only"))
    made = _Maker(name, yaml.parse(text, Loader=LOADER))
    try:
        data = made.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = (error.problem or error.context or "cannot be parsed").splitlines()[0]
        made.problems.append(mistake(f"{name}:{mark.line + 1 if mark else 1}", "", f"YAML: {problem}"))
    except yaml.YAMLError as error:
        made.problems.append(mistake(f"{name}:1", "", f"YAML: {str(error).splitlines()[0]}"))
    raise_all(made.problems)
    return Document(name, data, made.lines)


@dataclass
class _Maker:
    """Make plain data of the parser's events, noting the line of every key and what is not allowed."""

    name: str
    events: Iterator[Any]
    lines: dict[Key, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    values: int = 0

    def document(self) -> Any:
        data, seen = None, False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    self._stop(event, "a second document", "one document a file")
                if event.version or event.tags:
                    self._stop(event, "directives are not allowed", "leave out lines that begin with %")
                data, seen = self._made(next(self.events), ()), True
        return data

    def _stop(self, event: Any, wrong: str, allowed: str) -> None:
        raise ModelError(*self.problems, mistake(self._at(event), "", wrong, allowed))

    def _at(self, event: Any) -> str:
        return f"{self.name}:{event.start_mark.line + 1}"

    def _made(self, event: Any, path: Key) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._stop(event, "anchors and aliases are not allowed", "write the value out")
        if event.tag:
            self._stop(event, f"the tag {event.tag} is not allowed", "plain values only")
        self.values += 1
        if self.values > MOST_VALUES:
            self._stop(event, "too many keys and values", f"at most {MOST_VALUES}")
        if len(path) > MOST_DEPTH:
            self._stop(event, "nested too deeply", f"at most {MOST_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            for inner in iter(self.events.__next__, None):
                if isinstance(inner, yaml.SequenceEndEvent):
                    return tuple(items)
                self.lines[*path, len(items)] = inner.start_mark.line + 1
                items.append(self._made(inner, (*path, len(items))))
        return self._mapping(path)

    def _mapping(self, path: Key) -> dict[str | int, Any]:
        found: dict[str | int, Any] = {}
        dotted = ".".join(map(str, path))
        for event in iter(self.events.__next__, None):
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._made(event, path)
            if key == "<<" and event.implicit[0]:
                self._stop(event, "merge keys are not allowed", "write the keys out")
            if type(key) not in (str, int):
                shown = (
                    "nothing" if key is None else type(key).__name__ if isinstance(key, dict | tuple) else key
                )
                self.problems.append(mistake(self._at(event), dotted, f"{shown} is no key", "give a name"))
            elif key in found:
                wrong = f'duplicate key "{key}"'
                self.problems.append(
                    mistake(self._at(event), dotted, wrong, f"it stands on line {self.lines[*path, key]}")
                )
            key = key if type(key) in (str, int) else ""
            self.lines.setdefault((*path, key), event.start_mark.line + 1)
            found[key] = self._made(next(self.events), (*path, key))
        return found


def _scalar(text: str) -> Any:
    """Read a plain word as YAML 1.2 does; a number too long to be counted with is a decimal."""
    if WHOLE.fullmatch(text) and len(text) <= 16:
        return int(text)
    if NUMBER.fullmatch(text):
        return float(text.lstrip(".") if text[-1] in "nN" else text.replace(".i", "i").replace(".I", "I"))
    return WORDS.get(text.lower() if text.isalpha() else text, text)


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
ALLOWED = {
    **{column: [word for rank in ranks for word in rank] for column, ranks in RANKS.items()},
    "published_is": list(PUBLISHED_IS),
}
FIGURE = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATES = ("period_start", "period_end", "published")


def parse_figures(text: str, name: str, series: Mapping[str, Series | None] | None) -> pd.DataFrame:
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
    for column, words in ALLOWED.items():
        if row[column] not in words:
            yield mistake(where, column, f"unknown word {row[column]!r}", near(row[column], words))
    if FIGURE.fullmatch(row["value"]) and math.isfinite(float(row["value"])):
        yield from _unfit(float(row["value"]), row, where, (series or {}).get(row["kpi"]))
    else:
        comma = row["value"].replace(",", ".")
        allowed = f"write {comma}" if FIGURE.fullmatch(comma) else "give a number"
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
