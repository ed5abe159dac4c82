"""No wrong number leaves silently: what the command line refuses, and what it names."""

import io
import json

import pandas as pd
import pytest
from click.testing import CliRunner

from model import load
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


COMMANDS = ("assess", "project", "simulate", "explain", "compare")
FAST = ("--draws", "256")


def command(name):
    return {"compare": ("compare", "plan_path", "baseline"), "explain": ("explain", "baseline")}.get(
        name, (name, "baseline", *(FAST if name != "project" else ()))
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_growth_that_no_series_has_come_near_is_refused_unless_it_is_insisted_on(ask, name):
    said = ask(*command(name), "--set", "online_retail={curve: compound, rate: 15}")
    assert said.startswith("--set: growth.online_retail: +1,500 % a year in 2021, which no published series")
    assert "decimals a year (0.15 or 15%)" in said
    assert "+636 % a year, of gigabit_users in 2020" in said
    assert "1,500 %" not in ask(
        *command(name), "--set", "online_retail={curve: compound, rate: 15}", "--allow-extreme"
    )


def test_a_scenario_file_insists_on_its_growth(ask, tmp_path):
    file = tmp_path / "leap.yaml"
    text = "title: Leap\nextends: baseline\ngrowth:\n  online_retail: {curve: compound, rate: 15}\n"
    file.write_text(text)
    assert "leap.yaml:4: growth.online_retail: +1,500 % a year" in ask("project", str(file))
    file.write_text(text + "extreme: true\n")
    assert ask("project", str(file)).startswith("Scenario")


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("rate", "said"), [("0.8", "102.42 % of GDP in 2025"), ("2", "169.29 % of GDP in 2023")]
)
def test_a_share_beyond_its_bounds_is_an_error_at_the_first_year(ask, name, rate, said):
    given = ("--set", f"core_share.numerator.rate={rate}", "--allow-extreme")
    wrong = f"--set: growth.core_share: {said}; it has to stay within 0 and 100"
    assert ask(*command(name), *given) == wrong


def test_a_share_below_its_bounds_is_an_error(ask):
    said = ask("project", "baseline", "--set", "iiot_penetration={curve: linear, slope: -5}")
    assert (
        said
        == "--set: growth.iiot_penetration: -0.3 % of enterprises in 2023; it has to stay within 0 and 100"
    )


@pytest.mark.parametrize("name", ["assess", "project", "simulate"])
def test_no_row_of_an_edited_scenario_passes_as_the_plain_one(ask, name):
    given = (*command(name), "--set", "software_revenue.rate=0.12")
    table = pd.read_csv(io.StringIO(ask(*given, "--format", "csv")))
    assert set(table["scenario"]) == {"baseline (software_revenue.rate=0.12)"}
    own = table[table["kpi"] == "software_revenue"]
    assert set(own["unit"]) == {"trillion yuan"}
    rows = json.loads(ask(*given, "--format", "json"))
    assert {row["scenario"] for row in rows} == set(table["scenario"])
    same = pd.read_csv(io.StringIO(ask(*command(name), "--format", "csv")))
    assert set(same["scenario"]) == {"baseline"}


def test_a_comparison_with_an_edited_scenario_names_the_edit(ask):
    said = ask("compare", "baseline", "baseline", "--set", "software_revenue.rate=0.12", "--format", "csv")
    assert "baseline,baseline (software_revenue.rate=0.12),what,difference" in said.splitlines()[0]


def test_what_outturns_have_settled_has_one_word_and_no_probability(ask):
    words = {"software_revenue": "met", "online_retail": "depends", "iiot_penetration": ""}
    known = ("--as-of", "latest", "--draws", "256")
    for name in ("simulate", "assess"):
        table = pd.read_csv(
            io.StringIO(ask(name, "baseline", *known, "--format", "csv")), keep_default_na=False
        )
        for kpi, word in words.items():
            own = table[table["kpi"] == kpi]
            assert set(own["settled"]) == {word}
            assert (word == "") == any(own["probability"])
    simulated, assessed = ask("simulate", *known), ask("assess", *known)
    for said in (simulated, assessed):
        assert "settled: met" in said
        assert "settled: depends on the basis" in said
        assert " 100 %" not in said
        assert " 0 %" not in said
    assert "settled: depends on the basis" in simulated.splitlines()[-2], "all together"


def test_the_explorer_says_settled_as_the_tables_do():
    session = Session(load())
    session.set("run.as_of", "2025")
    refined = refine(session.projection, ENGLISH, {"draws": 256})
    session.refined(refined)
    cells = {row["kpi"]: row["cells"] for row in rows(session)}
    assert cells["software_revenue"][6] == "settled: met"
    assert cells["online_retail"][6] == refined.together == "settled: depends on the basis"
    assert cells["iiot_penetration"][6].endswith("%")


def test_an_uncertain_event_is_never_certain(ask):
    said = ask("simulate", "baseline", "--set", "software_revenue.rate=0.6", "--draws", "256")
    line = next(line for line in said.splitlines() if "software_revenue " in line)
    assert ">99 %" in line
    assert "100 %" not in said
