"""Markdown of notebook cells as plain blocks and spans, with no markup left in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import mistune

Block = dict[str, Any]
Span = dict[str, Any]
SAFE_LINKS = ("http://", "https://", "mailto:")


def blocks(text: str) -> list[Block]:
    r"""Read Markdown as blocks."""
    return list(_blocks(_parser()(text)))


def plain(spans: list[Span]) -> str:
    """Give the text of spans."""
    return "".join(span["text"] for span in spans)


@cache
def _parser() -> Any:
    return mistune.create_markdown(renderer="ast", plugins=["table"])


def _blocks(nodes: Any) -> Iterator[Block]:
    for node in nodes:
        kind, children = node["type"], node.get("children", [])
        if kind == "heading":
            yield {"type": "heading", "level": node["attrs"]["level"], "spans": _joined(_spans(children, {}))}
        elif kind in ("paragraph", "block_text"):
            yield {"type": "paragraph", "spans": _joined(_spans(children, {}))}
        elif kind == "list":
            items = [list(_blocks(item["children"])) for item in children]
            yield {"type": "list", "ordered": node["attrs"]["ordered"], "items": items}
        elif kind == "block_quote":
            yield {"type": "quote", "blocks": list(_blocks(children))}
        elif kind == "block_code":
            yield {"type": "code", "text": node["raw"].rstrip("\n")}
        elif kind == "thematic_break":
            yield {"type": "pagebreak"}
        elif kind == "table":
            yield _table(children)
        elif kind == "block_html" and not node["raw"].lstrip().startswith("<!--"):
            yield {"type": "paragraph", "spans": [{"text": node["raw"].strip()}]}


def _table(parts: Any) -> Block:
    head, *bodies = parts
    columns = [
        {
            "key": "",
            "title": plain(list(_spans(cell["children"], {}))),
            "unit": "",
            "align": "right" if cell["attrs"]["align"] == "right" else "left",
        }
        for cell in head["children"]
    ]
    rows = [
        [plain(list(_spans(cell["children"], {}))) for cell in row["children"]]
        for body in bodies
        for row in body["children"]
    ]
    return {"type": "table", "id": "", "caption": "", "source": "", "columns": columns, "rows": rows}


def _spans(nodes: Any, style: Mapping[str, Any]) -> Iterator[Span]:
    for node in nodes:
        kind = node["type"]
        if kind == "emphasis":
            yield from _spans(node["children"], {**style, "italic": True})
        elif kind == "strong":
            yield from _spans(node["children"], {**style, "bold": True})
        elif kind == "link":
            url = node["attrs"]["url"]
            link = {"link": url} if url.startswith(SAFE_LINKS) else {}
            yield from _spans(node["children"], {**style, **link})
        elif kind == "codespan":
            yield {"text": node["raw"], **style, "code": True}
        elif kind == "softbreak":
            yield {"text": " ", **style}
        elif kind == "linebreak":
            yield {"text": "\n", **style}
        elif kind == "image":
            raise ValueError("a picture in Markdown; show it from code")
        elif not (kind == "inline_html" and node["raw"].startswith("<!--")):
            yield {"text": node.get("raw", ""), **style}


def _joined(spans: Iterator[Span]) -> list[Span]:
    """Join neighbours of one style: the parser splits text at every escape."""
    joined: list[Span] = []
    for span in spans:
        if joined and {**joined[-1], "text": ""} == {**span, "text": ""}:
            joined[-1]["text"] += span["text"]
        else:
            joined.append(span)
    return joined
