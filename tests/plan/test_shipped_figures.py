"""The figures of the data pack: every known trap in the sources, and which figure is preferred."""

import re

import pytest
from data_pack import CONTEXT, FIGURES, OUTTURNS, PLAN, SERIES, one, preferred, rows

LOWER_WORDS = re.compile(r"\b(more than|over|above|exceed(?:s|ed)|passed)\b", re.IGNORECASE)
POINTS = [
    ("ecommerce_transactions", "2021", 42.3), ("online_retail", "2024", 15.5225),
    ("online_retail", "2025", 15.9722), ("online_retail", "2018", 9.0065),
    ("egov_users", "2020-12-31", 809), ("gigabit_users", "2019", 0.87),
    ("ipv6_users", "2022-12-31", 718), ("internet_users", "2025-12-31", 1125),
]  # fmt: skip
NEXT_YEARS_SCOPE = [
    ("ecommerce_transactions", "2015", 21.79), ("ecommerce_transactions", "2019", 35.61),
    ("ecommerce_transactions", "2024", 45.594), ("retail_sales", "2022", 43.9827),
    ("retail_sales", "2024", 48.3319), ("online_retail", "2016", 5.43),
    ("online_retail", "2024", 14.7074), ("software_revenue", "2024", 13.6777),
]  # fmt: skip


def test_a_figure_printed_as_a_point_is_no_lower_bound_and_one_on_the_next_years_scope_is_comparable():
    for kpi, end, value in POINTS:
        assert one(kpi, end, value=value).bound == "point"
    for kpi, end, value in NEXT_YEARS_SCOPE:
        row = one(kpi, end, value=value)
        assert (row.basis, row.status) == ("comparable", "derived")


def test_a_lower_bound_is_printed_with_the_words_of_one_and_a_point_is_not():
    lower = FIGURES[FIGURES.bound == "lower"]
    assert len(lower) == 19
    for row in lower.itertuples():
        if row.status == "derived":
            assert "lower bound" in row.note
        else:
            assert LOWER_WORDS.search(row.as_published), row.as_published
    # In these the word belongs to something else: a period ("over the plan period"), the change on
    # an earlier figure, the penetration printed beside the count, or the access rate.
    other = re.compile(r"over (14th FYP|end-201[89])|above 80%|1000 Mbps or above")
    for row in FIGURES[FIGURES.bound == "point"].itertuples():
        assert not LOWER_WORDS.search(other.sub("", row.as_published)), row.as_published


def test_only_the_eleven_months_are_part_of_a_year_and_the_full_year_is_not_made_of_them():
    part = FIGURES[FIGURES.period_start.str.endswith("-01-01") & FIGURES.period_end.str.endswith("-11-30")]
    assert sorted(part.number) == [4.313, 4.902, 13.9777]
    assert set(part.kpi) == {"software_revenue"}
    for row in part.itertuples():
        scaled = round(float(row.value) * 12 / 11, 4)
        assert rows("software_revenue", row.period_end[:4], value=scaled).empty


def test_a_restated_level_is_the_later_level_over_its_published_growth():
    restated = FIGURES[(FIGURES.basis == "comparable") & FIGURES.document.str.contains(r"[\d,.]+ / 1\.\d+$")]
    assert len(restated) == 19
    for row in restated.itertuples():
        level, growth = re.findall(r"([\d,.]+) / (1\.\d+)$", row.document)[0]
        base = float(level.replace(",", ""))
        base = base / 1e4 if "," in level else base
        digits = len(row.value.partition(".")[2])
        assert base / float(growth) == pytest.approx(float(row.value), abs=0.51 * 10**-digits), row.document


def test_the_core_share_on_old_and_on_census_gdp_are_both_derived_and_straddle_the_target():
    added = one("core_value_added", "2023").number
    for share, gdp in ((10.12, 126.0), (9.86, 129.4)):
        assert one("core_share", "2023", value=share).status == "derived"
        assert round(100 * added / one("gdp_nominal", "2023", value=gdp).number, 2) == share


def test_the_three_counts_of_e_government_users_stay_apart():
    counts = FIGURES[FIGURES.kpi == "egov_users"].groupby("series")["number"].agg(set)
    assert counts["hub platform"] == {100, 126, 400}
    assert counts["integrated platform"] == {339, 809, 1000, 1080}
    assert counts["netizen survey"] == {394, 694, 843, 940, 973, 1004}


