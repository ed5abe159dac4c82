"""Labels, what a report says of itself, the parameters it takes, and JupyterLab's exporters."""

import io
import json
import re
from pathlib import Path

import pypdf
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from report_cells import notebook, said, words

from model import ModelError, load, project
from model import export as publish
from model.export import manifest, planning
from model.export.manifest import about, as_file
from model.export.render import labels


def test_every_label_that_a_theme_or_cover_asks_for_is_in_the_catalogue_and_no_other():
    folder = Path(publish.__file__).parent
    asked = set()
    for path in (folder / "report.typ", folder / "report.html.jinja"):
        asked |= set(re.findall(r"\blabels\.([a-z_]+)", path.read_text(encoding="utf-8")))
    for path in (folder / "manifest.py", folder / "render.py"):
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
    made = [project(plan, name) for name in ("baseline", "outturn_path")]
    latest = max(*plan.outturns["published"], *plan.context_data["published"])
    assert {about(plan, [one])["date"] for one in made} == {latest}
    one, both = about(plan, made[:1])["facts"], about(plan, made)["facts"]
    assert one[1].endswith(f"as of {plan.base_year}")
    assert f"as of {plan.base_year}–20" in both[1]
    early = [project(plan, one.scenario, as_of=plan.base_year) for one in made]
    assert about(plan, early)["facts"] == one


def test_the_attached_scenario_is_one_that_gives_the_same_projection(plan, tmp_path):
    for name, scenario in plan.scenarios.items():
        path = tmp_path / f"again_{name}.yaml"
        path.write_text(as_file(scenario), encoding="utf-8")
        first, again = (project(plan, one).table.drop(columns="scenario") for one in (name, path))
        assert first.equals(again)


def test_a_recipe_knows_neither_clock_nor_host_and_changes_with_data(plan, tmp_path):
    import shutil

    from model.plan.load import plan_folder

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
    planning.check(made, {"horizon": 2030, "as_of": "latest", "overrides": ["a=1"]}, name="r.ipynb")
    with pytest.raises(ModelError, match=wrong):
        planning.check(made, given, name="r.ipynb")


def test_injected_parameters_win_over_the_declared():
    cells = [
        new_code_cell("a: int = 1\nb: int = 1", metadata={"tags": ["parameters"]}),
        new_code_cell("a = 2", metadata={"tags": ["injected-parameters"]}),
    ]
    assert planning.used(new_notebook(cells=cells)) == {"a": 2, "b": 1}


# --- the exporters ---


def test_a_notebook_that_is_no_report_can_be_typeset_too():
    from model.export.nbconvert import PdfExporter

    content, _ = PdfExporter().from_notebook_node(notebook(said()))
    facts = pypdf.PdfReader(io.BytesIO(content)).metadata
    assert facts.title == "Is the plan met?"
    assert "/CreationDate" not in facts


@pytest.mark.parametrize("kind", ["PdfExporter", "HtmlExporter"])
def test_an_exporter_takes_titles_and_date_from_the_parameters_the_notebook_ran_with(kind):
    from model.export import nbconvert

    source = 'plan: str = "china_14fyp_digital"\nscenario: str = "accelerated"\nhorizon: int = 2030'
    made = notebook(new_code_cell(source, metadata={"tags": ["parameters"]}), said())
    content, resources = getattr(nbconvert, kind)().from_notebook_node(made)
    plan = load()
    if kind == "PdfExporter":
        assert resources["output_extension"] == ".pdf"
        facts = pypdf.PdfReader(io.BytesIO(content)).metadata
        assert facts.title == plan.scenarios["accelerated"].title.en
        content = words(pypdf.PdfReader(io.BytesIO(content)))
    assert "Projectionsto2030" in "".join(content.split())


def test_an_exporter_sets_a_notebook_that_is_no_report_under_its_own_heading():
    from model.export.nbconvert import HtmlExporter

    content, _ = HtmlExporter().from_notebook_node(notebook(said()))
    assert "<h1>Is the plan met?</h1>" in content
