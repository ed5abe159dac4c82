"""Typeset a document as PDF, in this process.

Typst reads the document as JSON and pictures as files; nothing of it is ever source text. The PDF meets
PDF/A-3a and PDF/UA-1: it carries its own sources, can be read aloud, and holds no character without a glyph.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from model.errors import ModelError, mistake
from model.publish.labels import labels
from model.publish.markdown import Block

THEME = "report.typ"
ACCESSIBLE, ARCHIVED = "ua-1", "a-3a"
WITHOUT_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


def pdf(document: Block, *, name: str = "report") -> bytes:
    """Typeset a document.

    Parameters
    ----------
    document : dict
        As `model.publish.document.read` gives it, with `about` and `attachments`
        (`model.publish.about`).
    name : str
        How to call it in an error.

    Returns
    -------
    bytes
        The same for the same document: dated by its data, never by the clock.

    Raises
    ------
    ModelError
        If a character cannot be shown, or the theme cannot set the document.
    """
    day = document["about"]["date"]
    texts = labels(document["language"])
    # An archive wants a date, and a notebook without a plan has none.
    standards: list[Any] = [ACCESSIBLE, ARCHIVED] if day else [ACCESSIBLE]
    attached = texts["attached"].format(names=", ".join(one["name"] for one in document["attachments"]))
    with TemporaryDirectory() as folder:
        root = Path(folder)
        given = {
            **document,
            "about": {**document["about"], "date": [int(part) for part in day.split("-")] if day else None},
            "front": _with_pictures(document["front"], root, "front"),
            "body": _with_pictures(document["body"], root, "body"),
            "labels": texts,
            "attached": attached,
        }
        (root / THEME).write_bytes((Path(__file__).parent / THEME).read_bytes())
        (root / "document.json").write_text(json.dumps(given), encoding="utf-8")
        try:
            printed: Any = typst.compile(
                str(root / THEME),
                root=folder,
                format="pdf",
                pdf_standards=standards,
                ignore_system_fonts=True,
            )
        except typst.TypstError as error:
            raise ModelError(*_mistakes(error, name)) from error
    return bytes(printed)


def _with_pictures(found: list[Block], root: Path, part: str) -> list[Block]:
    placed = []
    for number, block in enumerate(found):
        if block["type"] == "figure":
            image = block["image"]
            raw = image["data"].encode() if image["format"] == "svg" else base64.b64decode(image["data"])
            path = root / f"{part}-{number}.{image['format']}"
            path.write_bytes(raw)
            block = {key: value for key, value in block.items() if key not in ("image", "data")}
            block["file"] = path.name
        placed.append(block)
    return placed


def _mistakes(error: typst.TypstError, name: str) -> list[str]:
    lacking = dict.fromkeys(WITHOUT_GLYPH.findall(str(error.diagnostic)))
    if not lacking:
        return [mistake(name, "", f"Typst: {error.message}")]
    words = ", ".join(f"{text!r} (U+{ord(text[0]):04X})" for text in lacking)
    return [
        mistake(name, "", f"no font has a glyph for {words}", "use characters of Latin, Greek or Cyrillic")
    ]
