"""Assumptions: who set them, how to change them, how two scenarios differ."""

import pytest

from model import compare
from model.errors import ModelError
from model.plan.assumptions import assumptions, changed_assumptions, overview, with_overrides
from model.plan.load import find_scenario
from model.projection.projection import project


def value(table, kpi, key, column="value"):
    found = table[(table["kpi"] == kpi) & (table["key"] == key)][column].tolist()
    assert len(found) == 1
    return found[0]


def test_every_value_names_the_file_and_line_that_set_it(plan):
    table = assumptions(plan.scenarios["accelerated"])
    own = value(table, "gigabit_users", "imitation", "set_by")
    inherited = value(table, "egov_users", "imitation", "set_by")
    assert own.startswith("china_14fyp_digital/scenarios/accelerated.yaml:")
    assert inherited.startswith("china_14fyp_digital/scenarios/baseline.yaml:")
    assert (table["set_by"] != "").all()


def test_the_line_that_is_named_holds_the_value(plan):
    from model.plan.load import plan_folder

    folder = plan_folder(plan.id).parent
    table = assumptions(plan.scenarios["saturation"])
    for row in table.itertuples():
        if row.key in ("rate", "damping", "ceiling"):
            name, line = row.set_by.rsplit(":", 1)
            text = (folder / name).read_text(encoding="utf-8").splitlines()[int(line) - 1]
            assert row.key in text
            assert row.value in text


def test_a_growth_line_is_replaced_whole_never_half(plan, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: Mine\nextends: baseline\ngrowth:\n  software_revenue: {curve: compound, rate: 0.2}\n"
    )
    table = assumptions(find_scenario(plan, path))
    keys = set(table[table["kpi"] == "software_revenue"]["key"])
    assert keys == {"curve", "rate"}


def test_a_kpis_default_curve_holds_where_none_is_named(plan, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: Mine\nextends: baseline\ngrowth:\n  software_revenue: {rate: 0.2, damping: 0.9}\n"
    )
    assert find_scenario(plan, path).growth["software_revenue"].curve == plan.kpis["software_revenue"].curve


def test_the_shocks_of_a_series_are_replaced_and_those_of_others_kept(plan, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: Mine\nextends: consumption_slump\nshocks:\n"
        "  - {kpi: online_retail, shape: level, start: 2023, size: -0.01}\n"
    )
    table = assumptions(find_scenario(plan, path))
    assert value(table, "online_retail", "shock 1 shape") == "level"
    assert value(table, "ecommerce_transactions", "shock 1 shape") == "temporary"
    where = value(table, "ecommerce_transactions", "shock 1 size", "set_by")
    assert where.startswith("china_14fyp_digital/scenarios/consumption_slump.yaml:")


def test_a_file_may_extend_a_file_beside_it(plan, tmp_path):
    (tmp_path / "mother.yaml").write_text(
        "title: Mother\nextends: baseline\ngrowth:\n  egov_users: {curve: compound, rate: 0.1}\n"
    )
    (tmp_path / "child.yaml").write_text("title: Child\nextends: mother\n")
    scenario = find_scenario(plan, tmp_path / "child.yaml")
    assert scenario.growth["egov_users"].curve == "compound"


@pytest.mark.parametrize(
    ("override", "kpi", "key", "expected"),
    [
        ("gigabit_users.imitation=0.5", "gigabit_users", "imitation", "0.5"),
        ("gigabit_users.ceiling=population", "gigabit_users", "ceiling", "population"),
        ("core_share.numerator.rate=0.12", "core_share", "numerator.rate", "0.12"),
        (
            "software_revenue.rate={distribution: uniform, low: 0.1, high: 0.2}",
            "software_revenue",
            "rate",
            "uniform (low 0.1, high 0.2)",
        ),
        ("software_revenue={curve: stepwise, rates: {2021: 0.2}}", "software_revenue", "rates.2021", "0.2"),
    ],
)
def test_an_override_changes_one_assumption_and_says_so(plan, override, kpi, key, expected):
    changed = assumptions(with_overrides(plan, plan.scenarios["baseline"], [override]))
    assert value(changed, kpi, key) == expected
    assert value(changed, kpi, key, "set_by") == "--set"
    assert (changed["set_by"] == "--set").sum() < len(changed) - 10


def test_a_yearly_rate_can_be_set_alone(plan):
    steps = with_overrides(
        plan,
        plan.scenarios["baseline"],
        ["software_revenue={curve: stepwise, rates: {2021: 0.2, 2022: 0.1}}"],
    )
    changed = with_overrides(plan, steps, ["software_revenue.rates.2022=0.3"])
    assert value(assumptions(changed), "software_revenue", "rates.2021") == "0.2"
    assert value(assumptions(changed), "software_revenue", "rates.2022") == "0.3"


def test_setting_what_reach_solves_takes_the_place_of_reach(plan):
    changed = project(plan, "plan_path", overrides=["software_revenue.rate=0.05"])
    assert changed.value("software_revenue", 2025) == pytest.approx(8.16 * 1.05**5)


def test_the_point_to_reach_can_be_moved(plan):
    changed = project(plan, "plan_path", overrides=["software_revenue.reach.value=15"])
    assert changed.value("software_revenue", 2025) == pytest.approx(15.0)


def test_the_overview_tells_what_each_scenario_says_itself(plan):
    table = overview(plan).set_index("scenario")
    assert table.loc["consumption_slump", "own_shocks"] == "online_retail, ecommerce_transactions"
    assert table.loc["consumption_slump", "own_growth"] == ""
    assert "gigabit_users" in table.loc["accelerated", "own_growth"]


def test_two_scenarios_differ_in_what_one_of_them_changed(plan):
    table = changed_assumptions(plan.scenarios["baseline"], plan.scenarios["consumption_slump"])
    assert set(table["kpi"]) == {"online_retail", "ecommerce_transactions"}
    assert table["key"].str.startswith("shock 1").all()
    assert (table["baseline"] == "").all()


def test_a_comparison_holds_only_numbers_that_changed(plan):
    changes = compare(plan, "baseline", "consumption_slump")
    assert set(changes.numbers["year"]) == {2022, 2023, 2024, 2025}
    hit = changes.numbers.query("kpi == 'online_retail' and year == 2022").iloc[0]
    assert hit["difference"] == pytest.approx(hit["consumption_slump"] - hit["baseline"])
    assert hit["difference"] / hit["baseline"] == pytest.approx(-0.13)


def test_a_scenario_compared_with_itself_is_refused(plan):
    with pytest.raises(ModelError, match="baseline is compared with itself"):
        compare(plan, "baseline", "baseline")


def test_several_shocks_of_a_series_are_numbered_in_their_order(plan, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: Mine\nextends: baseline\nshocks:\n"
        "  - {kpi: online_retail, shape: level, start: 2022, size: -0.01}\n"
        "  - {kpi: egov_users, shape: delay, start: 2022}\n"
        "  - {kpi: online_retail, shape: level, start: 2024, size: -0.02}\n"
    )
    scenario = find_scenario(plan, path)
    table = assumptions(scenario)
    assert value(table, "online_retail", "shock 1 size") == "-0.01"
    assert value(table, "online_retail", "shock 2 size") == "-0.02"
    assert value(table, "egov_users", "shock 1 shape") == "delay"
    found = project(plan, scenario).value("online_retail", 2025)
    assert found == pytest.approx(project(plan, "baseline").value("online_retail", 2025) * 0.99 * 0.98)
