"""Executed notebooks become documents, and whatever does not fit is named with its cell."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from report_cells import PNG, annex, chart, grid, notebook, said

from model import ModelError
from model.export import document
from model.export.document import blocks


def test_markdown_becomes_blocks_without_markup():
    found = blocks("## Two *words*\n\nOne \\# `x`\ntwo\n\n- a\n- b\n\n1. c\n\n> q\n\n---\n\n```\nx = 1\n```")
    types = ["heading", "paragraph", "list", "list", "quote", "pagebreak", "code"]
    assert [one["type"] for one in found] == types
    assert found[0]["spans"][1] == {"text": "words", "italic": True}
    assert found[1]["spans"] == [{"text": "One # "}, {"text": "x", "code": True}, {"text": " two"}]
    assert [one["ordered"] for one in found[2:4]] == [False, True]
    (table,) = blocks("|a|b|\n|--|-:|\n|x|1|")
    assert [one["align"] for one in table["columns"]] == ["left", "right"]
    assert table["rows"] == [["x", "1"]]


def test_only_safe_links_stay_links():
    assert blocks("[a](https://x)")[0]["spans"][0]["link"] == "https://x"
    assert "link" not in blocks("[a](javascript:x)")[0]["spans"][0]


def test_cells_of_the_other_language_and_hidden_cells_are_left_out():
    tags = {"English": ["en"], "Chinese": ["zh"], "Hidden": ["remove-cell"], "Both": []}
    cells = [new_markdown_cell(text, metadata={"tags": one}) for text, one in tags.items()]
    for language, texts in {"en": ["English", "Both"], "zh": ["Chinese", "Both"]}.items():
        front = document.read(notebook(*cells, said()), language=language)["front"]
        assert [block["spans"][0]["text"] for block in front if block["type"] == "paragraph"] == texts


def test_the_first_page_ends_with_the_first_section_after_the_first_result():
    cells = [new_markdown_cell("## Answer"), said(), grid(rows=[("a", "1")]), new_markdown_cell("## Next")]
    read = document.read(notebook(*cells))
    assert [block["type"] for block in read["front"]] == ["heading", "text", "table"]
    assert [block["type"] for block in read["body"]] == ["heading"]
    assert read["heading"] == "Is the plan met?"


def test_the_annex_begins_with_the_heading_of_a_tagged_cell_and_holds_all_that_follows():
    cells = [
        said(),
        new_markdown_cell("## Next"),
        chart(),
        annex("Bridge.\n\n## Rules"),
        grid(rows=[("a", "1")]),
    ]
    read = document.read(notebook(*cells, annex("## More")))
    assert [block["type"] for block in read["body"]] == ["heading", "figure", "paragraph"]
    assert [block["type"] for block in read["annex"]] == ["heading", "table", "heading"]
    assert document.read(notebook(*cells[:3]))["annex"] == []
    # What comes before the first section is never the annex, and the annex is never the first page.
    assert document.read(notebook(annex(), said()))["front"] == []
    with pytest.raises(ModelError, match="cell 3: an annex without a heading"):
        document.read(notebook(said(), annex("Rules.")))


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"image/png": PNG, "text/plain": "<Axes>"}, "a bare figure"),
        ({"text/html": "<table>", "text/plain": "x"}, "a bare table"),
        ({"text/plain": "0.1"}, "a bare value"),
    ],
    ids=["figure", "table", "value"],
)
def test_a_bare_result_is_an_error_that_names_the_cell(data, named):
    bare = new_code_cell("x", outputs=[new_output("execute_result", data=data)])
    with pytest.raises(ModelError, match=rf"mine.ipynb: cell 3: {named}"):
        document.read(notebook(said(), bare), name="mine.ipynb")


def test_printed_text_is_an_error_a_warning_is_not_and_a_live_widget_is_left_to_its_static_twin():
    noisy = new_code_cell("x", outputs=[new_output("stream", name="stderr", text="careful")])
    document.read(notebook(said(), noisy))
    noisy.outputs[0].name = "stdout"
    with pytest.raises(ModelError, match="cell 3: printed text"):
        document.read(notebook(said(), noisy))
    output = new_output("display_data", data={document.WIDGET: {}, "text/plain": "S"})
    live = new_code_cell("x", outputs=[output])
    assert len(document.read(notebook(live, chart()))["front"]) == 1


def test_every_mistake_is_named_at_once():
    cells = [chart(alt=""), chart(picture={}), grid(rows=[("a",)]), new_markdown_cell("![x](y.png)")]
    with pytest.raises(ModelError) as caught:
        document.read(notebook(*cells))
    named = [problem.split(": ", 2)[1] for problem in caught.value.problems[:4]]
    assert named == ["cell 2", "cell 3", "cell 4", "cell 5"]


def test_an_expected_figure_or_result_of_a_cell_that_is_missing_fails_the_report():
    document.read(notebook(chart("kpi-1"), expects=["figure:kpi-*"]))
    with pytest.raises(ModelError, match="the expected figure:kpi-\\* is missing"):
        document.read(notebook(grid("kpi-1", rows=[("a", "1")]), expects=["figure:kpi-*"]))
    empty = new_code_cell("x", metadata={"scenarios": {"expects": ["table:a"]}})
    with pytest.raises(ModelError, match="cell 3: the expected table:a is missing"):
        document.read(notebook(said(), empty))


def test_ids_are_unique_and_a_notebook_that_was_not_run_is_refused():
    with pytest.raises(ModelError, match="two results have this id"):
        document.read(notebook(said("a"), said("a")))
    with pytest.raises(ModelError, match="run all of its cells"):
        document.read(notebook(new_code_cell("x = 1")))
