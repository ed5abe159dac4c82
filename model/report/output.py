"""What a cell ends in: a figure, a table or a text that shows itself and can be read by the exporter.

Each object's MIME bundle holds what a notebook shows, the rounded table or the words behind it as plain
text, and the same as data under `MIME`. Exporter and tests read the data, never the picture.
"""

from __future__ import annotations

import re
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.errors import ModelError, mistake, near
from model.report.tables import layout
from model.report.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

MIME = "application/vnd.scenarios.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
STYLES = {"lead": "**{}**", "verdict": "> {}", "body": "{}", "note": "*{}*", "heading": "### {}"}
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
        """Give what a notebook should know of it, by MIME type."""
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
        """Give columns and rows that were drawn; unknown is null."""
        content = {"columns": [str(column) for column in self.frame], "rows": _rows(self.frame)}
        return {
            "type": "figure",
            "id": self.id,
            "caption": self.caption,
            "alt": self.alt,
            "source": self.source,
            "data": content,
        }

    def bundle(self) -> dict[str, Any]:
        """Give the picture, once: vector in a report run, else PNG with its source line."""
        from model.report import style

        plain = f"{self.caption}\n\n{layout.text(self.frame)}\n\n{self.source}"
        if style.is_vector():
            return {"image/svg+xml": style.svg(self.drawing), "text/plain": plain}
        return {"image/png": style.png(self.drawing, source=self.source), "text/plain": plain}

    def metadata(self) -> dict[str, Any]:
        """Give alternative text and the size at which the picture is to be shown."""
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

    def data(self) -> dict[str, Any]:
        """Give columns with title, unit and alignment, and the cells as printed."""
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
        content = {"columns": columns, "rows": rows}
        return {
            "type": "table",
            "id": self.id,
            "caption": self.caption,
            "alt": "",
            "source": self.source,
            "data": content,
        }

    def bundle(self) -> dict[str, Any]:
        """Give the table as HTML that needs nothing else, and as aligned text."""
        plain = f"{self.caption}\n\n{layout.text(self.frame)}"
        plain += f"\n\n{self.source}" if self.source else ""
        return {"text/html": self._html(), "text/plain": plain}

    def _html(self) -> str:
        data = self.data()["data"]
        aligns = [f"text-align:{column['align']};vertical-align:top" for column in data["columns"]]
        heads = [
            f'<th scope="col" style="{align}">{escape(_with_unit(column))}</th>'
            for align, column in zip(aligns, data["columns"], strict=True)
        ]
        body = "\n".join(
            "<tr>"
            + "".join(
                f'<td style="{align}">{escape(cell)}</td>' for align, cell in zip(aligns, row, strict=True)
            )
            + "</tr>"
            for row in data["rows"]
        )
        source = f'<p style="font-size:smaller">{escape(self.source)}</p>' if self.source else ""
        caption = f'<caption style="text-align:left"><b>{escape(self.caption)}</b></caption>'
        return (
            f'<div class="scenarios"><table>{caption}\n<thead><tr>{"".join(heads)}</tr></thead>\n'
            f"<tbody>\n{body}\n</tbody></table>{source}</div>"
        )


@dataclass(frozen=True, repr=False, eq=False)
class Text(Shown):
    """Sentences, one paragraph each, without markup."""

    sentences: tuple[str, ...]
    id: str
    style: str = "body"

    def data(self) -> dict[str, Any]:
        """Give the paragraphs as they are."""
        content = {"text": list(self.sentences), "style": self.style}
        return {"type": "text", "id": self.id, "caption": "", "alt": "", "source": "", "data": content}

    def bundle(self) -> dict[str, Any]:
        """Give the paragraphs as Markdown, nothing in them read as markup, and as wrapped text."""
        marked = [STYLES[self.style].format(SPECIAL.sub(r"\\\1", one)) for one in self.sentences]
        plain = ["\n".join(textwrap.wrap(one, 100)) for one in self.sentences]
        return {"text/markdown": "\n\n".join(marked), "text/plain": "\n\n".join(plain)}


def figure(drawing: Drawing, *, id: str, caption: str, alt: str, source: str, data: pd.DataFrame) -> Figure:
    """Show a drawing."""
    return Figure(drawing, id, caption, alt, source, data)


def table(
    frame: pd.DataFrame, *, id: str, caption: str, source: str = "", units: Sequence[str] = ()
) -> Table:
    """Show a table."""
    return Table(frame, id, caption, source, units)


def printed(
    id: str,
    language: str,
    rows: Iterable[Any],
    columns: Columns,
    *,
    source: str = "",
    name: str = "",
    **words: Any,
) -> Table:
    """Show a table whose caption and titles are in the catalogue; a column says how it prints a row."""
    titles = [say(f"column_{one}", language, **words) for one in columns]
    if isinstance(columns, Mapping):
        rows = [[cell(row) for cell in columns.values()] for row in rows]
    caption = say(f"caption_{name or id}", language, **words)
    return Table(pd.DataFrame(rows, columns=titles), id, caption, source)


def text(sentences: str | Sequence[str], *, id: str, style: str = "body") -> Text:
    """Show sentences."""
    if style not in STYLES:
        raise ModelError(mistake("style", id, f"unknown style {style!r}", near(style, STYLES)))
    return Text((sentences,) if isinstance(sentences, str) else tuple(sentences), id, style)


def each(shown: Sequence[Shown]) -> None:
    """Show several objects, each as an output of its own."""
    from IPython.display import display

    display(*shown)


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    rows = []
    for row in frame.itertuples(index=False):
        plain = [cell.item() if hasattr(cell, "item") else cell for cell in row]
        rows.append([None if isinstance(cell, float) and cell != cell else cell for cell in plain])
    return rows


def _with_unit(column: dict[str, str]) -> str:
    return f"{column['title']} ({column['unit']})" if column["unit"] else column["title"]
