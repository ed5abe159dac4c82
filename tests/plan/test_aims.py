"""What a plan can say of its aims: ranges, growth, multiples, own base years, no unit."""

import shutil
from pathlib import Path

import pytest
from conftest import judge, refused

from model import load, project
from model.report.language import ENGLISH

COAST = Path(__file__).parents[1] / "plans" / "coast"


def coast_with(tmp_path, *changes, file="plan.yaml"):
    folder = tmp_path / "coast"
    if not folder.exists():
        shutil.copytree(COAST, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return folder


BOATS = "{year: 2018, value: 400, precision: 100,"
SHARE = "{year: 2018, value: 60, precision: 10,"


@pytest.mark.parametrize(
    ("said", "value"), [("growth: 0.4", 20 * 1.4**8), ("multiple: 20", 400.0), ("value: 400", 400.0)]
)
def test_a_target_is_said_as_growth_a_multiple_or_a_value(tmp_path, said, value):
    plan = load(coast_with(tmp_path, (BOATS, f"{{year: 2018, {said},")))
    assert plan.kpis["boats"].targets[0].value == pytest.approx(value)
    assert set(judge(plan, "steady").query("kpi == 'boats'")["target"]) == {
        plan.kpis["boats"].targets[0].value
    }


@pytest.mark.parametrize(
    ("low", "high", "gap", "verdict"),
    [(50, 70, 10.0, "met"), (60, 70, 0.0, "met"), (20, 50, -10.0, "missed"), (65, 70, -5.0, "missed")],
)
def test_a_target_range_is_met_inside_it(tmp_path, low, high, gap, verdict):
    folder = coast_with(tmp_path, (SHARE, f"{{year: 2018, low: {low}, high: {high}, precision: 10,"))
    path = (("reach: {year: 2018, value: target}", "reach: {year: 2018, value: 60}"),)
    plan = load(coast_with(tmp_path, *path, file="scenarios/steady.yaml"))
    assert folder.is_dir()
    row = judge(plan, "steady").query("kpi == 'berth_share' and rule == 'strict'").iloc[0]
    assert (row["gap"], row["verdict"]) == (pytest.approx(gap, abs=1e-6), verdict)
    assert ENGLISH.target(row["target"], plan.kpis["berth_share"], 2018) == f"{low} to {high}"


def test_a_kpi_starts_in_a_base_year_of_its_own(tmp_path):
    change = ("    base: 20\n", "    base: 20\n    base_year: 2013\n")
    plan = load(coast_with(tmp_path, change, (BOATS, "{year: 2018, growth: 0.5,")))
    assert plan.kpis["boats"].targets[0].value == pytest.approx(20 * 1.5**5)
    found = project(plan, "steady")
    assert found.value("boats", 2013) == 20.0
    assert found.value("boats", 2011) != found.value("boats", 2011)
    assert dict(found.table.query("kpi == 'boats'").groupby("status").size()) == {
        "observed": 4,
        "projected": 5,
    }
    assert judge(plan, "steady").query("kpi == 'boats'")["required_growth"].iloc[0] == pytest.approx(0.5)


def test_an_index_has_no_unit(tmp_path):
    plan = load(coast_with(tmp_path, ("unit: boats", 'unit: ""')))
    assert ENGLISH.quantity("5", plan.kpis["boats"]) == "5"


OUTTURN = "30 contradicts its outturn of 2013; outturns.csv has 24"
REFUSED = {
    "better": (("better: lower", "better: higher"), "25 is below the base 40; better: lower, if it is meant"),
    "above": (("value: 25", "value: 45"), "45 is above the base 40; better: higher, if it is meant"),
    "twice": (("{year: 2014, value: 25", "{year: 2018, value: 25"), "has a target for 2018 already"),
    "two ways": ((BOATS, "{year: 2018, value: 400, multiple: 2,"), "said in more than one way"),
    "no way": ((BOATS, "{year: 2018,"), "kpis.boats.targets.0.value: missing; one of value, low and high"),
    "half a range": ((BOATS, "{year: 2018, low: 400,"), "no range; low and high, low below high"),
    "growth of a share": ((SHARE, "{year: 2018, growth: 0.1,"), "a share has no growth in per cent a year"),
    "outside": ((SHARE, "{year: 2018, value: 160,"), "160 is outside the bounds 0 to 100"),
    "base year": (("    base: 40\n", "    base: 40\n    base_year: 2009\n"), "before the plan's base year"),
    "late base": (("    base: 5\n", "    base: 5\n    base_year: 2018\n"), "not after the base year 2018"),
    "outturn": (("    base: 40\n", "    base: 30\n    base_year: 2013\n"), OUTTURN),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_aims_that_contradict_themselves_are_refused_with_their_line(tmp_path, name):
    change, words = REFUSED[name]
    message = refused(lambda: load(coast_with(tmp_path, change)))
    assert words in message
    assert "coast/plan.yaml:" in message
