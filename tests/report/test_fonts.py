"""The typeface that ships: what it can print, where it comes from, and what a page takes of it."""

import io

from fontTools.ttLib import TTFont

from model.report import fonts
from model.report.fonts import subset


def test_the_typeface_has_the_general_standard_list_and_whatever_the_suite_prints():
    standard = subset.standard()
    assert len(standard) == len(set(standard)) == 8105
    # First and last of each of the three levels, as printed in the list of 2013.
    assert [standard[place] for place in (0, 3499, 3500, 6499, 6500, 8104)] == list("一矗乂齉亍蠼")
    assert not set(standard) - fonts.letters()
    # Noto has no such cross: documents draw it, pages leave it to the reader's own fonts.
    assert subset.printed(fonts.FOLDER.parents[2]) - fonts.letters() <= {"✗"}


def test_its_licence_stands_beside_it_and_it_has_a_name_of_its_own():
    licence = (fonts.FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert licence.startswith(f"{fonts.FAMILY} ({fonts.FILE.name}) is a subset of Noto Sans CJK SC")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    with TTFont(fonts.FILE) as font:
        names = {one: font["name"].getDebugName(one) for one in (0, 1, 4, 13)}
    assert (names[1], names[4]) == (fonts.FAMILY, fonts.FAMILY)
    assert "Adobe" in names[0]
    assert "SIL Open Font License" in names[13]


def test_a_page_takes_the_characters_it_has_and_is_the_same_each_time():
    text = "2025年达到8亿户"
    raw = fonts.woff(text)
    assert raw == fonts.woff(text)
    assert set(map(chr, TTFont(io.BytesIO(raw)).getBestCmap())) == set(text)
