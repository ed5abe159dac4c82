"""The dates of the data pack: when each figure was known, and the one rule of those estimated."""

import pytest
from data_pack import FIGURES, PLAN, PROSE, month_end, one, rows


def test_an_estimated_date_obeys_the_one_rule_and_the_note_says_so():
    estimated = FIGURES[FIGURES.published_is == "estimated"]
    assert f"{len(estimated)} figures are estimated" in PROSE
    for row in estimated.itertuples():
        if (row.kpi, row.value) == ("core_share", "10.4"):
            assert "inferred" in row.note
            continue
        spring = f"{int(row.period_end[:4]) + 1}-03-31"
        year_end = row.period_end.endswith("-12-31")
        if year_end and row.period_start.endswith("-01-01"):
            allowed = {spring}
        else:
            reading = year_end and row.period_start == row.period_end
            allowed = {month_end(row.period_end, 2), *[spring] * reading}
        assert row.published in allowed, row
        assert "Release date estimated" in row.note, row
    stated = FIGURES[FIGURES.published_is == "stated"]
    assert not stated.note.str.contains("estimated:").any()


def test_a_date_known_to_the_month_only_is_the_last_day_of_that_month():
    monthly = FIGURES[FIGURES.note.str.contains("Only the month of release is known")]
    assert len(monthly) > 10
    assert all(day == month_end(day, 0) for day in monthly.published)


def test_a_level_restated_to_the_next_years_scope_is_known_with_that_year_only():
    comparable = FIGURES[(FIGURES.basis == "comparable") & (FIGURES.kpi != "egov_users")]
    assert len(comparable) == 18
    for row in comparable.itertuples():
        later = str(int(row.period_end[:4]) + 1)
        level = rows(row.kpi, f"{later}-12-31", basis="published", period_start=f"{later}-01-01")
        first = level[level.verified != "plan table"].published.min()
        if row.kpi == "ecommerce_transactions" and later == "2020":
            first = "2021-10-26"  # the plan's own table repeats what the e-commerce plan had printed
        assert row.published == first, row
        assert row.status == "derived"


def test_a_figure_derived_from_a_later_reading_never_carries_a_date_before_it():
    for kpi, end, earliest in [
        ("gigabit_users", "2023-12-31", "2024-07-01"), ("fixed_broadband_subs", "2019-12-31", "2021-01-01"),
        ("gigabit_users", "2024-12-31", "2025-06-01"), ("fixed_broadband_subs", "2021-12-31", "2022-04-01"),
        ("egov_users", "2018-12-31", "2020-04-01"), ("fixed_broadband_subs", "2023-12-31", "2024-07-01"),
        ("egov_users", "2023-12-31", "2025-01-01"), ("fixed_broadband_subs", "2024-12-31", "2025-06-01"),
        ("population", "2020-12-31", "2022-01-01"), ("internet_users", "2018-12-31", "2020-04-01"),
        ("population", "2023-12-31", "2025-01-01"), ("ipv6_users", "2023-11-30", "2024-12-01"),
        ("core_share", "2023-12-31", "2024-12-31"),
    ]:  # fmt: skip
        derived = rows(kpi, end, status="derived")
        assert len(derived) >= 1
        assert (derived.published >= earliest).all(), (kpi, end)


def test_the_plans_own_table_is_known_from_its_public_release_on():
    table = FIGURES[FIGURES.verified == "plan table"]
    assert sorted(table.kpi) == ["ecommerce_transactions", "egov_users", "iiot_penetration"]
    assert set(zip(table.published, table.published_is, strict=True)) == {("2022-01-12", "stated")}
    for row in table.itertuples():
        assert float(row.value) == PLAN["kpis"][row.kpi]["base"]


@pytest.mark.parametrize(
    ("kpi", "end", "value", "published"),
    [
        ("core_share", "2023", 10, "2024-05-24"), ("core_share", "2023", 9.9, "2024-12-31"),
        ("gdp_nominal", "2018", 91.9281, "2019-11-22"), ("gdp_nominal", "2019", 98.65, "2020-12-30"),
        ("gdp_nominal", "2020", 101.6, "2021-01-18"), ("gdp_nominal", "2020", 101.36, "2021-12-17"),
        ("gdp_nominal", "2021", 114.92, "2022-12-27"), ("gdp_nominal", "2022", 121.0207, "2023-01-17"),
        ("gdp_nominal", "2022", 120.4724, "2023-12-29"), ("gdp_nominal", "2023", 126.0, "2024-01-17"),
        ("gdp_nominal", "2023", 126.0582, "2024-01-17"), ("gdp_nominal", "2023", 129.4, "2024-12-26"),
        ("gdp_nominal", "2024", 134.8066, "2025-12-26"), ("gigabit_users", "2020", 6.4, "2021-01-22"),
        ("egov_users", "2020-12-31", 809, "2021-02-03"), ("ipv6_users", "2025-12-31", 869, "2026-07-25"),
        ("online_retail", "2025", 18.0334, "2026-01-19"), ("population", "2020-11-01", 1411.78, "2021-05-11"),
        ("ecommerce_transactions", "2024", 45.594, "2026-02-28"),
    ],
)  # fmt: skip
def test_a_vintage_carries_its_own_date_and_never_that_of_the_first_print(kpi, end, value, published):
    row = one(kpi, end, value=value)
    assert (row.published, row.published_is) == (published, "stated")


def test_the_core_share_of_late_years_was_known_in_the_months_that_its_publishers_say_or_let_infer():
    row = one("core_share", "2024", value=10.4)
    assert (row.published, row.published_is) == ("2025-12-25", "estimated")
    assert one("core_share", "2025", publisher="CNNIC").published == "2026-02-28"
    assert one("core_share", "2025", publisher="State Council").published == "2026-03-05"


def test_nothing_of_the_base_year_that_a_later_release_revised_is_known_by_mid_2021():
    early = FIGURES[(FIGURES.period_end <= "2020-12-31") & (FIGURES.published <= "2021-06-30")]
    assert not {101.36, 1412.12, 11.471, 8.0709} & set(early.number)
