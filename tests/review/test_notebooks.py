"""The manners of the committed notebooks, read from their code; what they show is compared by nbval."""

import ast
from fnmatch import fnmatchcase

import pytest
from manners import mistakes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from model.plan.load import notebook_folder
from model.review.refresh import canonical, read, written

MIME = "application/vnd.scenarios.v1+json"
NOTEBOOKS = sorted(notebook_folder().glob("*.ipynb"))
REPORTS = {
    "report.ipynb": ["plan", "scenario", "horizon", "as_of", "language", "overrides", "draws", "seed"],
    "comparison.ipynb": ["plan", "scenarios", "horizon", "as_of", "language", "overrides", "draws", "seed"],
}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_holds_prose_and_calls_and_is_committed_as_it_was_run(path):
    assert mistakes(read(path), path.name) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_saved_in_canonical_form_to_the_byte(path):
    assert path.read_text(encoding="utf-8") == written(read(path))


def test_the_notebooks_are_all_there():
    names = {path.name for path in NOTEBOOKS}
    wanted = {
        "00_start_here",
        "01_plan_and_data",
        "02_scenarios",
        "03_uncertainty",
        "04_targets",
        "05_hindsight",
        "report",
        "comparison",
    }
    assert {f"{name}.ipynb" for name in wanted} <= names


@pytest.mark.parametrize(("name", "wanted"), REPORTS.items())
def test_a_report_takes_its_parameters_by_name_and_type(name, wanted):
    notebook = read(notebook_folder() / name)
    (cell,) = [one for one in notebook.cells if "parameters" in one.metadata.get("tags", [])]
    lines = ast.parse(cell.source).body
    assert [ast.unparse(line.target) for line in lines] == wanted


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_shows_what_it_says_is_expected(name):
    notebook = read(notebook_folder() / name)
    shown = [
        f"{output.data[MIME]['type']}:{output.data[MIME]['id']}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]
    for pattern in notebook.metadata["scenarios"]["expects"]:
        assert any(fnmatchcase(one, pattern) for one in shown), pattern


@pytest.mark.parametrize("name", REPORTS)
def test_every_sentence_of_a_report_stands_there_in_both_languages(name):
    notebook = read(notebook_folder() / name)
    tags = [tuple(cell.metadata.get("tags", ())) for cell in notebook.cells if cell.cell_type == "markdown"]
    assert tags == [("en",), ("zh",)] * (len(tags) // 2)


@pytest.mark.parametrize("name", REPORTS)
def test_no_cell_of_a_report_names_a_kpi_or_a_year(name, plan):
    notebook = read(notebook_folder() / name)
    for cell in notebook.cells:
        assert not any(kpi in cell.source for kpi in plan.kpis), cell.source
        assert str(plan.target_year) not in cell.source, cell.source


# The rules themselves: each finds the mistake it is there for.


def shown(text="Yes.", kind="text", id="answer"):
    data = {"type": kind, "id": id, "data": {"text": [text], "style": "lead"}}
    return new_output("execute_result", data={MIME: data, "text/plain": text}, execution_count=3)


def well_mannered(
    source="text.answer(found)", output=None, parameters='scenario: str = "baseline"  # a name'
):
    cells = [
        new_markdown_cell("# Title\n\n**Question:** why?\n\nReading time: 1 minute."),
        new_code_cell("from model import show", execution_count=1),
        new_code_cell(parameters, execution_count=2, metadata={"tags": ["parameters"]}),
        new_markdown_cell("So, the answer:"),
        new_code_cell(source, execution_count=3, outputs=[output or shown()]),
    ]
    return canonical(new_notebook(cells=cells))


def test_a_well_mannered_notebook_has_no_mistake():
    assert mistakes(well_mannered(), "n.ipynb") == []


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("for x in y: pass", "logic (For)"),
        ("[x for x in y]", "logic (comprehension)"),
        ("def f(): pass", "logic (FunctionDef)"),
        ("x if y else z", "logic (IfExp)"),
        ("while x: pass", "logic (While)"),
        ("f(lambda: 1)", "logic (Lambda)"),
        ("try:\n    x\nexcept ValueError:\n    y", "logic (Try)"),
        ("class A: pass", "logic (ClassDef)"),
        ("load('data/plan')", "data/plan: a file path"),
        ("load('mine.yaml')", "mine.yaml: a file path"),
        ("charts.gaps(found, color='red')", "color: plot styling"),
        ("\n".join(["x = 1"] * 11), "11 lines of code; at most 10"),
        ("charts.gaps(found)\nshow.answer(found)", "more than one result"),
        ("import os", "imports; the first code cell"),
        ("%matplotlib inline", "a magic command"),
    ],
)
def test_bad_manners_in_code_are_named_with_their_cell(source, wrong):
    found = mistakes(well_mannered(source), "n.ipynb")
    assert any(wrong in one and one.startswith("n.ipynb: cell 5:") for one in found), found


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ("scenario = 'baseline'  # a name", "not a typed default"),
        ("scenario: dict = {}  # a name", "not a typed default"),
        ("scenario: str = 'baseline'", "no help"),
    ],
)
def test_a_parameter_without_type_or_help_is_named(parameters, wrong):
    assert any(wrong in one for one in mistakes(well_mannered(parameters=parameters), "n.ipynb"))


@pytest.mark.parametrize(
    ("output", "wrong"),
    [
        (new_output("stream", text="x"), "stream output"),
        (new_output("display_data", data={"text/plain": "<Figure>"}), "a bare result"),
        (shown("<object at 0x7f3a2b1c>"), "an address or a path"),
        (shown(kind="figure"), "no answer in words at the end"),
    ],
)
def test_an_output_that_cannot_be_compared_or_read_is_named(output, wrong):
    assert any(wrong in one for one in mistakes(well_mannered(output=output), "n.ipynb"))


def test_missing_prose_order_and_runs_are_named():
    notebook = well_mannered()
    notebook.cells[0].source = "Title"
    notebook.cells[1].execution_count = None
    notebook.cells[2].metadata = {}
    del notebook.cells[3]
    found = "\n".join(mistakes(notebook, "n.ipynb"))
    for wrong in ("a title is missing", "the question is missing", "the reading time is missing", "not run"):
        assert wrong in found
    assert "the second code cell alone is to be tagged parameters" in found
    assert "no sentence around it" in found


def test_two_results_of_one_id_are_named():
    notebook = well_mannered()
    notebook.cells[4].outputs = [notebook.cells[4].outputs[0]] * 2
    assert any("two results have this id" in one for one in mistakes(notebook, "n.ipynb"))


def test_what_an_editor_leaves_behind_is_named():
    notebook = well_mannered()
    notebook.cells[4].metadata = {"collapsed": True}
    assert any("not in canonical form" in one for one in mistakes(notebook, "n.ipynb"))
