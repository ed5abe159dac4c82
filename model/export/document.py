"""An executed notebook as a document: plain blocks, ready for any typesetter.

Read are the Markdown cells of one language, and what cells show through `model.report`; nothing else. So
whatever else a cell shows (a bare chart, a bare table, printed text) is a mistake, named with its cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import mistune

from model.errors import ModelError, mistake
from model.report.language import LANGUAGES
from model.report.output import MIME, WIDGET

PICTURES = {"image/svg+xml": "svg", "image/png": "png"}
FIELDS = {
    "figure": ("caption", "alt", "data"),
    "table": ("caption", "data"),
    "text": ("data",),
    "tiles": ("caption", "alt", "data"),
}
KINDS = {"heading": "text"}
HIDDEN = ("remove-cell", "remove_cell")
ANNEX = "annex"
FRONT_HEADING = 2
SHOWN_HEADING = 3


def read(notebook: Any, *, name: str = "notebook", language: str = "en", code: bool = False) -> Block:
    problems: list[str] = []
    found: list[Block] = []
    texts: list[str] = []
    annex: Block | None = None
    for number, cell in enumerate(notebook.cells, start=1):
        where = f"{name}: cell {number}"
        tags = cell.metadata.get("tags", [])
        if set(HIDDEN) & set(tags):
            continue
        if cell.cell_type == "markdown" and language in (set(tags) & set(LANGUAGES) or {language}):
            try:
                own = _title_page(blocks(cell.source))
            except ValueError as error:
                own = []
                problems.append(mistake(where, "", str(error)))
            found += own
            if ANNEX in tags and annex is None:
                annex = next((block for block in own if block.get("level") == FRONT_HEADING), None)
                if annex is None and own:
                    problems.append(mistake(where, "", "an annex without a heading", "begin it with ##"))
        elif cell.cell_type == "code":
            own, wrong = _results(cell.outputs, where)
            found += own
            problems += wrong + _missing(own, cell.metadata, where)
            texts.append(cell.source)
    results = [block for block in found if "id" in block]
    problems += _twice(results, name)
    if not problems:
        problems += _missing(results, notebook.metadata, name)
        if not any(block["id"] for block in results):
            problems.append(mistake(name, "", "no result in it", "run all of its cells first"))
    if problems:
        raise ModelError(*problems)
    title = next((block for block in found if block["type"] == "heading" and block["level"] == 1), None)
    rest = [block for block in found if block is not title]
    if any(block.get("style") == "headline" for block in rest) and rest[0]["type"] == "paragraph":
        # The question of the notebook: its answer leads the document.
        del rest[0]
    end = next((place for place, block in enumerate(rest) if block is annex), len(rest))
    cut = min(_end_of_front(rest), end)
    return {
        "language": language,
        "heading": plain(title["spans"]) if title else "",
        "front": rest[:cut],
        "body": rest[cut:end],
        "annex": rest[end:],
        "code": [text for text in texts if text.strip()] if code else [],
    }


def _title_page(found: list[Block]) -> list[Block]:
    """Keep of a title cell the title and the question; what follows (the reading time) is for the screen."""
    titled = found and found[0]["type"] == "heading" and found[0]["level"] == 1
    return found[:2] if titled else found


def _results(outputs: Any, where: str) -> tuple[list[Block], list[str]]:
    found, problems = list[Block](), list[str]()
    for output in outputs:
        data = output.get("data", {})
        if output.output_type == "error":
            problems.append(mistake(where, "", f"{output.ename}: {output.evalue}"))
        elif MIME in data:
            block, wrong = _block(data[MIME], data)
            problems += [mistake(where, data[MIME].get("id", ""), text) for text in wrong]
            if not wrong:
                found.append(block)
        elif output.output_type == "stream":
            # Warnings are for whoever runs the notebook; what is printed was meant for its reader.
            if output.name == "stdout":
                problems.append(mistake(where, "", "printed text", "show it with show.text"))
        elif WIDGET not in data and data:
            problems.append(mistake(where, "", _bare(data), "end the cell with a result of model.report"))
    return found, problems


def _bare(data: Mapping[str, Any]) -> str:
    if any(kind.startswith("image/") for kind in data):
        return "a bare figure"
    return "a bare table" if "text/html" in data else "a bare value"


def _block(said: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[Block, list[str]]:
    kind = said.get("type", "")
    missing = [key for key in ("id", *FIELDS.get(kind, ("type",))) if not said.get(key)]
    if missing:
        return {}, [f"{kind or 'result'} without {', '.join(missing)}"]
    inside = said["data"]
    if kind == "text" and inside["style"] == "heading":
        spans = [{"text": " ".join(inside["text"])}]
        return {"type": "heading", "id": said["id"], "level": SHOWN_HEADING, "spans": spans}, []
    if kind == "text":
        return {"type": "text", "id": said["id"], "style": inside["style"], "paragraphs": inside["text"]}, []
    block = {"type": kind, "id": said["id"], "caption": said["caption"], "source": said.get("source", "")}
    if kind == "tiles":
        return {**block, "alt": said["alt"], **inside}, []
    if kind == "table":
        ragged = any(len(row) != len(inside["columns"]) for row in inside["rows"])
        return {**block, **inside}, ["rows of unequal length"] if ragged else []
    picture = next((mime for mime in PICTURES if mime in data), None)
    if picture is None:
        return {}, ["figure without a picture"]
    image = {"format": PICTURES[picture], "data": data[picture]}
    return {**block, "alt": said["alt"], "image": image, "data": inside}, []


def _missing(results: list[Block], metadata: Mapping[str, Any], where: str) -> list[str]:
    here = [f"{KINDS.get(block['type'], block['type'])}:{block['id']}" for block in results]
    expected = metadata.get("scenarios", {}).get("expects", [])
    return [
        mistake(where, "", f"the expected {pattern} is missing")
        for pattern in expected
        if not any(fnmatchcase(one, pattern) for one in here)
    ]


def _twice(results: list[Block], name: str) -> Iterator[str]:
    seen: set[str] = set()
    for block in results:
        if block["id"] and block["id"] in seen:
            yield mistake(name, block["id"], "two results have this id")
        seen.add(block["id"])


def _end_of_front(found: list[Block]) -> int:
    seen = False
    for position, block in enumerate(found):
        if seen and block["type"] == "heading" and block["level"] <= FRONT_HEADING:
            return position
        seen = seen or bool(block.get("id"))
    return len(found)


Block = dict[str, Any]
Span = dict[str, Any]
SAFE_LINKS = ("http://", "https://", "mailto:")


def blocks(text: str) -> list[Block]:
    return list(_blocks(_parser()(text)))


def plain(spans: list[Span]) -> str:
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
