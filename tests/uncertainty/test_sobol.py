"""The random numbers: nearly independent columns that no edit elsewhere changes."""

import itertools

import numpy as np
import pytest
from scipy.special import ndtri

from model.uncertainty.sampling import Key, Net, column, plain, stride_of

SHOCKS = [Key(stream, f"kpi{stream}", "shock", year) for year in range(1, 6) for stream in range(1, 9)]
PARAMETERS = [
    Key(stream, f"kpi{stream}", name, slot) for stream in range(1, 9) for slot, name in enumerate("abc")
]


def uniforms(keys, draws, *, seed, stride, start=0):
    return dict(zip(keys, Net(keys, seed=seed, stride=stride, start=start).levels(draws), strict=True))


def test_the_points_are_those_of_sobol_shifted(example):
    case = example("sobol_first8_2d")
    keys = [Key(1, "a", "shock", 1), Key(2, "b", "shock", 1)]
    found = uniforms(keys, 8, seed=0, stride=8)
    points = np.array(case["expected"]["points"])
    for place, key in enumerate(keys):
        integers = np.floor(found[key] * 2**32).astype(np.uint64)
        plain_points = (points[:, place] * 2**32).astype(np.uint64)
        assert len(set((integers ^ plain_points).tolist())) == 1, "one shift for the whole column"


@pytest.mark.parametrize("seed", [0, 1, 2026])
def test_independent_inputs_are_all_but_uncorrelated_at_4096_draws(seed):
    normal = ndtri([*uniforms([*SHOCKS, *PARAMETERS], 4096, seed=seed, stride=8).values()])
    correlation = np.corrcoef(normal)
    assert np.abs(correlation - np.eye(len(normal))).max() < 0.06


def test_every_column_is_as_even_as_a_net_can_be():
    for levels in uniforms(SHOCKS, 1024, seed=3, stride=8).values():
        counts = np.histogram(levels, bins=1024, range=(0, 1))[0]
        assert (counts == 1).all()


def test_a_draw_depends_on_its_own_key_only():
    key, last = SHOCKS[7], Key(1, "kpi1", "shock", 15)
    alone, *others = (
        uniforms(keys, 256, seed=5, stride=8)[key]
        for keys in ([key], [*reversed(PARAMETERS), *SHOCKS], [key, last])
    )
    assert all((alone == other).all() for other in others)
    both, one = plain(SHOCKS[:2], 4096, seed=1), plain(SHOCKS[1:2], 4096, seed=1)
    assert (both[SHOCKS[1]] == one[SHOCKS[1]]).all()
    assert abs(np.corrcoef([*both.values()])[0, 1]) < 0.06, "plain draws are independent of each other"


def test_a_long_ensemble_can_be_made_in_parts():
    whole = uniforms(SHOCKS, 1024, seed=5, stride=8)
    parts = [uniforms(SHOCKS, 256, seed=5, stride=8, start=start) for start in range(0, 1024, 256)]
    for key in SHOCKS:
        assert (np.concatenate([part[key] for part in parts]) == whole[key]).all()


def test_no_two_inputs_share_a_column():
    later = [Key(stream, f"kpi{stream}", "shock", year) for year in range(6, 16) for stream in range(1, 9)]
    slots = [Key(stream, f"kpi{stream}", "x", slot) for stream in range(1, 9) for slot in range(16)]
    places = [column(key, 8) for key in [*SHOCKS, *slots, *later]]
    assert len(set(places)) == len(places)
    assert max(column(key, 8) for key in SHOCKS) == 39
    assert stride_of(range(1, 4)) == stride_of(range(1, 9)) == 8, "a few more KPIs do not widen the stride"


def test_seeds_and_keys_give_different_draws():
    first = uniforms(SHOCKS[:2], 64, seed=1, stride=8)
    other = uniforms(SHOCKS[:2], 64, seed=2, stride=8)
    for one, two in itertools.combinations([*first.values(), *other.values()], 2):
        assert (one != two).any()


def test_no_level_is_zero_or_one():
    for drawn in (uniforms(SHOCKS, 4096, seed=9, stride=8), plain(SHOCKS, 4096, seed=9)):
        levels = np.array([*drawn.values()])
        assert 0.0 < levels.min() < levels.max() < 1.0
        assert np.isfinite(ndtri(levels)).all()
