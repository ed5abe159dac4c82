"""Typeset a document as PDF, in this process.

Typst reads the document as JSON, and pictures and attachments as files; nothing of it is ever source text.
The files are PDF/A-3a and PDF/UA-1: they carry their own source, and can be read aloud. Both standards
refuse a character that no font can show.
"""

from __future__ import annotations

import base64
import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from model.errors import ModelError, mistake
from model.publish.markdown import Block
from model.publish.labels import labels

THEME = "report.typ"
STANDARDS: list[Any] = ["a-3a", "ua-1"]
WITHOUT_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
FOLDER = "files"


def pdf(document: Block, *, name: str = "report") -> bytes:
    """Typeset a document.

    Parameters
    ----------
    document : dict
        As `model.publish.document.read` gives it, with `about` and `attachments`.
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
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / THEME).write_bytes((Path(__file__).parent / THEME).read_bytes())
        texts = labels(document["language"])
        files = [{"name": f"{FOLDER}/{one['name']}", "mime": one["mime"]} for one in document["attachments"]]
        (root / FOLDER).mkdir()
        for one in document["attachments"]:
            (root / FOLDER / one["name"]).write_text(one["text"], encoding="utf-8")
        pictures = _pictures(root)
        given = {
            **document,
            "about": {**document["about"], "date": _date(document["about"]["date"])},
            "front": [_placed(block, pictures) for block in document["front"]],
            "body": [_placed(block, pictures) for block in document["body"]],
            "labels": texts,
            "attachments": files,
            "attached": texts["attached"].format(names=", ".join(a["name"] for a in document["attachments"])),
        }
        (root / "document.json").write_text(json.dumps(given), encoding="utf-8")
        try:
            printed = typst.compile(
                str(root / THEME),
                root=folder,
                format="pdf",
                pdf_standards=STANDARDS,
                ignore_system_fonts=True,
                timestamp=_stamp(document["about"]["date"]),
            )
        except typst.TypstError as error:
            raise ModelError(*_mistakes(error, name)) from error
    assert isinstance(printed, bytes)
    return printed


def _pictures(root: Path) -> Iterator[Any]:
    """Take pictures, one after the other; give the file each was written to."""
    number = 0
    picture = yield None
    while True:
        number += 1
        raw = picture["data"].encode() if picture["format"] == "svg" else base64.b64decode(picture["data"])
        path = root / FOLDER / f"figure-{number}.{picture['format']}"
        path.write_bytes(raw)
        picture = yield path.relative_to(root).as_posix()
