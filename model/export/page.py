"""A document as one page of HTML that needs nothing else: pictures, typefaces and styles inside."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from model.export import drawing
from model.export.document import Block
from model.report import fonts
from model.report.language import Language, catalogue

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
MIME = {"svg": "image/svg+xml", "png": "image/png"}


def html(document: Block) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language, given = Language(document["language"]), document["theme"]["colours"]
    face = language.face or fonts.LATIN_FAMILY
    signs = drawing.verdicts(given)
    environment.filters |= {"embedded": _embedded, "inside": drawing.inside}
    document = {**document, **{part: themed(document[part], given) for part in ("front", "body", "annex")}}
    front, texts, main = _numbered(document["front"]), labels(document["language"]), len(document["body"])
    title = {"type": "heading", "level": 2, "spans": [{"text": texts["annex"]}]}
    annex = [title, *document["annex"]] if document["annex"] else []
    numbered = _numbered([*document["body"], *annex], front)
    page = environment.get_template(PAGE).render(
        document=document,
        about=document["about"],
        theme=document["theme"],
        mime=MIME,
        face=face,
        gap="" if language.face else " ",
        colours={**drawing.HOUSE, **given},
        night=drawing.NIGHT,
        paints=drawing.paints(_drawn(document)),
        signs=signs,
        verdicts={tone: language.word("short", tone) for tone in signs},
        labels=texts,
        front=front,
        parts=[one for one in (numbered[:main], numbered[main:]) if one],
    )
    return page.replace("</head>", f"<style>\n{_face(page, face)}</style>\n</head>", 1)


def _face(page: str, face: str) -> str:
    """Give the part of a typeface that a page and its drawings need."""
    return FACE.format(face=face, held=base64.b64encode(fonts.woff(page, face)).decode())


def _drawn(document: Block) -> list[str]:
    blocks = [*document["front"], *document["body"], *document["annex"]]
    figures = [one["image"] for one in blocks if one["type"] == "figure"]
    tiles = [tile["picture"] for one in blocks if one["type"] == "tiles" for tile in one["tiles"]]
    return [one["data"] for one in figures if one["format"] == "svg"] + tiles


def themed(found: list[Block], given: Mapping[str, str]) -> list[Block]:
    """Give blocks whose drawings have the colours of a theme."""
    made = []
    for block in found:
        if block["type"] == "figure" and block["image"]["format"] == "svg":
            image = {**block["image"], "data": drawing.themed(block["image"]["data"], given)}
            block = {**block, "image": image}
        elif block["type"] == "tiles":
            tiles = [{**one, "picture": drawing.themed(one["picture"], given)} for one in block["tiles"]]
            block = {**block, "tiles": tiles}
        made.append(block)
    return made


def _embedded(data: str, mime: str) -> str:
    """Turn data into an address that holds it; pictures in Base64 stay as they are."""
    ready = data if mime == MIME["png"] else base64.b64encode(data.encode()).decode()
    return f"data:{mime};base64,{''.join(ready.split())}"


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
