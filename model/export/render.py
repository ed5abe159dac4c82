"""Documents become files: HTML and PDF, and a job its report."""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import typst

from model.errors import ModelError, mistake
from model.export import attached, document, drawing, run
from model.export.document import Block
from model.export.page import PLAIN, html, labels, themed
from model.report import fonts
from model.report.language import Language

TYPESET = "report.typ"
ACCESSIBLE, ARCHIVED = "ua-1", "a-3a"
PRINTABLE = {
    "en": "Latin, Greek or Cyrillic",
    "zh": "the General Standard list of Chinese (8,105), Latin, Greek or Cyrillic",
}
WITHOUT_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


def pdf(document: Block, *, name: str = "report") -> bytes:
    day = document["about"]["date"]
    texts = labels(document["language"])
    # An archive wants a date, and a notebook without a plan has none.
    standards: list[Any] = [ACCESSIBLE, ARCHIVED] if day else [ACCESSIBLE]
    carried = texts["attached"].format(names=", ".join(one["name"] for one in document["attachments"]))
    face, colours = Language(document["language"]).face, document["theme"]["colours"]
    with TemporaryDirectory() as folder:
        root = Path(folder)
        given = {
            **document,
            "about": {**document["about"], "date": [int(part) for part in day.split("-")] if day else None},
            "front": _with_pictures(themed(document["front"], colours), root, "front"),
            "body": _with_pictures(themed(document["body"], colours), root, "body"),
            "annex": _with_pictures(themed(document["annex"], colours), root, "annex"),
            "labels": texts,
            "attached": carried,
            "face": face,
            "colours": {**drawing.HOUSE, **colours},
            "verdicts": drawing.verdicts(colours),
        }
        if logo := document["theme"]["logo"]:
            (root / f"logo.{logo['format']}").write_bytes(base64.b64decode(logo["data"]))
        (root / TYPESET).write_bytes((Path(__file__).parent / TYPESET).read_bytes())
        options: dict[str, Any] = {
            "root": folder, "ignore_system_fonts": True, "font_paths": [str(fonts.FOLDER)] if face else [],
        }  # fmt: skip
        try:
            _fill(root, given, options)
            printed: Any = typst.compile(
                str(root / TYPESET), format="pdf", pdf_standards=standards, **options
            )
        except typst.TypstError as error:
            raise ModelError(*_mistakes(error, name, document["language"])) from error
    return bytes(printed)


def _fill(root: Path, given: Block, options: dict[str, Any]) -> None:
    """Lay out; where much of a page would stay empty, what follows is told the room that is left there."""
    rooms: dict[str, float] = {}
    while True:
        (root / "document.json").write_text(json.dumps({**given, "rooms": rooms}), encoding="utf-8")
        marks = json.loads(typst.query(str(root / TYPESET), "<mark>", field="value", **options))
        before: dict[str, Any] = {"page": 0, "wide": False}
        for unit, group in groupby(marks, itemgetter("unit")):
            *_, last = held = list(group)
            moved = any(one["shown"] and one["page"] > before["page"] for one in held)
            if unit and unit not in rooms and before["wide"] and moved:
                rooms[unit] = before["room"]
                break
            before = last
        else:
            return


def lacking(text: str, language: str = "en") -> str:
    """Find the characters of a text that no font can print in a language."""
    known = fonts.letters() if Language(language).face else frozenset()
    odd = [one for one in dict.fromkeys(text) if not one.isascii() and one not in known]
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
        elif block["type"] == "tiles":
            tiles = []
            for place, tile in enumerate(block["tiles"]):
                path = root / f"{part}-{number}-{place}.svg"
                path.write_text(tile["picture"], encoding="utf-8")
                tiles.append({**tile, "picture": "", "file": path.name})
            block = {**block, "tiles": tiles}
        placed.append(block)
    return placed


def _mistakes(error: typst.TypstError, name: str, language: str) -> list[str]:
    without = "".join(map(_unescaped, WITHOUT_GLYPH.findall(str(error.diagnostic))))
    found = lacking(without, language) or without
    if found:
        return [unprintable(name, "", found, language)]
    return [mistake(name, "", f"Typst: {error.message}")]


