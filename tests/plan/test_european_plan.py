"""Every plan that ships answers every command; the European one is not over, and says so."""

import json
import re

import pytest
from click.testing import CliRunner

from model import cli, load
from model.plan.load import data_folder
from model.report import Report, charts, tables
from model.report.assumed import lines

PACKS = sorted(path.parent.name for path in data_folder().glob("*/plan.yaml"))
EUROPE = "eu_digital_decade"


def ask(*words):
    """Run the command line; a warning is an error, as everywhere in the tests."""
    done = CliRunner().invoke(cli.scenarios, words)
    assert (done.exit_code, done.stderr, done.exception) == (0, "", None)
    return done.stdout


def test_two_plans_ship():
    assert PACKS == ["china_14fyp_digital", EUROPE]


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize(
    "words",
    ["check", "list", "project", "assess", "assess --rules --as-of latest", "simulate", "hindsight",
     "explain baseline", "compare baseline {other}"],
)  # fmt: skip
def test_every_command_answers_without_a_warning(pack, words):
    other = next(name for name in load(pack).scenarios if name != "baseline")
    assert ask(*words.format(other=other).split(), "--plan", pack).strip()


@pytest.mark.parametrize("pack", PACKS)
def test_every_figure_has_a_publisher_and_a_document_and_every_kpi_a_target(pack):
    plan = load(pack)
    for table in (plan.outturns, plan.context_data):
        assert (table[["publisher", "document"]] != "").all(axis=None)
    assert len(plan.kpis) >= 8
    assert all(kpi.targets and kpi.targets[-1].year == plan.target_year for kpi in plan.kpis.values())
    unsourced = [
        f"{scenario.id}: {name}"
        for scenario in plan.scenarios.values()
        for name, one in [*scenario.growth.items(), *((shock.kpi, shock) for shock in scenario.shocks)]
        if not one.source
    ]
    assert not unsourced


@pytest.mark.parametrize("pack", PACKS)
def test_reports_in_chinese_name_publishers_documents_and_grounds_in_chinese(pack):
    plan = load(pack)
    publishers = {name.strip() for row in plan.outturns.publisher for name in row.split(",")}
    assert publishers <= set(plan.zh_names) <= publishers | set(plan.outturns.document)
    for name in plan.scenarios:
        report = Report(plan, name, language="zh", draws=0)
        grounds = [line.source for line in lines(plan, report.scenario, report.language) if line.source]
        assert grounds
        assert all(re.search("[一-鿿]", one) for one in grounds)
    cells, line = tables.sources(report).frame["文件"], charts.panels(report).source
    assert all(re.match("[一-鿿].*：", one) for one in cells)
    assert plan.zh_names[min(publishers)] in line
    assert not any(name in line for name in publishers)
    english = Report(plan, name, draws=0)
    assert set(tables.sources(english).frame["Document"]) <= {
        f"{row.publisher}: {row.document}" for row in plan.outturns.itertuples()
    }


def test_nothing_of_a_plan_that_is_not_over_is_settled():
    rows = json.loads(ask("assess", "state_of_play", "--plan", EUROPE, "--format", "json"))
    strict = [row for row in rows if row["rule"] == "strict"]
    assert {(row["basis"], row["settled"]) for row in strict} == {("projected", "")}
    assert all(row["probability"] < 0.6 for row in strict)
    assert "settled" not in ask("simulate", "state_of_play", "--plan", EUROPE)


def test_targets_said_as_a_range_and_as_a_multiple_are_read():
    kpis = load(EUROPE).kpis
    assert (kpis["gigabit"].target(2030).low, kpis["gigabit"].target(2030).high) == (99.5, 100)
    assert kpis["unicorns"].target(2030).value == 2 * kpis["unicorns"].base
    assert kpis["edge_nodes"].base_year == 2024


def test_its_report_is_printed_and_shows_the_last_figures_where_no_outturn_can_be(tmp_path):
    asked = ("--plan", EUROPE, "--out", str(tmp_path), "--formats", "html,pdf", "--quiet")
    ask("report", "state_of_play", *asked)
    page = (tmp_path / "state_of_play-2030-en.html").read_text(encoding="utf-8")
    assert "Last known" in page
    assert "60.4 (2025)" in page
    assert "Verdict on the outturn" not in page
    assert (tmp_path / "state_of_play-2030-en.pdf").stat().st_size > 50_000
