"""Labels, what a report says of itself, the parameters it takes, and JupyterLab's exporters."""

import io
import re
import shutil
from pathlib import Path

import pypdf
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from report_cells import notebook, said, words

from model import ModelError, load, project
from model import export as publish
from model.export import manifest, planning
from model.export.manifest import about, as_file
from model.export.nbconvert import HtmlExporter, PdfExporter
from model.export.page import labels
from model.plan.load import plan_folder


def test_every_label_that_is_asked_for_is_in_the_catalogue_and_no_other_and_no_other_language():
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
    assert (labels("en")["contents"], labels("zh")["contents"]) == ("Contents", "目录")
    with pytest.raises(ModelError, match="unknown language 'fr'"):
        labels("fr")


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


def test_a_recipe_is_the_same_wherever_the_data_are_and_changes_with_them(plan, tmp_path):
    folder = tmp_path / "elsewhere"
    shutil.copytree(plan_folder(plan.id), folder)
    shipped, copied = (manifest.recipe(load(one), [{"notebook": "x"}], []) for one in (plan.id, folder))
    assert shipped == copied
    assert shipped["packages"]["typst"]
    with (folder / "plan.yaml").open("a", encoding="utf-8") as file:
        file.write("# more\n")
    was, now = shipped["digests"]["data"], manifest.recipe(load(folder), [], [])["digests"]["data"]
    assert [name for name in was if was[name] != now[name]] == ["plan.yaml"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"horizon": "2030"}, "horizon: '2030' is no int"),
        ({"horizon": True}, "horizon: True is no int"),
        ({"overrides": "a=1"}, "overrides: 'a=1' is no list"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(given, wrong):
    source = "scenario: str = ''\nhorizon: int = 2025\nas_of: int | str = 2020\noverrides: list[str] = []"
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


def test_an_exporter_sets_a_notebook_that_is_no_report_under_its_own_heading():
    content, _ = PdfExporter().from_notebook_node(notebook(said()))
    facts = pypdf.PdfReader(io.BytesIO(content)).metadata
    assert facts.title == "Is the plan met?"
    assert "/CreationDate" not in facts
    content, _ = HtmlExporter().from_notebook_node(notebook(said()))
    assert "<h1>Is the plan met?</h1>" in content


@pytest.mark.parametrize("exporter", [PdfExporter, HtmlExporter])
def test_an_exporter_takes_titles_and_date_from_the_parameters_the_notebook_ran_with(plan, exporter):
    source = 'plan: str = "china_14fyp_digital"\nscenario: str = "accelerated"\nhorizon: int = 2030'
    made = notebook(new_code_cell(source, metadata={"tags": ["parameters"]}), said())
    content, resources = exporter().from_notebook_node(made)
    if exporter is PdfExporter:
        assert resources["output_extension"] == ".pdf"
        reader = pypdf.PdfReader(io.BytesIO(content))
        assert reader.metadata.title == plan.scenarios["accelerated"].title.en
        content = words(reader)
    assert "Projectionsto2030" in "".join(content.split())