def unprintable(where: str, key: str, characters: str, language: str) -> str:
    words = ", ".join(f"{one!r} (U+{ord(one):04X})" for one in characters)
    return mistake(where, key, f"no font has a glyph for {words}", f"characters of {PRINTABLE[language]}")


FORMATS = ("pdf", "html", "ipynb")
PAGES = ("main", "full")
FAILED = ".failed.ipynb"


@dataclass(frozen=True)
class Job:
    name: str
    notebook: Path
    parameters: dict[str, Any]
    made_from: dict[str, Any]
    about: dict[str, Any]
    attachments: list[dict[str, str]]
    language: str
    formats: tuple[str, ...]
    code: bool
    out: Path
    theme: Mapping[str, Any] = field(default_factory=lambda: PLAIN)
    pages: str = PAGES[-1]


@dataclass(frozen=True)
class Outcome:
    name: str
    seconds: float
    files: tuple[str, ...] = ()
    error: str = ""
    kept: bool = False

    @property
    def outcome(self) -> str:
        return "failed" if self.error else "kept" if self.kept else "ok"


Stage = Callable[[str, int, int], None]


def render(
    job: Job, tell: Stage = lambda stage, done, total: None, limits: run.Limits = run.USUAL
) -> Outcome:
    start = time.monotonic()
    executed = None
    try:
        given = nbformat.read(job.notebook, as_version=4)
        steps = len(given.cells) + 1 + len(job.formats)
        tell("starting", 0, steps)
        executed = run.run(given, job.parameters, lambda done, _: tell("running", done, steps), limits)
        tell("typesetting", steps - len(job.formats), steps)
        written = _formats(job, executed)
        for ending, raw in written.items():
            replace(job.out / f"{job.name}.{ending}", raw)
    except run.RunError as failed:
        executed = None if run.stopped() else failed.notebook
        error = ": ".join(filter(None, [" ".join([job.notebook.name, failed.where]).strip(), failed.what]))
    except ModelError as wrong:
        error = str(wrong)
    except OSError as full:
        error = f"{full.filename or job.out}: cannot be written ({full.strerror})"
    else:
        (job.out / f"{job.name}{FAILED}").unlink(missing_ok=True)
        files = tuple(f"{job.name}.{ending}" for ending in written)
        return Outcome(job.name, time.monotonic() - start, files)
    kept: tuple[str, ...] = ()
    if executed is not None:
        with suppress(OSError):
            replace(job.out / f"{job.name}{FAILED}", _written(executed))
            kept = (f"{job.name}{FAILED}",)
    return Outcome(job.name, time.monotonic() - start, kept, error)


def set_document(
    document_: dict[str, Any],
    about: dict[str, Any],
    attachments: list[dict[str, str]],
    theme: Mapping[str, Any] = PLAIN,
    pages: str = PAGES[-1],
) -> Any:
    heading = document_["heading"]
    title = about["title"] or heading
    kicker = heading if heading != title else ""
    # The annex is one section, and its headings stand below its own.
    annex = [
        {**one, "level": one["level"] + 1} if one["type"] == "heading" else one for one in document_["annex"]
    ]
    return {
        **document_,
        "about": {**about, "title": title, "kicker": kicker, "short": title},
        "annex": annex if pages == PAGES[-1] else [],
        "attachments": attachments,
        "theme": theme,
    }


def _formats(job: Job, executed: Any) -> dict[str, bytes]:
    read = document.read(executed, name=job.notebook.name, language=job.language, code=job.code)
    files, seal = attached.sealed([*job.attachments, attached.numbers(read)])
    about = {**job.about, "keywords": [*job.about["keywords"], seal]}
    whole = set_document(read, about, files, job.theme, job.pages)
    makers: dict[str, Callable[[], bytes]] = {
        "pdf": lambda: pdf(whole, name=job.name),
        "html": lambda: html(whole).encode(),
        "ipynb": lambda: _written(executed),
    }
    return {one: makers[one]() for one in job.formats}


def _written(notebook: Any) -> bytes:
    text: str = nbformat.writes(notebook)
    return (text + "\n").encode()


def replace(path: Path, raw: bytes) -> None:
    """Put a file in its place at once: a reader sees the old one or the new one, never a part."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(raw)
        part.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)
