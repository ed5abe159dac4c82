"""Assumptions: who set them, how to change them, how two scenarios differ."""

import pytest
from conftest import refused
from data_pack import scenario_file

from model import compare
from model.plan.assumptions import assumptions, overview, with_overrides
from model.plan.load import find_scenario, plan_folder
from model.projection.projection import project


def value(table, kpi, key, column="value"):
    found = table[(table["kpi"] == kpi) & (table["key"] == key)][column].tolist()
    assert len(found) == 1
    return found[0]


@pytest.fixture
def mine(plan, tmp_path):
    """A scenario of the user's own, by what its file says after the title."""
    return lambda text: find_scenario(plan, scenario_file(tmp_path, f"title: Mine\n{text}"))


def test_every_value_names_the_file_and_the_line_that_holds_it(plan):
    folder = plan_folder(plan.id).parent
    table = assumptions(plan.scenarios["saturation"])
    assert (table["set_by"] != "").all()
    for row in table[table["key"].isin(["rate", "damping", "ceiling"])].itertuples():
        name, line = row.set_by.rsplit(":", 1)
        text = (folder / name).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert row.key in text
        assert row.value in text


def test_a_growth_line_is_replaced_whole_and_has_the_kpis_curve_where_it_names_none(plan, mine):
    table = assumptions(mine("extends: baseline\ngrowth: {software_revenue: {curve: compound, rate: 0.2}}\n"))
    assert set(table[table["kpi"] == "software_revenue"]["key"]) == {"curve", "rate"}
    scenario = mine("extends: baseline\ngrowth: {software_revenue: {rate: 0.2, damping: 0.9}}\n")
    assert scenario.growth["software_revenue"].curve == plan.kpis["software_revenue"].curve


def test_the_shocks_of_a_series_are_replaced_and_those_of_others_kept(mine):
    shock = "{kpi: online_retail, shape: level, start: 2023, size: -0.01}"
    table = assumptions(mine(f"extends: consumption_slump\nshocks: [{shock}]\n"))
    assert value(table, "online_retail", "shock 1 shape") == "level"
    assert value(table, "ecommerce_transactions", "shock 1 shape") == "temporary"
    where = value(table, "ecommerce_transactions", "shock 1 size", "set_by")
    assert where.startswith("china_14fyp_digital/scenarios/consumption_slump.yaml:")


def test_a_file_may_extend_a_file_beside_it(mine, tmp_path):
    mother = "title: Mother\nextends: baseline\ngrowth:\n  egov_users: {curve: compound, rate: 0.1}\n"
    scenario_file(tmp_path, mother, "mother.yaml")
    assert mine("extends: mother\n").growth["egov_users"].curve == "compound"


UNIFORM = "{distribution: uniform, low: 0.1, high: 0.2}"


@pytest.mark.parametrize(
    ("override", "kpi", "key", "expected"),
    [
        ("gigabit_users.imitation=0.5", "gigabit_users", "imitation", "0.5"),
        ("gigabit_users.ceiling=population", "gigabit_users", "ceiling", "population"),
        ("core_share.numerator.rate=0.12", "core_share", "numerator.rate", "0.12"),
        (f"software_revenue.rate={UNIFORM}", "software_revenue", "rate", "uniform (low 0.1, high 0.2)"),
        ("software_revenue={curve: stepwise, rates: {2021: 0.2}}", "software_revenue", "rates.2021", "0.2"),
    ],
)
def test_an_override_changes_one_assumption_and_says_so(plan, override, kpi, key, expected):
    changed = assumptions(with_overrides(plan, plan.scenarios["baseline"], [override]))
    assert value(changed, kpi, key) == expected
    assert value(changed, kpi, key, "set_by") == "--set"
    assert (changed["set_by"] == "--set").sum() < len(changed) - 10


def test_a_yearly_rate_can_be_set_alone(plan):
    both = "software_revenue={curve: stepwise, rates: {2021: 0.2, 2022: 0.1}}"
    steps = with_overrides(plan, plan.scenarios["baseline"], [both])
    changed = assumptions(with_overrides(plan, steps, ["software_revenue.rates.2022=0.3"]))
    assert value(changed, "software_revenue", "rates.2021") == "0.2"
    assert value(changed, "software_revenue", "rates.2022") == "0.3"


@pytest.mark.parametrize(("override", "expected"), [("rate=0.05", 8.16 * 1.05**5), ("reach.value=15", 15.0)])
def test_what_reach_solves_can_be_set_in_its_place_and_the_point_to_reach_be_moved(plan, override, expected):
    changed = project(plan, "plan_path", overrides=[f"software_revenue.{override}"])
    assert changed.value("software_revenue", 2025) == pytest.approx(expected)


def test_the_overview_tells_what_each_scenario_says_itself(plan):
    table = overview(plan).set_index("scenario")
    assert table.loc["consumption_slump", "own_shocks"] == "online_retail, ecommerce_transactions"
    assert table.loc["consumption_slump", "own_growth"] == ""
    assert "gigabit_users" in table.loc["accelerated", "own_growth"]


def test_a_comparison_holds_only_assumptions_and_numbers_that_changed(plan):
    table, numbers = compare(plan, "baseline", "consumption_slump")
    assert set(table["kpi"]) == {"online_retail", "ecommerce_transactions"}
    assert table["key"].str.startswith("shock 1").all()
    assert (table["baseline"] == "").all()
    assert set(numbers["year"]) == {2022, 2023, 2024, 2025}
    hit = numbers.query("kpi == 'online_retail' and year == 2022").iloc[0]
    assert hit["difference"] == pytest.approx(hit["consumption_slump"] - hit["baseline"])
    assert hit["difference"] / hit["baseline"] == pytest.approx(-0.13)
    assert "baseline is compared with itself" in refused(lambda: compare(plan, "baseline", "baseline"))


def test_several_shocks_of_a_series_are_numbered_in_their_order(plan, mine):
    scenario = mine(
        "extends: baseline\nshocks:\n"
        "  - {kpi: online_retail, shape: level, start: 2022, size: -0.01}\n"
        "  - {kpi: egov_users, shape: delay, start: 2022}\n"
        "  - {kpi: online_retail, shape: level, start: 2024, size: -0.02}\n"
    )
    table = assumptions(scenario)
    assert value(table, "online_retail", "shock 1 size") == "-0.01"
    assert value(table, "online_retail", "shock 2 size") == "-0.02"
    assert value(table, "egov_users", "shock 1 shape") == "delay"
    found = project(plan, scenario).value("online_retail", 2025)
    assert found == pytest.approx(project(plan, "baseline").value("online_retail", 2025) * 0.99 * 0.98)
