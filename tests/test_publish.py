"""Executed notebooks become documents, and documents become PDF and HTML that hold every word as typed."""

import base64
import io
import json
import re
import time
from pathlib import Path

import pypdf
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from model import ModelError, load, project, publish
from model.publish import document, manifest, page, parameters, typeset
from model.publish.about import about, as_file
from model.publish.labels import labels
from model.publish.markdown import blocks
from model.publish.rendering import set_document

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">'
    '<rect width="60" height="30" fill="#08c"/></svg>'
)
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
AWKWARD = 'A # title $x$ @ref "q" \\n <b>bold</b> *s* _u_ `c` [l](http://x) ] } = //'
LONG = "Donaudampfschifffahrt" * 8
NARRATIVE = "Fibre runs ahead of plan. " * 8


def shown(kind, name, data, *, picture=None, tags=(), **more):
    said = {"type": kind, "id": name, "caption": "", "alt": "", "source": "", "data": data, **more}
    bundle = {document.MIME: said, "text/plain": "x", **(picture or {})}
    return new_code_cell(
        "show", outputs=[new_output("display_data", data=bundle)], metadata={"tags": [*tags]}
    )


def said(name="answer", *sentences, style="lead"):
    return shown("text", name, {"text": [*(sentences or ("Yes.",))], "style": style})


def chart(name="chart", caption="A chart", picture=None, **more):
    drawn = {"columns": ["year", "value"], "rows": [[2020, 1.5], [2021, None]]}
    picture = {"image/svg+xml": SVG} if picture is None else picture
    return shown("figure", name, drawn, caption=caption, **{"alt": "Rises.", **more}, picture=picture)


def grid(name="verdicts", caption="Verdicts", rows=(("Retail", "17")), **more):
    columns = [
        {"key": "kpi", "title": "KPI", "unit": "", "align": "left"},
        {"key": "target", "title": "Target", "unit": "2025", "align": "right"},
    ]
    return shown(
        "table", name, {"columns": columns, "rows": [list(row) for row in rows]}, caption=caption, **more
    )


def notebook(*cells, expects=()):
    made = new_notebook(cells=[new_markdown_cell("# Is the plan met?"), *cells])
    made.metadata["scenarios"] = {"expects": [*expects]}
    return made


ABOUT = {
    "title": "Accelerated",
    "subtitle": "A plan",
    "issuer": "An issuer",
    "narrative": "A narrative",
    "facts": ["Projections to 2025"],
    "keywords": ["accelerated"],
    "date": "2021-05-17",
}


def whole(*cells, attachments=(), **more):
    return set_document(document.read(notebook(*cells)), {**ABOUT, **more}, [*attachments])


def printed(*cells, **more):
    return pypdf.PdfReader(io.BytesIO(typeset.pdf(whole(*cells, **more))))


def words(reader):
    """Text of a PDF without spaces: where lines break is not what is asked."""
    return "".join("".join(one.extract_text() for one in reader.pages).split())


# --- what is read ---


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


# --- what is printed ---


@pytest.mark.parametrize("text", [AWKWARD, LONG, NARRATIVE.strip()], ids=["marks", "long word", "narrative"])
def test_words_come_out_of_the_pdf_as_typed_wherever_they_stand(text):
    cells = [
        said("a", text),
        chart(caption=text, source=text, alt=text),
        grid(rows=[(text, "1")], caption=text),
        said("v", text, style="verdict"),
    ]
    reader = printed(*cells, title=text, subtitle=text, issuer=text, narrative=text)
    bare = "".join(text.split())
    assert words(reader).count(bare) >= 10
    assert reader.metadata.title == text


@pytest.mark.parametrize("text", [AWKWARD, LONG, NARRATIVE.strip()], ids=["marks", "long word", "narrative"])
def test_no_word_leaves_the_page(text):
    reader = printed(said("a", text), grid(rows=[(text, text)]), chart(caption=text), title=text)
    for sheet in reader.pages:
        # About 130 letters of the smallest print fill a line.
        assert max(map(len, sheet.extract_text().splitlines())) < 140


@pytest.mark.parametrize("date", ["2021-05-17", None])
def test_one_document_gives_the_same_bytes_at_any_time(date):
    first = typeset.pdf(whole(said(), chart(), grid(rows=[("a", "1")]), date=date))
    time.sleep(1.1)
    assert typeset.pdf(whole(said(), chart(), grid(rows=[("a", "1")]), date=date)) == first


