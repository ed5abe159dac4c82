"""Limits and identities between series: found where they are broken, and only there."""

import numpy as np
import pytest
from conftest import draw

from model.evaluation.coherence import COLUMNS, violations
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
    said = (last["year"], last["share"], last["largest_excess"])
    assert said == (2025, 1.0, pytest.approx(gap))


def test_published_shares_fit_the_identity_of_their_own_vintage_only(plan):
    rule = next(rule for rule in plan.coherence if "=" in rule.rule.replace("<=", ""))
    census = {"core_share": np.array([9.9]), "core_value_added": np.array([12.7555])}
    assert rule.excess({**census, "gdp_nominal": np.array([129.4])}) <= 0
    assert rule.excess({**census, "gdp_nominal": np.array([126.0582])}) > 0


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
    row = found[found["year"] == 2025].iloc[0]
    excess = drawn.draws["online_retail"][:, -1] - drawn.draws["ecommerce_transactions"][:, -1]
    assert 0.05 < row["share"] < 0.6
    expected = [np.mean(excess > 0), excess[excess > 0].mean(), excess.max()]
    assert list(row[["share", "mean_excess", "largest_excess"]]) == pytest.approx(expected)
    assert not row["hard"]


def test_no_draw_of_a_shipped_scenario_breaks_a_hard_rule(plan):
    for name in plan.scenarios:
        found = violations(draw(plan, name, draws=1024, horizon=2030))
        assert not found["hard"].any(), found
