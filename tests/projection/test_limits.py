"""No wrong number leaves silently: what the command line refuses, and what it names."""

import io
import json
import re

import pandas as pd
import pytest
from click.testing import CliRunner

from model.cli import scenarios
from model.explorer.session import Session
from model.explorer.view import refine, rows
from model.report.language import ENGLISH


@pytest.fixture(scope="module")
def ask():
    """Run `scenarios …`; what it prints, or the mistakes it names."""

    def run(*words):
        done = CliRunner().invoke(scenarios, words, standalone_mode=False)
        return str(done.exception) if done.exception else done.output

    return run


EDIT, EDITED = ("--set", "software_revenue.rate=0.12"), "baseline (software_revenue.rate=0.12)"
COMMANDS = {
    "assess": ("assess", "baseline", "--draws", "256"),
    "project": ("project", "baseline"),
    "simulate": ("simulate", "baseline", "--draws", "256"),
    "explain": ("explain", "baseline"),
    "compare": ("compare", "plan_path", "baseline"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_growth_that_no_series_has_come_near_is_refused_unless_it_is_insisted_on(ask, name):
    asked = (*COMMANDS[name], "--set", "online_retail={curve: compound, rate: 15}")
    said = ask(*asked)
    assert said.startswith("--set: growth.online_retail: +1,500 % a year in 2021, which no published series")
    assert "decimals a year (0.15 or 15%)" in said
    assert "+636 % a year, of gigabit_users in 2020" in said
    assert "1,500 %" not in ask(*asked, "--allow-extreme")


def test_a_scenario_file_insists_on_its_growth(ask, tmp_path):
    file = tmp_path / "leap.yaml"
    text = "title: Leap\nextends: baseline\ngrowth:\n  online_retail: {curve: compound, rate: 15}\n"
    file.write_text(text)
    assert "leap.yaml:4: growth.online_retail: +1,500 % a year" in ask("project", str(file))
    file.write_text(text + "extreme: true\n")
    assert ask("project", str(file)).startswith("Scenario")


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("core_share.numerator.rate=0.8", "core_share: 102.42 % of GDP in 2025"),
        ("core_share.numerator.rate=2", "core_share: 169.29 % of GDP in 2023"),
        ("iiot_penetration={curve: linear, slope: -5}", "iiot_penetration: -0.3 % of enterprises in 2023"),
    ],
)
def test_a_share_beyond_its_bounds_is_an_error_at_the_first_year(ask, name, override, said):
    asked = ask(*COMMANDS[name], "--set", override, "--allow-extreme")
    assert asked == f"--set: growth.{said}; it has to stay within 0 and 100"


@pytest.mark.parametrize("name", ["assess", "project", "simulate"])
def test_no_row_of_an_edited_scenario_passes_as_the_plain_one(ask, name):
    given = (*COMMANDS[name], *EDIT)
    table = pd.read_csv(io.StringIO(ask(*given, "--format", "csv")))
    assert set(table["scenario"]) == {EDITED}
    assert set(table[table["kpi"] == "software_revenue"]["unit"]) == {"trillion yuan"}
    assert {row["scenario"] for row in json.loads(ask(*given, "--format", "json"))} == {EDITED}
    same = pd.read_csv(io.StringIO(ask(*COMMANDS[name], "--format", "csv")))
    assert set(same["scenario"]) == {"baseline"}


def test_a_comparison_with_an_edited_scenario_names_the_edit(ask):
    said = ask("compare", "baseline", "baseline", *EDIT, "--format", "csv")
    assert f"baseline,{EDITED},what,difference" in said.splitlines()[0]


def test_what_outturns_have_settled_has_one_word_and_no_probability(ask):
    words = {"software_revenue": "met", "online_retail": "depends", "iiot_penetration": ""}
    known = ("--as-of", "latest", "--draws", "256")
    for name in ("simulate", "assess"):
        csv = ask(name, "baseline", *known, "--format", "csv")
        table = pd.read_csv(io.StringIO(csv), keep_default_na=False)
        for kpi, word in words.items():
            own = table[table["kpi"] == kpi]
            assert set(own["settled"]) == {word}
            assert (word == "") == any(own["probability"])
        said = ask(name, *known)
        assert "settled: met" in said
        assert "settled: depends on the basis" in said
        assert not re.search(r" (100|0) %", said)
    assert "settled: depends on the basis" in ask("simulate", *known).splitlines()[-2], "all together"


def test_the_explorer_says_settled_as_the_tables_do(plan):
    session = Session(plan)
    session.set("run.as_of", "2025")
    refined = refine(session.projection, ENGLISH, {"draws": 256})
    session.refined(refined)
    cells = {row["kpi"]: row["cells"][6] for row in rows(session)}
    assert cells["software_revenue"] == "settled: met"
    assert cells["online_retail"] == refined.together == "settled: depends on the basis"
    assert cells["iiot_penetration"].endswith("%")


def test_an_uncertain_event_is_never_certain(ask):
    said = ask("simulate", "baseline", "--set", "software_revenue.rate=0.6", "--draws", "256")
    line = next(line for line in said.splitlines() if "Software revenue " in line)
    assert ">99 %" in line
    assert "100 %" not in said
