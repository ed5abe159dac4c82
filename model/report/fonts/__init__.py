"""The typefaces that ship: where they lie, what they can print, and the part of one that a page needs."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FAMILY, FILE = "Scenarios SC", FOLDER / "scenarios-sc.otf"
LATIN_FAMILY, LATIN = "Libertinus Serif", FOLDER / "LibertinusSerif-Regular.otf"


@cache
def letters() -> frozenset[str]:
    """Give every character the shipped font can print."""
    from fontTools.ttLib import TTFont

    with TTFont(FILE, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def woff(text: str, family: str = FAMILY) -> bytes:
    """Cut a web font that holds the characters of a text."""
    from fontTools.ttLib import TTFont

    file = FILE if family == FAMILY else LATIN
    with TTFont(file, lazy=True, recalcTimestamp=False) as font:
        cut(font, set(text), kept=("kern",))
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
    return buffer.getvalue()


def cut(font: Any, text: Iterable[str], *, kept: Iterable[str]) -> None:
    """Take out of a font what the characters of a text do not need, hints and features included."""
    from fontTools.subset import Options, Subsetter

    options = Options(
        layout_features=[*kept], hinting=False, notdef_outline=True, name_IDs=[*range(7), 13, 14],
        name_languages=[0x409], drop_tables=["VORG", "vhea", "vmtx", "BASE", "DSIG"],
    )  # fmt: skip
    made = Subsetter(options)
    made.populate(text="".join(text))
    made.subset(font)
