"""A document as one self-contained HTML page: it asks for no other file, and prints well."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from model.publish.labels import labels
from model.publish.markdown import Block

THEME = "report.html.jinja"
MIME = {"svg": "image/svg+xml", "png": "image/png"}


def html(document: Block) -> str:
    """Set a document as an HTML page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["embedded"] = _embedded
    front, body = _numbered(document["front"]), document["body"]
    return environment.get_template(THEME).render(
        document=document,
        about=document["about"],
        labels=labels(document["language"]),
        front=front,
        body=_numbered(body, front),
    )


def _embedded(data: str, mime: str) -> str:
    """Give data as an address that holds it; base64 pictures stay as they are."""
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
