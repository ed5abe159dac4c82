"""Ensembles: shared draws, bounds without clipping, closed forms, and spread from what was known."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import draw
from scipy.stats import norm

from model.errors import ModelError
from model.growth.distributions import two_piece_normal, two_piece_scales
from model.projection.projection import project
from model.uncertainty.probability import likelihood
from model.uncertainty.spread import expected, spread, yearly_growth

COMPOUND = "software_revenue={curve: compound, rate: 0.1}"


@pytest.fixture(scope="module")
def ensemble(plan):
    return draw(plan, "plan_path", draws=4096)


def test_the_median_of_the_draws_is_the_projection(plan, ensemble):
    path = project(plan, "plan_path")
    for kpi in plan.kpis:
        for position, year in enumerate(ensemble.years):
            assert np.median(ensemble.draws[kpi][:, position]) == pytest.approx(
                path.value(kpi, year), rel=0.01
            )


def test_what_is_known_is_the_same_in_every_draw(plan):
    late = draw(plan, "baseline", draws=64, as_of=2023)
    drawn = late.draws["software_revenue"]
    assert np.ptp(drawn[:, :4], axis=0).max() < 1e-12
    assert np.ptp(drawn[:, 4]) > 0.5


def test_shares_and_users_stay_within_their_bounds_in_every_draw(plan):
    wild = draw(plan, "accelerated", draws=4096, horizon=2035)
    for kpi in ("core_share", "iiot_penetration"):
        assert wild.draws[kpi].min() > 0.0
        assert wild.draws[kpi].max() < 100.0
    ceilings = project(plan, "accelerated", horizon=2035).ceilings.query("kpi == 'gigabit_users'")["ceiling"]
    assert (wild.draws["gigabit_users"] < ceilings.to_numpy()).all()


def test_the_probability_of_a_lognormal_path_is_its_closed_form(plan):
    drawn = draw(plan, "baseline", draws=2**14, overrides=[COMPOUND])
    lasts = drawn.persistence.value
    growth = np.sqrt(np.sum(((1 - lasts ** np.arange(1, 6)) / (1 - lasts)) ** 2))
    sd = drawn.spread.set_index("kpi").loc["software_revenue", "sd"] * growth
    median = 8.16 * 1.1**5
    expected = norm.cdf(np.log(median / 14.0) / sd)
    row = drawn.probabilities.set_index("kpi").loc["software_revenue"]
    assert row["probability"] == pytest.approx(expected, abs=4 * row["standard_error"])
    bands = drawn.quantiles.query("kpi == 'software_revenue' and year == 2025").set_index("quantile")["value"]
    for level in (0.05, 0.5, 0.95):
        assert bands[level] == pytest.approx(median * np.exp(sd * norm.ppf(level)), rel=0.01)


def test_all_targets_together_are_less_likely_than_any_alone(ensemble):
    table = ensemble.probabilities
    alone, together = (
        table[table["kpi"] != ""]["probability"],
        table[table["kpi"] == ""]["probability"].iloc[0],
    )
    assert together <= alone.min()
    assert together >= max(0.0, alone.sum() - len(alone) + 1)
    # Each target an even chance; two of eight correlated by 0.42 (the orthant formula of Sheppard 1899).
    assert together == pytest.approx((0.25 + np.arcsin(0.42) / (2 * np.pi)) * 0.5**6, abs=0.004)


def test_scenarios_share_their_draws(plan):
    one, two = draw(plan, "baseline", draws=256), draw(plan, "consumption_slump", draws=256)
    assert (one.draws["software_revenue"] == two.draws["software_revenue"]).all()
    ratio = two.draws["online_retail"][:, 2] / one.draws["online_retail"][:, 2]
    assert ratio == pytest.approx(0.87)


def test_an_edit_or_a_longer_horizon_changes_no_other_draw(plan):
    base = draw(plan, "baseline", draws=256)
    edited = draw(
        plan,
        "baseline",
        draws=256,
        overrides=["gigabit_users.imitation={distribution: uniform, low: 0.3, high: 0.5}"],
    )
    longer = draw(plan, "baseline", draws=256, horizon=2035)
    for kpi in plan.kpis:
        assert (longer.draws[kpi][:, :6] == base.draws[kpi]).all()
        if kpi != "gigabit_users":
            assert (edited.draws[kpi] == base.draws[kpi]).all()
    assert (edited.draws["gigabit_users"] != base.draws["gigabit_users"]).any()


def test_an_uncertain_parameter_moves_its_kpi(plan):
    override = "software_revenue={curve: compound, rate: {distribution: uniform, low: 0.0, high: 0.2}}"
    drawn = draw(plan, "baseline", draws=4096, overrides=[override])
    narrow = draw(plan, "baseline", draws=4096, overrides=[COMPOUND])
    assert drawn.draws["software_revenue"][:, -1].std() > 1.5 * narrow.draws["software_revenue"][:, -1].std()


def test_an_uncertain_context_series_moves_what_it_is_a_denominator_of(plan):
    override = "gdp_nominal={curve: compound, rate: {distribution: uniform, low: 0.0, high: 0.15}}"
    drawn = draw(plan, "baseline", draws=1024, overrides=[override], persistence=0.0)
    calm = draw(plan, "baseline", draws=1024, persistence=0.0)
    assert drawn.draws["core_share"][:, -1].std() > 1.5 * calm.draws["core_share"][:, -1].std()
    assert (drawn.draws["online_retail"] == calm.draws["online_retail"]).all()


@pytest.mark.parametrize("draws", [0, 1, 3, 1000, 2**27])
def test_draws_are_a_power_of_two_that_fits(plan, draws):
    with pytest.raises(ModelError, match="a power of two up to 67108864"):
        draw(plan, "baseline", draws=draws)


def test_three_kpis_have_a_history_and_the_others_borrow(plan):
    table = spread(plan.figures, dict.fromkeys(plan.kpis, 0.1)).set_index("kpi")
    own = set(table.index[~table["borrowed"]])
    assert own == {"software_revenue", "online_retail", "ecommerce_transactions"}
    assert (table["factor"] > 1.0).all()


def test_growth_is_taken_over_the_comparable_figure_of_the_year_before(plan):
    rates = yearly_growth(plan.figures, plan.base_year)["online_retail"]
    assert rates[2020] == pytest.approx(np.log(11.76 / 10.6042))
    assert 2018 not in rates, "more than 9 trillion is no point"


def test_no_figure_after_the_base_year_enters_the_spread(plan):
    cut = {}
    for name in ("outturns", "context_data"):
        frame = getattr(plan, name)
        cut[name] = frame[(frame["published"] <= "2021-06-30") & (frame["year"] <= 2020)]
    expected = dict.fromkeys(plan.kpis, 0.1)
    assert spread(plan.figures, expected).equals(spread(plan.model_copy(update=cut).figures, expected))


def test_plain_monte_carlo_agrees_with_the_net(plan):
    net = draw(plan, "accelerated", draws=4096)
    plain = draw(plan, "accelerated", draws=4096, net=False)
    again = draw(plan, "accelerated", draws=4096, net=False)
    for kpi in plan.kpis:
        one, two = net.draws[kpi][:, -1], plain.draws[kpi][:, -1]
        assert (plain.draws[kpi] == again.draws[kpi]).all()
        assert (one != two).any()
        assert np.median(two) == pytest.approx(np.median(one), rel=0.02)
        assert two.std() == pytest.approx(one.std(), rel=0.1)


def test_probabilities_come_with_their_sampling_error(plan):
    truth = draw(plan, "baseline", draws=2**16).probabilities.set_index("kpi")["probability"]
    row = draw(plan, "baseline", draws=1024, net=False).probabilities.set_index("kpi")
    for kpi in plan.kpis:
        one = row.loc[kpi]
        assert one["low"] <= one["probability"] <= one["high"]
        assert one["low"] - 0.01 <= truth[kpi] <= one["high"] + 0.01
    even = row.loc["online_retail"]
    assert even["standard_error"] == pytest.approx(
        np.sqrt(even["probability"] * (1 - even["probability"]) / 1024)
    )


def test_first_years_follow_the_draws(plan, ensemble):
    table = ensemble.first_years
    goal = plan.kpis["gigabit_users"].targets[0].value
    there = ensemble.draws["gigabit_users"] >= goal
    for year, position in zip(ensemble.years, range(len(ensemble.years)), strict=True):
        first = there[:, position] & ~there[:, :position].any(axis=1)
        row = table.query(f"kpi == 'gigabit_users' and year == {year}").iloc[0]
        assert row["probability"] == first.mean()
    never = table[(table["kpi"] == "gigabit_users") & table["year"].isna()].iloc[0]
    assert never["probability"] == pytest.approx((~there.any(axis=1)).mean())


def test_a_verbal_scale_has_no_gaps_and_takes_the_stronger_word_at_its_limits():
    said = [likelihood(one) for one in (1.0, 0.9, 0.89, 0.66, 0.65, 0.34, 0.33, 0.11, 0.1, 0.0)]
    assert said == [
        "very likely", "very likely", "likely", "likely", "about as likely as not",
        "about as likely as not", "unlikely", "unlikely", "very unlikely", "very unlikely",
    ]  # fmt: skip


def test_central_bands_are_quantiles_and_densest_bands_are_shorter(ensemble):
    table = ensemble.quantiles.set_index(["kpi", "year", "quantile"])["value"]
    central = ensemble.bands()
    for row in central.query("content == 0.9").itertuples():
        assert row.low == pytest.approx(table[row.kpi, row.year, 0.05])
        assert row.high == pytest.approx(table[row.kpi, row.year, 0.95])
    dense = ensemble.bands(kind="highest density")
    lengths = [(one["high"] - one["low"]).to_numpy() for one in (dense, central)]
    assert (lengths[0] <= lengths[1] * 1.001 + 1e-9).all()


def test_the_densest_band_of_a_two_piece_normal_is_the_bank_of_englands(ensemble):
    given = {"mode": 1.91, "uncertainty": 0.4354, "skew": 0.23}
    levels = (np.arange(2**16) + 0.5) / 2**16
    values = np.tile(two_piece_normal(levels, **given)[:, None], 6)
    made = replace(ensemble, draws={"x": values})
    row = made.bands(kind="highest density", contents=(0.9,)).iloc[0]
    left, right = two_piece_scales(given["uncertainty"], given["skew"])
    reach = norm.ppf(0.95)
    assert row["low"] == pytest.approx(given["mode"] - left * reach, abs=0.01)
    assert row["high"] == pytest.approx(given["mode"] + right * reach, abs=0.01)


def test_a_scenario_shifts_the_centre_and_not_the_spread(plan):
    one = draw(plan, "baseline", draws=64).spread
    assert draw(plan, "saturation", draws=64, overrides=[COMPOUND]).spread.equals(one)


def test_the_spread_of_a_ratio_is_that_of_both_its_parts(plan):
    sizes = expected(project(plan, "baseline"))
    over, under = np.log(1.107), np.log(1.0755)
    mean_slope = (np.log(9.014 / 90.986) - np.log(7.8 / 92.2)) / np.log(9.014 / 7.8)
    assert sizes["core_share"] == pytest.approx(np.hypot(over, under) * mean_slope, rel=0.01)
