"""Gap, growth and verdict, on the shipped plan and on one with an aim met from above."""

import math

import pytest
from conftest import draw, judge

from model.evaluation.assessment import COLUMNS
from model.evaluation.rules import RULES
from model.projection.projection import project
from model.projection.required import required_growth
from model.uncertainty.probability import likelihood


def row(table, kpi, basis="projected", rule="strict", year=None):
    found = table[(table["kpi"] == kpi) & (table["basis"] == basis) & (table["rule"] == rule)]
    found = found if year is None else found[found["target_year"] == year]
    assert len(found) == 1
    return found.iloc[0]


def test_the_table_has_the_agreed_columns_and_every_rule_for_every_target(plan):
    table = judge(plan, "baseline")
    assert tuple(table.columns) == COLUMNS
    assert table["kpi"].unique().tolist() == [*plan.kpis]
    rules = {"strict", "published precision", "probability", *RULES}
    assert set(table["rule"]) == rules
    assert len(table) == len(plan.kpis) * len(rules)


def test_required_growth_is_a_cagr_for_levels_and_points_for_shares(plan, example):
    table = judge(plan, "baseline")
    expected = example("required_cagr_8kpi")["expected"]
    for kpi in plan.kpis.values():
        needed = row(table, kpi.id)["required_growth"]
        points = (kpi.targets[0].value - kpi.base) / 5
        assert needed == pytest.approx(points if kpi.kind == "share" else expected[kpi.id], abs=1e-12)
        assert required_growth(plan, kpi.id) == pytest.approx(needed)


def test_on_the_plan_path_gap_is_zero_and_progress_one(plan):
    table = judge(plan, "plan_path")
    settled = table[table["rule"].isin(["strict", "published precision"])]
    assert settled["gap"].abs().max() < 1e-9
    assert settled["progress_ratio"].to_numpy() == pytest.approx(1.0)
    assert set(settled["verdict"]) == {"met"}


def test_a_positive_gap_is_good_and_decides_up_to_half_a_digit_of_what_is_printed(plan):
    table = judge(plan, "baseline")
    strict = table[table["rule"] == "strict"]
    assert ((strict["gap"] >= 0) == (strict["verdict"] == "met")).all()
    assert {"met", "missed"} == set(strict["verdict"])
    sales = row(table, "online_retail")
    assert 16.5 < sales["projected"] < 17.0
    printed = row(table, "online_retail", rule="published precision")
    assert (sales["verdict"], printed["verdict"]) == ("missed", "met")


@pytest.mark.parametrize(
    ("scenario", "as_of", "kpi", "basis", "rule", "note"),
    [
        ("outturn_path", None, "iiot_penetration", "projected", "strict", ""),
        ("outturn_path", None, "egov_users", "projected", "strict", "from lower bound"),
        ("outturn_path", None, "gigabit_users", "published", "strict", "outturn; deadline"),
        ("baseline", 2025, "ipv6_users", "published", "strict", "late reading"),
        ("baseline", 2022, "ipv6_users", "published", "growth_ratio", "lower bound"),
        ("saturation", 2024, "gigabit_users", "projected", "strict", "ceiling overtaken"),
    ],
)
def test_a_verdict_says_what_it_rests_on(plan, scenario, as_of, kpi, basis, rule, note):
    said = row(judge(plan, scenario, as_of=as_of), kpi, basis, rule)["note"]
    assert note in said
    assert bool(note) == bool(said)
    assert ("outturn" in said) == (basis == "published" and rule == "strict")


def test_no_growth_is_required_at_the_deadline_or_once_the_target_is_met(plan):
    late = row(judge(plan, "outturn_path"), "gigabit_users", "published")
    assert late[["required_growth", "progress_ratio"]].isna().all()
    early = row(judge(plan, "baseline", as_of=2022), "gigabit_users")
    assert early["note"] == "already met"
    assert early["required_growth"] < 0
    assert math.isnan(early["progress_ratio"])


def test_lower_can_be_better_and_targets_beyond_the_horizon_wait(coast):
    table = judge(coast, "steady")
    first = row(table, "outage_hours", year=2014)
    assert (first["gap"], first["verdict"]) == (pytest.approx(25 - 40 * 0.9**4), "missed")
    assert first["progress_ratio"] == pytest.approx(-0.1 / ((25 / 40) ** 0.25 - 1))
    better = judge(coast, "steady", overrides=["outage_hours.rate=-0.2"])
    assert row(better, "outage_hours", year=2018)["verdict"] == "met"
    assert set(judge(coast, "steady", horizon=2015)["target_year"]) == {2014}, "later targets wait"


