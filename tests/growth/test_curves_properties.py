"""Curves against their own properties: base, growth, ceiling, inverse, limits, arguments."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.growth.arguments import arguments
from model.growth.curves import CURVES, bass, compound, damped, damped_linear, linear, logistic, solve

YEARS = np.arange(2020, 2026)
GROWING = {
    "linear": {"slope": 1.5},
    "compound": {"rate": 0.2},
    "stepwise": {"rates": {2021: 0.1, 2022: 0.4, 2023: 0.01}},
    "logistic": {"ceiling": 100.0, "rate": 0.4},
    "gompertz": {"ceiling": 100.0, "rate": 0.4},
    "saturating": {"ceiling": 100.0, "rate": 0.4},
    "bass": {"ceiling": 100.0, "innovation": 0.03, "imitation": 0.38},
    "damped": {"rate": 0.2, "damping": 0.8},
    "damped_linear": {"slope": 1.5, "damping": 0.8},
    "ratio": {"numerator": 1.1 ** np.arange(6), "denominator": 1.05 ** np.arange(6)},
}


@pytest.mark.parametrize("curve", CURVES)
@given(base=st.floats(0.01, 99.0))
def test_a_curve_starts_exactly_at_its_base_and_grows(curve, base):
    path = CURVES[curve](YEARS, base, **GROWING[curve])
    assert path[0] == base
    assert np.all(np.diff(path) > 0)


@pytest.mark.parametrize("curve", ["logistic", "gompertz", "saturating", "bass"])
@given(
    st.floats(0.001, 0.999), st.floats(0.001, 2.0), st.lists(st.floats(50.0, 5000.0), min_size=6, max_size=6)
)
def test_no_diffusion_curve_leaves_its_moving_ceiling(curve, part, rate, tops):
    ceiling = np.array(tops)
    named = {"innovation": 0.01, "imitation": rate} if curve == "bass" else {"rate": rate}
    path = CURVES[curve](YEARS, part * ceiling[0], ceiling=ceiling, **named)
    assert np.all(path > 0)
    assert np.all(path <= ceiling)


@pytest.mark.parametrize("curve", ["logistic", "gompertz", "saturating"])
@given(part=st.floats(0.01, 0.9), rise=st.floats(0.01, 0.95))
def test_solving_a_diffusion_curve_inverts_it(curve, part, rise):
    base, aim = 200 * part, 200 * (part + (1 - part) * rise)
    rate = solve(curve, "rate", YEARS, base, aim, {"ceiling": 200.0})
    assert CURVES[curve](YEARS, base, ceiling=200.0, rate=rate)[-1] == pytest.approx(aim, rel=1e-9)


@given(rate=st.floats(0.01, 1.5))
def test_solving_a_bass_curve_for_its_imitators_inverts_it(rate):
    fixed = {"ceiling": 484.0, "innovation": 0.03}
    aim = float(bass(YEARS, 6.4, imitation=rate, **fixed)[-1])
    assert solve("bass", "imitation", YEARS, 6.4, aim, fixed) == pytest.approx(rate, rel=1e-6)


@given(rate=st.floats(-0.5, 0.5))
def test_undamped_growth_and_a_logistic_without_a_near_ceiling_are_compound_growth(rate):
    plain = compound(YEARS, 8.0, rate=rate)
    assert logistic(YEARS, 8.0, ceiling=1e12, rate=math.log1p(rate)) == pytest.approx(plain, rel=1e-9)
    assert damped(YEARS, 8.0, rate=rate, damping=1.0) == pytest.approx(plain, rel=1e-12)
    assert damped_linear(YEARS, 8.0, slope=rate, damping=1.0) == pytest.approx(linear(YEARS, 8.0, slope=rate))


@given(rate=st.floats(0.01, 1.0))
def test_bass_without_innovators_is_logistic_and_without_imitators_saturating(rate):
    named = {"ceiling": 100.0}
    followed = bass(YEARS, 20.0, innovation=0.0, imitation=rate, **named)
    assert followed == pytest.approx(logistic(YEARS, 20.0, rate=rate, **named), rel=1e-12)
    alone = bass(YEARS, 20.0, innovation=rate, imitation=0.0, **named)
    assert alone == pytest.approx(CURVES["saturating"](YEARS, 20.0, rate=rate, **named), rel=1e-12)


@pytest.mark.parametrize("curve", sorted(CURVES.keys() - {"ratio", "stepwise"}))
def test_a_curve_takes_one_row_a_draw(curve):
    named = {name: np.full((3, 1), value) for name, value in GROWING[curve].items()}
    rows = CURVES[curve](YEARS, 10.0, **named)
    assert rows.shape == (3, 6)
    assert rows[1] == pytest.approx(CURVES[curve](YEARS, 10.0, **GROWING[curve]))


@pytest.mark.parametrize("curve", CURVES)
def test_every_keyword_only_argument_of_a_curve_says_what_it_may_be(curve):
    parameters = inspect.signature(CURVES[curve]).parameters.values()
    keywords = [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]
    assert list(arguments(CURVES[curve])) == keywords != []


@pytest.mark.parametrize(
    ("curve", "argument", "aim", "fixed"),
    [
        ("compound", "rate", -1.0, {}),
        ("logistic", "rate", 120.0, {"ceiling": 100.0}),
        ("gompertz", "rate", 100.0, {"ceiling": 100.0}),
        ("saturating", "rate", 10.0, {"ceiling": 100.0}),
        ("bass", "imitation", 21.0, {"ceiling": 100.0, "innovation": 0.5}),
    ],
)
def test_an_aim_out_of_reach_is_refused(curve, argument, aim, fixed):
    with pytest.raises(ValueError, match=argument):
        solve(curve, argument, YEARS, 20.0, aim, fixed)
