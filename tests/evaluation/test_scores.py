"""Scores of past projections: published formulas, pooling with n, and no leak from later years."""

import math
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
import scoringrules
from conftest import draw

from model.evaluation.backtest import LEVELS, NAIVE, backtest, calibration, naive_paths
from model.evaluation.scores import changes, duels, pooled, scores


@pytest.fixture(scope="module")
def points(plan):
    return backtest(plan)


@pytest.fixture(scope="module")
def spread(plan):
    return calibration(plan, draws=512)


@pytest.fixture(scope="module")
def table(plan, points, spread):
    return pooled(plan, points, spread)


def cut(plan, as_of):
    """Forget everything that was published after a year, or is about a later one."""
    known = {}
    for name in ("outturns", "context_data"):
        frame = getattr(plan, name)
        known[name] = frame[(frame["published"] <= f"{as_of + 1}-06-30") & (frame["year"] <= as_of)]
    return plan.model_copy(update=known)


def test_the_fair_crps_and_the_pinball_loss_are_the_published_ones(example):
    case = example("crps_ensemble")
    members, seen = case["inputs"]["ens"], np.array(case["inputs"]["y"])
    for estimator in ("pwm", "fair"):
        found = scoringrules.crps_ensemble(seen, np.tile(members, (3, 1)), estimator=estimator)
        assert found == pytest.approx(case["expected"]["fair"], abs=1e-12)
    normal = example("crps_normal")
    for given, expected in zip(normal["inputs"], normal["expected"], strict=True):
        drawn = given["mu"] + given["sigma"] * np.sort(np.random.default_rng(1).standard_normal(2**16))
        found = scoringrules.crps_ensemble(given["y"], drawn, estimator="pwm", sorted_ensemble=True)
        assert found == pytest.approx(expected, rel=0.02)
    case = example("pinball")
    seen, levels = case["inputs"]["y"], case["inputs"]["tau"]
    for bound, expected in zip(case["inputs"]["q"], case["expected"].values(), strict=True):
        found = [scoringrules.quantile_score(seen, bound, level) for level in levels]
        assert found == pytest.approx(expected, abs=1e-12)


def test_scores_of_points_are_the_published_ones(plan, example, monkeypatch):
    case = example("point_metrics")
    forecast, outturn, before = (case["inputs"][name] for name in ("forecast", "actual", "insample_for_MASE"))
    made = pd.DataFrame(
        {
            "scenario": "mine", "kpi": "x", "series": "", "as_of": 2020, "year": range(2021, 2026),
            "horizon": 1, "method": "scenario", "forecast": forecast, "outturn": outturn,
            "basis": "published",
        }
    )  # fmt: skip
    both = pd.concat([made, made.assign(method="last_value", scenario="", forecast=100.0)])
    both["error"] = both["outturn"] - both["forecast"]
    scale = np.abs(np.diff(before)).mean()
    monkeypatch.setattr(import_module("model.evaluation.scores"), "changes", lambda figures: {"x": scale})
    row = pooled(plan, both).set_index("method").loc["mine"]
    assert row["mase"] == pytest.approx(case["expected"]["MASE"])
    assert row["mean_error"] == pytest.approx(-case["expected"]["log_bias"]), "ours is outturn over forecast"
    assert row["n"] == row["mase_n"] == 5


def test_a_case_is_scored_by_the_ensemble_of_its_as_of_run(plan):
    case = "kpi == 'software_revenue' and as_of == 2021 and year == 2024 and basis == 'published'"
    table = calibration(plan, ["baseline"], draws=256, seed=4)
    row = table.query(f"scenario == 'baseline' and {case}").iloc[0]
    drawn = draw(plan, "baseline", draws=256, seed=4, as_of=2021).draws["software_revenue"][:, 4]
    seen, logs = math.log(13.7276), np.log(np.sort(drawn))
    gaps = np.abs(logs[:, None] - logs).sum() / (256 * 255)
    assert row["crps"] == pytest.approx(np.abs(logs - seen).mean() - gaps / 2, abs=1e-12)
    bounds = np.quantile(logs, LEVELS)
    losses = [(seen - q) * (tau - (seen < q)) for q, tau in zip(bounds, LEVELS, strict=True)]
    assert row["pinball"] == pytest.approx(np.mean(losses))
    assert row["inside_90"] == (bounds[0] <= seen <= bounds[-1])
    assert row["inside_60"] == (bounds[1] <= seen <= bounds[-2])


def test_naive_ensembles_stand_around_the_naive_forecast(spread, points):
    assert set(spread["method"]) == {"scenario", *NAIVE}
    keys = ["scenario", "method", "kpi", "as_of", "year", "basis"]
    assert len(points.merge(spread, on=keys)) == len(points) == len(spread)
    far = spread.query("method == 'last_value' and kpi == 'software_revenue' and horizon == 5")
    assert not far["inside_90"].any(), "nobody's revenue stood still"


