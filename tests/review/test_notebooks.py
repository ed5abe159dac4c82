"""The manners of the committed notebooks, read from their code; what they show is compared by nbval."""

import ast
import re
from fnmatch import fnmatchcase

import pytest
from manners import mistakes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from model.errors import ModelError
from model.plan.load import notebook_folder
from model.review.refresh import canonical, chinese, read, refresh, twins, written

MIME = "application/vnd.scenarios.v1+json"
ENGLISH = sorted(notebook_folder().glob("*.ipynb"))
NOTEBOOKS = [*ENGLISH, *sorted(notebook_folder().glob("zh/*.ipynb"))]
REPORTS = {"report.ipynb": "scenario", "comparison.ipynb": "scenarios"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_notebook_holds_prose_and_calls_and_is_committed_as_it_was_run(path):
    assert mistakes(read(path), path.name) == []
    assert path.read_text(encoding="utf-8") == written(read(path))


def test_the_notebooks_are_all_there():
    numbered = ("start_here", "plan_and_data", "scenarios", "uncertainty", "targets", "hindsight")
    wanted = {*REPORTS, *(f"{number:02}_{name}.ipynb" for number, name in enumerate(numbered))}
    assert wanted <= {path.name for path in ENGLISH}


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


def told(notebook):
    return [(cell.cell_type, cell.id, cell.metadata, cell.source) for cell in notebook.cells]


def test_the_chinese_notebooks_are_those_that_the_numbered_english_ones_make():
    numbered = [path for path in ENGLISH if path.name[0].isdigit()]
    assert len(numbered) == 7
    assert [path for path in NOTEBOOKS if path.parent.name == "zh"] == [
        other for path in numbered for other in twins(path)
    ]
    for path in numbered:
        made, english, [twin] = chinese(path), read(path), twins(path)
        assert told(made) == told(read(twin))
        for cell, other in zip(made.cells, english.cells, strict=True):
            if "parameters" in cell.metadata.get("tags", []):
                code, before = ast.unparse(ast.parse(cell.source)), ast.unparse(ast.parse(other.source))
                assert code == before.replace("language: str = 'en'", "language: str = 'zh'") != before
            elif cell.cell_type == "code":
                assert cell.source == other.source


def test_a_chinese_text_that_is_missing_is_named_with_notebook_and_cell_and_nothing_is_written(tmp_path):
    notebook = read(notebook_folder() / "00_start_here.ipynb")
    del notebook.cells[3].metadata["zh"], notebook.cells[4].metadata["zh"]["kpi"]
    (tmp_path / "00_start_here.ipynb").write_text(written(notebook), encoding="utf-8")
    (tmp_path / "zh").mkdir()
    [twin] = twins(tmp_path / "00_start_here.ipynb")
    with pytest.raises(ModelError) as caught:
        refresh(twin)
    wrong = "the Chinese text is missing; give it in the metadata of the cell"
    assert caught.value.problems == (
        f"00_start_here.ipynb: cell 4: zh: {wrong}",
        f"00_start_here.ipynb: cell 5: zh.kpi: {wrong}",
    )
    assert not twin.exists()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_notebook_links_to_is_there(path):
    cells = read(path).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    pages = [output.data.get("text/html", "") for output in outputs]
    found = {link for page in pages for link in re.findall(r'href="([^"]+)"', page)}
    found |= {link for text in prose for link in re.findall(r"\]\(([^)]+)\)", text)}
    assert [link for link in found if not (path.parent / link).is_file()] == []
    if path.name == "02_scenarios.ipynb":
        up = "../.." if path.parent.name == "zh" else ".."
        assert f"{up}/data/china_14fyp_digital/scenarios/saturation.yaml" in found
    if path.name == "00_start_here.ipynb":
        assert len(found) == 9
