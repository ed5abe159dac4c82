"""The command line as a stranger types it: real processes, in an empty folder."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from model.evaluation import assessment
from model.projection import projection

ROOT = Path(__file__).parents[1]
COAST = Path(__file__).parent / "plans" / "coast"


@pytest.fixture
def scenarios(tmp_path):
    """Run `scenarios …` in an empty folder."""

    def run(*arguments, code=0):
        command = [sys.executable, "-m", "model.cli", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    return run


def test_help_names_every_command_and_the_exit_codes(scenarios):
    text = scenarios("--help")
    for command in (
        "check",
        "list",
        "explain",
        "project",
        "assess",
        "compare",
        "hindsight",
        "report",
        "simulate",
    ):
        assert f"\n  {command} " in text
    for code in ("0", "1", "2", "130"):
        assert re.search(rf"\n +{code} +\w", text)


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['scenarios', '--help']\n"
        "from model.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'pydantic', 'scipy', 'matplotlib'}\n"
        "print('HEAVY', *sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("HEAVY")


def test_check_says_what_it_read(scenarios):
    assert "china_14fyp_digital: 8 KPIs, " in scenarios("check")
    assert "no mistake found" in scenarios("check")


def test_list_names_the_seven(scenarios):
    table = pd.read_csv(io.StringIO(scenarios("list", "--format", "csv")))
    assert len(table) == 7
    assert "Accelerated" in scenarios("list")


def test_explain_tells_story_and_origin(scenarios):
    text = scenarios("explain", "accelerated")
    assert "Fibre roll-out" in text
    assert "accelerated.yaml:" in text
    assert "baseline.yaml:" in text
    changed = scenarios("explain", "accelerated", "--set", "gigabit_users.imitation=0.5")
    assert "--set" in changed


def test_explain_tells_what_was_solved(scenarios):
    table = pd.read_csv(io.StringIO(scenarios("explain", "plan_path", "--format", "csv")))
    row = table[(table["kpi"] == "software_revenue") & (table["key"] == "rate")].iloc[0]
    assert (row["value"], row["set_by"]) == ("0.114", "reach")


def test_project_gives_the_agreed_columns_as_csv_and_json(scenarios):
    table = pd.read_csv(io.StringIO(scenarios("project", "plan_path", "--format", "csv")))
    assert tuple(table.columns) == (*projection.COLUMNS, "unit", "target", "verdict", "probability")
    rows = json.loads(scenarios("project", "plan_path", "--format", "json"))
    assert len(rows) == len(table) == 48
    last = [row for row in rows if row["kpi"] == "software_revenue" and row["year"] == 2025]
    assert last[0]["value"] == 14.0
    assert (last[0]["unit"], last[0]["target"], last[0]["verdict"]) == ("trillion yuan", 14.0, "met")
    assert 0.0 < last[0]["probability"] < 1.0


def test_project_obeys_set_horizon_and_as_of(scenarios):
    text = scenarios(
        "project", "baseline", "--set", "software_revenue={curve: compound, rate: 0.1}", "--set",
        "online_retail={curve: compound, rate: 0}", "--horizon", "2030", "--as-of", "2023", "--format", "csv",
    )  # fmt: skip
    table = pd.read_csv(io.StringIO(text)).set_index(["kpi", "year"])["value"]
    assert table["software_revenue", 2030] == pytest.approx(12.3258 * 1.1**7)
    assert table["online_retail", 2030] == 15.4264


def test_the_printed_table_marks_what_a_reader_must_know(scenarios):
    text = scenarios("project", "outturn_path")
    assert "E-commerce" in text
    assert "unverified" in text, "46.83 of 2023 was not seen in a source"
    assert "lower bound" in text


def test_assess_all_judges_every_scenario(scenarios):
    table = pd.read_csv(io.StringIO(scenarios("assess", "--all", "--format", "csv")))
    assert tuple(table.columns) == (*assessment.COLUMNS, "unit")
    assert table["scenario"].nunique() == 7
    text = scenarios("assess", "--all")
    for words in ("met", "missed", "met at published precision only", "lower bound"):
        assert words in text
    assert "NaN" not in text
    assert "nan" not in text


def test_compare_gives_changed_assumptions_and_numbers(scenarios):
    text = scenarios("compare", "baseline", "consumption_slump")
    assert text.index("Changed assumptions") < text.index("shock 1 size") < text.index("Changed numbers")
    table = pd.read_csv(io.StringIO(scenarios("compare", "baseline", "consumption_slump", "--format", "csv")))
    assert set(table["what"]) == {"assumption", "number"}


def test_simulate_gives_probabilities_and_quantiles(scenarios):
    text = scenarios("simulate", "plan_path", "--draws", "256")
    assert "probability" in text
    asked = ("simulate", "plan_path", "--draws", "256", "--format", "csv", "--show")
    table = pd.read_csv(io.StringIO(scenarios(*asked, "quantiles")))
    assert set(pd.read_csv(io.StringIO(scenarios(*asked, "first-years")))["target_year"]) == {2025}
    assert len(pd.read_csv(io.StringIO(scenarios(*asked, "spread")))) == 8
    assert set(table["quantile"]) == {0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95}
    scenarios("simulate", "--draws", "100", code=2)
    scenarios("simulate", "--persistence", "1", code=2)


def test_assess_says_how_likely_and_what_published_rules_say(scenarios):
    assert "24 %, unlikely" in scenarios("assess", "baseline")
    text = scenarios("assess", "baseline", "--as-of", "2022", "--rules")
    assert "significant progress, 1.33" in text
    assert "rules disagree" in text
    asked = ("assess", "baseline", "--draws", "256", "--seed", "7", "--format", "csv")
    assert scenarios(*asked) == scenarios(*asked)
    assert "probability" in set(pd.read_csv(io.StringIO(scenarios(*asked)))["rule"])


def test_hindsight_prints_a_league_and_gives_every_case(scenarios):
    text = scenarios("hindsight")
    for method in ("baseline", "plan_path", "last_value", "damped_trend"):
        assert f"\n{method} " in text
    assert "each with one vote" in text
    cases = pd.read_csv(io.StringIO(scenarios("hindsight", "baseline", "--format", "csv")))
    assert set(cases["scenario"].dropna()) == {"baseline"}
    assert set(cases["basis"]) == {"published"}


def test_a_users_file_works_everywhere(scenarios, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "title: Mine\nextends: accelerated\ngrowth:\n  software_revenue: {curve: compound, rate: 0.2}\n"
    )
    assert "no mistake found" in scenarios("check", "mine.yaml")
    assert "mine.yaml:4" in scenarios("explain", "mine.yaml")
    assert "mine" in scenarios("assess", "mine.yaml")
    table = pd.read_csv(io.StringIO(scenarios("project", tmp_path / "mine.yaml", "--format", "csv")))
    value = table.query("kpi == 'software_revenue' and year == 2025")["value"].iloc[0]
    assert value == pytest.approx(8.16 * 1.2**5)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_another_plan_can_be_named(scenarios):
    text = scenarios("assess", "storm", "--plan", COAST)
    assert "Power cuts" in text
    assert "coast: 3 KPIs" in scenarios("check", "--plan", COAST)


def test_an_interrupt_ends_with_130(tmp_path):
    code = (
        "import sys; sys.argv = ['scenarios', 'simulate', '--draws', '33554432']\n"
        "from model.cli import main; import model.uncertainty.probability; print('ready', flush=True); main()"
    )
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert err.strip() == "interrupted"
