"""A report is made again by the command line, from its file alone: the same, or what differs is named."""

import base64
import hashlib
import io
import json
import re
import shutil
import sys
from html import unescape
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from conftest import run
from data_pack import COAST, coast_with, scenario_file

from model import cli

MINE = "title: Mine\nextends: steady\nshocks: []\n"


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Make the reports of a scenario file and of a scenario of the plan, and their comparison, somewhere."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(COAST, folder / "a copy")
    scenario_file(folder, "title: Kin\nextends: steady\n", "kin.yaml")
    scenario_file(folder, MINE.replace("steady", "kin"))
    asked = ["report", "mine.yaml", "storm", "--plan", "a copy", "--draws", "64", "--formats", "pdf,html"]
    code, _, wrong = run(*asked, "--set", "boats.rate=0.02", "--out", "out", cwd=folder)
    assert code == 0, wrong
    return {path.name[:4] + path.suffix: path for path in (folder / "out").iterdir()}


@pytest.mark.parametrize("name", ["mine.html", "comp.pdf"])
def test_a_report_made_in_another_folder_of_files_that_are_gone_is_made_again_to_the_byte(
    made, name, tmp_path
):
    shutil.copy(made[name], tmp_path / name)
    code, said, _ = run("reproduce", name, "--plan", COAST, cwd=tmp_path)
    assert (code, said.count("\n")) == (0, 1)
    assert f"{name}: same bytes (sha256 {hashlib.sha256(made[name].read_bytes()).hexdigest()})" in said
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_changed_figure_is_named_with_the_pages_and_the_lines_that_it_changes(made, tmp_path):
    changed = coast_with(tmp_path, ("31,24,hours", "31,23,hours"), file="outturns.csv")
    code, said, _ = run("reproduce", made["stor.pdf"], "--plan", changed, cwd=tmp_path)
    said, _, behind = said.partition("Numbers behind charts, as they were -> as made here:\n")
    head, _, lines = said.partition("Lines, as they were -> as made here:\n")
    title, *causes, places = head.splitlines()[:4]
    assert code == 1
    assert title.endswith("differs from what this installation makes")
    assert causes == ["Made from:", "  data file outturns.csv: changed"]
    pages = places.removeprefix("Differs in: ").split(", ")
    assert pages
    assert len(pages) < len(pypdf.PdfReader(made["stor.pdf"]).pages)
    told = [line.strip().split(": ", 1) for line in lines.splitlines()]
    assert {page for page, _ in told} == set(pages)
    assert "  path-outage_hours, row 4, Outturn: 24.0 -> 23.0\n" in behind
    assert any("24.0" in was and "23.0" in now for was, now in (pair.split(" -> ") for _, pair in told))


def test_a_changed_scenario_is_named_by_key_with_both_values_and_sections_of_a_page(made, tmp_path):
    changed = coast_with(tmp_path, ("rate: -0.1}", "rate: -0.12}"), file="scenarios/steady.yaml")
    code, said, _ = run("reproduce", made["mine.html"], "--plan", changed, cwd=tmp_path)
    assert code == 1
    assert "  data file scenarios/steady.yaml: changed\n" in said
    assert "  scenario mine.growth.outage_hours.rate: -0.1 -> -0.12\n" in said
    assert "Differs in: " in said
    assert "Hours without power: " in said


