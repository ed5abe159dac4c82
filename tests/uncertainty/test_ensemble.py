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
        expected = [path.value(kpi, year) for year in ensemble.years]
        assert np.median(ensemble.draws[kpi], axis=0) == pytest.approx(expected, rel=0.01)


def test_what_is_known_is_the_same_in_every_draw(plan):
    late = draw(plan, "baseline", draws=64, as_of=2023)
    drawn = late.draws["software_revenue"]
    assert np.ptp(drawn[:, :4], axis=0).max() < 1e-12
    assert np.ptp(drawn[:, 4]) > 0.5


def test_shares_and_users_stay_within_their_bounds_in_every_draw(plan):
    wild = draw(plan, "accelerated", draws=4096, horizon=2035)
    for kpi in ("core_share", "iiot_penetration"):
        assert 0.0 < wild.draws[kpi].min() < wild.draws[kpi].max() < 100.0
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
    chances = ensemble.probabilities.set_index("kpi")["probability"]
    alone, together = chances.drop(""), chances[""]
    assert max(0.0, alone.sum() - len(alone) + 1) <= together <= alone.min()
    # Each target an even chance; two of eight correlated by 0.42 (the orthant formula of Sheppard 1899).
    assert together == pytest.approx((0.25 + np.arcsin(0.42) / (2 * np.pi)) * 0.5**6, abs=0.004)


def test_scenarios_share_their_draws_and_the_spread(plan):
    one, two = draw(plan, "baseline", draws=256), draw(plan, "consumption_slump", draws=256)
    assert (one.draws["software_revenue"] == two.draws["software_revenue"]).all()
    assert two.draws["online_retail"][:, 2] / one.draws["online_retail"][:, 2] == pytest.approx(0.87)
    assert draw(plan, "saturation", draws=64, overrides=[COMPOUND]).spread.equals(one.spread)


def test_an_edit_or_a_longer_horizon_changes_no_other_draw(plan):
    override = "gigabit_users.imitation={distribution: uniform, low: 0.3, high: 0.5}"
    base = draw(plan, "baseline", draws=256).draws
    edited = draw(plan, "baseline", draws=256, overrides=[override]).draws
    longer = draw(plan, "baseline", draws=256, horizon=2035).draws
    for kpi in plan.kpis:
        assert (longer[kpi][:, :6] == base[kpi]).all()
        assert (edited[kpi] == base[kpi]).all() == (kpi != "gigabit_users")


@pytest.mark.parametrize(
    ("override", "calm", "kpi", "other"),
    [
        ("software_revenue={curve: compound, rate: %s}", [COMPOUND], "software_revenue", "core_share"),
        ("gdp_nominal={curve: compound, rate: %s}", [], "core_share", "online_retail"),
    ],
)
def test_an_uncertain_parameter_moves_its_series_and_what_that_is_a_denominator_of(
    plan, override, calm, kpi, other
):
    unsure = [override % "{distribution: uniform, low: 0.0, high: 0.2}"]
    wide, narrow = (
        draw(plan, "baseline", draws=1024, overrides=one, persistence=0.0).draws for one in (unsure, calm)
    )
    assert wide[kpi][:, -1].std() > 1.5 * narrow[kpi][:, -1].std()
    assert (wide[other] == narrow[other]).all()


@pytest.mark.parametrize("draws", [0, 1, 3, 1000, 2**27])
def test_draws_are_a_power_of_two_that_fits(plan, draws):
    with pytest.raises(ModelError, match="a power of two up to 67108864"):
        draw(plan, "baseline", draws=draws)


def test_growth_is_taken_over_the_comparable_figure_and_three_kpis_have_a_history_the_others_borrow(plan):
    rates = yearly_growth(plan.figures, plan.base_year)["online_retail"]
    assert rates[2020] == pytest.approx(np.log(11.76 / 10.6042))
    assert 2018 not in rates, "more than 9 trillion is no point"
    table = spread(plan.figures, dict.fromkeys(plan.kpis, 0.1)).set_index("kpi")
    own = set(table.index[~table["borrowed"]])
    assert own == {"software_revenue", "online_retail", "ecommerce_transactions"}
    assert (table["factor"] > 1.0).all()


