"""A document as one page of HTML that needs nothing else: pictures, typefaces and styles inside."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from model.export.document import Block
from model.report import fonts
from model.report.language import Language, catalogue
from model.report.output import SIGNS

PREFIX = "label_"


def labels(language: str) -> dict[str, str]:
    said = Language(language).id
    entries = catalogue().items()
    return {key.removeprefix(PREFIX): texts[said] for key, texts in entries if key.startswith(PREFIX)}


PAGE = "report.html.jinja"
PLAIN: Mapping[str, Any] = {"colours": {}, "issuer": "", "logo": None, "paper": "A4"}
FACE = """\
@font-face {{ font-family: "{face}"; src: url(data:font/woff;base64,{held}) format("woff"); }}
"""
FACED = """\
body {{ font-family: "{face}", sans-serif; line-height: 1.7; text-autospace: normal; }}
em {{ font-style: normal; }}
"""
WRITTEN = re.compile(">([^<>]+)</(?:text|tspan)>")
MIME = {"svg": "image/svg+xml", "png": "image/png"}


def html(document: Block) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language = Language(document["language"])
    face = language.face
    environment.filters["embedded"] = _embedding(document, face or fonts.LATIN_FAMILY)
    front, texts, main = _numbered(document["front"]), labels(document["language"]), len(document["body"])
    title = {"type": "heading", "level": 2, "spans": [{"text": texts["annex"]}]}
    annex = [title, *document["annex"]] if document["annex"] else []
    numbered = _numbered([*document["body"], *annex], front)
    page = environment.get_template(PAGE).render(
        document=document,
        about=document["about"],
        theme=document["theme"],
        mime=MIME,
        signs=SIGNS,
        verdicts={tone: language.word("short", tone) for tone in SIGNS},
        labels=texts,
        front=front,
        parts=[one for one in (numbered[:main], numbered[main:]) if one],
    )
    return _faced(page, face)


def _face(text: str, face: str) -> str:
    """Give the part of a typeface that a text needs, as a page or a picture holds it."""
    return FACE.format(face=face, held=base64.b64encode(fonts.woff(text, face)).decode())


def _faced(page: str, face: str) -> str:
    """Put into a page the part of its language's typeface that it needs."""
    if not face:
        return page
    style = _face(page, face) + FACED.format(face=face)
    return page.replace("</head>", f"<style>\n{style}</style>\n</head>", 1)


def _embedding(document: Block, face: str) -> Callable[[str, str], str]:
    """Give what turns data into an address that holds it; drawings hold the typeface of their words."""
    blocks = [*document["front"], *document["body"], *document["annex"]]
    drawn = [
        one["image"]["data"] for one in blocks if one["type"] == "figure" and one["image"]["format"] == "svg"
    ]
    words = unescape("".join(word for one in drawn for word in WRITTEN.findall(one)))
    style = f"<style>{_face(words, face)}</style>" if words else ""

    def embedded(data: str, mime: str) -> str:
        if mime == MIME["svg"] and style:
            data = re.sub("(<svg[^>]*>)", lambda found: found[1] + style, data, count=1)
        # Base64 pictures stay as they are.
        ready = data if mime == MIME["png"] else base64.b64encode(data.encode()).decode()
        return f"data:{mime};base64,{''.join(ready.split())}"

    return embedded


def _numbered(found: list[Block], before: list[Block] | None = None) -> list[Block]:
    """Give figures, tables and sections their numbers, each kind counted by itself."""
    counts = {"figure": 0, "table": 0, "section": 0}
    for block in before or []:
        counts[block["type"]] = max(counts.get(block["type"], 0), block.get("number", 0))
    numbered = []
    for block in found:
        extra: dict[str, Any] = {}
        if block["type"] == "figure" or (block["type"] == "table" and block["caption"]):
            counts[block["type"]] += 1
            extra = {"number": counts[block["type"]]}
        elif block["type"] == "heading" and before is not None:
            counts["section"] += 1
            extra = {"anchor": f"section-{counts['section']}"}
        if block["type"] == "figure":
            extra["mime"] = MIME[block["image"]["format"]]
        numbered.append({**block, **extra})
    return numbered
