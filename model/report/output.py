"""What a cell ends in: a figure, a table or a text that shows itself and can be read by the exporter.

Each object's MIME bundle holds what a notebook shows, the rounded table or the words behind it as plain
text, and the same as data under `MIME`. Exporter and tests read the data, never the picture.
"""

from __future__ import annotations

import re
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.errors import ModelError, mistake, near
from model.report.language import Language
from model.report.tables import layout

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

MIME = "application/vnd.scenarios.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
STYLES = {
    "headline": "## {}", "lead": "**{}**", "verdict": "> {}", "body": "{}", "points": "- {}", "note": "*{}*",
    "heading": "### {}",
}  # fmt: skip
# What stands for a verdict beside its word and its colour.
SIGNS = {"met": "✓", "nearly": "≈", "missed": "✗", "depends": "±", "unknown": "?"}
TINTS = {
    "met": "#1a7340",
    "nearly": "#8a5a00",
    "missed": "#b3261e",
    "depends": "#8a5a00",
    "unknown": "#565656",
}
ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#$|~])")


class Shown(ABC):
    """What every shown object has: an id, data for the exporter, and a bundle for the notebook."""

    id: str

    def __post_init__(self) -> None:
        """Refuse an id that is no plain word."""
        if not ID.fullmatch(self.id):
            raise ModelError(mistake("id", self.id, "not an id", "lower-case words joined by - or _"))

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """Give the object as the exporter reads it."""

    @abstractmethod
    def bundle(self) -> dict[str, Any]:
        """Give what a notebook shows, by MIME type."""

    def metadata(self) -> dict[str, Any]:
        return {}

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        full = {**self.bundle(), MIME: self.data()}
        asked = {key: value for key, value in full.items() if not include or key in include}
        return {key: value for key, value in asked.items() if key not in (exclude or ())}, self.metadata()


@dataclass(frozen=True, repr=False, eq=False)
class Figure(Shown):
    """A drawing with its caption, alternative text, source line and the rounded table behind it."""

    drawing: Drawing
    id: str
    caption: str
    alt: str
    source: str
    frame: pd.DataFrame

    def data(self) -> dict[str, Any]:
        content = {"columns": [str(column) for column in self.frame], "rows": _rows(self.frame)}
        said = {"type": "figure", "id": self.id, "caption": self.caption, "alt": self.alt}
        return said | {"source": self.source, "data": content}

    def bundle(self) -> dict[str, Any]:
        from model.report import style

        plain = f"{self.caption}\n\n{layout.text(self.frame)}\n\n{self.source}"
        if style.is_vector():
            return {"image/svg+xml": style.svg(self.drawing), "text/plain": plain}
        return {"image/png": style.png(self.drawing, source=self.source), "text/plain": plain}

    def metadata(self) -> dict[str, Any]:
        from model.report import style

        return {"image/png": {"alt": self.alt, **style.shown_size(self.drawing)}}


# Titles by their keys in the catalogue, alone or each with what prints its cell of a row.
Columns = Sequence[str] | Mapping[str, Callable[[Any], str]]


@dataclass(frozen=True, repr=False, eq=False)
class Table(Shown):
    """A printed table with its caption and source line; every cell is text."""

    frame: pd.DataFrame
    id: str
    caption: str
    source: str = ""
    units: Sequence[str] = ()
    # The verdict of every cell, for its colour and sign; "" for none.
    tones: Sequence[Sequence[str]] = ()
    # Addresses of words, for the notebook: a document stands by itself.
    links: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        rows = [[str(cell) for cell in row] for row in self.frame.itertuples(index=False)]
        units = [*self.units, *[""] * (self.frame.shape[1] - len(self.units))]
        columns = [
            {
                "key": f"column_{index + 1}",
                "title": str(title),
                "unit": unit,
                "align": "right" if layout.numeric(row[index] for row in rows) else "left",
            }
            for index, (title, unit) in enumerate(zip(self.frame.columns, units, strict=True))
        ]
        content: dict[str, Any] = {"columns": columns, "rows": rows}
        if self.tones:
            content["tones"] = [list(row) for row in self.tones]
        said = {"type": "table", "id": self.id, "caption": self.caption, "alt": ""}
        return said | {"source": self.source, "data": content}

    def bundle(self) -> dict[str, Any]:
        plain = f"{self.caption}\n\n{layout.text(self.frame)}"
        plain += f"\n\n{self.source}" if self.source else ""
        return {"text/html": self._html(), "text/plain": plain}

    def _html(self) -> str:
        data = self.data()["data"]
        aligns = [f"text-align:{column['align']};vertical-align:top" for column in data["columns"]]
        titles = [
            f"{one['title']} ({one['unit']})" if one["unit"] else one["title"] for one in data["columns"]
        ]

        def line(cells: Sequence[str], tag: str) -> str:
            pairs = zip(aligns, cells, strict=True)
            return "".join(f'<{tag} style="{style}">{linked(cell)}</{tag[:2]}>' for style, cell in pairs)

        def linked(cell: str) -> str:
            shown = escape(cell)
            return f'<a href="{escape(self.links[cell])}">{shown}</a>' if cell in self.links else shown

        heads = line(titles, 'th scope="col"')
        tones = self.tones or [[""] * len(titles)] * len(data["rows"])
        signed = [
            [f"{SIGNS[tone]} {cell}" if tone else cell for tone, cell in zip(marks, row, strict=True)]
            for marks, row in zip(tones, data["rows"], strict=True)
        ]
        body = "\n".join(f"<tr>{line(row, 'td')}</tr>" for row in signed)
        source = f'<p style="font-size:smaller">{escape(self.source)}</p>' if self.source else ""
        caption = f'<caption style="text-align:left"><b>{escape(self.caption)}</b></caption>'
        return (
            f'<div class="scenarios"><table>{caption}\n<thead><tr>{heads}</tr></thead>\n'
            f"<tbody>\n{body}\n</tbody></table>{source}</div>"
        )