def test_figures_across_a_census_break_or_of_another_count_do_not_share_a_series():
    old = FIGURES[FIGURES.series == "before the 2020 census"]
    assert sorted(old.period_end.str[:4]) == ["2016", "2017", "2018", "2019"]
    assert set(old.kpi) == {"population"}
    main = FIGURES[FIGURES.series == ""]
    assert main[main.kpi == "population"].period_end.min() >= "2020-11-01"
    assert main[main.kpi == "retail_sales"].period_end.min() >= "2020-12-31"
    assert main[main.kpi == "gdp_nominal"].number.min() == 91.9281
    assert one("ipv6_users", "2023-06-30", value=767).series == "", "that of the white paper is of November"


@pytest.mark.parametrize(
    ("column", "word", "figures"),
    [
        ("verified", "unverified", ["online_retail 2018-12-31 9.0065",
         "ecommerce_transactions 2023-12-31 46.83"]),
        ("series", "global white paper", ["ipv6_users 2022-12-31 718", "ipv6_users 2023-11-30 767"]),
        ("kpi", "iiot_penetration", ["iiot_penetration 2020-12-31 14.7",
         "iiot_penetration 2020-12-31 14.67", "iiot_penetration 2021-12-31 17.5"]),
    ],
)  # fmt: skip
def test_exactly_these_figures_are_unverified_of_another_count_or_of_penetration(column, word, figures):
    table = FIGURES[FIGURES[column] == word]
    assert (table.kpi + " " + table.period_end + " " + table.value).tolist() == figures


def test_no_target_is_kept_as_an_outturn():
    expected = FIGURES[FIGURES.note.str.contains("not an outturn")]
    assert sorted(expected.number) == [3.72, 15.3749]
    assert set(expected.status) == {"derived"}
    shares = FIGURES[FIGURES.kpi.isin(["iiot_penetration", "key_process_numerical_control_rate"])]
    assert not {45.0, 55.0, 68.0} & set(shares.number)


def test_conflicting_figures_all_stay():
    assert (len(OUTTURNS), len(CONTEXT)) == (124, 91)
    for kpi, end, values in [
        ("key_process_numerical_control_rate", "2021-12", {55.3, 51.3}),
        ("internet_users", "2018", {829, 830}),
        ("gigabit_users", "2021", {34.56, 34.59}),
        ("gdp_nominal", "2017", {82.7, 82.71}),
        ("software_revenue", "2025-12", {15.3749, 15.4831}),
        ("fixed_broadband_subs", "2025", {691, 695}),
    ]:
        assert set(rows(kpi, end).number) == values


@pytest.mark.parametrize(
    ("kpi", "year", "value"),
    [
        ("core_share", 2023, 9.9), ("core_share", 2024, 10.4), ("core_share", 2025, 10.5),
        ("ipv6_users", 2023, 778), ("ipv6_users", 2025, 869), ("iiot_penetration", 2021, 17.5),
        ("gigabit_users", 2021, 34.56), ("gigabit_users", 2025, 238), ("software_revenue", 2016, 4.8483),
        ("software_revenue", 2025, 15.4831), ("online_retail", 2018, 9.0), ("online_retail", 2025, 15.9722),
        ("ecommerce_transactions", 2015, 21.8), ("ecommerce_transactions", 2023, 46.83),
        ("ecommerce_transactions", 2024, 46.41), ("ecommerce_transactions", 2025, 46.7339),
        ("gdp_nominal", 2022, 120.4724), ("gdp_nominal", 2023, 129.4), ("gdp_nominal", 2024, 134.8066),
        ("population", 2020, 1412.12), ("retail_sales", 2024, 48.7895),
    ],
)  # fmt: skip
def test_the_written_rule_and_the_model_pick_the_figure_the_notes_say_to_prefer(plan, kpi, year, value):
    found = plan.figures.preferred(as_of=2026).set_index(["kpi", "year"])["value"]
    assert preferred(kpi, year).number == found[kpi, year] == value


def test_a_preferred_figure_respects_every_hard_limit_of_the_plan():
    compared = 0
    for rule in PLAN["coherence"]:
        if "<=" in rule["rule"]:
            names = rule["rule"].split(" <= ")
            for year in range(2016, 2026):
                own = [(name, SERIES[name].get("series", "")) for name in names]
                if not any(rows(name, f"{year}-12-31", series=series).empty for name, series in own):
                    left, right = (preferred(name, year, series).number for name, series in own)
                    compared += 1
                    assert left <= right, (rule["id"], year)
    assert compared > 20