def test_distributions_see_no_figure_revision_or_ceiling_of_later(plan):
    for as_of in (2020, 2021, 2023):
        poor = cut(plan, as_of)
        for name in ("baseline", "accelerated", "saturation"):
            one = draw(plan, name, draws=64, as_of=as_of)
            two = draw(poor, name, draws=64, as_of=as_of)
            assert one.spread.equals(two.spread)
            for kpi in plan.kpis:
                assert (one.draws[kpi] == two.draws[kpi]).all(), (as_of, name, kpi)
        rich, bare = naive_paths(plan.figures, as_of, 2025), naive_paths(poor.figures, as_of, 2025)
        for method in NAIVE:
            assert rich[method].keys() == bare[method].keys()
            for kpi, (first, path) in rich[method].items():
                assert first == bare[method][kpi][0]
                assert (path == bare[method][kpi][1]).all()


def test_a_leak_would_show(plan):
    frame = plan.outturns
    poorer = frame[~((frame["kpi"] == "software_revenue") & (frame["year"] == 2022))]
    one = draw(plan, "baseline", draws=64, as_of=2022)
    two = draw(plan.model_copy(update={"outturns": poorer}), "baseline", draws=64, as_of=2022)
    same = {kpi: (one.draws[kpi] == two.draws[kpi]).all() for kpi in ("software_revenue", "online_retail")}
    assert same == {"software_revenue": False, "online_retail": True}


def by_kpi(one):
    """Mean absolute log error of every KPI with two cases or more."""
    loss = np.log(one["outturn"] / one["forecast"]).abs().groupby(one["kpi"])
    return loss.mean()[loss.count() > 1]


def test_every_kpi_has_one_vote_in_the_league(table, points):
    published = points[points["basis"] == "published"]
    own = published[published["scenario"] == "baseline"]
    row = table.set_index("method").loc["baseline"]
    assert (row["n"], row["kpis"], row["left_out"]) == (len(own), 6, 0)
    assert row["mean_absolute_error"] == pytest.approx(by_kpi(own).mean())
    logs = np.log(own["outturn"] / own["forecast"]).groupby(own["kpi"]).mean()
    assert row["mean_error"] == pytest.approx(logs.drop("iiot_penetration").mean())
    assert table.set_index("method").loc["last_value", "skill"] == pytest.approx(0.0)
    assert table["mean_absolute_error"].is_monotonic_increasing
    assert set(table[table["naive"]]["method"]) == set(NAIVE)


def test_skill_compares_on_the_same_cases(table, points):
    published = points[points["basis"] == "published"]
    growth, still = (published[published["method"] == name] for name in ("last_growth", "last_value"))
    ratios = by_kpi(growth) / by_kpi(still.merge(growth[["kpi", "as_of", "year"]]))
    found = table.set_index("method").loc["last_growth", "skill"]
    assert found == pytest.approx(1 - np.exp(np.log(ratios).mean()))


def test_coverage_comes_with_an_interval_that_draws_whole_kpis_anew(table, spread):
    own = spread.query("scenario == 'baseline' and basis == 'published'")
    row = table.set_index("method").loc["baseline"]
    assert row["inside_90"] == own["inside_90"].mean()
    assert row["low_90"] < row["inside_90"] < row["high_90"]
    held = [part["inside_90"].to_numpy() for _, part in own.groupby("kpi")]
    rng = np.random.default_rng(7)
    picks = rng.integers(0, len(held), (4000, len(held)))
    again = [np.concatenate([held[one] for one in pick]).mean() for pick in picks]
    assert [row["low_90"], row["high_90"]] == pytest.approx(np.quantile(again, [0.025, 0.975]), abs=0.02)


def test_mase_is_given_where_there_is_a_history_and_nowhere_else(plan, points, spread):
    scale = changes(plan.figures)
    have = {kpi for kpi, one in scale.items() if not math.isnan(one)}
    assert have == {"software_revenue", "online_retail", "ecommerce_transactions"}
    table = pooled(plan, points, spread, by_kpi=True)
    assert set(table[table["mase"].notna()]["kpi"]) == have
    assert (table["mase_n"] == table["n"].where(table["kpi"].isin(have), 0)).all()
    assert table["n"].sum() == (points["basis"] == "published").sum()


def test_a_duel_is_fought_on_the_cases_that_both_have(points, spread):
    found = duels(points, spread, "baseline")
    cases = points.query("basis == 'published' and kpi == 'core_share'")
    own, naive = cases.query("scenario == 'baseline'"), cases.query("method == 'last_step'")
    both = own.merge(naive, on=["kpi", "as_of", "year"])
    row = found.query("kpi == 'core_share' and naive == 'last_step'").iloc[0]
    assert row["n"] == len(both) < len(own)
    errors = [np.log(both[f"outturn_{one}"] / both[f"forecast_{one}"]).abs().mean() for one in "xy"]
    assert row["error"] == pytest.approx(errors[0] / errors[1])
    assert (found.query("kpi == 'iiot_penetration'")["error"].isna()).all()
    assert (duels(points, None, "baseline")["crps"].isna()).all()


def test_the_league_is_the_same_by_one_call_or_by_parts_and_naive_forecasts_beside_any_scenario(plan, spread):
    whole = scores(plan, ["baseline"], draws=0)
    pd.testing.assert_frame_equal(whole, pooled(plan, backtest(plan, ["baseline"])))
    assert whole["crps"].isna().all()
    alone, among = (
        cases.query("scenario == ''").reset_index(drop=True)
        for cases in (calibration(plan, ["saturation"], draws=512), spread)
    )
    pd.testing.assert_frame_equal(alone, among)