@dataclass(frozen=True)
class Tile:
    """One target: its name, what is projected, the verdict in a word, more lines, and a picture."""

    title: str
    number: str
    verdict: str
    tone: str
    lines: Sequence[str]
    picture: str


@dataclass(frozen=True, repr=False, eq=False)
class Tiles(Shown):
    """Targets side by side."""

    tiles: Sequence[Tile]
    id: str
    caption: str
    alt: str
    source: str = ""

    def data(self) -> dict[str, Any]:
        content = {"tiles": [asdict(one) for one in self.tiles]}
        said = {"type": "tiles", "id": self.id, "caption": self.caption, "alt": self.alt}
        return said | {"source": self.source, "data": content}

    def bundle(self) -> dict[str, Any]:
        def shown(one: Tile) -> str:
            word = f'<b style="color:{TINTS[one.tone]}">{SIGNS[one.tone]} {escape(one.verdict)}</b>'
            told = "<br>".join(map(escape, one.lines))
            return (
                '<div style="border-left:4px solid '
                f'{TINTS[one.tone]};padding:4px 8px;display:grid;grid-template-columns:1fr 120px">'
                f"<div><b>{escape(one.title)}</b> {word}<br><big>{escape(one.number)}</big><br>"
                f"<small>{told}</small></div>{one.picture}</div>"
            )

        style = "display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:8px"
        inside = "\n".join(map(shown, self.tiles))
        plain = [f"{one.title}: {one.number}, {one.verdict}; {'; '.join(one.lines)}" for one in self.tiles]
        page = f'<div class="scenarios" style="{style}">\n{inside}\n</div>'
        return {"text/html": page, "text/plain": "\n".join([self.caption, "", *plain])}


@dataclass(frozen=True, repr=False, eq=False)
class Text(Shown):
    """Sentences, one paragraph each, without markup."""

    sentences: Sequence[str]
    id: str
    style: str = "body"

    def __post_init__(self) -> None:
        """Refuse a style there is none of."""
        super().__post_init__()
        if self.style not in STYLES:
            raise ModelError(
                mistake("style", self.id, f"unknown style {self.style!r}", near(self.style, STYLES))
            )

    def data(self) -> dict[str, Any]:
        content = {"text": list(self.sentences), "style": self.style}
        return {"type": "text", "id": self.id, "caption": "", "alt": "", "source": "", "data": content}

    def bundle(self) -> dict[str, Any]:
        marked = [STYLES[self.style].format(SPECIAL.sub(r"\\\1", one)) for one in self.sentences]
        plain = ["\n".join(textwrap.wrap(one, 100)) for one in self.sentences]
        return {"text/markdown": "\n\n".join(marked), "text/plain": "\n\n".join(plain)}


class Title(str):
    """A column title that stands in no catalogue: a year, a scenario."""


def tabled(
    id: str,
    language: Language,
    rows: Iterable[Any],
    columns: Columns,
    *,
    source: str = "",
    name: str = "",
    links: Mapping[str, str] | None = None,
    **words: Any,
) -> Table:
    """Show a table whose caption and titles are in the catalogue; a column says how it prints a row."""
    titles = [one if isinstance(one, Title) else language.say(f"column_{one}", **words) for one in columns]
    if isinstance(columns, Mapping):
        rows = [[cell(row) for cell in columns.values()] for row in rows]
    caption = language.say(f"caption_{name or id}", **words)
    return Table(pd.DataFrame(rows, columns=titles), id, caption, source, links=links or {})


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    rows = []
    for row in frame.itertuples(index=False):
        plain = [cell.item() if hasattr(cell, "item") else cell for cell in row]
        rows.append([None if isinstance(cell, float) and cell != cell else cell for cell in plain])
    return rows
