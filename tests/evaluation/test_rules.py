"""Published rules of progress against the worked cases, and at their edges."""

import math

import pytest

from model.evaluation.rules import RULES, Judgement, Progress, Standing, disagree, judge


def test_the_worked_cases_of_eurostat_and_the_united_nations(example):
    cases = example("assessment_cases")
    assert len(cases["expected"]) == 6
    words_2022 = {
        "substantial/on track": "substantial progress", "limited/no progress": "limited or no progress",
    }  # fmt: skip
    score_2023 = {
        Standing.ON_TRACK: 3, Standing.ACHIEVED: 3, Standing.SHORT: 2, Standing.INSUFFICIENT: 1,
        Standing.AWAY: 1,
    }  # fmt: skip
    for case in cases["expected"]:
        seen = (0, case["years_elapsed"]), (case["y0"], case["y_t"])
        so_far = Progress(*seen, case["years_total"], case["yT"])
        assert so_far.growth == pytest.approx(case["CAGR_a"], abs=1e-9)
        ratio = judge(so_far, "growth_ratio")
        assert ratio.ratio == pytest.approx(case["R"], abs=1e-9)
        assert ratio.label == case["eurostat"].removesuffix(" / on track")
        expected = case["UN2022_CR_category"]
        assert judge(so_far, "un_2022").label == words_2022.get(expected, expected)
        later = judge(so_far, "un_2023")
        assert later.ratio == pytest.approx(case["UN2023_ratio"], abs=1e-9)
        assert score_2023[later.standing] == case["UN2023_score"]


def test_one_case_is_judged_differently_by_different_rules():
    so_far = Progress((2020, 2021, 2022), (37.21, 39.0, 40.4), 2025, 46.0)
    judged = {rule: judge(so_far, rule) for rule in RULES}
    expected = (Standing.ON_TRACK, Standing.OFF_TRACK)
    assert (judged["growth_ratio"].standing, judged["path"].standing) == expected
    assert disagree(judged)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_achieved_of_a_met_target_and_nothing_of_a_base_alone(rule):
    assert judge(Progress((2020, 2022), (6.4, 91.75), 2025, 60.0), rule).standing == Standing.ACHIEVED
    assert judge(Progress((2020, 2025), (6.4, 60.0), 2025, 60.0), rule).label == "target achieved"
    alone = judge(Progress((2020,), (6.4,), 2025, 60.0), rule)
    assert alone.standing == Standing.UNKNOWN
    assert math.isnan(alone.ratio)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("later", [0.2, 0.8, 1.3])
def test_what_should_fall_is_judged_like_what_should_rise(rule, later):
    # A fall by a factor is a rise by its inverse: on the log scale the two are mirror images.
    falling = Progress((2010, 2012), (40.0, 40.0 - 15.0 * later * 0.5), 2014, 25.0)
    assert falling.direction == -1.0
    standing = judge(falling, rule).standing
    # By the chart of 2023 a fifth of the way is short still: its lowest grade begins at a tenth.
    far = {Standing.OFF_TRACK, Standing.SHORT if rule == "un_2023" else Standing.INSUFFICIENT}
    behind = far if later < 0.5 else {Standing.OFF_TRACK, Standing.SHORT, Standing.ON_TRACK}
    assert standing in ({Standing.ON_TRACK} if later > 1.0 else behind)


@pytest.mark.parametrize("rule", RULES)
def test_a_step_back_is_never_on_track(rule):
    judged = judge(Progress((2020, 2021, 2022), (100.0, 96.0, 90.0), 2025, 150.0), rule)
    assert judged.standing == (Standing.OFF_TRACK if rule == "path" else Standing.AWAY)


def test_a_base_of_zero_has_no_growth_rate_but_a_straight_line_and_recent_years_weigh_more():
    so_far = Progress((2020, 2022), (0.0, 20.0), 2025, 60.0)
    assert {judge(so_far, rule).standing for rule in ("growth_ratio", "path")} == {Standing.UNKNOWN}
    assert judge(so_far, "straight_line").ratio == pytest.approx((20 / 2) / (60 / 5))
    early, late = (
        judge(Progress((2020, 2021, 2022, 2023), (10.0, *values, 20.0), 2025, 40.0), "anticipated").ratio
        for values in ((18.0, 19.0), (11.0, 12.0))
    )
    assert late < early


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_names_its_source_and_what_is_our_reading(rule):
    notes = RULES[rule].judge.__doc__.partition("Notes")[2]
    assert len(notes) > 60
    assert RULES[rule].our_reading == ("our reading" in notes)


def test_rules_disagree_in_shades_as_well_and_one_without_shades_agrees_with_any():
    one = Standing
    for standings, differ in (
        ((one.SHORT, one.INSUFFICIENT), True),
        ((one.ON_TRACK, one.OFF_TRACK), True),
        ((one.ACHIEVED, one.SHORT), True),
        ((one.SHORT, one.OFF_TRACK, one.UNKNOWN), False),
        ((one.ON_TRACK, one.ACHIEVED, one.UNKNOWN), False),
        ((one.AWAY, one.OFF_TRACK), False),
    ):
        said = {str(place): Judgement("", each, 1.0) for place, each in enumerate(standings)}
        assert disagree(said) == differ, standings
