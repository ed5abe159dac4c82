"""Executed notebooks become documents, and whatever does not fit is named with its cell."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from report_cells import PNG, chart, grid, notebook, said

from model import ModelError
from model.export import document
from model.export.document import blocks


def test_markdown_becomes_blocks_without_markup():
    found = blocks("## Two *words*\n\nOne \\# `x`\ntwo\n\n- a\n- b\n\n1. c\n\n> q\n\n---\n\n```\nx = 1\n```")
    assert [one["type"] for one in found] == [
        *("heading", "paragraph", "list", "list", "quote", "pagebreak", "code"),
    ]
    assert found[0]["spans"][1] == {"text": "words", "italic": True}
    assert found[1]["spans"] == [{"text": "One # "}, {"text": "x", "code": True}, {"text": " two"}]
    assert [one["ordered"] for one in found[2:4]] == [False, True]


def test_only_safe_links_stay_links():
    assert blocks("[a](https://x)")[0]["spans"][0]["link"] == "https://x"
    assert "link" not in blocks("[a](javascript:x)")[0]["spans"][0]


def test_a_table_in_markdown_is_a_table():
    (found,) = blocks("|a|b|\n|--|-:|\n|x|1|")
    assert [one["align"] for one in found["columns"]] == ["left", "right"]
    assert found["rows"] == [["x", "1"]]


def test_cells_of_the_other_language_and_hidden_cells_are_left_out():
    cells = [
        new_markdown_cell("English", metadata={"tags": ["en"]}),
        new_markdown_cell("Chinese", metadata={"tags": ["zh"]}),
        new_markdown_cell("Hidden", metadata={"tags": ["remove-cell"]}),
        new_markdown_cell("Both"),
        said(),
    ]
    texts = {
        language: [
            block["spans"][0]["text"]
            for block in document.read(notebook(*cells), language=language)["front"]
            if block["type"] == "paragraph"
        ]
        for language in ("en", "zh")
    }
    assert texts == {"en": ["English", "Both"], "zh": ["Chinese", "Both"]}


def test_the_first_page_ends_with_the_first_section_after_the_first_result():
    read = document.read(
        notebook(
            new_markdown_cell("## Answer"), said(), grid(rows=[("a", "1")]), new_markdown_cell("## Next")
        )
    )
    assert [block["type"] for block in read["front"]] == ["heading", "text", "table"]
    assert [block["type"] for block in read["body"]] == ["heading"]
    assert read["heading"] == "Is the plan met?"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        pytest.param({"image/png": PNG, "text/plain": "<Axes>"}, "a bare figure", id="figure"),
        pytest.param({"text/html": "<table>", "text/plain": "x"}, "a bare table", id="table"),
        pytest.param({"text/plain": "0.1"}, "a bare value", id="value"),
    ],
)
def test_a_bare_result_is_an_error_that_names_the_cell(data, named):
    bare = new_code_cell("x", outputs=[new_output("execute_result", data=data)])
    with pytest.raises(ModelError, match=rf"mine.ipynb: cell 3: {named}"):
        document.read(notebook(said(), bare), name="mine.ipynb")


def test_printed_text_is_an_error_and_a_warning_is_not():
    noisy = new_code_cell("x", outputs=[new_output("stream", name="stderr", text="careful")])
    document.read(notebook(said(), noisy))
    noisy.outputs[0].name = "stdout"
    with pytest.raises(ModelError, match="cell 3: printed text"):
        document.read(notebook(said(), noisy))


def test_a_live_widget_is_left_to_its_static_twin():
    live = new_code_cell(
        "x", outputs=[new_output("display_data", data={document.WIDGET: {}, "text/plain": "S"})]
    )
    assert len(document.read(notebook(live, chart()))["front"]) == 1


def test_every_mistake_is_named_at_once():
    cells = [chart(alt=""), chart(picture={}), grid(rows=[("a",)]), new_markdown_cell("![x](y.png)")]
    with pytest.raises(ModelError) as caught:
        document.read(notebook(*cells))
    assert [problem.split(": ", 2)[1] for problem in caught.value.problems[:4]] == [
        *("cell 2", "cell 3", "cell 4", "cell 5"),
    ]


def test_an_expected_figure_that_is_missing_fails_the_report():
    document.read(notebook(chart("kpi-1"), expects=["figure:kpi-*"]))
    with pytest.raises(ModelError, match="the expected figure:kpi-\\* is missing"):
        document.read(notebook(grid("kpi-1", rows=[("a", "1")]), expects=["figure:kpi-*"]))


def test_a_cell_may_state_what_it_is_expected_to_show():
    empty = new_code_cell("x", metadata={"scenarios": {"expects": ["table:a"]}})
    with pytest.raises(ModelError, match="cell 3: the expected table:a is missing"):
        document.read(notebook(said(), empty))


def test_ids_are_unique_and_a_notebook_that_was_not_run_is_refused():
    with pytest.raises(ModelError, match="two results have this id"):
        document.read(notebook(said("a"), said("a")))
    with pytest.raises(ModelError, match="run all of its cells"):
        document.read(notebook(new_code_cell("x = 1")))
