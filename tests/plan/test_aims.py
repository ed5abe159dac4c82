"""What a plan can say of its aims: ranges, growth, multiples, own base years, no unit."""

import pytest
from conftest import judge
from data_pack import coast_with

from model import load, project
from model.report.language import ENGLISH

BOATS = "{year: 2018, value: 400, precision: 100,"
SHARE = "{year: 2018, value: 60, precision: 10,"


@pytest.mark.parametrize(
    ("said", "value"), [("growth: 0.4", 20 * 1.4**8), ("multiple: 20", 400.0), ("value: 400", 400.0)]
)
def test_a_target_is_said_as_growth_a_multiple_or_a_value(tmp_path, said, value):
    plan = load(coast_with(tmp_path, (BOATS, f"{{year: 2018, {said},")))
    assert plan.kpis["boats"].targets[0].value == pytest.approx(value)
    found = judge(plan, "steady").query("kpi == 'boats'")
    assert set(found["target"]) == {plan.kpis["boats"].targets[0].value}


@pytest.mark.parametrize(
    ("low", "high", "gap", "verdict"),
    [(50, 70, 10.0, "met"), (60, 70, 0.0, "met"), (20, 50, -10.0, "missed"), (65, 70, -5.0, "missed")],
)
def test_a_target_range_is_met_inside_it(tmp_path, low, high, gap, verdict):
    coast_with(tmp_path, (SHARE, f"{{year: 2018, low: {low}, high: {high}, precision: 10,"))
    path = ("reach: {year: 2018, value: target}", "reach: {year: 2018, value: 60}")
    plan = load(coast_with(tmp_path, path, file="scenarios/steady.yaml"))
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
    said = dict(found.table.query("kpi == 'boats'").groupby("status").size())
    assert said == {"observed": 4, "projected": 5}
    assert judge(plan, "steady").query("kpi == 'boats'")["required_growth"].iloc[0] == pytest.approx(0.5)


def test_an_index_has_no_unit(tmp_path):
    plan = load(coast_with(tmp_path, ("unit: boats", 'unit: ""')))
    assert ENGLISH.quantity("5", plan.kpis["boats"]) == "5"
