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
    """Typeset a document."""
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


def lacking(text: str) -> str:
    """Give the characters of a text that the document's font has no glyph for."""
    odd = [one for one in dict.fromkeys(text) if not one.isascii()]
    if not odd:
        return ""
    source = '#set document(title: "?")\n#set text(font: "Libertinus Serif")\n'
    source += "\n\n".join(f'#"\\u{{{ord(one):x}}}"' for one in odd)
    standards: list[Any] = [ACCESSIBLE]
    try:
        typst.compile(source.encode(), pdf_standards=standards, ignore_system_fonts=True)
    except typst.TypstError as error:
        told = "".join(map(_unescaped, WITHOUT_GLYPH.findall(str(error.diagnostic))))
        return "".join(one for one in odd if one in told)
    return ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), text)


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
    without = "".join(map(_unescaped, WITHOUT_GLYPH.findall(str(error.diagnostic))))
    found = lacking(without) or without
    return [unprintable(name, "", found) if found else mistake(name, "", f"Typst: {error.message}")]


def unprintable(where: str, key: str, characters: str) -> str:
    """Word the mistake of a text that no font can print."""
    words = ", ".join(f"{one!r} (U+{ord(one):04X})" for one in characters)
    return mistake(where, key, f"no font has a glyph for {words}", "characters of Latin, Greek or Cyrillic")
