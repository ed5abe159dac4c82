"""Ensembles: shared draws, bounds without clipping, closed forms, and spread from what was known."""

import numpy as np
import pytest
from scipy.stats import norm

from model.errors import ModelError
from model.projection import project
from model.spread import spread, yearly_growth
from model.uncertainty import probabilities, quantiles, simulate

COMPOUND = "software_revenue={curve: compound, rate: 0.1}"


@pytest.fixture(scope="module")
def ensemble(plan):
    return simulate(plan, "plan_path", draws=4096)


def test_the_median_of_the_draws_is_the_projection(plan, ensemble):
    path = project(plan, "plan_path")
    for kpi in plan.kpis:
        for position, year in enumerate(ensemble.years):
            assert np.median(ensemble.draws[kpi][:, position]) == pytest.approx(
                path.value(kpi, year), rel=0.01
            )


def test_what_is_known_is_the_same_in_every_draw(plan):
    late = simulate(plan, "baseline", draws=64, as_of=2023)
    drawn = late.draws["software_revenue"]
    assert np.ptp(drawn[:, :4], axis=0).max() < 1e-12
    assert np.ptp(drawn[:, 4]) > 0.5


def test_shares_and_users_stay_within_their_bounds_in_every_draw(plan):
    wild = simulate(plan, "accelerated", draws=4096, horizon=2035)
    for kpi in ("core_share", "iiot_penetration"):
        assert wild.draws[kpi].min() > 0.0
        assert wild.draws[kpi].max() < 100.0
    ceilings = project(plan, "accelerated", horizon=2035).ceilings.query("kpi == 'gigabit_users'")["ceiling"]
    assert (wild.draws["gigabit_users"] < ceilings.to_numpy()).all()


def test_the_probability_of_a_lognormal_path_is_its_closed_form(plan):
    drawn = simulate(plan, "baseline", draws=2**14, overrides=[COMPOUND])
    sd = drawn.spread.set_index("kpi").loc["software_revenue", "sd"] * np.sqrt(5)
    median = 8.16 * 1.1**5
    expected = norm.cdf(np.log(median / 14.0) / sd)
    row = probabilities(plan, drawn).set_index("kpi").loc["software_revenue"]
    assert row["probability"] == pytest.approx(expected, abs=4 * row["standard_error"])
    bands = (
        quantiles(drawn).query("kpi == 'software_revenue' and year == 2025").set_index("quantile")["value"]
    )
    for level in (0.05, 0.5, 0.95):
        assert bands[level] == pytest.approx(median * np.exp(sd * norm.ppf(level)), rel=0.01)


def test_all_targets_together_are_less_likely_than_any_alone(plan, ensemble):
    table = probabilities(plan, ensemble)
    alone, together = (
        table[table["kpi"] != ""]["probability"],
        table[table["kpi"] == ""]["probability"].iloc[0],
    )
    assert together <= alone.min()
    assert together >= max(0.0, alone.sum() - len(alone) + 1)
    assert together == pytest.approx(0.5**8, abs=0.004), "independent draws, each target an even chance"


def test_scenarios_share_their_draws(plan):
    one, two = simulate(plan, "baseline", draws=256), simulate(plan, "consumption_slump", draws=256)
    assert (one.draws["software_revenue"] == two.draws["software_revenue"]).all()
    ratio = two.draws["online_retail"][:, 2] / one.draws["online_retail"][:, 2]
    assert ratio == pytest.approx(0.87)


def test_an_edit_or_a_longer_horizon_changes_no_other_draw(plan):
    base = simulate(plan, "baseline", draws=256)
    edited = simulate(
        plan,
        "baseline",
        draws=256,
        overrides=["gigabit_users.imitation={distribution: uniform, low: 0.3, high: 0.5}"],
    )
    longer = simulate(plan, "baseline", draws=256, horizon=2035)
    for kpi in plan.kpis:
        assert (longer.draws[kpi][:, :6] == base.draws[kpi]).all()
        if kpi != "gigabit_users":
            assert (edited.draws[kpi] == base.draws[kpi]).all()
    assert (edited.draws["gigabit_users"] != base.draws["gigabit_users"]).any()


def test_an_uncertain_parameter_moves_its_kpi(plan):
    override = "software_revenue={curve: compound, rate: {distribution: uniform, low: 0.0, high: 0.2}}"
    drawn = simulate(plan, "baseline", draws=4096, overrides=[override])
    narrow = simulate(plan, "baseline", draws=4096, overrides=[COMPOUND])
    assert drawn.draws["software_revenue"][:, -1].std() > 1.5 * narrow.draws["software_revenue"][:, -1].std()


def test_an_uncertain_context_series_moves_what_it_is_a_denominator_of(plan):
    override = "gdp_nominal={curve: compound, rate: {distribution: uniform, low: 0.0, high: 0.15}}"
    drawn = simulate(plan, "baseline", draws=1024, overrides=[override])
    calm = simulate(plan, "baseline", draws=1024)
    assert drawn.draws["core_share"][:, -1].std() > 1.5 * calm.draws["core_share"][:, -1].std()
    assert (drawn.draws["online_retail"] == calm.draws["online_retail"]).all()


@pytest.mark.parametrize("draws", [0, 1, 3, 1000, 2**18])
def test_draws_are_a_power_of_two_that_fits(plan, draws):
    with pytest.raises(ModelError, match="a power of two up to 131072"):
        simulate(plan, "baseline", draws=draws)


def test_three_kpis_have_a_history_and_the_others_borrow(plan):
    table = spread(plan, dict.fromkeys(plan.kpis, 0.1)).set_index("kpi")
    own = set(table.index[~table["borrowed"]])
    assert own == {"software_revenue", "online_retail", "ecommerce_transactions"}
    assert (table["factor"] > 1.0).all()


def test_growth_is_taken_over_the_comparable_figure_of_the_year_before(plan):
    rates = yearly_growth(plan)["online_retail"]
    assert rates[2020] == pytest.approx(np.log(11.76 / 10.6042))
    assert 2018 not in rates, "more than 9 trillion is no point"


def test_no_figure_after_the_base_year_enters_the_spread(plan):
    cut = {}
    for name in ("outturns", "context_data"):
        frame = getattr(plan, name)
        cut[name] = frame[(frame["published"] <= "2021-06-30") & (frame["year"] <= 2020)]
    expected = dict.fromkeys(plan.kpis, 0.1)
    assert spread(plan, expected).equals(spread(plan.model_copy(update=cut), expected))
