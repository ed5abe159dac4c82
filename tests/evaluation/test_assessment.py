"""Gap, growth and verdict, on the shipped plan and on one with an aim met from above."""

import math

import pytest
from conftest import draw, judge

from model.errors import ModelError
from model.evaluation.assessment import COLUMNS
from model.evaluation.rules import RULES
from model.plan.plan import Plan
from model.projection.projection import project
from model.uncertainty.probability import likelihood


def row(table, kpi, basis="projected", rule="strict", year=None):
    found = table[(table["kpi"] == kpi) & (table["basis"] == basis) & (table["rule"] == rule)]
    found = found if year is None else found[found["target_year"] == year]
    assert len(found) == 1
    return found.iloc[0]


def test_the_table_has_the_agreed_columns_and_every_rule_for_every_target(plan):
    table = judge(plan, "baseline")
    assert tuple(table.columns) == COLUMNS
    rules = {"strict", "published precision", "probability", *RULES}
    assert set(table["rule"]) == rules
    assert len(table) == len(plan.kpis) * len(rules)
    assert table["kpi"].unique().tolist() == [*plan.kpis]


def test_required_growth_is_a_cagr_for_levels_and_points_for_shares(plan, example):
    table = judge(plan, "baseline")
    expected = example("required_cagr_8kpi")["expected"]
    for kpi in plan.kpis.values():
        needed = row(table, kpi.id)["required_growth"]
        if kpi.kind == "share":
            assert needed == pytest.approx((kpi.targets[0].value - kpi.base) / 5)
        else:
            assert needed == pytest.approx(expected[kpi.id], abs=1e-12)


def test_on_the_plan_path_gap_is_zero_and_progress_one(plan):
    table = judge(plan, "plan_path")
    settled = table[table["rule"].isin(["strict", "published precision"])]
    assert settled["gap"].abs().max() < 1e-9
    assert settled["progress_ratio"].to_numpy() == pytest.approx(1.0)
    assert set(settled["verdict"]) == {"met"}


def test_a_positive_gap_is_good_and_decides(plan):
    table = judge(plan, "baseline")
    strict = table[table["rule"] == "strict"]
    assert ((strict["gap"] >= 0) == (strict["verdict"] == "met")).all()
    assert {"met", "missed"} == set(strict["verdict"])


def test_strict_and_printed_verdicts_differ_within_half_a_digit(plan):
    table = judge(plan, "baseline")
    share = row(table, "online_retail")
    assert 16.5 < share["projected"] < 17.0
    assert share["verdict"] == "missed"
    assert row(table, "online_retail", rule="published precision")["verdict"] == "met"


def test_an_outturn_is_judged_on_every_basis_it_is_known_on(plan):
    table = judge(plan, "outturn_path")
    assert row(table, "online_retail", "published")["verdict"] == "missed"
    assert row(table, "online_retail", "published")["projected"] == 15.9722
    assert row(table, "online_retail", "chained")["verdict"] == "met"
    assert row(table, "online_retail", "chained")["projected"] == 18.0334
    met = {"core_share", "ipv6_users", "gigabit_users", "software_revenue", "ecommerce_transactions"}
    for kpi in met:
        outturn = row(table, kpi, "published")
        assert outturn["verdict"] == "met"
        assert outturn["note"].startswith("outturn")


def test_what_has_no_outturn_is_a_projection_and_says_so(plan):
    table = judge(plan, "outturn_path")
    assert row(table, "iiot_penetration")["note"] == ""
    assert "from lower bound" in row(table, "egov_users")["note"]
    assert "outturn" not in row(table, "egov_users")["note"]


def test_a_reading_before_the_years_end_is_marked(plan):
    assert "late reading" in row(judge(plan, "baseline", as_of=2025), "ipv6_users", "published")["note"]


def test_at_the_deadline_no_growth_is_required_any_more(plan):
    late = row(judge(plan, "outturn_path"), "gigabit_users", "published")
    assert math.isnan(late["required_growth"])
    assert math.isnan(late["progress_ratio"])
    assert "deadline" in late["note"]


def test_a_target_that_is_met_before_its_year_says_so(plan):
    early = row(judge(plan, "baseline", as_of=2022), "gigabit_users")
    assert early["note"] == "already met"
    assert early["required_growth"] < 0
    assert math.isnan(early["progress_ratio"])


def test_lower_can_be_better(coast):
    table = judge(coast, "steady")
    first = row(table, "outage_hours", year=2014)
    assert first["projected"] == pytest.approx(40 * 0.9**4)
    assert first["gap"] == pytest.approx(25 - 40 * 0.9**4)
    assert first["verdict"] == "missed"
    assert first["progress_ratio"] == pytest.approx(-0.1 / ((25 / 40) ** 0.25 - 1))
    better = judge(coast, "steady", overrides=["outage_hours.rate=-0.2"])
    assert row(better, "outage_hours", year=2018)["verdict"] == "met"


