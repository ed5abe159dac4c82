"""What a notebook of the suite must be like: its form, its code, its outputs, its prose."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import Any

from model.errors import mistake
from model.report.output import MIME
from model.review.refresh import canonical

MOST_LINES = 10
TYPES = ("str", "int", "float", "bool", "list")
LOGIC = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While,
    ast.If, ast.IfExp, ast.Try, ast.With, ast.comprehension,
)  # fmt: skip
PATH = re.compile(r"[\\/]|\.(ya?ml|csv|json|ipynb|png|svg|pdf)$")
STYLING = ("color", "cmap", "figsize", "fontsize", "linestyle", "linewidth", "marker", "alpha", "dpi")
MACHINE = re.compile(r"0x[0-9a-f]{6,}|/(home|root|tmp|usr|work|Users)/|[A-Z]:\\\\")
QUESTION = re.compile(r"\*\*(Question:\*\*|问题\*\*：)")
TIME = re.compile(r"(Reading time:|阅读时间：)")


def mistakes(notebook: Any, name: str) -> list[str]:
    """Name everything in which a notebook departs from the manners of the suite."""
    code = [(number, cell) for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    found = [*_opening(notebook, name), *_order(code, name), *_prose(notebook, name), *_ending(code, name)]
    for number, cell in code:
        where = f"{name}: cell {number}"
        found += [*_code(cell.source, where), *_outputs(cell, where)]
    if canonical(notebook) != notebook:
        found.append(mistake(name, "", "not in canonical form", "run make refresh"))
    return [*found, *_ids(code, name)]


def _opening(notebook: Any, name: str) -> Iterator[str]:
    first = notebook.cells[0] if notebook.cells else None
    text = first.source if first is not None and first.cell_type == "markdown" else ""
    wanted = {"a title": text.startswith("# "), "the question": QUESTION.search(text)}
    for what, there in {**wanted, "the reading time": TIME.search(text)}.items():
        if not there:
            yield mistake(f"{name}: cell 1", "", f"{what} is missing", "title, question, reading time")


def _order(code: list[tuple[int, Any]], name: str) -> Iterator[str]:
    tagged = [number for number, cell in code if "parameters" in cell.metadata.get("tags", [])]
    if len(code) < 2 or tagged != [code[1][0]]:
        yield mistake(name, "", "the second code cell alone is to be tagged parameters")
    for place, (number, cell) in enumerate(code):
        statements = _parsed(cell.source).body
        imports = [isinstance(one, ast.Import | ast.ImportFrom) for one in statements]
        if any(imports) != (place == 0) or (place == 0 and not all(imports)):
            yield mistake(f"{name}: cell {number}", "", "imports", "the first code cell, and it alone")
        if number in tagged:
            yield from _parameters(cell.source, f"{name}: cell {number}")


def _parameters(source: str, where: str) -> Iterator[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    for one in _parsed(source).body:
        typed = isinstance(one, ast.AnnAssign) and one.value and ast.unparse(one.annotation) in TYPES
        if not typed:
            yield mistake(where, ast.unparse(one), "not a typed default", f"a type: {', '.join(TYPES)}")
        elif one.lineno not in comments or one.lineno != one.end_lineno:
            yield mistake(where, ast.unparse(one), "no help", "one line, with a comment behind it")


def _code(source: str, where: str) -> Iterator[str]:
    tree = _parsed(source)
    lines = [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]
    if len(lines) > MOST_LINES:
        yield mistake(where, "", f"{len(lines)} lines of code", f"at most {MOST_LINES}")
    shown = [one for one in tree.body if isinstance(one, ast.Expr)]
    if len(shown) > 1 or (shown and shown[0] is not tree.body[-1]):
        yield mistake(where, "", "more than one result", "one figure or table a cell, at its end")
    for node in ast.walk(tree):
        if isinstance(node, LOGIC):
            yield mistake(where, "", f"logic ({type(node).__name__})", "call a function of the model")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and PATH.search(node.value):
            yield mistake(where, node.value, "a file path", "name a plan or a scenario")
        elif isinstance(node, ast.keyword) and node.arg in STYLING:
            yield mistake(where, str(node.arg), "plot styling", "leave the look to model.report")
        elif isinstance(node, ast.Import | ast.ImportFrom) and "matplotlib" in ast.unparse(node):
            yield mistake(where, ast.unparse(node), "plot styling", "leave the look to model.report")
    if source.lstrip().startswith(("%", "!")):
        yield mistake(where, "", "a magic command", "plain Python")


def _outputs(cell: Any, where: str) -> Iterator[str]:
    if cell.execution_count is None:
        yield mistake(where, "", "not run", "run make refresh")
    for output in cell.outputs:
        if output.output_type in ("stream", "error"):
            yield mistake(where, "", f"{output.output_type} output", "results of model.report only")
        elif MIME not in output.data:
            yield mistake(where, "", "a bare result", "results of model.report only")
        elif MACHINE.search(str(output.data.get("text/plain", ""))):
            yield mistake(where, "", "an address or a path of this machine in the output")


def _prose(notebook: Any, name: str) -> Iterator[str]:
    """Every cell that shows something stands between two sentences; the last result ends the notebook."""
    cells = list(notebook.cells)
    for place, cell in enumerate(cells):
        where, around = f"{name}: cell {place + 1}", [cells[place - 1], *cells[place + 1 : place + 2]]
        # A text is a sentence of its own.
        shows = cell.cell_type == "code" and cell.outputs and _kind(cell) != "text"
        if shows and any(one.cell_type == "code" and _kind(one) != "text" for one in around):
            yield mistake(where, "", "no sentence around it", "one before, one after")


def _kind(cell: Any) -> str:
    """Tell what kind of result a cell ends in."""
    outputs = cell.get("outputs", [])
    return str(outputs[-1].get("data", {}).get(MIME, {}).get("type", "")) if outputs else ""


def _ending(code: list[tuple[int, Any]], name: str) -> Iterator[str]:
    kinds = [_kind(cell) for _, cell in code if cell.outputs]
    if "text" not in (kinds[:1] + kinds[-1:] if kinds[:1] == ["text"] else kinds[-1:]):
        yield mistake(name, "", "no answer in words at the end", "begin or end with one")


def _ids(code: list[tuple[int, Any]], name: str) -> Iterator[str]:
    seen: set[str] = set()
    for number, cell in code:
        for output in cell.outputs:
            one = output.get("data", {}).get(MIME, {}).get("id", "")
            if one in seen:
                yield mistake(f"{name}: cell {number}", one, "two results have this id")
            seen.update({one} - {""})


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])