def test_the_pdf_says_who_made_it_of_what_and_when_its_data_are_of():
    first = typeset.pdf(whole(said()))
    facts = pypdf.PdfReader(io.BytesIO(first)).metadata
    assert facts["/CreationDate"].startswith("D:20210517000000")
    assert facts.author == "plan-scenarios"
    assert facts.subject == "A plan"


def test_the_pdf_has_bookmarks_captions_language_tags_and_alternative_texts():
    cells = [said(), new_markdown_cell("## One"), chart(), chart("second"), new_markdown_cell("### Two")]
    reader = printed(*cells, grid(rows=[("a", "1")]))
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
    reader = printed(
        said(), new_markdown_cell("## One"), grid(rows=[(f"Row {n}", str(n)) for n in range(120)])
    )
    sheets = [sheet.extract_text() for sheet in reader.pages if "Row " in sheet.extract_text()]
    assert len(sheets) > 2
    assert all("Target" in text for text in sheets)


def test_a_png_is_printed_too():
    reader = printed(said(), chart(picture={"image/png": PNG}))
    assert any(sheet.images for sheet in reader.pages)


def test_a_character_without_a_glyph_is_an_error_that_names_it():
    with pytest.raises(ModelError, match=r"no font has a glyph for '规' \(U\+89C4\)"):
        printed(said("a", "规"))


def test_attachments_are_read_back_as_they_were():
    files = [{"name": "a.yaml", "text": "title: {en: é #}\n", "mime": "application/yaml"}]
    reader = printed(said(), attachments=files)
    assert reader.attachments["a.yaml"] == [files[0]["text"].encode()]


# --- the page ---


@pytest.mark.parametrize("text", [AWKWARD, LONG], ids=["marks", "long word"])
def test_words_come_out_of_the_page_as_typed(text):
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        found = ""

        def handle_data(self, data):
            self.found += data

    cells = [said("a", text), new_markdown_cell("## One"), chart(caption=text), grid(rows=[(text, "1")])]
    reader = Reader(convert_charrefs=True)
    reader.feed(page.html(whole(*cells, title=text)))
    assert reader.found.count(text) >= 4


def test_the_page_asks_for_nothing_and_holds_picture_data_and_attachments():
    files = [{"name": "a.yaml", "text": "x: 1\n", "mime": "application/yaml"}]
    text = page.html(whole(said(), new_markdown_cell("## One"), chart(), attachments=files))
    assert "http" not in text
    assert "<script" not in text
    for mime, raw in (("image/svg+xml", SVG), ("application/yaml", "x: 1\n")):
        assert f"data:{mime};base64,{base64.b64encode(raw.encode()).decode()}" in text
    assert 'alt="Rises."' in text
    assert "<td>–</td>" in text
    assert '<html lang="en">' in text


def test_figures_are_numbered_through_the_whole_page():
    text = page.html(whole(chart("a"), new_markdown_cell("## One"), chart("b"), grid(rows=[("x", "1")])))
    assert "Figure 2</span>" in text
    assert "Table 1</span>" in text


def test_every_label_that_a_theme_or_cover_asks_for_is_in_the_catalogue_and_no_other():
    folder = Path(publish.__file__).parent
    asked = set()
    for path in (folder / "report.typ", folder / "report.html.jinja"):
        asked |= set(re.findall(r"\blabels\.([a-z_]+)", path.read_text(encoding="utf-8")))
    for path in (folder / "about.py", folder / "typeset.py"):
        asked |= set(re.findall(r'\btexts\["([a-z_]+)"\]', path.read_text(encoding="utf-8")))
    assert {"contents", "attached", "comparison"} <= asked
    for language in ("en", "zh"):
        assert set(labels(language)) == asked
        assert all(labels(language).values())


def test_labels_are_said_in_the_language_asked_for_and_no_other_is_known():
    assert (labels("en")["contents"], labels("zh")["contents"]) == ("Contents", "目录")
    with pytest.raises(ModelError, match="unknown language 'fr'"):
        labels("fr")


# --- what a report says of itself ---