def test_plain_monte_carlo_agrees_with_the_net(plan):
    net, plain, again = (draw(plan, "accelerated", draws=4096, net=net).draws for net in (True, False, False))
    for kpi in plan.kpis:
        one, two = net[kpi][:, -1], plain[kpi][:, -1]
        assert (plain[kpi] == again[kpi]).all()
        assert (one != two).any()
        assert np.median(two) == pytest.approx(np.median(one), rel=0.02)
        assert two.std() == pytest.approx(one.std(), rel=0.1)


def test_probabilities_come_with_their_sampling_error(plan):
    truth = draw(plan, "baseline", draws=2**16).probabilities.set_index("kpi")["probability"]
    rows = draw(plan, "baseline", draws=1024, net=False).probabilities.set_index("kpi")
    for kpi, one in rows.drop("").iterrows():
        assert one["low"] <= one["probability"] <= one["high"]
        assert one["low"] - 0.01 <= truth[kpi] <= one["high"] + 0.01
    even = rows.loc["online_retail"]
    error = np.sqrt(even["probability"] * (1 - even["probability"]) / 1024)
    assert even["standard_error"] == pytest.approx(error)


def test_first_years_follow_the_draws(plan, ensemble):
    table = ensemble.first_years.query("kpi == 'gigabit_users'").set_index("year")["probability"]
    there = ensemble.draws["gigabit_users"] >= plan.kpis["gigabit_users"].targets[0].value
    for position, year in enumerate(ensemble.years):
        assert table[year] == (there[:, position] & ~there[:, :position].any(axis=1)).mean()
    assert table[table.index.isna()].iloc[0] == pytest.approx((~there.any(axis=1)).mean())


def test_a_verbal_scale_has_no_gaps_and_takes_the_stronger_word_at_its_limits():
    for word, chances in {
        "very likely": (1.0, 0.9),
        "likely": (0.89, 0.66),
        "about as likely as not": (0.65, 0.34),
        "unlikely": (0.33, 0.11),
        "very unlikely": (0.1, 0.0),
    }.items():
        assert {likelihood(one) for one in chances} == {word}


def test_central_bands_are_quantiles_and_densest_bands_are_shorter(ensemble):
    table = ensemble.quantiles.set_index(["kpi", "year", "quantile"])["value"]
    central, dense = ensemble.bands(), ensemble.bands(kind="highest density")
    for row in central.query("content == 0.9").itertuples():
        expected = [table[row.kpi, row.year, level] for level in (0.05, 0.95)]
        assert [row.low, row.high] == pytest.approx(expected)
    assert (dense["high"] - dense["low"] <= (central["high"] - central["low"]) * 1.001 + 1e-9).all()


def test_the_densest_band_of_a_two_piece_normal_is_the_bank_of_englands(ensemble):
    given = {"mode": 1.91, "uncertainty": 0.4354, "skew": 0.23}
    values = two_piece_normal((np.arange(2**16) + 0.5) / 2**16, **given)
    made = replace(ensemble, draws={"x": np.tile(values[:, None], 6)})
    row = made.bands(kind="highest density", contents=(0.9,)).iloc[0]
    left, right = np.array(two_piece_scales(given["uncertainty"], given["skew"])) * norm.ppf(0.95)
    assert [row["low"], row["high"]] == pytest.approx([1.91 - left, 1.91 + right], abs=0.01)


def test_the_spread_of_a_ratio_is_that_of_both_its_parts(plan):
    sizes = expected(project(plan, "baseline"))
    over, under = np.log(1.107), np.log(1.0755)
    mean_slope = (np.log(9.014 / 90.986) - np.log(7.8 / 92.2)) / np.log(9.014 / 7.8)
    assert sizes["core_share"] == pytest.approx(np.hypot(over, under) * mean_slope, rel=0.01)
