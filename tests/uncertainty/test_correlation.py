"""Growth shocks that go together and last: published matrices, closed forms, and whose draws change."""

from itertools import combinations

import numpy as np
import pytest
from conftest import draw
from scipy import stats

from model.errors import ModelError
from model.plan.plan import Correlated, Uncertainty
from model.uncertainty.sampling import shocks
from model.uncertainty.spread import correlation, lower, nearest


def normals(kpi, ensemble):
    """Cumulated shock of the first projected year, from the draws of a level."""
    return np.log(ensemble.draws[kpi][:, 1])


def correlated(ensemble):
    return np.corrcoef([normals(name, ensemble) for name in ensemble.correlation.kpis])


def with_pairs(plan, *pairs, persistence=0.0):
    made = tuple(Correlated(between=tuple(pair), value=value, source="A test") for *pair, value in pairs)
    return plan.model_copy(update={"uncertainty": Uncertainty(persistence=persistence, correlation=made)})


def test_the_nearest_correlation_matrix_is_highams(example):
    case = example("nearest_corr_higham_3x3")
    found = nearest(case["inputs"]["A"])
    assert found == pytest.approx(np.array(case["expected"]["X"]), abs=1e-6)
    distance = np.linalg.norm(found - np.array(case["inputs"]["A"]))
    assert distance == pytest.approx(case["expected"]["fro_dist"], abs=1e-6)
    matrix = np.array([[1.0, 0.9], [0.9, 1.0]])
    assert nearest(matrix) is matrix, "a matrix that is one is left alone"


def test_the_factor_is_choleskys_and_that_of_a_repaired_matrix_has_unit_rows(example):
    case = example("cholesky_2x2")
    rho = case["inputs"]["r"]
    assert lower([[1, rho], [rho, 1]]) == pytest.approx(np.array(case["expected"]["L"]), abs=1e-14)
    singular = nearest([[1, 1, 0], [1, 1, 1], [0, 1, 1]])
    factor = lower(singular)
    assert np.linalg.norm(factor, axis=1) == pytest.approx(1.0, abs=1e-14)
    assert factor @ factor.T == pytest.approx(singular, abs=1e-5)


def test_shocks_of_a_pair_correlate_as_the_copula_says(plan, example):
    case = example("gaussian_copula_rank")
    rho, said = case["inputs"]["rho"], case["expected"]
    paired = with_pairs(plan, ("software_revenue", "online_retail", rho))
    drawn = draw(paired, "baseline", draws=2**14)
    one, two = normals("software_revenue", drawn), normals("online_retail", drawn)
    assert np.corrcoef(one, two)[0, 1] == pytest.approx(rho, abs=0.02)
    assert stats.spearmanr(one, two).statistic == pytest.approx(said["spearman"], abs=0.02)
    both = np.mean((one > np.median(one)) & (two > np.median(two)))
    assert both == pytest.approx(said["p_both_above"], abs=0.01)


def test_the_shipped_pair_goes_together_and_nothing_else_does(plan):
    drawn = draw(plan, "baseline", draws=4096)
    assert correlated(drawn) == pytest.approx(drawn.correlation.used, abs=0.06)
    assert np.count_nonzero(drawn.correlation.used) == len(plan.kpis) + 2


def test_a_pair_changes_no_draw_but_that_of_the_later_kpi(plan):
    pair = ("software_revenue", "online_retail", 0.6)
    alone, paired = (draw(with_pairs(plan, *one), "baseline", draws=256).draws for one in ([], [pair]))
    assert [name for name in plan.kpis if (alone[name] != paired[name]).any()] == ["online_retail"]


def test_pairs_that_cannot_be_are_repaired_and_that_is_said(plan):
    three = ("software_revenue", "online_retail", "ecommerce_transactions")
    odd = with_pairs(plan, *((*pair, -0.9) for pair in combinations(three, 2)))
    found = correlation(odd)
    assert found.repaired
    assert found.distance > 0.5
    assert np.linalg.eigvalsh(found.used)[0] > -1e-8
    assert np.diag(found.used) == pytest.approx(1.0)
    assert correlated(draw(odd, draws=4096)) == pytest.approx(found.used, abs=0.06)


def test_one_correlation_for_all_makes_all_targets_together_likelier(plan):
    alone, together = (
        draw(plan, "plan_path", draws=4096, correlation=same).probabilities.set_index("kpi")["probability"][
            ""
        ]
        for same in (0.0, 0.8)
    )
    assert alone == pytest.approx(0.5**8, abs=0.003)
    assert together > 0.15


def test_shocks_widen_as_the_closed_form_says_and_are_independent_unless_they_last(example):
    case = example("ar1_cumulative_variance")
    sigma, rho, years = (case["inputs"][name] for name in ("sigma", "rho", "h"))
    levels = np.random.default_rng(1).random((years, 1, 2**18))
    sums = shocks(levels, np.full((years, 1), sigma), persistence=rho)
    assert sums.std(axis=-1).ravel() == pytest.approx(case["expected"]["sd_by_h_fixed_start"], rel=0.01)
    levels = np.random.default_rng(2).random((5, 1, 2**16))
    sums = shocks(levels, np.full((5, 1), 0.02))[:, 0]
    assert sums.std(axis=-1) == pytest.approx(0.02 * np.sqrt(np.arange(1, 6)), rel=0.02)
    steps = np.diff(sums, axis=0)
    assert abs(np.corrcoef(steps[0], steps[1])[0, 1]) < 0.02


def test_what_is_known_leaves_no_shock_behind(plan):
    lasting, fresh = (
        draw(plan, "baseline", draws=4096, as_of=2022, persistence=one).draws["software_revenue"]
        for one in (0.9, 0.0)
    )
    assert lasting[:, 3] == pytest.approx(fresh[:, 3]), "the first year after what is known has no shock yet"
    assert lasting[:, -1].std() > 1.5 * fresh[:, -1].std()


def test_shocks_keep_the_median_and_lift_the_mean_as_the_lognormal_does(example):
    case = example("lognormal_mean_correction")
    sigma, years = case["inputs"]["sigma"], case["inputs"]["h"]
    levels = (np.arange(2**16) + 0.5) / 2**16
    sums = shocks(levels[None, None].copy(), np.full((1, 1), sigma * np.sqrt(years)))
    ratios = np.exp(sums[0, 0])
    assert np.median(ratios) == pytest.approx(1.0, abs=1e-4)
    assert ratios.mean() == pytest.approx(case["expected"]["mean_over_median"], rel=1e-4)
    ends = [case["expected"]["q05"], case["expected"]["q95"]]
    assert np.quantile(ratios, [0.05, 0.95]) == pytest.approx(ends, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("persistence", 1.0, "from 0 to below 1"),
        ("persistence", -0.1, ""),
        ("correlation", 1.5, "from -1 to 1"),
    ],
)
def test_numbers_out_of_range_are_refused(plan, name, value, allowed):
    with pytest.raises(ModelError, match=f"{name}: {value:g} is out of range; {allowed}"):
        draw(plan, "baseline", draws=64, **{name: value})
