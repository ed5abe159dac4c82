"""What would have to be true: efforts that, put back into the path, meet the target exactly."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.projection.projection import project
from model.projection.required import efforts, uniform_addition, uniform_factor

RATES = st.lists(st.floats(-0.2, -0.001) | st.floats(0.001, 0.8), min_size=1, max_size=8).map(np.array)


def rates_of(projection, kpi, since, until):
    values = np.array([projection.value(kpi, year) for year in range(since, until + 1)])
    return values, values[1:] / values[:-1] - 1


@given(RATES, st.floats(0.3, 9.0))
def test_the_addition_brings_all_years_together_to_the_total_and_the_factor_does_so_or_is_none(growth, total):
    assert np.prod(1 + growth + uniform_addition(growth, total)) == pytest.approx(total, rel=1e-8)
    factor = uniform_factor(growth, total)
    if math.isnan(factor):
        assert not (growth > 0).all() or total <= 1
    else:
        assert np.prod(1 + growth * factor) == pytest.approx(total, rel=1e-6)


def test_every_effort_meets_its_target_when_put_back_into_the_path(plan):
    made = project(plan, "baseline")
    table = efforts(made).set_index("kpi")
    for name, kpi in plan.kpis.items():
        row, goal = table.loc[name], kpi.targets[0]
        (first, *_, last), growth = rates_of(made, name, 2020, goal.year)
        assert row["since"] == 2020
        assert row["required"] == pytest.approx(kpi.growth(kpi.base, goal.value, 5))
        if kpi.kind == "share":
            reached = [last + 5 * row["addition"], first + row["factor"] * (last - first)]
        else:
            reached = [first * np.prod(1 + one) for one in (growth + row["addition"], growth * row["factor"])]
        assert reached == pytest.approx([goal.value] * 2)


def test_best_growth_ever_observed_suffices_from_the_latest_year_and_not_from_the_next(plan):
    made = project(plan, "baseline")
    row = efforts(made).set_index("kpi").loc["software_revenue"]
    assert row["best_year"] == 2018
    assert row["best"] == pytest.approx(6.3061 / 5.5 - 1, abs=0.002)
    from_then, from_next = (
        made.value("software_revenue", year) * (1 + row["best"]) ** (2025 - year)
        for year in (int(row["latest"]), int(row["latest"]) + 1)
    )
    assert from_then >= 14.0 > from_next


def test_the_best_growth_is_that_published_by_then(plan):
    early = efforts(project(plan, "baseline")).set_index("kpi")
    late = efforts(project(plan, "baseline", as_of=2022)).set_index("kpi")
    assert late.loc["software_revenue", "best_year"] == 2021
    assert math.isnan(early.loc["iiot_penetration", "best"]), "one figure shows no growth"
    assert late.loc["iiot_penetration", "best"] == pytest.approx(2.8)


def test_a_year_that_is_over_and_a_target_that_is_met_leave_no_effort(plan):
    over = efforts(project(plan, "outturn_path")).set_index("kpi").loc["software_revenue"]
    assert (over["note"], math.isnan(over["required"])) == ("deadline", True)
    met = efforts(project(plan, "baseline", as_of=2023)).set_index("kpi").loc["gigabit_users"]
    assert (met["note"], math.isnan(met["latest"])) == ("already met", True)
    assert met["addition"] < 0 < met["assumed"]


def test_an_aim_met_from_above_takes_less_growth_not_more(coast):
    made = project(coast, "storm")
    row = efforts(made).query("kpi == 'outage_hours' and target_year == 2018").iloc[0]
    _, growth = rates_of(made, "outage_hours", int(row["since"]), 2018)
    assert row["value"] * np.prod(1 + growth + row["addition"]) == pytest.approx(10.0)
    assert row["required"] < 0
