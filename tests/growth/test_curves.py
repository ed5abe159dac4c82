"""Curves against the reference paths and the worked examples of the literature."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from model.growth.curves import (
    CURVES,
    bass,
    compound,
    damped_linear,
    gompertz,
    linear,
    logistic,
    ratio,
    solve,
    stepwise,
)

YEARS = np.arange(2020, 2026)
BASE_TARGET = {
    "core_share": (7.8, 10.0),
    "gigabit_users": (6.4, 60.0),
    "software_revenue": (8.16, 14.0),
    "iiot_penetration": (14.7, 45.0),
}
# The reference names a method and its parameters; this is how the suite calls them.
CALLS = {
    "linear": ("linear", "slope", {}),
    "cagr": ("compound", "rate", {}),
    "logistic": ("logistic", "rate", {"K": "ceiling"}),
    "gompertz": ("gompertz", "rate", {"K": "ceiling"}),
    "saturating_exp": ("saturating", "rate", {"K": "ceiling"}),
    "bass": ("bass", "imitation", {"m": "ceiling", "p": "innovation"}),
    "damped_additive": ("damped_linear", "slope", {"phi": "damping"}),
    "damped_multiplicative": ("damped", "rate", {"phi": "damping"}),
}
PRINTED = {"cagr": "g", "logistic": "r", "gompertz": "c", "saturating_exp": "k", "bass": "q"}


with (Path(__file__).parents[1] / "reference" / "anchored_paths.csv").open() as file:
    ROWS = list(csv.DictReader(file))
PATHS = {}
for row in ROWS:
    if row["method"] in CALLS:
        path = PATHS.setdefault((row["kpi"], row["method"], row["parameters"]), {})
        path[int(row["year"])] = float(row["value"])


@pytest.mark.parametrize("key", PATHS, ids=lambda key: "-".join(key))
def test_every_reference_path_is_reproduced(key):
    kpi, method, text = key
    base, target = BASE_TARGET[kpi]
    curve, free, names = CALLS[method]
    printed = dict(part.split("=") for part in text.split(";")) if "yT" not in text else {}
    fixed = {names[name]: float(value) for name, value in printed.items() if name in names}
    solved = solve(curve, free, YEARS, base, target, fixed)
    path = CURVES[curve](YEARS, base, **fixed, **{free: solved})
    expected = PATHS[key]
    assert [path[year - 2020] for year in expected] == pytest.approx(list(expected.values()), rel=1e-10)
    if method in PRINTED:
        assert solved == pytest.approx(float(printed[PRINTED[method]]), rel=1e-10)


def test_the_reference_is_whole_and_its_required_growth_follows_from_the_linear_path():
    assert len(PATHS) == 44
    assert all(sorted(path) == list(YEARS) for path in PATHS.values())
    rows = [row for row in ROWS if row["method"].startswith("required")]
    assert len(rows) == 4 * 7
    for row in rows:
        base, target = BASE_TARGET[row["kpi"]]
        rate = solve("compound", "rate", YEARS, base, target, {})
        if row["method"] == "required_cagr_from_linear":
            since = int(row["parameters"].removeprefix("from="))
            start = linear(YEARS, base, slope=(target - base) / 5)[since - 2020]
            found = solve("compound", "rate", np.arange(since, 2026), start, target, {})
        elif row["method"] in ("required_cagr", "required_log_growth"):
            found = rate if row["method"] == "required_cagr" else math.log1p(rate)
        else:
            found = solve("linear", "slope", YEARS, base, target, {})
        assert found == pytest.approx(float(row["value"]), rel=1e-10), row


def test_growth_year_by_year_multiplies(example):
    case = example("piecewise_growth")
    rates = dict(zip(range(2021, 2026), case["inputs"]["g"], strict=True))
    path = stepwise(YEARS, case["inputs"]["y0"], rates=rates)
    assert path[1:] == pytest.approx(case["expected"]["path"], rel=1e-10)
    equivalent = solve("compound", "rate", YEARS, path[0], path[-1], {})
    assert equivalent == pytest.approx(case["expected"]["equiv_cagr"], rel=1e-10)
    held = stepwise(range(2020, 2024), 1.0, rates={2021: 0.5, 2022: 0.1})
    assert held == pytest.approx([1.0, 1.5, 1.65, 1.815]), "the last rate holds"
    draws = stepwise(YEARS, 10.0, rates={2021: np.array([[0.1], [0.2]]), 2022: 0.05})
    assert draws.shape == (2, 6), "one row a draw"
    assert draws[1, 1] == pytest.approx(12.0)
    with pytest.raises(ValueError, match="2021"):
        stepwise(range(2020, 2024), 1.0, rates={2022: 0.1})


@pytest.mark.parametrize("gdp", ["0.05", "0.07"])
def test_a_share_is_the_ratio_of_two_aggregates(example, gdp):
    case = example(f"share_ratio_gdp_{gdp}")
    below = compound(YEARS, 1.0, rate=case["inputs"]["g_gdp"])
    needed = case["expected"]["g_va_required"]
    share = ratio(YEARS, 7.8, numerator=compound(YEARS, 1.0, rate=needed), denominator=below)
    assert share[-1] == pytest.approx(10.0, rel=1e-12)
    assert share[1] / share[0] - 1 == pytest.approx(case["expected"]["g_share"], abs=1e-12)


def test_points_and_per_cent_of_a_share_and_real_growth_out_of_nominal(example):
    case = example("share_pp_vs_pct")
    start, end = case["inputs"]["s0"], case["inputs"]["sT"]
    slope = solve("linear", "slope", YEARS, start, end, {})
    expected = [case["expected"][name] for name in ("pp_per_year", "pp", "pct")]
    assert [slope, slope * 5, 100 * slope * 5 / start] == pytest.approx(expected, abs=1e-9)
    case = example("nominal_real")
    nominal, prices = (compound([0, 1], 1.0, rate=case["inputs"][name]) for name in ("nominal", "deflator"))
    real = ratio([0, 1], 1.0, numerator=nominal, denominator=prices)
    assert real[-1] - 1 == pytest.approx(case["expected"]["real"], abs=1e-12)


def test_the_logit_linear_path_of_a_share_and_a_logistic_that_is_steepest_at_half_its_ceiling(example):
    case = example("logit_linear_iip")
    rate = solve("logistic", "rate", YEARS, 0.147, 0.45, {"ceiling": 1.0})
    middle = -math.log(0.147 / 0.853) / rate
    expected = [case["expected"]["r"], case["expected"]["t_mid_after_2020"]]
    assert [rate, middle] == pytest.approx(expected, abs=1e-12)
    path = logistic(YEARS, 0.147, ceiling=1.0, rate=rate)
    assert path == pytest.approx(case["expected"]["path"], abs=1e-12)
    case = example("logistic_identities")
    top, rate = case["inputs"]["K"], case["inputs"]["r"]
    around = logistic([-1e-5, 0.0, 1e-5], top / 2 - rate * top / 4 * 1e-5, ceiling=top, rate=rate)
    assert (around[2] - around[0]) / 2e-5 == pytest.approx(case["expected"]["max_slope"], rel=1e-7)
    late = logistic([0.0, case["expected"]["t_10_90"]], top / 10, ceiling=top, rate=rate)[-1]
    assert late == pytest.approx(0.9 * top, rel=1e-12)


def test_a_gompertz_curve_turns_at_its_ceiling_over_e_and_a_damped_trend_ends_at_its_limit(example):
    case = example("gompertz_identities")
    top, shift, rate = (case["inputs"][name] for name in "Kbc")
    moment = case["expected"]["t_inf"]
    moments = [0.0, 4.0, moment - 1e-5, moment, moment + 1e-5]
    path = gompertz(moments, top * math.exp(-shift), ceiling=top, rate=rate)
    assert path[1] == pytest.approx(case["expected"]["y_t4"], rel=1e-12)
    assert path[3] == pytest.approx(case["expected"]["y_inf"], rel=1e-12)
    assert (path[4] - path[2]) / 2e-5 == pytest.approx(case["expected"]["max_slope"], rel=1e-7)
    case = example("damped_limit")
    level, slope, damping = (case["inputs"][key] for key in ("l", "b", "phi"))
    path = damped_linear([0, 1, 5, 600], level, slope=slope, damping=damping)
    assert path[1:] == pytest.approx(list(case["expected"].values()), abs=1e-10)


@pytest.mark.parametrize("name", ["bass_colour_tv", "bass_bw_tv", "bass_average_sultan1990"])
def test_bass_diffusion_of_known_goods(example, name):
    case = example(name)
    p, q, m = (case["inputs"][key] for key in "pqm")
    moments = [0.0, 1.0, 5.0, 10.0, case["expected"]["t_peak"]]
    path = bass(moments, 0.0, ceiling=m, innovation=p, imitation=q)
    hazard = (p + q * path / m) * (m - path)
    names = ("N_t1", "N_t5", "N_t10", "F_at_peak", "peak_adoptions_per_period", "n_t5")
    expected = [case["expected"][name] for name in names]
    assert [*path[1:4], path[4] / m, hazard[4], hazard[2]] == pytest.approx(expected, rel=1e-10)


def test_a_point_more_growth_in_one_year_moves_the_end_as_the_worked_example_says(example):
    case = example("tornado_oat")
    base, delta = case["inputs"]["y0"], case["inputs"]["delta"]
    rates = dict(zip(range(2021, 2026), case["inputs"]["g"], strict=True))
    low, middle, high = (
        float(stepwise(YEARS, base, rates={**rates, 2023: rates[2023] + shift})[-1])
        for shift in (-delta, 0.0, delta)
    )
    expected = [case["expected"][name] for name in ("low_one_year", "base", "high_one_year", "swing")]
    assert [low, middle, high, high - low] == pytest.approx(expected, rel=1e-12)
