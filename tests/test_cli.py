"""The command line as a stranger types it: real processes, in an empty folder."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from model.cli import SUMMARIES
from model.evaluation import assessment
from model.evaluation.backtest import NAIVE
from model.evaluation.scores import COLUMNS as SCORES
from model.projection import projection

ROOT = Path(__file__).parents[1]


@pytest.fixture
def scenarios(tmp_path):
    """Run `scenarios …` in an empty folder."""

    def run(*arguments):
        command = [sys.executable, "-m", "model.cli", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        return done.stdout

    return run


@pytest.fixture
def csv(scenarios):
    return lambda *arguments: pd.read_csv(io.StringIO(scenarios(*arguments, "--format", "csv")))


def test_help_names_every_command_and_the_exit_codes(scenarios):
    text = scenarios("--help")
    commands = "check|list|explain|project|assess|compare|hindsight|report|reproduce|simulate"
    assert len(re.findall(rf"\n  ({commands}) ", text)) == 10
    for code in ("0", "1", "2", "130"):
        assert re.search(rf"\n +{code} +\w", text)


def test_what_is_for_people_comes_in_chinese_and_what_is_for_machines_stays(scenarios):
    asked = ["assess", "baseline", "--draws", "64", "--language", "zh"]
    said = scenarios(*asked)
    for words in ("情景", "亿户", "起初每年16.3%、全程年均增长11.4%", "仅按公布精度达到"):
        assert words in said, words
    assert scenarios(*asked, "--format", "csv") == scenarios(*asked[:-2], "--format", "csv")
    assert "已知至" in scenarios("project", "baseline", "--language", "zh")
    assert "年的增长冲击有" in scenarios("simulate", "--draws", "64", "--language", "zh")


@pytest.mark.parametrize(
    "words",
    [
        *(f"simulate plan_path --draws 64 --show {kind}" for kind in SUMMARIES), "hindsight baseline",
        "hindsight baseline --by-kpi", "explain plan_path", "explain consumption_slump", "explain saturation",
        "compare baseline delayed_adoption", "list",
    ],
)  # fmt: skip
def test_a_chinese_table_has_neither_ids_of_series_nor_keys_and_csv_and_json_have_them(scenarios, csv, words):
    said = scenarios(*words.split(), "--language", "zh")
    table = csv(*words.split())
    ids = {*table.columns, *table.get("kpi", ()), *table.get("key", ()), *SCORES, *NAIVE}
    named = [str(one) for one in ids if re.search("[_. ]", str(one))]
    assert len(named) > len(SCORES) / 2
    assert [one for one in named if re.search(rf"(?<![\w./]){re.escape(one)}(?![\w.])", said)] == []
    (head,) = [above for above, line in pairwise(said.splitlines()) if line.startswith("---")][:1]
    assert not re.search("[a-z]{2}", head), head
    for form in ("csv", "json"):
        asked = [*words.split(), "--format", form]
        assert scenarios(*asked, "--language", "zh") == scenarios(*asked)


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


def test_check_says_what_it_read_and_list_names_the_seven(scenarios, csv):
    said = scenarios("check")
    assert "china_14fyp_digital: 8 KPIs, " in said
    assert "no mistake found" in said
    assert len(csv("list")) == 7
    assert "Accelerated" in scenarios("list")
    assert "加速情景" in scenarios("list", "--language", "zh")
    assert scenarios("list", "--language", "zh", "--format", "csv") == scenarios("list", "--format", "csv")


def test_explain_tells_story_and_origin_and_what_was_solved(scenarios, csv):
    text = scenarios("explain", "accelerated", "--set", "gigabit_users.imitation=0.5")
    for said in ("Fibre roll-out", "accelerated.yaml:", "baseline.yaml:", "--set"):
        assert said in text
    row = csv("explain", "plan_path").query("kpi == 'software_revenue' and key == 'rate'").iloc[0]
    assert (row["value"], row["set_by"]) == ("0.114", "reach")


def test_project_gives_the_agreed_columns_as_csv_and_json(scenarios, csv):
    table = csv("project", "plan_path")
    assert tuple(table.columns) == (*projection.COLUMNS, "unit", "target", "verdict", "probability")
    rows = json.loads(scenarios("project", "plan_path", "--format", "json"))
    assert len(rows) == len(table) == 48
    (last,) = [row for row in rows if row["kpi"] == "software_revenue" and row["year"] == 2025]
    said = [last[name] for name in ("value", "unit", "target", "verdict")]
    assert said == [14.0, "trillion yuan", 14.0, "met"]
    assert 0.0 < last["probability"] < 1.0


def test_project_obeys_set_horizon_and_as_of(csv):
    table = csv(
        "project", "baseline", "--set", "software_revenue={curve: compound, rate: 0.1}", "--set",
        "online_retail={curve: compound, rate: 0}", "--horizon", "2030", "--as-of", "2023",
    )  # fmt: skip
    values = table.set_index(["kpi", "year"])["value"]
    assert values["software_revenue", 2030] == pytest.approx(12.3258 * 1.1**7)
    assert values["online_retail", 2030] == 15.4264


def test_the_printed_table_marks_what_a_reader_must_know(scenarios):
    text = scenarios("project", "outturn_path")
    for words in ("E-commerce", "unverified", "lower bound"):
        assert words in text


def test_assess_all_judges_every_scenario(scenarios, csv):
    table = csv("assess", "--all")
    assert tuple(table.columns) == (*assessment.COLUMNS, "unit")
    assert table["scenario"].nunique() == 7
    text = scenarios("assess", "--all")
    for words in ("met", "missed", "met at published precision only", "lower bound"):
        assert words in text
    assert "nan" not in text.lower()


def test_compare_gives_changed_assumptions_and_numbers(scenarios, csv):
    text = scenarios("compare", "baseline", "consumption_slump")
    assert text.index("Changed assumptions") < text.index("shock 1 size") < text.index("Changed numbers")
    chinese = scenarios("compare", "baseline", "consumption_slump", "--language", "zh")
    order = ("更改的假设", "消费走弱", "网上零售额 +冲击1：幅度", "变化的数值", "网上零售额（万亿元）")
    assert re.search(".*".join(order), chinese, re.DOTALL)
    assert set(csv("compare", "baseline", "consumption_slump")["what"]) == {"assumption", "number"}


def test_simulate_gives_probabilities_and_quantiles(scenarios, csv):
    asked = ("simulate", "plan_path", "--draws", "256")
    assert "Probability" in scenarios(*asked)
    assert re.search("IPv6活跃用户（亿户） +2025 +8 ", scenarios(*asked, "--language", "zh"))
    assert set(csv(*asked, "--show", "first-years")["target_year"]) == {2025}
    assert len(csv(*asked, "--show", "spread")) == 8
    assert set(csv(*asked, "--show", "quantiles")["quantile"]) == {0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95}


def test_assess_says_how_likely_and_what_published_rules_say(scenarios):
    assert "24 %, unlikely" in scenarios("assess", "baseline")
    text = scenarios("assess", "baseline", "--as-of", "2022", "--rules")
    assert "significant progress, 1.33" in text
    assert "rules disagree" in text
    asked = ("assess", "baseline", "--draws", "256", "--seed", "7", "--format", "csv")
    said = scenarios(*asked)
    assert scenarios(*asked) == said
    assert "probability" in set(pd.read_csv(io.StringIO(said))["rule"])


def test_hindsight_prints_a_league_and_gives_every_case(scenarios, csv):
    text = scenarios("hindsight")
    for method in ("Baseline", "Plan path", "Last value stays (naive)", "Last growth fades (naive)"):
        assert f"\n{method} " in text
    assert "each with one vote" in text
    cases = csv("hindsight", "baseline")
    assert set(cases["scenario"].dropna()) == {"baseline"}
    assert set(cases["basis"]) == {"published"}


def test_a_users_file_works_everywhere(scenarios, csv, tmp_path):
    growth = "growth:\n  software_revenue: {curve: compound, rate: 0.2}\n"
    (tmp_path / "mine.yaml").write_text(f"title: Mine\nextends: accelerated\n{growth}")
    assert "no mistake found" in scenarios("check", "mine.yaml")
    assert "mine.yaml:4" in scenarios("explain", "mine.yaml")
    assert "mine" in scenarios("assess", "mine.yaml")
    table = csv("project", tmp_path / "mine.yaml").set_index(["kpi", "year"])["value"]
    assert table["software_revenue", 2025] == pytest.approx(8.16 * 1.2**5)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_an_interrupt_ends_with_130(tmp_path):
    code = (
        "import sys; sys.argv = ['scenarios', 'simulate', '--draws', '33554432']\n"
        "from model.cli import main; import model.uncertainty.probability; print('ready', flush=True); main()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert (child.returncode, err.strip()) == (130, "interrupted")