def test_a_lower_bound_below_the_target_leaves_the_verdict_open(coast):
    table = judge(coast, "steady", as_of="latest")
    bound = row(table, "boats", "published")
    assert (bound["verdict"], bound["note"]) == ("unknown", "outturn; lower bound; deadline")
    assert row(table, "boats", "published", "published precision")["verdict"] == "met"


def test_a_lower_bound_of_what_should_be_low_can_only_miss(coast):
    figures = coast.outturns.copy()
    figures.loc[
        figures["kpi"] == "outage_hours", ["period_start", "period_end", "published", "bound", "year"]
    ] = ["2014-01-01", "2014-12-31", "2015-02-01", "lower", 2014]
    for value, verdict in ((24.0, "unknown"), (26.0, "missed")):
        figures.loc[figures["kpi"] == "outage_hours", "value"] = value
        changed = coast.model_copy(update={"outturns": figures.copy()})
        table = judge(changed, "steady", as_of="latest")
        assert row(table, "outage_hours", "published", year=2014)["verdict"] == verdict


def test_an_unverified_figure_stays_marked(plan):
    figures = plan.outturns.copy()
    figures.loc[(figures["kpi"] == "gigabit_users") & (figures["year"] == 2025), "verified"] = "unverified"
    changed = plan.model_copy(update={"outturns": figures})
    assert "unverified" in row(judge(changed, "outturn_path"), "gigabit_users", "published")["note"]


def test_a_probability_stands_beside_each_projection_and_in_words(plan):
    table = judge(plan, "baseline", draws=1024, seed=5)
    drawn = draw(plan, "baseline", draws=1024, seed=5).probabilities.set_index("kpi")
    for kpi in plan.kpis:
        said = row(table, kpi, rule="probability")
        assert said["probability"] == drawn.loc[kpi, "probability"]
        assert said["verdict"] == likelihood(said["probability"])
        assert ("borrowed" in said["note"]) == drawn.loc[kpi, "borrowed"]
        assert row(table, kpi)["probability"] == said["probability"]


def test_without_draws_there_are_no_probabilities_and_all_else_is_the_same(plan):
    bare, full = judge(plan, "baseline", draws=0), judge(plan, "baseline")
    assert bare["probability"].isna().all()
    rest = full[full["rule"] != "probability"].reset_index(drop=True)
    assert rest.drop(columns="probability").equals(bare.drop(columns="probability"))


def test_rules_judge_what_is_known_else_the_middle_of_the_projected_path(plan):
    late = row(judge(plan, "baseline", as_of=2022), "software_revenue", "published", "un_2022")
    assert (late["note"], late["projected"]) == ("at 2022", pytest.approx(10.8126))
    needed = (14 / 8.16) ** 0.2 - 1
    assert late["required_growth"] == pytest.approx(needed)
    assert late["progress_ratio"] == pytest.approx(((10.8126 / 8.16) ** 0.5 - 1) / needed)
    early = row(judge(plan, "baseline"), "software_revenue", "projected", "un_2022")
    assert early["note"].startswith("at 2023")
    assert early["projected"] == pytest.approx(project(plan, "baseline").value("software_revenue", 2023))


def test_rules_that_differ_are_flagged_and_our_readings_are_marked(plan):
    table = judge(plan, "baseline", as_of=2022)
    for kpi, split in (("software_revenue", False), ("online_retail", True)):
        notes = table[(table["kpi"] == kpi) & table["rule"].isin(RULES)]["note"]
        assert (notes.str.contains("rules disagree") == split).all(), kpi
    marked = table["note"].str.contains("our reading").groupby(table["rule"])
    assert (marked.all()["anticipated"], marked.any()["un_2022"]) == (True, False)


def test_once_the_target_year_is_over_every_rule_says_met_or_missed(plan):
    table = judge(plan, "outturn_path")
    graded = table[table["rule"].isin(RULES) & table["note"].str.contains("at 2025")]
    assert set(graded["verdict"]) == {"target achieved", "target missed"}
    assert graded["progress_ratio"].isna().all()
    retail = graded[graded["kpi"] == "online_retail"].groupby("basis")["verdict"].unique().str.join("")
    assert retail.to_dict() == {"published": "target missed", "chained": "target achieved"}
