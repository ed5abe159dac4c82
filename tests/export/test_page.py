"""Documents become HTML pages that hold every word as typed and ask for nothing else."""

import base64
import re
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_markdown_cell
from report_cells import AWKWARD, LONG, annex, chart, grid, said, whole

from model.export import page


class Reader(HTMLParser):
    found = ""

    def handle_data(self, data):
        self.found += data


@pytest.mark.parametrize("text", [AWKWARD, LONG], ids=["marks", "long word"])
def test_words_come_out_of_the_page_as_typed(text):
    cells = [said("a", text), new_markdown_cell("## One"), chart(caption=text), grid(rows=[(text, "1")])]
    reader = Reader(convert_charrefs=True)
    reader.feed(page.html(whole(*cells, title=text)))
    assert reader.found.count(text) >= 4


def test_the_page_asks_for_nothing_holds_pictures_and_attachments_and_numbers_figures_throughout():
    files = [{"name": "a.yaml", "text": "x: 1\n", "mime": "application/yaml"}]
    text = page.html(whole(said(), new_markdown_cell("## One"), chart(), attachments=files))
    assert "://" not in text
    assert "<script" not in text
    assert f"data:application/yaml;base64,{base64.b64encode(files[0]['text'].encode()).decode()}" in text
    assert '<svg role="img" aria-label="Rises."' in text
    assert "var(--0088cc)" in text
    assert "<td>–</td>" in text
    assert '<html lang="en">' in text
    text = page.html(whole(chart("a"), new_markdown_cell("## One"), chart("b"), grid(rows=[("x", "1")])))
    assert "Figure 2</span>" in text
    assert "Table 1</span>" in text


def test_the_annex_is_a_group_of_the_contents_its_figures_count_on_and_main_leaves_it_out():
    cells = [
        said(),
        new_markdown_cell("## One"),
        chart("a"),
        annex(),
        chart("b"),
        new_markdown_cell("### Two"),
    ]
    text = page.html(whole(*cells))
    headings = re.findall(r'<h(\d) id="(section-\d)">(.*?)</h', text)
    assert headings == [
        ("2", "section-1", "One"),
        ("2", "section-2", "Annex"),
        ("3", "section-3", "Rules"),
        ("4", "section-4", "Two"),
    ]
    links = re.findall(r'<li class="level-(\d)"><a href="#(.*?)">', text)
    assert links == [("2", "report"), ("2", "section-1"), ("2", "section-2"), ("3", "section-3")]
    assert "Figure 2</span>" in text
    main = page.html(whole(*cells, pages="main"))
    assert not any(one in main for one in ("Annex", "Rules", "Figure 2</span>"))
    assert "Figure 1</span>" in main
