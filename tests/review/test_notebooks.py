"""The manners of the committed notebooks, read from their code; what they show is compared by nbval."""

import ast
import re
from fnmatch import fnmatchcase

import pytest
from manners import mistakes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from model.plan.load import notebook_folder
from model.review.refresh import canonical, read, written

MIME = "application/vnd.scenarios.v1+json"
NOTEBOOKS = sorted(notebook_folder().glob("*.ipynb"))
REPORTS = {"report.ipynb": "scenario", "comparison.ipynb": "scenarios"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_holds_prose_and_calls_and_is_committed_as_it_was_run(path):
    assert mistakes(read(path), path.name) == []
    assert path.read_text(encoding="utf-8") == written(read(path))


def test_the_notebooks_are_all_there():
    numbered = ("start_here", "plan_and_data", "scenarios", "uncertainty", "targets", "hindsight")
    wanted = {*REPORTS, *(f"{number:02}_{name}.ipynb" for number, name in enumerate(numbered))}
    assert wanted <= {path.name for path in NOTEBOOKS}


@pytest.mark.parametrize(("name", "of"), REPORTS.items())
def test_a_report_takes_its_parameters_shows_what_it_expects_and_speaks_of_any_plan_in_both_languages(
    name, of, plan
):
    notebook = read(notebook_folder() / name)
    (cell,) = [one for one in notebook.cells if "parameters" in one.metadata.get("tags", [])]
    taken = [ast.unparse(line.target) for line in ast.parse(cell.source).body]
    assert taken == ["plan", of, "horizon", "as_of", "language", "overrides", "draws", "seed"]
    outputs = [output.data[MIME] for cell in notebook.cells for output in cell.get("outputs", [])]
    for pattern in notebook.metadata["scenarios"]["expects"]:
        assert any(fnmatchcase(f"{one['type']}:{one['id']}", pattern) for one in outputs), pattern
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells if cell.cell_type == "markdown"]
    assert [one[0] for one in tags] == ["en", "zh"] * (len(tags) // 2)
    assert [one for one in tags if len(one) > 1] == [["en", "annex"], ["zh", "annex"]]
    for cell in notebook.cells:
        assert not any(one in cell.source for one in (*plan.kpis, str(plan.target_year))), cell.source


def shown(text="Yes.", kind="text", id="answer"):
    data = {"type": kind, "id": id, "data": {"text": [text], "style": "lead"}}
    return new_output("execute_result", data={MIME: data, "text/plain": text}, execution_count=3)


def well_mannered(source="text.answer(x)", output=None, parameters='scenario: str = "baseline"  # a name'):
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
    ("part", "bad", "wrong"),
    [
        ("parameters", "scenario = 'baseline'  # a name", "not a typed default"),
        ("parameters", "scenario: dict = {}  # a name", "not a typed default"),
        ("parameters", "scenario: str = 'baseline'", "no help"),
        ("output", new_output("stream", text="x"), "stream output"),
        ("output", new_output("display_data", data={"text/plain": "<Figure>"}), "a bare result"),
        ("output", shown("<object at 0x7f3a2b1c>"), "an address or a path"),
        ("output", shown(kind="figure"), "no answer in words at the end"),
    ],
)
def test_a_parameter_without_type_or_help_and_an_output_that_cannot_be_compared_are_named(part, bad, wrong):
    assert any(wrong in one for one in mistakes(well_mannered(**{part: bad}), "n.ipynb"))


def test_missing_prose_order_and_runs_are_named():
    notebook = well_mannered()
    notebook.cells[0].source = "Title"
    notebook.cells[1].execution_count = None
    notebook.cells[2].metadata = {}
    notebook.cells[4].outputs = [shown(kind="figure")]
    del notebook.cells[3]
    found = "\n".join(mistakes(notebook, "n.ipynb"))
    for wrong in ("a title is missing", "the question is missing", "the reading time is missing", "not run"):
        assert wrong in found
    assert "the second code cell alone is to be tagged parameters" in found
    assert "no sentence around it" in found


def test_two_results_of_one_id_and_what_an_editor_leaves_behind_are_named():
    notebook = well_mannered()
    notebook.cells[4].outputs = [notebook.cells[4].outputs[0]] * 2
    notebook.cells[4].metadata = {"collapsed": True}
    found = "\n".join(mistakes(notebook, "n.ipynb"))
    assert "two results have this id" in found
    assert "not in canonical form" in found


def test_scenarios_of_a_notebook_link_to_their_files():
    notebook = read(notebook_folder() / "02_scenarios.ipynb")
    pages = [
        output.data.get("text/html", "") for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    found = {link for page in pages for link in re.findall(r'href="([^"]+)"', page)}
    assert "../data/china_14fyp_digital/scenarios/saturation.yaml" in found
    assert all((notebook_folder() / link).is_file() for link in found)
