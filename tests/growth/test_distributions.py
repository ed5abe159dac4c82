"""Distributions against published values, scipy, and their own properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from model.growth.arguments import arguments
from model.growth.distributions import (
    DISTRIBUTIONS,
    lognormal,
    normal,
    pert,
    triangular,
    two_piece_normal,
    two_piece_scales,
)

LEVELS = np.linspace(0.01, 0.99, 99)


@pytest.mark.parametrize("name", ["boe_may2009_cpi_q1_skewed", "tpn_unit_posskew"])
def test_the_bank_of_englands_parameterisation(example, name):
    case = example(name)
    given, expected = case["inputs"], case["expected"]
    inputs = {"uncertainty": given["uncertainty"], "skew": given["skew_mean_minus_mode"]}
    scales = [expected["sigma1_left"], expected["sigma2_right"]]
    assert two_piece_scales(**inputs) == pytest.approx(scales, abs=1e-9)
    levels = [*map(float, expected["quantiles"]), expected["P_below_mode"]]
    found = two_piece_normal(levels, mode=given["mode"], **inputs)
    assert found == pytest.approx([*expected["quantiles"].values(), given["mode"]], abs=1e-9)


@given(skew=st.floats(-2.0, 2.0), sd=st.floats(0.1, 3.0))
def test_a_two_piece_normal_is_the_mirror_of_its_mirror(skew, sd):
    right = two_piece_normal(LEVELS, mode=1.0, uncertainty=sd, skew=skew)
    left = two_piece_normal(1 - LEVELS, mode=1.0, uncertainty=sd, skew=-skew)
    assert right - 1.0 == pytest.approx(1.0 - left, abs=1e-9)


@pytest.mark.parametrize(
    ("found", "peer"),
    [
        (triangular(LEVELS, low=1, mode=2, high=5), stats.triang(0.25, loc=1, scale=4)),
        (pert(LEVELS, low=1, mode=2, high=5), stats.beta(2, 4, loc=1, scale=4)),
        (normal(LEVELS, mean=2, sd=3), stats.norm(2, 3)),
        (lognormal(LEVELS, median=2, sd=0.3), stats.lognorm(0.3, scale=2)),
        (two_piece_normal(LEVELS, mode=1.0, uncertainty=0.5, skew=0.0), stats.norm(1.0, 0.5)),
    ],
    ids=["triangular", "pert", "normal", "lognormal", "two pieces without skew"],
)
def test_quantiles_agree_with_scipy(found, peer):
    assert found == pytest.approx(peer.ppf(LEVELS), rel=1e-9)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_quantiles_never_fall(name):
    values = {"value": 1.0, "low": 1.0, "mode": 2.0, "high": 5.0, "mean": 1.0, "sd": 0.5, "median": 1.0}
    values |= {"uncertainty": 0.5, "skew": 0.2}
    given = {argument: values[argument] for argument in arguments(DISTRIBUTIONS[name])}
    assert np.all(np.diff(DISTRIBUTIONS[name](LEVELS, **given)) >= 0)
