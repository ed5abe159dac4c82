"""Documents become PDF files that hold every word as typed."""

import re
import time

import pytest
from nbformat.v4 import new_markdown_cell
from report_cells import (
    AWKWARD,
    LONG,
    PNG,
    SVG,
    annex,
    chart,
    grid,
    least_full,
    printed,
    said,
    shown,
    whole,
    words,
)  # fmt: skip

from model import ModelError
from model.export import render

NARRATIVE = "Fibre runs ahead of plan. " * 8


@pytest.mark.parametrize("text", [AWKWARD, LONG, NARRATIVE.strip()], ids=["marks", "long word", "narrative"])
def test_words_come_out_of_the_pdf_as_typed_wherever_they_stand_and_none_leaves_the_page(text):
    cells = [
        said("a", text),
        chart(caption=text, source=text, alt=text),
        grid(rows=[(text, text)], caption=text),
        said("v", text, style="verdict"),
    ]
    reader = printed(*cells, title=text, subtitle=text, issuer=text, narrative=text)
    bare = "".join(text.split())
    assert words(reader).count(bare) >= 11
    assert reader.metadata.title == text
    for sheet in reader.pages:
        # About 130 letters of the smallest print fill a line.
        assert max(map(len, sheet.extract_text().splitlines())) < 140


@pytest.mark.parametrize("date", ["2021-05-17", None])
def test_one_document_gives_the_same_bytes_at_any_time(date):
    first = render.pdf(whole(said(), chart(), grid(rows=[("a", "1")]), date=date))
    time.sleep(1.1)
    assert render.pdf(whole(said(), chart(), grid(rows=[("a", "1")]), date=date)) == first


def test_the_pdf_has_facts_bookmarks_captions_language_tags_and_alternative_texts():
    cells = [said(), new_markdown_cell("## One"), chart(), chart("second"), new_markdown_cell("### Two")]
    reader = printed(*cells, grid(rows=[("a", "1")]))
    facts = reader.metadata
    assert facts["/CreationDate"].startswith("D:20210517000000")
    assert (facts.author, facts.subject) == ("plan-scenarios", "A plan")
    (one, under) = reader.outline
    assert one["/Title"] == "1 One"
    assert [entry["/Title"] for entry in under] == ["1.1 Two"]
    assert "Figure2Achart" in words(reader)
    assert "Table1Verdicts" in words(reader)
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    assert b"Rises." in b"".join(_alternatives(root["/StructTreeRoot"]))


def _alternatives(node):
    node = node.get_object()
    if isinstance(node, list):
        return [text for child in node for text in _alternatives(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/Alt"]).encode()] if "/Alt" in node else []
    return own + (_alternatives(node["/K"]) if "/K" in node else [])


def test_a_long_table_repeats_its_header_on_every_page():
    table = grid(rows=[(f"Row {n}", str(n)) for n in range(120)])
    texts = [sheet.extract_text() for sheet in printed(said(), new_markdown_cell("## One"), table).pages]
    sheets = [text for text in texts if "Row " in text]
    assert len(sheets) > 2
    assert all("Target" in text for text in sheets)


def test_a_wide_table_is_split_and_its_first_column_repeated():
    years = [str(year) for year in range(2020, 2061)]
    columns = [{"key": "what", "title": "What", "unit": "", "align": "left"}]
    columns += [{"key": year, "title": year, "unit": "", "align": "right"} for year in years]
    rows = [["Baseline", *(f"{n}.25" for n in range(1000, 1041))], ["Plan path", *("7" for _ in years)]]
    table = shown("table", "long", {"columns": columns, "rows": rows}, caption="Years")
    reader = printed(said(), new_markdown_cell("## One"), table)
    lines = [line for sheet in reader.pages for line in sheet.extract_text().splitlines()]
    heads = [line.split()[1:] for line in lines if line.startswith("What")]
    assert len(heads) == 4
    assert [year for head in heads for year in head] == years
    values = [line.split()[1:] for line in lines if line.startswith("Baseline")]
    assert [value for row in values for value in row] == rows[0][1:]


def test_a_character_without_a_glyph_is_an_error_that_names_it():
    with pytest.raises(ModelError, match=r"no font has a glyph for '规' \(U\+89C4\)"):
        printed(said("a", "规"))


def test_attachments_are_read_back_as_they_were_and_a_png_is_printed_too():
    files = [{"name": "a.yaml", "text": "title: {en: é #}\n", "mime": "application/yaml"}]
    reader = printed(said(), chart(picture={"image/png": PNG}), attachments=files)
    assert any(sheet.images for sheet in reader.pages)
    assert reader.attachments["a.yaml"] == [files[0]["text"].encode()]


def test_the_annex_has_a_heading_letters_its_sections_counts_figures_on_and_main_leaves_it_out():
    two = new_markdown_cell("### Two")
    cells = [said(), new_markdown_cell("## One"), chart("a"), annex(), chart("b"), two]
    reader = printed(*cells)
    assert "AnnexARulesFigure2AchartA.1Two" in words(reader)
    assert re.findall(r"'/Title': '(.*?)'", str(reader.outline))[-3:] == ["Annex", "A Rules", "A.1 Two"]
    assert not any(one in words(printed(*cells, pages="main")) for one in ("Annex", "Rules"))


@pytest.mark.parametrize("rest", ["chart", "table", "annex"])
def test_wherever_a_page_ends_what_follows_begins_on_it_while_a_third_of_it_would_stay_empty(rest):
    drawn = {"image/svg+xml": SVG.replace('height="30"', 'height="21"')}
    rows = [(f"Retail {number}", "17") for number in range(9)]
    followed = {
        "chart": [new_markdown_cell("### Two"), chart(picture=drawn), said("told", 3 * NARRATIVE)],
        "table": [new_markdown_cell("### Two\n\nOf all."), grid(rows=rows, source=2 * NARRATIVE)],
        "annex": [annex(), grid(rows=rows)],
    }[rest]
    for lines in range(22, 42, 3):
        before = said("before", *["A line."] * lines, style="body")
        after = said("end", *["End."] * 40)
        sheets = printed(said(), new_markdown_cell("## One"), before, *followed, after)
        assert least_full(sheets) > 0.7, lines