def door(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["scenarios", "reproduce", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def with_attached(source, folder, **changes):
    """Copy a PDF with attached files changed, by functions of their text."""
    writer = pypdf.PdfWriter(clone_from=source)
    names = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"]
    for name, spec in zip(names[::2], names[1::2], strict=True):
        if change := changes.get(Path(name).stem):
            stream = spec.get_object()["/EF"]["/F"].get_object()
            stream.set_data(change(stream.get_data().decode()).encode())
    writer.write(folder / "changed.pdf")
    return folder / "changed.pdf"


def edited(text):
    told = json.loads(text)
    told["reports"][0]["parameters"]["draws"] = 128
    del told["digests"]["data"]["plan.yaml"]
    told["packages"]["more"] = "1"
    return json.dumps(told)


def test_a_changed_recipe_scenario_or_table_is_refused_and_all_that_was_changed_is_named(
    made, tmp_path, monkeypatch, capsys
):
    changes = {"recipe": edited, "storm": lambda text: text + "#", "numbers": lambda text: text[:-9]}
    path = with_attached(made["stor.pdf"], tmp_path, **changes)
    code, out, wrong = door(monkeypatch, capsys, path, "--plan", COAST)
    after = "after the report was made; the file as it was made"
    assert (code, out) == (2, "")
    assert wrong.splitlines() == [
        f"{path}: numbers.csv: was changed {after}",
        f"{path}: recipe.json: digests.data.plan.yaml: was removed {after}",
        f"{path}: recipe.json: packages.more: was added {after}",
        f"{path}: recipe.json: reports.0.parameters.draws: was changed {after}",
        f"{path}: storm.yaml: was changed {after}",
    ]
    path = with_attached(made["stor.pdf"], tmp_path, seal=lambda text: text + " ")
    assert door(monkeypatch, capsys, path, "--plan", COAST)[2].startswith(f"{path}: seal.json: was changed")


def test_a_changed_recipe_of_a_page_is_refused(made, tmp_path, monkeypatch, capsys):
    page = made["mine.html"].read_text(encoding="utf-8")
    held = page.partition('download="recipe.json" href="data:application/json;base64,')[2].partition('"')[0]
    other = base64.b64encode(edited(base64.b64decode(held)).encode()).decode()
    path = tmp_path / "changed.html"
    path.write_text(page.replace(held, other), encoding="utf-8")
    code, _, wrong = door(monkeypatch, capsys, path, "--plan", COAST)
    assert (code, len(wrong.splitlines())) == (2, 3)


def blank():
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(out)
    return out.getvalue()


BAD = {
    "half.pdf": (lambda raw: raw[: len(raw) // 2], "cannot be read to its end"),
    "text.pdf": (lambda raw: b"hello", "cannot be read to its end"),
    "other.pdf": (lambda raw: blank(), "carries no sealed recipe"),
    "other.html": (lambda raw: b"<p>hello", "carries no sealed recipe"),
    "report.docx": (lambda raw: raw, "'.docx' is no ending of a report; a file that ends in .pdf or .html"),
    "whole.pdf": (lambda raw: raw, "recipe.json: made from the plan 'coast', which does not ship; --plan"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_whole_report_of_a_plan_that_is_here_is_refused(made, name, tmp_path, monkeypatch, capsys):
    change, expected = BAD[name]
    (tmp_path / name).write_bytes(change(made["stor.pdf"].read_bytes()))
    code, out, wrong = door(monkeypatch, capsys, tmp_path / name)
    assert (code, out, wrong.count("\n")) == (2, "", 1)
    assert wrong.startswith(f"{tmp_path / name}: ")
    assert expected in wrong


def test_half_a_page_and_a_file_that_is_not_there_are_refused(made, tmp_path, monkeypatch, capsys):
    page = made["mine.html"].read_bytes()
    (tmp_path / "half.html").write_bytes(page[: len(page) // 2])
    assert "seal.json: is missing" in door(monkeypatch, capsys, tmp_path / "half.html")[2]
    code, _, wrong = door(monkeypatch, capsys, tmp_path / "none.pdf")
    assert (code, "cannot be read (No such file" in wrong) == (2, True)


def test_the_attached_table_holds_every_cell_that_is_printed_and_every_number_behind_a_chart(made):
    reader = pypdf.PdfReader(made["stor.pdf"])
    cells = pd.read_csv(io.BytesIO(reader.attachments["numbers.csv"][0]), dtype=str, keep_default_na=False)
    assert set(cells["kind"]) == {"tiles", "table", "figure"}
    assert not cells.duplicated(["kind", "id", "row", "column", "unit"])[cells.kind != "tiles"].any()
    printed = "".join("".join(page.extract_text().split()) for page in reader.pages)
    shown = cells[cells["kind"] != "figure"]["value"].str.removeprefix("'")
    assert [value for value in shown if "".join(value.split()) not in printed] == []
    page = made["stor.html"].read_text(encoding="utf-8")
    on_page = {unescape(one) for one in re.findall(r"<td(?: [^>]*)?>([^<]*)</td>", page)}
    assert len(on_page) > 50
    assert on_page - {"–"} <= set(cells["value"].str.removeprefix("'"))
    related = {
        one.get_object()["/UF"]: one.get_object()["/AFRelationship"] for one in reader.root_object["/AF"]
    }
    assert related["numbers.csv"] == "/Data"