def test_a_lower_bound_below_the_target_leaves_the_verdict_open(coast):
    table = judge(coast, "steady", as_of="latest")
    bound = row(table, "boats", "published")
    assert bound["verdict"] == "unknown"
    assert bound["note"] == "outturn; lower bound; deadline"
    assert row(table, "boats", "published", "published precision")["verdict"] == "met"


def test_a_lower_bound_of_what_should_be_low_can_only_miss(coast):
    figures = coast.outturns.copy()
    figures.loc[figures["kpi"] == "outage_hours", ["period_start", "period_end", "published", "bound"]] = [
        "2014-01-01", "2014-12-31", "2015-02-01", "lower",
    ]  # fmt: skip
    figures.loc[figures["kpi"] == "outage_hours", "year"] = 2014
    for value, verdict in ((24.0, "unknown"), (26.0, "missed")):
        figures.loc[figures["kpi"] == "outage_hours", "value"] = value
        changed: Plan = coast.model_copy(update={"outturns": figures.copy()})
        table = judge(changed, "steady", as_of="latest")
        assert row(table, "outage_hours", "published", year=2014)["verdict"] == verdict


def test_an_unverified_figure_stays_marked(plan):
    figures = plan.outturns.copy()
    figures.loc[(figures["kpi"] == "gigabit_users") & (figures["year"] == 2025), "verified"] = "unverified"
    changed = plan.model_copy(update={"outturns": figures})
    assert "unverified" in row(judge(changed, "outturn_path"), "gigabit_users", "published")["note"]


def test_targets_beyond_the_horizon_wait(coast):
    assert set(judge(coast, "steady", horizon=2015)["target_year"]) == {2014}


def test_an_overtaken_ceiling_is_noted(plan):
    table = judge(plan, "saturation", as_of=2024)
    assert "ceiling overtaken" in row(table, "gigabit_users")["note"]


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
    assert "probability" not in set(bare["rule"])
    assert bare["probability"].isna().all()
    rest = full[full["rule"] != "probability"].reset_index(drop=True)
    assert rest.drop(columns="probability").equals(bare.drop(columns="probability"))


def test_what_is_settled_by_an_outturn_has_no_probability(plan):
    table = judge(plan, "outturn_path")
    assert table[table["basis"].isin(["published", "chained"])]["probability"].isna().all()
    assert len(table.query("kpi == 'software_revenue' and rule == 'probability'")) == 0


def test_rules_judge_what_is_known_else_the_middle_of_the_projected_path(plan):
    late = row(judge(plan, "baseline", as_of=2022), "software_revenue", "published", "un_2022")
    assert late["note"] == "at 2022"
    assert late["projected"] == pytest.approx(10.8126)
    pace = (10.8126 / 8.16) ** 0.5 - 1
    assert late["progress_ratio"] == pytest.approx(pace / ((14 / 8.16) ** 0.2 - 1))
    assert late["required_growth"] == pytest.approx((14 / 8.16) ** 0.2 - 1)
    early = row(judge(plan, "baseline"), "software_revenue", "projected", "un_2022")
    assert early["note"].startswith("at 2023")
    assert early["projected"] == pytest.approx(project(plan, "baseline").value("software_revenue", 2023))


def test_rules_that_differ_are_flagged_and_our_readings_are_marked(plan):
    table = judge(plan, "baseline", as_of=2022)
    retail = table[(table["kpi"] == "online_retail") & (table["basis"] == "published")]
    graded = retail[retail["rule"].isin(RULES)]
    assert len(set(graded["verdict"])) > 3
    for kpi, split in (("software_revenue", False), ("online_retail", True)):
        notes = table[(table["kpi"] == kpi) & table["rule"].isin(RULES)]["note"]
        assert (notes.str.contains("rules disagree") == split).all(), kpi
    assert table[table["rule"] == "anticipated"]["note"].str.contains("our reading").all()
    assert not table[table["rule"] == "un_2022"]["note"].str.contains("our reading").any()


def test_a_figure_that_is_a_lower_bound_is_named_beside_the_rule(plan):
    table = judge(plan, "baseline", as_of=2022)
    assert "lower bound" in row(table, "ipv6_users", "published", "growth_ratio")["note"]


def test_once_the_target_year_is_over_every_rule_says_met_or_missed(plan):
    table = judge(plan, "outturn_path")
    graded = table[table["rule"].isin(RULES) & table["note"].str.contains("at 2025")]
    assert set(graded["verdict"]) == {"target achieved", "target missed"}
    retail = graded[graded["kpi"] == "online_retail"].groupby("basis")["verdict"].unique().str.join("")
    assert retail.to_dict() == {"published": "target missed", "chained": "target achieved"}


def test_a_plan_without_a_past_is_assessed_without_probabilities(coast):
    table = judge(coast, "storm")
    assert table["probability"].isna().all()
    with pytest.raises(ModelError, match="nothing says how far its growth strays"):
        draw(coast, "storm")
