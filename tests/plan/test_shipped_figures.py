"""The figures of the data pack: every known trap in the sources, and which figure is preferred."""

from __future__ import annotations

import re

import pytest
from data_pack import CONTEXT, FIGURES, OUTTURNS, PLAN, SERIES, one, preferred, rows

LOWER_WORDS = re.compile(r"\b(more than|over|above|exceed(?:s|ed)|passed)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("kpi", "end", "value"),
    [
        ("ecommerce_transactions", "2021", 42.3),
        ("online_retail", "2024", 15.5225),
        ("online_retail", "2025", 15.9722),
        ("online_retail", "2018", 9.0065),
        ("egov_users", "2020-12-31", 809),
        ("gigabit_users", "2019", 0.87),
        ("ipv6_users", "2022-12-31", 718),
        ("internet_users", "2025-12-31", 1125),
    ],
)
def test_a_figure_printed_as_a_point_is_no_lower_bound(kpi: str, end: str, value: float) -> None:
    assert one(kpi, end, value=value).bound == "point"


def test_a_lower_bound_is_printed_with_the_words_of_one() -> None:
    lower = FIGURES[FIGURES.bound == "lower"]
    assert len(lower) == 19
    for row in lower.itertuples():
        if row.status == "derived":
            assert "lower bound" in row.note
        else:
            assert LOWER_WORDS.search(row.as_published), row.as_published


def test_a_point_is_not_printed_with_the_words_of_a_lower_bound() -> None:
    # In these the word belongs to something else: a period ("over the plan period"), the change on
    # an earlier figure, the penetration printed beside the count, or the access rate.
    other = re.compile(r"over (14th FYP|end-201[89])|above 80%|1000 Mbps or above")
    for row in FIGURES[FIGURES.bound == "point"].itertuples():
        assert not LOWER_WORDS.search(other.sub("", row.as_published)), row.as_published


def test_only_the_eleven_months_are_part_of_a_year_and_the_full_year_is_not_made_of_them() -> None:
    part = FIGURES[FIGURES.period_start.str.endswith("-01-01") & FIGURES.period_end.str.endswith("-11-30")]
    assert sorted(part.number) == [4.313, 4.902, 13.9777]
    assert set(part.kpi) == {"software_revenue"}
    for row in part.itertuples():
        scaled = round(float(row.value) * 12 / 11, 4)
        assert rows("software_revenue", row.period_end[:4], value=scaled).empty


@pytest.mark.parametrize(
    ("kpi", "year", "value"),
    [
        ("ecommerce_transactions", "2015", 21.79),
        ("ecommerce_transactions", "2019", 35.61),
        ("ecommerce_transactions", "2024", 45.594),
        ("retail_sales", "2022", 43.9827),
        ("retail_sales", "2024", 48.3319),
        ("online_retail", "2016", 5.43),
        ("online_retail", "2024", 14.7074),
        ("software_revenue", "2024", 13.6777),
    ],
)
def test_a_level_on_the_next_years_scope_is_comparable_and_not_published(
    kpi: str, year: str, value: float
) -> None:
    row = one(kpi, year, value=value)
    assert (row.basis, row.status) == ("comparable", "derived")


def test_a_restated_level_is_the_later_level_over_its_published_growth() -> None:
    restated = FIGURES[(FIGURES.basis == "comparable") & FIGURES.document.str.contains(r"[\d,.]+ / 1\.\d+$")]
    assert len(restated) == 19
    for row in restated.itertuples():
        level, growth = re.findall(r"([\d,.]+) / (1\.\d+)$", row.document)[0]
        base = float(level.replace(",", ""))
        base = base / 1e4 if "," in level else base
        digits = len(row.value.partition(".")[2])
        assert base / float(growth) == pytest.approx(float(row.value), abs=0.51 * 10**-digits), row.document


def test_the_core_share_on_old_and_on_census_gdp_are_both_derived_and_straddle_the_target() -> None:
    old, new = one("core_share", "2023", value=10.12), one("core_share", "2023", value=9.86)
    assert {old.status, new.status} == {"derived"}
    added = one("core_value_added", "2023").number
    assert round(100 * added / one("gdp_nominal", "2023", value=126.0).number, 2) == old.number
    assert round(100 * added / one("gdp_nominal", "2023", value=129.4).number, 2) == new.number


def test_the_three_counts_of_e_government_users_stay_apart() -> None:
    counts = {
        name: set(table.number) for name, table in FIGURES[FIGURES.kpi == "egov_users"].groupby("series")
    }
    assert counts["hub platform"] == {100, 126, 400}
    assert counts["integrated platform"] == {339, 809, 1000, 1080}
    assert counts["netizen survey"] == {394, 694, 843, 940, 973, 1004}


