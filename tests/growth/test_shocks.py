"""Shock shapes against the worked example, and what they do to a trajectory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.growth.shocks import SHOCKS, delay, growth, level, ramp, temporary

YEARS = np.arange(2021, 2026)


def test_the_shapes_of_the_literature(example):
    case = example("shock_shapes")
    given, expected = case["inputs"], case["expected"]
    at, fade = {"start": 2020 + given["t0"], "size": given["a"]}, given["lambda"]
    first, last = 2020 + given["ramp_from_t"], 2020 + given["ramp_to_t"]
    found = {
        "level_shift": level(YEARS, **at),
        "V_linear_2yr": temporary(YEARS, **at, duration=given["V_length"]),
        "exp_recovery_lambda_.5": temporary(YEARS, **at, recovery="exponential", persistence=fade),
        "ramp_to_end": ramp(YEARS, start=first, end=last, size=given["a"]),
    }
    assert set(found) == set(expected)
    for name, multiplier in found.items():
        assert multiplier - 1 == pytest.approx(expected[name], abs=1e-12), name


def test_a_u_stays_down_for_its_plateau_a_v_is_a_u_of_one_year_and_an_l_never_heals():
    u = temporary(YEARS, start=2021, size=-0.1, duration=2, recovery="u", plateau=3)
    assert u == pytest.approx([0.9, 0.9, 0.9, 0.95, 1.0])
    v = temporary(YEARS, start=2022, size=-0.1, duration=2)
    assert v == pytest.approx(temporary(YEARS, start=2022, size=-0.1, duration=2, recovery="u", plateau=1))
    assert temporary(YEARS, start=2023, size=-0.1, recovery="l") == pytest.approx([1, 1, 0.9, 0.9, 0.9])


def test_a_growth_shock_keeps_the_level_it_cost_and_a_delay_shifts_by_its_years_what_is_not_past():
    path = 100 * 1.1 ** np.arange(5)
    hit = path * growth(YEARS, path, start=2022, size=-0.05, duration=2)
    assert hit[1:] / hit[:-1] == pytest.approx([1.05, 1.05, 1.1, 1.1])
    late = path * delay(YEARS, path, start=2022, duration=2)
    assert late == pytest.approx([100, 100, 100, 110, 121])
    assert delay(YEARS, path, start=2020, duration=2) == pytest.approx(np.ones(5)), "in the figures already"


@given(size=st.floats(-0.9, 3.0), start=st.integers(2021, 2025))
def test_no_shape_acts_before_its_start(size, start):
    path = np.linspace(10, 20, 5)
    calls = {
        "level": {},
        "temporary": {"duration": 2},
        "ramp": {"end": start + 2},
        "growth": {"path": path, "duration": 2},
        "delay": {"path": path, "duration": 2},
    }
    assert set(calls) == set(SHOCKS)
    for name, more in calls.items():
        sized = {} if name == "delay" else {"size": max(size, -0.5)}
        assert np.all(SHOCKS[name](YEARS, start=start, **sized, **more)[YEARS < start] == 1.0), name