def test_the_date_is_that_of_the_latest_figure_and_facts_tell_what_was_known(plan):
    scenarios = [plan.scenarios[name] for name in ("baseline", "outturn_path")]
    latest = max(*plan.outturns["published"], *plan.context_data["published"])
    assert {about(plan, [one])["date"] for one in scenarios} == {latest}
    one, both = about(plan, scenarios[:1])["facts"], about(plan, scenarios)["facts"]
    assert one[1].endswith(f"as of {plan.base_year}")
    assert f"as of {plan.base_year}–20" in both[1]
    assert about(plan, scenarios, as_of=plan.base_year)["facts"] == one


def test_the_attached_scenario_is_one_that_gives_the_same_projection(plan, tmp_path):
    for name, scenario in plan.scenarios.items():
        path = tmp_path / f"again_{name}.yaml"
        path.write_text(as_file(scenario), encoding="utf-8")
        first, again = (project(plan, one).table.drop(columns="scenario") for one in (name, path))
        assert first.equals(again)


def test_a_recipe_knows_neither_clock_nor_host_and_changes_with_data(plan, tmp_path):
    import shutil

    from model.inputs import plan_folder

    folder = tmp_path / plan.id
    shutil.copytree(plan_folder(plan.id), folder)
    same = [manifest.recipe(one, [{"notebook": "x"}], []) for one in (plan.id, folder)]
    assert same[0] == same[1]
    assert str(tmp_path) not in json.dumps(same)
    assert same[0]["packages"]["typst"]
    (folder / "outturns.csv").write_text("", encoding="utf-8")
    assert manifest.recipe(folder, [], [])["digests"]["data"] != same[0]["digests"]["data"]


# --- parameters ---


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        pytest.param({"scenaro": "x"}, "scenaro: unknown parameter; did you mean 'scenario'", id="unknown"),
        pytest.param({"horizon": "2030"}, "horizon: '2030' is no int", id="text for a number"),
        pytest.param({"horizon": True}, "horizon: True is no int", id="truth for a number"),
        pytest.param({"overrides": "a=1"}, "overrides: 'a=1' is no list", id="text for a list"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(given, wrong):
    source = (
        'scenario: str = "baseline"\nhorizon: int = 2025\nas_of: int | str = 2020\noverrides: list[str] = []'
    )
    made = new_notebook(cells=[new_code_cell(source, metadata={"tags": ["parameters"]})])
    parameters.check(made, {"horizon": 2030, "as_of": "latest", "overrides": ["a=1"]}, name="r.ipynb")
    with pytest.raises(ModelError, match=wrong):
        parameters.check(made, given, name="r.ipynb")


def test_injected_parameters_win_over_the_declared():
    cells = [
        new_code_cell("a: int = 1\nb: int = 1", metadata={"tags": ["parameters"]}),
        new_code_cell("a = 2", metadata={"tags": ["injected-parameters"]}),
    ]
    assert parameters.used(new_notebook(cells=cells)) == {"a": 2, "b": 1}


# --- the exporters ---


def test_a_notebook_that_is_no_report_can_be_typeset_too():
    from model.publish.exporter import PdfExporter

    content, _ = PdfExporter().from_notebook_node(notebook(said()))
    facts = pypdf.PdfReader(io.BytesIO(content)).metadata
    assert facts.title == "Is the plan met?"
    assert "/CreationDate" not in facts


@pytest.mark.parametrize("kind", ["PdfExporter", "HtmlExporter"])
def test_an_exporter_takes_titles_and_date_from_the_parameters_the_notebook_ran_with(kind):
    from model.publish import exporter

    source = 'plan: str = "china_14fyp_digital"\nscenario: str = "accelerated"\nhorizon: int = 2030'
    made = notebook(new_code_cell(source, metadata={"tags": ["parameters"]}), said())
    content, resources = getattr(exporter, kind)().from_notebook_node(made)
    plan = load()
    if kind == "PdfExporter":
        assert resources["output_extension"] == ".pdf"
        facts = pypdf.PdfReader(io.BytesIO(content)).metadata
        assert facts.title == plan.scenarios["accelerated"].title.en
        content = words(pypdf.PdfReader(io.BytesIO(content)))
    assert "Projectionsto2030" in "".join(content.split())


def test_an_exporter_sets_a_notebook_that_is_no_report_under_its_own_heading():
    from model.publish.exporter import HtmlExporter

    content, _ = HtmlExporter().from_notebook_node(notebook(said()))
    assert "<h1>Is the plan met?</h1>" in content