def test_figures_across_a_census_break_do_not_share_a_series() -> None:
    old = FIGURES[FIGURES.series == "before the 2020 census"]
    assert sorted(old.period_end.str[:4]) == ["2016", "2017", "2018", "2019"]
    assert set(old.kpi) == {"population"}
    main = FIGURES[FIGURES.series == ""]
    assert main[main.kpi == "population"].period_end.min() >= "2020-11-01"
    assert main[main.kpi == "retail_sales"].period_end.min() >= "2020-12-31"
    assert main[main.kpi == "gdp_nominal"].number.min() == 91.9281


def test_the_global_white_paper_is_another_count_of_ipv6_users() -> None:
    other = FIGURES[FIGURES.series == "global white paper"]
    assert list(zip(other.period_end, other.number, strict=True)) == [
        ("2022-12-31", 718),
        ("2023-11-30", 767),
    ]
    assert one("ipv6_users", "2023-06-30", value=767).series == ""


def test_industrial_internet_penetration_has_no_outturn_after_2021() -> None:
    table = FIGURES[FIGURES.kpi == "iiot_penetration"]
    assert list(zip(table.period_end.str[:4], table.number, strict=True)) == [
        ("2020", 14.7),
        ("2020", 14.67),
        ("2021", 17.5),
    ]


def test_no_target_is_kept_as_an_outturn() -> None:
    expected = FIGURES[FIGURES.note.str.contains("not an outturn")]
    assert sorted(expected.number) == [3.72, 15.3749]
    assert set(expected.status) == {"derived"}
    shares = FIGURES[FIGURES.kpi.isin(["iiot_penetration", "key_process_numerical_control_rate"])]
    assert not {45.0, 55.0, 68.0} & set(shares.number)


def test_conflicting_figures_all_stay() -> None:
    assert len(OUTTURNS) == 124
    assert len(CONTEXT) == 91
    for kpi, end, values in [
        ("key_process_numerical_control_rate", "2021-12", {55.3, 51.3}),
        ("internet_users", "2018", {829, 830}),
        ("gigabit_users", "2021", {34.56, 34.59}),
        ("gdp_nominal", "2017", {82.7, 82.71}),
        ("software_revenue", "2025-12", {15.3749, 15.4831}),
        ("fixed_broadband_subs", "2025", {691, 695}),
    ]:
        assert set(rows(kpi, end).number) == values


def test_exactly_two_figures_are_unverified() -> None:
    table = FIGURES[FIGURES.verified == "unverified"]
    assert set(zip(table.kpi, table.number, strict=True)) == {
        ("online_retail", 9.0065),
        ("ecommerce_transactions", 46.83),
    }


@pytest.mark.parametrize(
    ("kpi", "year", "value"),
    [
        ("core_share", 2023, 9.9),
        ("core_share", 2024, 10.4),
        ("ipv6_users", 2023, 778),
        ("ipv6_users", 2025, 869),
        ("gigabit_users", 2021, 34.56),
        ("gigabit_users", 2025, 238),
        ("software_revenue", 2016, 4.8483),
        ("software_revenue", 2025, 15.4831),
        ("online_retail", 2018, 9.0),
        ("online_retail", 2025, 15.9722),
        ("ecommerce_transactions", 2015, 21.8),
        ("ecommerce_transactions", 2023, 46.83),
        ("ecommerce_transactions", 2024, 46.41),
        ("ecommerce_transactions", 2025, 46.7339),
        ("gdp_nominal", 2022, 120.4724),
        ("gdp_nominal", 2023, 129.4),
        ("gdp_nominal", 2024, 134.8066),
        ("population", 2020, 1412.12),
        ("retail_sales", 2024, 48.7895),
    ],
)
def test_the_written_rule_picks_the_figure_the_notes_say_to_prefer(kpi: str, year: int, value: float) -> None:
    assert preferred(kpi, year).number == value


def test_a_preferred_figure_respects_every_hard_limit_of_the_plan() -> None:
    def latest(name: str, year: int) -> float | None:
        series = SERIES[name].get("series", "")
        table = rows(name, f"{year}-12-31", series=series)
        return None if table.empty else float(preferred(name, year, series).number)

    compared = 0
    for rule in PLAN["coherence"]:
        if "<=" in rule["rule"]:
            small, large = rule["rule"].split(" <= ")
            for year in range(2016, 2026):
                left, right = latest(small, year), latest(large, year)
                if left is not None and right is not None:
                    compared += 1
                    assert left <= right, (rule["id"], year)
    assert compared > 20
