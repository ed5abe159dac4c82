"""Bad scenario files get one clear error: where, what, and what is allowed; nothing is written."""

import os

import pytest
from conftest import refused
from data_pack import scenario_file

from model.plan.load import find_scenario
from model.projection.projection import project

TITLE = "title: Mine\nextends: baseline\n"
# What the one line under growth says, and what the error of line 4 must name.
GROWTH = {
    "text_for_a_number": ("software_revenue: {rate: fast, damping: 0.9}", "'fast' is not a number"),
    "quoted_number": ("software_revenue: {rate: '0.1', damping: 0.9}", "'0.1' is not a number"),
    "truth_for_a_number": ("software_revenue: {rate: true, damping: 0.9}", "True is not a number"),
    "nothing_for_growth": ("software_revenue:", "nothing is not a group of keys"),
    "number_for_growth": ("software_revenue: 0.1", "0.1 is not a group of keys"),
    "unknown_kpi": ("sofware_revenue: {curve: compound, rate: 0.1}", "did you mean 'software_revenue'?"),
    "unknown_curve": ("software_revenue: {curve: logstic, rate: 0.1}", "did you mean 'logistic'?"),
    "unknown_argument": ("software_revenue: {curve: compound, rat: 0.1}", "did you mean 'rate'?"),
    "missing_argument": ("software_revenue: {curve: compound}", "rate: missing; give it, or the point to reach"),
    "both_rate_and_reach": ("software_revenue: {curve: compound, rate: 0.1, reach: {year: 2025, value: target}}", "reach takes the place of exactly one argument"),
    "reach_without_a_target": ("software_revenue: {curve: compound, reach: {year: 2024, value: target}}", "no target for 2024; did you mean '2025'?"),
    "reach_in_the_base_year": ("software_revenue: {curve: compound, reach: {year: 2020, value: 9}}", "not after the base year"),
    "reach_above_the_ceiling": ("gigabit_users: {curve: logistic, ceiling: 50, reach: {year: 2025, value: 60}}", "60 is not below the ceiling 50"),
    "ceiling_below_the_base": ("gigabit_users: {ceiling: 5, rate: 0.3}", "the ceiling 5 is not above the base 6.4"),
    "ceiling_of_an_unknown_series": ("gigabit_users: {ceiling: popluation, rate: 0.3}", "did you mean 'population'?"),
    "curve_with_no_ceiling": ("software_revenue: {curve: logistic, rate: 0.3}", "ceiling: missing; logistic needs it"),
    "not_a_number": ("software_revenue: {rate: .nan, damping: 0.9}", "nan is not a finite number"),
    "infinity": ("software_revenue: {rate: .inf, damping: 0.9}", "inf is not a finite number"),
    "too_large_for_a_number": ("software_revenue: {rate: 1e999, damping: 0.9}", "inf is not a finite number"),
    "growth_below_minus_one": ("software_revenue: {rate: -1.5, damping: 0.9}", "-1.5 is out of range; above -1"),
    "per_cent_for_a_decimal": ("software_revenue: {rate: 30, damping: 0.9}", "30 is out of range"),
    "damping_above_one": ("software_revenue: {rate: 0.1, damping: 1.2}", "from 0 to 1"),
    "a_year_is_missing": ("software_revenue: {curve: stepwise, rates: {2021: 0.1, 2023: 0.1}}", "rates.2022: missing"),
    "no_rates_at_all": ("software_revenue: {curve: stepwise, rates: {}}", "rates.2021: missing"),
    "a_rate_before_the_plan": ("software_revenue: {curve: stepwise, rates: {2020: 0.1, 2021: 0.1}}", "not after the base year"),
    "text_for_a_year": ("software_revenue: {curve: stepwise, rates: {soon: 0.1}}", "'soon' is not a whole number"),
    "unknown_distribution": ("software_revenue: {rate: {distribution: trianglar, low: 1}, damping: 0.9}", "did you mean 'triangular'?"),
    "distribution_without_a_part": ("software_revenue: {rate: {distribution: uniform, low: 0.1}, damping: 0.9}", "rate.high: missing"),
    "distribution_out_of_order": ("software_revenue: {rate: {distribution: uniform, low: 0.3, high: 0.1}, damping: 0.9}", "rising order"),
    "negative_spread": ("software_revenue: {rate: {distribution: normal, mean: 0.3, sd: -0.1}, damping: 0.9}", "-0.1 is out of range"),
    "ratio_without_a_numerator": ("core_share: {curve: ratio, denominator: gdp_nominal}", "numerator: missing"),
    "ratio_over_an_unknown_series": ("core_share: {curve: ratio, numerator: {curve: compound, rate: 0.1}, denominator: gdp}", "unknown series 'gdp'"),
    "ratio_over_itself": ("core_share: {curve: ratio, numerator: {curve: compound, rate: 0.1}, denominator: core_share}", "needs itself"),
    "ratio_in_a_ratio": ("core_share: {curve: ratio, numerator: {curve: ratio}, denominator: gdp_nominal}", "unknown word 'ratio'"),
    "growth_of_a_stand_in": ("digital_rd_tool_rate: {curve: compound, rate: 0.1}", "unknown series"),
    "decimal_comma_in_a_flow_map": ("software_revenue: {rate: 0,15, damping: 0.9}", "a decimal is written with a point"),
    "per_cent_of_a_slope": ("software_revenue: {curve: linear, slope: 5%}", "'5%' is not a number"),
    "one_value_for_all": ("software_revenue: {rate: {distribution: pert, low: 0.1, mode: 0.1, high: 0.1}, damping: 0.9}", "low and high are the same; give the number alone: 0.1"),
    "endless_spread": ("software_revenue: {rate: {distribution: normal, mean: 0.1, sd: 1e308}, damping: 0.9}", "rate.sd: 1e+308 is out of range"),
}  # fmt: skip
# What the one shock says, and what the error of line 4 must name.
SHOCKS = {
    "unknown_shock": ("{kpi: online_retail, shape: dip, start: 2022}", "unknown word 'dip'"),
    "shock_to_an_unknown_kpi": ("{kpi: online_retial, shape: delay, start: 2022}", "did you mean 'online_retail'?"),
    "shock_without_a_size": ("{kpi: online_retail, shape: level, start: 2022}", "size: missing"),
    "shock_before_the_plan": ("{kpi: online_retail, shape: level, start: 2019, size: -0.1}", "before the base year"),
    "shock_that_ends_before_it_starts": ("{kpi: online_retail, shape: ramp, start: 2024, end: 2022, size: -0.1}", "not after the start"),
    "shock_of_half_a_year": ("{kpi: online_retail, shape: delay, start: 2022.5}", "2022.5 is not a whole number"),
    "shock_of_no_years": ("{kpi: online_retail, shape: delay, start: 2022, duration: 0}", "from 1 to 100"),
    "shock_below_nothing": ("{kpi: online_retail, shape: level, start: 2022, size: -2}", "-2 is out of range"),
}  # fmt: skip
# What a scenario file says -> the line of the error, and what it must name.
SCENARIOS = {
    **{name: (f"{TITLE}growth:\n  {line}\n", 4, words) for name, (line, words) in GROWTH.items()},
    **{name: (f"{TITLE}shocks:\n  - {line}\n", 4, words) for name, (line, words) in SHOCKS.items()},
    "wrong_key": (TITLE + "grwth: {}\n", 3, "grwth: unknown key; did you mean 'growth'?"),
    "no_title": ("extends: baseline\n", 1, "title: missing"),
    "list_for_growth": (TITLE + "growth: [1, 2]\n", 3, "growth"),
    "unknown_parent": ("title: Mine\nextends: baselin\n", 2, "did you mean 'baseline'?"),
    "its_own_parent": ("title: Mine\nextends: its_own_parent\n", 2, "circular: its_own_parent > its_own_parent"),
    "no_parent_and_no_growth": ("title: Mine\n", 1, "growth.core_share: missing"),
    "as_of_before_the_plan": (TITLE + "as_of: 1999\n", 3, "before the base year"),
    "as_of_after_the_data": (TITLE + "as_of: 2090\n", 3, "later than the data"),
    "as_of_in_words": (TITLE + "as_of: yesterday\n", 3, "as_of"),
    "duplicate_key": ("title: Mine\ntitle: Yours\n", 2, 'duplicate key "title"'),
    "unclosed_bracket": (TITLE + "growth: {a: 1\n", 4, "YAML"),
    "tab_for_indentation": ("title: Mine\ngrowth:\n\tgdp: 1\n", 3, "YAML"),
    "python_tag": ("title: !!python/object/apply:os.getcwd []\n", 1, "is not allowed"),
    "custom_tag": ("title: !secret x\n", 1, "the tag !secret is not allowed"),
    "alias_bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "anchors and aliases are not allowed"),
    "deep_nesting": ("title: " + "[" * 200 + "]" * 200 + "\n", 1, "nested too deeply"),
    "empty": ("", 1, "the file is empty"),
    "only_blanks": ("  \n\n", 1, "the file is empty"),
    "only_a_comment": ("# nothing\n", 1, "not a group of keys"),
    "decimal_comma": (TITLE + "growth:\n  software_revenue:\n    rate: 0,15\n", 5, "'0,15' is not a number; write 0.15"),
    "number_for_a_title": ("title: 2025\nextends: baseline\n", 1, "title: 2025 is not text; put it in quotes"),
    "merge_key": (TITLE + "<<: {a: 1}\n", 3, "merge keys are not allowed"),
    "null_key": (TITLE + "~: 1\n", 3, "nothing is no key"),
    "whole_number_as_a_key": (TITLE + "7: 1\n", 3, "a number is no key here"),
    "list_as_a_key": (TITLE + "[1]: 1\n", 3, "is no key"),
    "control_character": (TITLE + "narrative: a\x07b\n", 3, "the character U+0007 is not allowed"),
    "half_a_character": (TITLE + 'narrative: "\\ud800"\n', 3, "YAML"),
    "directive": ("%YAML 1.1\n---\n" + TITLE, 1, "directives are not allowed"),
    "two_documents": (TITLE + "---\n" + TITLE, 3, "a second document"),
    "five_thousand_digits": (TITLE + "growth:\n  software_revenue: {rate: " + "9" * 5000 + ", damping: 0.9}\n", 4, "inf is not a finite number"),
    "date_for_a_year": (TITLE + "as_of: 2021-12-31\n", 3, "'2021-12-31' is not a whole number"),
    "many_unknown_keys": (TITLE + "".join(f"k{i}: 1\n" for i in range(60000)), 25000, "too many keys and values; at most 50000"),
    "many_shocks": (TITLE + "shocks:\n" + "  - {kpi: online_retail, shape: delay, start: 2022}\n" * 19000, 7145, "too many keys and values"),
    "a_list": ("- title\n", 1, "not a group of keys"),
    "a_word": ("baseline\n", 1, "not a group of keys"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_mistake_in_a_scenario_file_is_named_with_its_line(plan, tmp_path, name):
    text, line, words = SCENARIOS[name]
    path = scenario_file(tmp_path, text, f"{name}.yaml")
    message = refused(lambda: project(plan, path))
    assert f"{name}.yaml:{line}: " in message
    assert words in message
    assert list(tmp_path.iterdir()) == [path]


def test_all_mistakes_of_a_file_are_reported_at_once_in_their_order(plan, tmp_path):
    path = scenario_file(
        tmp_path,
        TITLE + "wrong: 1\n"
        "growth:\n"
        "  sofware_revenue: {curve: compound, rate: 0.1}\n"
        "  gigabit_users: {curve: logstic, rate: 0.1}\n"
        "  ipv6_users: {ceiling: nine, rate: soon}\n"
        "shocks:\n"
        "  - {kpi: online_retail, shape: dip, start: 2022}\n"
        "  - {kpi: online_retial, shape: delay, start: 2019}\n",
    )
    lines = [int(problem.split(":")[1]) for problem in refused(lambda: project(plan, path)).splitlines()]
    assert lines == sorted(lines)
    assert set(lines) == {3, 5, 6, 7, 9, 10}


def test_a_long_list_of_mistakes_ends_with_how_many_more(plan, tmp_path):
    path = scenario_file(tmp_path, TITLE + "".join(f"k{number}: 1\n" for number in range(9000)))
    message = refused(lambda: project(plan, path)).splitlines()
    assert len(message) < 200
    assert message[0].endswith("8700 mistakes more than are listed")
    assert message[-1] == "… and 151 more"


def test_a_rate_may_be_written_in_per_cent(plan, tmp_path):
    path = scenario_file(
        tmp_path,
        TITLE + "growth:\n"
        "  software_revenue: {rate: 14.1%, damping: 90 %}\n"
        "  online_retail: {rate: {distribution: uniform, low: 5%, high: 9%}, damping: 0.9}\n"
        "shocks:\n  - {kpi: online_retail, shape: level, start: 2022, size: -5%}\n",
    )
    found = find_scenario(plan, path)
    assert found.growth["software_revenue"].arguments["rate"].central == 0.141
    assert found.growth["online_retail"].arguments["rate"].central == 0.07
    assert found.shocks[0].arguments["size"].central == -0.05
    cent, part = (
        project(plan, "baseline", overrides=[f"software_revenue.rate={rate}"]) for rate in ("15%", "0.15")
    )
    assert cent.value("software_revenue", 2025) == part.value("software_revenue", 2025)


@pytest.mark.parametrize("kind", ["pipe", "link to an endless device", "folder"])
def test_what_is_no_file_is_refused_before_it_is_opened(plan, tmp_path, kind):
    path = tmp_path / "mine.yaml"
    make = {
        "pipe": os.mkfifo,
        "folder": os.mkdir,
        "link to an endless device": lambda one: one.symlink_to("/dev/zero"),
    }
    make[kind](path)
    assert "give a file" in refused(lambda: project(plan, path))


FILES = {
    "utf-16": (TITLE.replace("Mine", "加速").encode("utf-16"), "mine.yaml", "save the file as UTF-8"),
    "gb18030": (TITLE.replace("Mine", "加速").encode("gb18030"), "mine.yaml", "save the file as UTF-8"),
    "latin-1": (TITLE.replace("Mine", "é").encode("latin-1"), "mine.yaml", "save the file as UTF-8"),
    "huge": (TITLE + "#" * 2_000_000, "mine.yaml", "at most 1000000"),
    "named like a shipped one": (
        "title: Mine\nextends: plan_path\n", "baseline.yaml", "give the file another name"
    ),
    **{
        name: (TITLE, name, "is no scenario name; use lower-case letters")
        for name in ("加速.yaml", "two words.yaml", "Capital.yaml", "1st.yaml", "a-b.yaml")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_in_another_encoding_too_large_or_named_as_no_scenario_may_be_is_refused(plan, tmp_path, name):
    text, file, words = FILES[name]
    assert words in refused(lambda: project(plan, scenario_file(tmp_path, text, file)))


def test_a_byte_order_mark_is_no_mistake(plan, tmp_path):
    path = scenario_file(tmp_path, b"\xef\xbb\xbf" + TITLE.encode())
    assert project(plan, path).scenario.id == "mine"


@pytest.mark.parametrize(
    "name", ["../evil", "../../etc/passwd", "no such", "加速", ".", "/", "baseline\n", "a" * 300]
)
def test_a_name_that_is_no_scenario_is_refused(plan, name):
    assert refused(lambda: project(plan, name))


def test_a_circle_of_three_files_and_a_missing_file_are_named(plan, tmp_path):
    for one, parent in (("ann", "bob"), ("bob", "cid"), ("cid", "ann")):
        scenario_file(tmp_path, f"title: {one}\nextends: {parent}\n", f"{one}.yaml")
    assert "circular: ann > bob > cid > ann" in refused(lambda: find_scenario(plan, tmp_path / "ann.yaml"))
    assert "cannot be read" in refused(lambda: project(plan, tmp_path / "nowhere.yaml"))
