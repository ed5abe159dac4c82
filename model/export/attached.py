"""What a report carries of its own making: every number it prints, and a seal over all that is attached.

The seal finds accidents and careless changes. Whoever writes the seal anew is not found: it is no signature.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from model.errors import ModelError, mistake, raise_all
from model.export.document import Block
from model.report.tables.layout import csv

RECIPE, NUMBERS, SEAL = "recipe.json", "numbers.csv", "seal.json"
COLUMNS = ("kind", "id", "row", "column", "unit", "value")
# Stands before the seal's own digest among the keywords of a document.
SEALED = "seal-sha256="
SHORT = 16
AFTER, MADE = "was {} after the report was made", "the file as it was made"


def numbers(document: Block) -> dict[str, str]:
    """Give the cells of all tables and tiles and the figures behind all charts, as one long table."""
    named = [one for one in (*document["front"], *document["body"], *document["annex"]) if one.get("id")]
    rows = [(one["type"], one["id"], *cell) for one in named for cell in _cells(one)]
    text = csv(pd.DataFrame(rows, columns=list(COLUMNS)))
    return {"name": NUMBERS, "text": text, "mime": "text/csv", "relationship": "data"}


def _cells(block: Block) -> Iterator[tuple[Any, ...]]:
    """Give number of the row, column, unit and value of everything that a block holds."""
    for number, tile in enumerate(block.get("tiles", []), start=1):
        yield from ((number, tile["title"], "", said) for said in (tile["number"], *tile["lines"]))
    inside = block["data"] if block["type"] == "figure" else block
    for number, row in enumerate(inside.get("rows", []), start=1):
        for column, cell in zip(inside["columns"], row, strict=True):
            told = column if isinstance(column, Mapping) else {"title": column, "unit": ""}
            yield number, told["title"], told["unit"], "" if cell is None else cell


def sealed(files: Sequence[dict[str, str]]) -> tuple[list[dict[str, str]], str]:
    """Add the seal to files that are attached; also give the keyword that holds the seal's own digest."""
    parts = _parts({one["name"]: one["text"].encode() for one in files})
    text = json.dumps(parts, indent=1, sort_keys=True) + "\n"
    added = {"name": SEAL, "text": text, "mime": "application/json", "relationship": "supplement"}
    return [*files, added], f"{SEALED}{sha(text.encode())}"


def unsealed(where: Path, files: Mapping[str, bytes], keywords: str) -> dict[str, Any]:
    """Give the recipe among attached files; refuse what was changed since, naming all of it."""
    marked = keywords.rpartition(SEALED)[2]
    if SEALED not in keywords and SEAL not in files:
        allowed = "a PDF or HTML that `scenarios report` made, of this version"
        raise ModelError(mistake(str(where), "", "carries no sealed recipe", allowed))
    raise_all(mistake(str(where), one, "is missing", MADE) for one in (RECIPE, SEAL) if one not in files)
    if sha(files[SEAL]) != marked:
        raise ModelError(mistake(str(where), SEAL, AFTER.format("changed, or its keyword was,"), MADE))
    try:
        was, now = dict(json.loads(files[SEAL])), _parts(files)
        recipe = dict(json.loads(files[RECIPE]))
    except (ValueError, TypeError, RecursionError) as error:
        raise ModelError(mistake(str(where), RECIPE, "cannot be read", MADE)) from error
    changed = {key: how(was.get(key), now.get(key)) for key in {*was, *now} if was.get(key) != now.get(key)}
    raise_all(mistake(str(where), key, AFTER.format(done), MADE) for key, done in sorted(changed.items()))
    return recipe


def _parts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Digest every attached file, and of the recipe every value: what was changed in it can be named."""
    parts = {name: raw for name, raw in files.items() if name not in (SEAL, RECIPE)}
    recipe = leaves(json.loads(files[RECIPE])).items()
    parts |= {f"{RECIPE}: {key}": value.encode() for key, value in recipe}
    return {key: sha(raw)[:SHORT] for key, raw in parts.items()}


def how(was: Any, now: Any) -> str:
    return "added" if was is None else "removed" if now is None else "changed"


def leaves(value: Any, key: str = "") -> dict[str, str]:
    """Give every single value in nested data, as JSON, by its dotted key."""
    inside = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    found = {
        name: leaf for part, one in inside for name, leaf in leaves(one, f"{key}.{part}".lstrip(".")).items()
    }
    return found or {key: json.dumps(value, ensure_ascii=False)}


def sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
