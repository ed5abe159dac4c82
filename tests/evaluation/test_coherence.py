"""Limits and identities between series: found where they are broken, and only there."""

import numpy as np
import pytest
from conftest import draw

from model.errors import ModelError
from model.evaluation.coherence import COLUMNS, broken, violations
from model.plan.schema import Rule
from model.projection.projection import project


@pytest.mark.parametrize(
    "name", ["baseline", "plan_path", "saturation", "delayed_adoption", "consumption_slump", "outturn_path"]
)
def test_the_shipped_scenarios_hold_together_to_2035(plan, name):
    found = violations(project(plan, name, horizon=2035))
    assert found.empty, found


def test_a_limit_that_is_crossed_is_named_with_year_and_size(plan):
    projection = project(plan, "baseline", overrides=["online_retail={curve: compound, rate: 0.4}"])
    found = violations(projection)
    assert tuple(found.columns) == COLUMNS
    assert set(found["rule"]) == {"online_retail_within_ecommerce"}
    assert not found["hard"].any()
    last = found.iloc[-1]
    gap = projection.value("online_retail", 2025) - projection.value("ecommerce_transactions", 2025)
    assert (last["year"], last["share"]) == (2025, 1.0)
    assert last["largest_excess"] == pytest.approx(gap)


def test_a_share_above_its_bound_is_not_projected_at_all(plan):
    with pytest.raises(ModelError, match=r"154\.14 % of enterprises in 2025; .* within 0 and 100"):
        project(plan, "baseline", overrides=["iiot_penetration={curve: compound, rate: 0.6}"])


def test_of_many_draws_the_share_that_violates_is_given(plan):
    values = {"online_retail": np.array([[10.0, 50.0], [10.0, 30.0], [10.0, 44.0], [10.0, 41.0]])}
    values["ecommerce_transactions"] = np.full((4, 2), 40.0)
    found = broken(plan, values, [2020, 2021])
    row = found[found["rule"].str.contains("online")].iloc[0]
    assert len(found) == 1
    assert (row["year"], row["share"], row["largest_excess"]) == (2021, 0.75, 10.0)
    assert row["mean_excess"] == pytest.approx((10 + 4 + 1) / 3)


def test_published_shares_fit_the_identity_of_their_own_vintage_only(plan):
    rule = next(rule for rule in plan.coherence if "=" in rule.rule.replace("<=", ""))
    census = {"core_share": np.array([9.9]), "core_value_added": np.array([12.7555])}
    assert rule.excess({**census, "gdp_nominal": np.array([129.4])}) <= 0
    assert rule.excess({**census, "gdp_nominal": np.array([126.0582])}) > 0


def test_an_unknown_value_breaks_nothing(plan):
    values = {"online_retail": np.array([np.nan]), "ecommerce_transactions": np.array([40.0])}
    assert broken(plan, values, [2021]).empty


@pytest.mark.parametrize("rule", ["a < b", "a", "a <= b ** 2", "a <= f(b)", "a <= ", "a <= b.c"])
def test_a_rule_that_cannot_be_read_is_refused(rule):
    with pytest.raises(ValueError, match=r"expression|neither"):
        Rule(id="r", rule=rule, hard=True, reason="none").excess({"a": np.array([1.0]), "b": np.array([1.0])})


def test_draws_that_break_a_rule_are_counted_with_their_excess(plan):
    wild = [
        "online_retail={curve: compound, rate: {distribution: normal, mean: 0.15, sd: 0.25}}",
        "ecommerce_transactions={curve: compound, rate: 0.02}",
    ]
    drawn = draw(plan, "baseline", draws=1024, overrides=wild)
    found = violations(drawn)
    assert set(found["rule"]) == {"online_retail_within_ecommerce"}
    row = found[found["year"] == 2025].iloc[0]
    excess = drawn.draws["online_retail"][:, -1] - drawn.draws["ecommerce_transactions"][:, -1]
    assert 0.05 < row["share"] < 0.6
    assert row["share"] == np.mean(excess > 0)
    assert row["mean_excess"] == pytest.approx(excess[excess > 0].mean())
    assert row["largest_excess"] == pytest.approx(excess.max())
    assert not row["hard"]


def test_no_draw_of_a_shipped_scenario_breaks_a_hard_rule(plan):
    for name in plan.scenarios:
        found = violations(draw(plan, name, draws=1024, horizon=2030))
        assert not found["hard"].any(), found
