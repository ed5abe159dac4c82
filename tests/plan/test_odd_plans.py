"""Any plan opens: small packs off the beaten road go through every command, and are printed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from data_pack import COAST, coast_with
from ruamel.yaml import YAML

from model import cli, explore
from model.plan.load import load

ROOT = Path(__file__).resolve().parents[2]
LOGISTIC = "curve: logistic\n    chapter: Chapter 2\n    definition: Reg"
FREE = (("    ceiling: all_boats\n", ""), (LOGISTIC, LOGISTIC.replace("logistic", "compound")))
# What is changed in plan.yaml, and which tables lose their figures.
PLANS = {
    "as it is": ((), ()),
    "no figure at all": (FREE, ("context.csv", "outturns.csv")),
    "no outturn": ((), ("outturns.csv",)),
    "base and target of 0": (
        (*FREE, ("base: 20\n", "base: 0\n"), ("{year: 2018, value: 400,", "{year: 2018, value: 0,")), ()
    ),
    "target of 0": ((("{year: 2018, value: 10,", "{year: 2018, value: 0,"),), ()),
    "marks in titles and units": ((
        ("title: Harbour Towns Programme", 'title: "$5 *Towns* #1 @x <b> $x_1$"'),
        ("unit: hours a year", "unit: $ a year_x"),
        ("title: Electric boats", 'title: "Boats $x_1$ [a](b) `c`"'),
    ), ("outturns.csv",)),
    "range, index and an own base year": ((
        ("{year: 2018, value: 60,", "{year: 2018, low: 50, high: 55,"),
        ("unit: boats\n", 'unit: ""\n'),
        ("    base: 40\n", "    base: 40\n    base_year: 2011\n"),
    ), ("outturns.csv",)),
}  # fmt: skip
COMMANDS = (
    "check", "list", "explain steady", "project", "project storm --as-of latest", "assess --all",
    "assess storm --rules --as-of latest", "assess --format csv", "hindsight", "hindsight --by-kpi",
    "compare steady storm", "simulate", "simulate --show spread", "report --dry-run",
)  # fmt: skip


@pytest.fixture(params=PLANS, ids=lambda name: name.replace(" ", "-"))
def folder(request, tmp_path):
    changes, emptied = PLANS[request.param]
    for name in emptied:
        coast_with(tmp_path, lambda text: text.splitlines()[0] + "\n", file=name)
    return coast_with(tmp_path, *changes)


def scenarios(*words):
    command = [sys.executable, "-m", "model.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)


def test_every_command_answers_or_says_what_is_missing(folder):
    for command in COMMANDS:
        done = CliRunner().invoke(cli.scenarios, [*command.split(), "--plan", str(folder)])
        if command.startswith("simulate"):
            assert "nothing says how far its growth strays" in str(done.exception), command
        else:
            assert (done.exit_code, done.exception) == (0, None), command
            assert done.stdout.strip(), command
    assert explore(load(folder)) is not None


@pytest.mark.parametrize("folder", ["no figure at all", "marks in titles and units"], indirect=True)
def test_a_plan_is_printed_by_its_first_scenario(folder, tmp_path):
    done = scenarios(
        "report", "--plan", folder, "--out", tmp_path / "out", "--formats", "pdf,html", "--quiet"
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed = {path.name: path for path in (tmp_path / "out").iterdir()}
    assert printed["steady-2018-en.pdf"].read_bytes().startswith(b"%PDF")
    page = printed["steady-2018-en.html"].read_text(encoding="utf-8")
    assert "None" not in re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S)


def test_a_new_plan_is_accepted_and_printed_has_nothing_to_score_and_overwrites_nothing(tmp_path):
    made = tmp_path / "Harbour plan 2"
    assert scenarios("new-plan", made).returncode == 0
    assert "harbour_plan_2: 2 KPIs" in scenarios("check", "--plan", made).stdout
    assert "there is nothing to score" in scenarios("hindsight", "--plan", made).stdout
    assert load(made).kpis["example_level"].targets[0].value == 20.0
    before = (made / "plan.yaml").read_bytes()
    again = scenarios("new-plan", made)
    assert again.returncode == 2
    assert "stands already" in again.stderr
    assert (made / "plan.yaml").read_bytes() == before
    done = scenarios("report", "--plan", made, "--out", tmp_path / "out", "--formats", "pdf", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")


def test_where_no_scenario_is_named_the_baseline_is_meant_else_the_first(plan, coast):
    assert (plan.reference, coast.reference) == ("baseline", "steady")
    named = scenarios("project", "steady", "--plan", COAST).stdout
    assert scenarios("project", "--plan", COAST).stdout == named


@pytest.mark.parametrize("kind", ["plan", "scenario"])
def test_the_schemas_for_editors_accept_what_loads_and_refuse_other_keys(kind):
    schema = json.loads(scenarios("schema", kind).stdout)
    judge = jsonschema.Draft202012Validator(schema)
    judge.check_schema(schema)
    packs = [path.parent for path in [*ROOT.glob("data/*/plan.yaml"), *ROOT.glob("tests/plans/*/plan.yaml")]]
    files = [path for pack in packs for path in pack.glob("plan.yaml" if kind == "plan" else "scenarios/*")]
    assert len(files) > 1
    for path in files:
        read = json.loads(json.dumps(YAML(typ="safe").load(path.read_text(encoding="utf-8"))))
        assert [error.message for error in judge.iter_errors(read)] == [], path
        assert not judge.is_valid({**read, "titel": "x"})
