"""Projections: anchored, re-anchored, bounded, and made only of what was known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import ModelError
from model.growth.curves import logistic
from model.projection.projection import COLUMNS, project

SHIPPED = [
    "accelerated", "baseline", "consumption_slump", "delayed_adoption", "outturn_path", "plan_path",
    "saturation",
]  # fmt: skip
OVERTAKEN = ("gigabit_users", 2025, "ceiling overtaken")


def wide(projection, frame="table"):
    return getattr(projection, frame).pivot(index="kpi", columns="year", values="value")


def test_the_seven_scenarios_ship_and_each_tells_a_story_with_sources(plan):
    assert list(plan.scenarios) == SHIPPED
    for scenario in plan.scenarios.values():
        assert len(scenario.narrative.en) > 100
        assert len(scenario.narrative.zh) > 50
        assert all(line.source for line in [*scenario.growth.values(), *scenario.shocks]), scenario.id
        assert scenario.id == "baseline" or scenario.extends == "baseline"


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("horizon", [2025, 2030, 2035])
def test_the_table_is_long_complete_and_in_the_agreed_columns(plan, name, horizon):
    table = project(plan, name, horizon=horizon).table
    assert tuple(table.columns) == COLUMNS
    assert len(table) == len(plan.kpis) * (horizon - 2020 + 1)
    assert set(table["status"]) <= {"observed", "projected"}
    assert table[table["status"] == "projected"]["value"].notna().all()
    assert not table.duplicated(["kpi", "year"]).any()
    base = table[table["year"] == plan.base_year].set_index("kpi")["value"]
    assert base.to_dict() == {kpi.id: kpi.base for kpi in plan.kpis.values()}


def test_what_the_projection_says_of_a_share_is_the_reference_path(plan):
    path = wide(project(plan, "plan_path")).loc["iiot_penetration"]
    expected = logistic(range(2020, 2026), 14.7, ceiling=100, rate=0.3115312530501583)
    assert path.to_numpy() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("as_of", range(2021, 2027))
def test_a_projection_equals_the_preferred_figures_as_far_as_they_are_known(plan, as_of):
    projection = project(plan, "baseline", as_of=as_of)
    table = projection.table
    figures = plan.figures.preferred(as_of=as_of)
    figures = figures[(figures["year"] > 2020) & figures["kpi"].isin(plan.kpis)]
    both = table.merge(figures[["kpi", "year", "value"]], on=["kpi", "year"], suffixes=("", "_known"))
    assert len(both) == len(figures)
    assert (both["value"] == both["value_known"]).all()
    assert (both["status"] == "observed").all()


def test_the_curve_goes_on_from_the_last_known_year_with_the_growth_of_its_calendar_year(plan):
    later = wide(project(plan, "plan_path", as_of=2023)).loc["software_revenue"]
    assert later[2023] == 12.3258
    assert (later / later.shift())[[2024, 2025]].to_numpy() == pytest.approx(
        [1.1140061165705424] * 2, rel=1e-12
    )
    rates = (
        "software_revenue={curve: stepwise, rates: {2021: 0.5, 2022: 0.5, 2023: 0.5, 2024: 0.1, 2025: 0.2}}"
    )
    later = wide(project(plan, "baseline", as_of=2023, overrides=[rates])).loc["software_revenue"]
    assert (later / later.shift())[[2024, 2025]].to_numpy() == pytest.approx([1.1, 1.2])


def test_a_year_without_a_figure_stays_empty_and_a_later_one_is_a_projection(plan):
    path = project(plan, "outturn_path").table.set_index(["kpi", "year"])
    share = path.loc["core_share"]
    assert share.loc[[2021, 2022], "value"].isna().all()
    assert share.loc[[2021, 2022], "status"].eq("observed").all()
    assert share.loc[2023, "value"] == 9.9
    statuses = path.loc["iiot_penetration", "status"]
    assert statuses[2021] == "observed"
    assert statuses[2022:].eq("projected").all()


def test_a_slump_takes_its_size_off_the_level_and_a_delay_repeats_the_trajectory_later(plan):
    calm = wide(project(plan, "baseline"))
    slump = wide(project(plan, "consumption_slump")).loc["online_retail"] / calm.loc["online_retail"]
    assert slump.to_numpy() == pytest.approx([1, 1, 0.87, 0.935, 0.9675, 0.98375])
    slump, now = (wide(project(plan, name, as_of=2025)) for name in ("consumption_slump", "baseline"))
    assert slump.to_numpy() == pytest.approx(now.to_numpy(), nan_ok=True), "it is in the figures already"
    late, calm = wide(project(plan, "delayed_adoption")).loc["iiot_penetration"], calm.loc["iiot_penetration"]
    assert late[[2021, 2022, 2023]].to_numpy() == pytest.approx(calm[2021])
    assert late[2025] == pytest.approx(calm[2023])


@pytest.mark.parametrize("name", SHIPPED)
def test_no_trajectory_leaves_its_ceiling_on_the_way_to_2035(plan, name):
    projection = project(plan, name, horizon=2035)
    both = projection.table.merge(projection.ceilings, on=["scenario", "kpi", "year"])
    both = both[both["status"] == "projected"]
    assert len(both)
    assert (both["value"] < both["ceiling"]).all()


def test_a_ceiling_reads_no_figure_that_was_not_known(plan):
    early, late = (
        project(plan, "baseline", as_of=as_of).ceilings.set_index(["kpi", "year"])["ceiling"]
        for as_of in (2021, 2024)
    )
    assert late["gigabit_users", 2024] == 670, "fixed broadband of 2024, known by mid 2025"
    assert early["gigabit_users", 2024] != 670


@pytest.mark.parametrize("as_of", [2020, 2021, 2022, 2023])
def test_cutting_all_later_figures_out_of_the_pack_changes_no_as_of_run(plan, as_of):
    cut = {}
    for name in ("outturns", "context_data"):
        frame = getattr(plan, name)
        cut[name] = frame[(frame["published"] <= f"{as_of + 1}-06-30") & (frame["year"] <= as_of)]
    poor = plan.model_copy(update=cut)
    for name in ("baseline", "plan_path", "saturation"):
        rich_run = project(plan, name, as_of=as_of, horizon=2030)
        poor_run = project(poor, name, as_of=min(as_of, poor.figures.latest), horizon=2030)
        pd.testing.assert_frame_equal(rich_run.table, poor_run.table)
        pd.testing.assert_frame_equal(rich_run.ceilings, poor_run.ceilings)


def test_a_context_series_goes_on_fading_unless_a_scenario_names_it(plan):
    context = wide(project(plan, "baseline", horizon=2035), "context").loc["population"]
    steps = np.diff(np.log(context.to_numpy()))
    assert np.allclose(steps[1:] / steps[:-1], 0.89)
    known = set(project(plan, "baseline", as_of="latest").context["kpi"])
    assert {"population", "internet_users", "gdp_nominal"} <= known
    assert "core_value_added" not in known, "12.7555 trillion yuan in 2023, and nothing else"
    named = project(plan, "baseline", overrides=["population={curve: compound, rate: -0.01}"])
    assert wide(named, "context").loc["population", 2025] == pytest.approx(1411.78 * 0.99**5)


@given(rate=st.floats(-0.05, 0.5))
def test_a_faster_curve_gives_a_higher_path(plan, rate):
    slow, fast = (
        project(plan, "baseline", overrides=[f"software_revenue.rate={one!r}"]) for one in (rate, rate + 0.01)
    )
    assert fast.value("software_revenue", 2025) > slow.value("software_revenue", 2025)


@pytest.mark.parametrize(
    "asked", [{"horizon": 2020}, {"horizon": 2071}, {"as_of": 2019}, {"as_of": 2099}, {"as_of": "soon"}]
)
def test_a_horizon_or_an_as_of_year_out_of_range_is_refused(plan, asked):
    with pytest.raises(ModelError, match=r"out of range|outside the data"):
        project(plan, "baseline", **asked)


def test_a_shock_on_a_path_that_crosses_its_ceiling_or_that_empties_a_series_is_refused(plan, tmp_path):
    with pytest.raises(ModelError, match="crosses its ceiling"):
        project(plan, "delayed_adoption", overrides=["iiot_penetration={curve: compound, rate: 1.5}"])
    path = tmp_path / "crash.yaml"
    shock = "shocks:\n  - {kpi: online_retail, shape: growth, start: 2022, size: -0.99}\n"
    growth = "growth:\n  online_retail: {curve: compound, rate: -0.5}\n"
    path.write_text(f"title: Crash\nextends: baseline\n{shock}{growth}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"crash.yaml:4: shocks.0: online_retail falls to zero"):
        project(plan, path)


def test_a_ceiling_that_the_figures_have_reached_or_overtaken_stops_the_curve_and_says_so(plan):
    late = project(plan, "saturation", as_of="latest", horizon=2030)
    users = late.table.query("kpi == 'gigabit_users' and year >= 2025")["value"]
    assert (users == 238).all(), "238 million in 2025 against a ceiling of 200"
    just = project(plan, "saturation", as_of="latest", overrides=["gigabit_users.ceiling=238"])
    assert all(OVERTAKEN in set(one.marks.itertuples(index=False, name=None)) for one in (late, just))
    early = project(plan, "saturation", as_of=2023)
    assert "ceiling overtaken" not in set(early.marks["mark"])


def test_a_ratio_that_is_to_reach_its_target_needs_the_growth_of_the_worked_example(plan, example):
    case = example("share_ratio_gdp_0.07")
    lines = [
        "gdp_nominal={curve: compound, rate: 0.07}",
        "core_share={curve: ratio, numerator: {curve: compound}, denominator: gdp_nominal, "
        "reach: {year: 2025, value: target}}",
    ]
    reached = project(plan, "baseline", overrides=lines)
    assert reached.value("core_share", 2025) == pytest.approx(10.0, rel=1e-12)
    assert reached.solved["core_share"]["numerator.rate"] == pytest.approx(case["expected"]["g_va_required"])
