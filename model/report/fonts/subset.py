"""Cut the font that ships out of Noto Sans CJK, whose licence stands beside it (OFL.txt); run by hand.

`python -m model.report.fonts.subset NotoSansCJK-Regular.ttc` writes the font again: the characters of the
General Standard list, punctuation, signs, Latin, Greek and Cyrillic, and whatever the suite itself prints.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.ttLib import TTCollection

from model.report.fonts import FAMILY, FILE, FOLDER, cut

FACE = "NotoSansCJKsc-Regular"
# Latin and pinyin, Greek, Cyrillic, general and full-width punctuation, currency, signs, arrows, shapes.
BLOCKS = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x1CD, 0x1DC), (0x370, 0x3FF), (0x401, 0x451), (0x2010, 0x205E),
    (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x216B), (0x2190, 0x2199), (0x2200, 0x22A5),
    (0x2460, 0x249B), (0x25A0, 0x25EF), (0x2605, 0x2606), (0x2713, 0x2717), (0x3000, 0x3020),
    (0x3220, 0x3229), (0x32A3, 0x32A3), (0x338E, 0x33D5), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE5),
)  # fmt: skip
STANDARD, COUNT = FOLDER / "standard.txt", 8105
ENDINGS = (".yaml", ".csv", ".md", ".ipynb", ".j2", ".jinja", ".typ")


def standard() -> list[str]:
    """Read the General Standard list."""
    lines = STANDARD.read_text(encoding="utf-8").splitlines()
    return [one for line in lines if not line.startswith("#") for one in line]


def printed(root: Path) -> set[str]:
    """Gather the characters of everything that the suite prints."""
    paths = [path for folder in ("data", "model", "notebooks") for path in (root / folder).rglob("*")]
    texts = [path.read_text(encoding="utf-8") for path in paths if path.suffix in ENDINGS]
    return {one for text in texts for one in text if one.isprintable()}


def main(source: str) -> None:
    """Write the font anew from the collection that holds Noto Sans CJK."""
    (font,) = (one for one in TTCollection(source).fonts if one["name"].getDebugName(6) == FACE)
    asked = {chr(one) for first, last in BLOCKS for one in range(first, last + 1)}
    asked |= {*standard(), *printed(FOLDER.parents[2])}
    known = set(map(chr, font.getBestCmap()))
    if lost := sorted({*standard()} - known):
        raise SystemExit(f"{source}: no glyph for {''.join(lost)}")
    cut(font, asked & known, kept=("kern",))
    for id, text in {1: FAMILY, 3: f"{FAMILY}; {FACE}", 4: FAMILY, 6: FAMILY.replace(" ", "")}.items():
        font["name"].setName(text, id, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [FAMILY.replace(" ", "")]
    top.topDictIndex[0].FamilyName = top.topDictIndex[0].FullName = FAMILY
    font.recalcTimestamp = False
    font.save(FILE)
    print(f"{FILE}: {len(font.getBestCmap())} characters, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
