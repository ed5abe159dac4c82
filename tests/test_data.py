"""The data pack: its form, the rule of its dates, and every known trap in the sources."""

from __future__ import annotations

import calendar
import io
import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
from ruamel.yaml import YAML

DATA = Path(__file__).resolve().parents[1] / "data"
PACK = DATA / "china_14fyp_digital"
COLUMNS = [
    *("kpi", "series", "basis", "period_start", "period_end", "value", "unit", "bound", "status"),
    *("verified", "published", "published_is", "publisher", "document", "url", "as_published", "note"),
]
ALLOWED = {
    "basis": ["published", "comparable", "chained"],
    "bound": ["point", "lower"],
    "status": ["final", "revised", "preliminary", "derived", "secondary"],
    "verified": ["seen", "plan table", "unverified"],
    "published_is": ["stated", "estimated"],
}
LOWER_WORDS = re.compile(r"\b(more than|over|above|exceed(?:s|ed)|passed)\b", re.IGNORECASE)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(PACK / name, dtype=str, keep_default_na=False, encoding="utf-8")


PLAN: dict[str, Any] = YAML(typ="safe").load((PACK / "plan.yaml").read_text(encoding="utf-8"))
OUTTURNS, CONTEXT = read("outturns.csv"), read("context.csv")
FIGURES = pd.concat([OUTTURNS, CONTEXT], ignore_index=True).assign(
    number=lambda table: table["value"].astype(float)
)
SERIES: dict[str, Any] = {**PLAN["kpis"], **PLAN["context"]}
README = (DATA / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(README.split())


def rows(kpi: str, end: str, **where: str | float) -> pd.DataFrame:
    """Figures of a series whose period ends on a day; `end` may be a year."""
    table = FIGURES[(FIGURES.kpi == kpi) & FIGURES.period_end.str.startswith(end)]
    for column, wanted in where.items():
        table = table[table["number" if column == "value" else column] == wanted]
    return table


def one(kpi: str, end: str, **where: str | float) -> pd.Series:
    table = rows(kpi, end, **where)
    assert len(table) == 1, f"{len(table)} rows for {kpi} {end} {where}"
    return table.iloc[0]


def preferred(kpi: str, year: int, series: str = "") -> pd.Series:
    """The written rule of the README, coded once more and apart from the model."""
    table = rows(kpi, str(year), series=series)
    whole = table.period_end.eq(f"{year}-12-31")
    if SERIES[kpi]["kind"] != "stock":
        whole &= table.period_start.eq(f"{year}-01-01")
    status = {"final": 0, "revised": 0, "preliminary": 1, "derived": 2, "secondary": 3}
    table = table[whole]
    ranked = table.assign(
        first=table.verified.map(ALLOWED["verified"].index),
        second=table.basis.map(ALLOWED["basis"].index),
        third=table.bound.map(ALLOWED["bound"].index),
        fourth=table.status.map(status),
        fifth=[-date.fromisoformat(day).toordinal() for day in table.published],
    )
    return ranked.sort_values(["first", "second", "third", "fourth", "fifth"]).iloc[0]


def month_end(day: str, months: int) -> str:
    index = int(day[:4]) * 12 + int(day[5:7]) - 1 + months
    year, month = divmod(index, 12)
    return f"{year:04d}-{month + 1:02d}-{calendar.monthrange(year, month + 1)[1]:02d}"


# Form ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["outturns.csv", "context.csv"])
def test_a_table_has_exactly_the_agreed_columns_in_order(name: str) -> None:
    assert list(read(name).columns) == COLUMNS


@pytest.mark.parametrize("name", ["outturns.csv", "context.csv", "plan.yaml"])
def test_a_file_is_plain_utf8_with_line_feeds_only(name: str) -> None:
    raw = (PACK / name).read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert not raw.startswith(b"\xef\xbb\xbf")
    raw.decode("utf-8")


@pytest.mark.parametrize("column", ALLOWED)
def test_a_column_with_a_fixed_vocabulary_holds_nothing_else(column: str) -> None:
    assert set(FIGURES[column]) <= set(ALLOWED[column])


@pytest.mark.parametrize("column", ["period_start", "period_end", "published"])
def test_every_date_is_a_real_day_in_iso_form(column: str) -> None:
    for day in FIGURES[column]:
        assert date.fromisoformat(day).isoformat() == day


def test_every_period_starts_before_it_ends_and_lies_within_one_year() -> None:
    assert (FIGURES.period_start <= FIGURES.period_end).all()
    assert (FIGURES.period_start.str[:4] == FIGURES.period_end.str[:4]).all()


def test_every_period_lies_between_2010_and_the_month_of_the_last_source() -> None:
    assert FIGURES.period_start.min() >= "2010-01-01"
    assert FIGURES.period_end.max() <= "2026-01-31"
    assert OUTTURNS.period_end.max() == "2025-12-31"


def test_no_figure_is_published_before_its_period_has_ended() -> None:
    early = FIGURES[FIGURES.published < FIGURES.period_end]
    assert early.empty, early[["kpi", "period_end", "published"]].to_string()


def test_a_year_of_a_flow_is_a_year_and_a_reading_of_a_stock_is_a_day() -> None:
    spans = {("2023-02-01", "2023-04-30"), ("2025-09-01", "2025-10-29")}
    for row in FIGURES.itertuples():
        period = (row.period_start, row.period_end)
        if SERIES[row.kpi]["kind"] == "stock":
            assert row.period_start == row.period_end or period in spans, row
        elif row.kpi in PLAN["kpis"] or SERIES[row.kpi]["kind"] == "flow":
            year = row.period_end[:4]
            assert period in {(f"{year}-01-01", f"{year}-12-31"), (f"{year}-01-01", f"{year}-11-30")}, row


def test_a_reading_is_at_the_end_of_a_month_but_for_the_days_the_readme_names() -> None:
    days = {row.period_end for row in FIGURES.itertuples() if row.period_end != month_end(row.period_end, 0)}
    assert days == {"2020-04-28", "2020-05-27", "2022-06-18", "2020-11-01", "2025-10-29"}
    for day in ("28 April 2020", "27 May 2020", "18 June 2022", "29 October"):
        assert day in PROSE


def test_no_row_stands_twice() -> None:
    assert not FIGURES.duplicated(COLUMNS).any()
    vintage = ["kpi", "series", "basis", "period_start", "period_end", "value", "publisher", "published"]
    assert not FIGURES.duplicated(vintage).any()


def test_every_series_is_declared_and_stands_in_its_own_table() -> None:
    assert set(OUTTURNS.kpi) == set(PLAN["kpis"])
    assert set(CONTEXT.kpi) == set(PLAN["context"])


def test_every_unit_is_the_english_unit_of_the_plan() -> None:
    for row in FIGURES.itertuples():
        assert row.unit == SERIES[row.kpi]["unit"]["en"], row.kpi


def test_every_value_is_a_plain_positive_decimal_without_trailing_zeros() -> None:
    for value in FIGURES.value:
        assert re.fullmatch(r"(0|[1-9]\d*)(\.\d*[1-9])?", value), value


def test_a_share_lies_within_its_bounds() -> None:
    for name, series in SERIES.items():
        if series["kind"] == "share":
            low, high = series["bounds"]
            assert FIGURES[FIGURES.kpi == name].number.between(low, high).all(), name


def test_every_address_is_empty_or_a_whole_web_address_without_tracking() -> None:
    for address in FIGURES.url:
        if address:
            parts = urlsplit(address)
            assert parts.scheme in {"http", "https"}, address
            assert "." in parts.netloc, address
            assert len(parts.path) > 1, address
            assert "utm_" not in address, address
            assert not re.search(r"\s", address), address


def test_publisher_document_and_printed_text_are_never_empty() -> None:
    for column in ("publisher", "document", "as_published"):
        assert (FIGURES[column].str.strip() != "").all(), column
        assert (FIGURES[column] == FIGURES[column].str.strip()).all(), column


def test_a_derived_figure_shows_its_arithmetic_and_names_the_publisher_of_its_inputs() -> None:
    derived = FIGURES[FIGURES.status == "derived"]
    assert derived.document.str.contains(r"[Dd]erived|\+").all()
    assert not FIGURES.publisher.str.contains("derived", case=False).any()


def test_the_rows_are_sorted_by_kpi_series_period_basis_and_date() -> None:
    order = list(SERIES)
    for table in (OUTTURNS, CONTEXT):
        keys = [
            (order.index(row.kpi), row.series, row.period_end, row.period_start, row.basis, row.published)
            for row in table.itertuples()
        ]
        assert keys == sorted(keys)


# The plan -----------------------------------------------------------------------------------------


def test_the_kpi_table_is_the_eight_pairs_of_the_plan() -> None:
    pairs = {name: (kpi["base"], kpi["targets"][0]["value"]) for name, kpi in PLAN["kpis"].items()}
    assert pairs == {
        "core_share": (7.8, 10),
        "ipv6_users": (460, 800),
        "gigabit_users": (6.4, 60),
        "software_revenue": (8.16, 14),
        "iiot_penetration": (14.7, 45),
        "online_retail": (11.76, 17),
        "ecommerce_transactions": (37.21, 46),
        "egov_users": (400, 800),
    }
    assert (PLAN["base_year"], PLAN["target_year"], PLAN["horizon"]) == (2020, 2025, 2025)
    assert all([target["year"] for target in kpi["targets"]] == [2025] for kpi in PLAN["kpis"].values())


def test_base_values_and_targets_quote_the_figure_of_the_plans_table() -> None:
    for name, kpi in PLAN["kpis"].items():
        for value, source in (
            (kpi["base"], kpi["base_source"]),
            (kpi["targets"][0]["value"], kpi["targets"][0]["source"]),
        ):
            printed = re.findall(r'"([\d.]+)(?:%| million| trillion)"', source)
            assert printed, name
            assert float(printed[0]) == value, name


def test_streams_are_one_to_eight_in_the_order_of_the_plan() -> None:
    assert [kpi["stream"] for kpi in PLAN["kpis"].values()] == list(range(1, 9))


def test_every_text_of_the_plan_exists_in_english_and_chinese() -> None:
    def texts(node: Any) -> list[dict[str, str]]:
        if isinstance(node, dict):
            own = [node] if {"en", "zh"} & set(node) else []
            return own + [text for value in node.values() for text in texts(value)]
        return [text for value in node for text in texts(value)] if isinstance(node, list) else []

    found = texts(PLAN)
    assert len(found) > 60
    for text in found:
        assert set(text) == {"en", "zh"}
        assert re.search(r"[A-Za-z0-9]", text["en"]), text
        assert re.search("[一-鿿]", text["zh"]), text


def test_every_short_title_fits_a_panel_heading() -> None:
    assert all(len(kpi["short_title"]["en"]) <= 24 for kpi in PLAN["kpis"].values())


def test_every_ceiling_and_every_rule_names_a_declared_series() -> None:
    for name, kpi in PLAN["kpis"].items():
        assert (kpi["kind"] == "stock") == ("ceiling" in kpi), name
        assert (kpi["kind"] == "share") == ("bounds" in kpi), name
        assert kpi.get("ceiling", "population") in PLAN["context"], name
    for rule in PLAN["coherence"]:
        assert set(re.findall(r"[a-z]\w+", rule["rule"])) <= set(SERIES), rule["id"]


def test_the_main_series_is_unlabelled_except_for_e_government() -> None:
    for name, kpi in PLAN["kpis"].items():
        assert kpi.get("series", "") == ("hub platform" if name == "egov_users" else "")
        assert kpi.get("series", "") in set(OUTTURNS[OUTTURNS.kpi == name].series), name


def test_every_stand_in_is_declared_a_stand_in_for_industrial_internet_penetration() -> None:
    proxies = {name for name, series in PLAN["context"].items() if "proxy_for" in series}
    assert proxies == {
        "key_process_numerical_control_rate",
        "digital_rd_tool_rate",
        "influential_platforms",
        "connected_devices",
        "platform_development_index",
    }
    assert {PLAN["context"][name]["proxy_for"] for name in proxies} == {"iiot_penetration"}


# Dates --------------------------------------------------------------------------------------------


def test_an_estimated_date_obeys_the_one_rule_and_the_note_says_so() -> None:
    estimated = FIGURES[FIGURES.published_is == "estimated"]
    assert f"{len(estimated)} figures are estimated" in PROSE
    for row in estimated.itertuples():
        if (row.kpi, row.value) == ("core_share", "10.4"):
            assert "inferred" in row.note
            continue
        annual = row.period_start.endswith("-01-01") and row.period_end.endswith("-12-31")
        readings = {month_end(row.period_end, 2)}
        if row.period_start == row.period_end and row.period_end.endswith("-12-31"):
            readings.add(f"{int(row.period_end[:4]) + 1}-03-31")
        allowed = {f"{int(row.period_end[:4]) + 1}-03-31"} if annual else readings
        assert row.published in allowed, row
        assert "Release date estimated" in row.note, row


def test_a_stated_date_never_claims_to_be_estimated() -> None:
    stated = FIGURES[FIGURES.published_is == "stated"]
    assert not stated.note.str.contains("estimated:").any()


def test_a_date_known_to_the_month_only_is_the_last_day_of_that_month() -> None:
    monthly = FIGURES[FIGURES.note.str.contains("Only the month of release is known")]
    assert len(monthly) > 10
    for day in monthly.published:
        assert day == month_end(day, 0)


def test_a_level_restated_to_the_next_years_scope_is_known_with_that_year_only() -> None:
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


def test_a_figure_derived_from_a_later_reading_never_carries_a_date_before_it() -> None:
    for kpi, end, earliest in [
        ("gigabit_users", "2023-12-31", "2024-07-01"),
        ("gigabit_users", "2024-12-31", "2025-06-01"),
        ("fixed_broadband_subs", "2019-12-31", "2021-01-01"),
        ("fixed_broadband_subs", "2021-12-31", "2022-04-01"),
        ("fixed_broadband_subs", "2023-12-31", "2024-07-01"),
        ("fixed_broadband_subs", "2024-12-31", "2025-06-01"),
        ("internet_users", "2018-12-31", "2020-04-01"),
        ("population", "2020-12-31", "2022-01-01"),
        ("population", "2023-12-31", "2025-01-01"),
        ("ipv6_users", "2023-11-30", "2024-12-01"),
        ("egov_users", "2018-12-31", "2020-04-01"),
        ("egov_users", "2023-12-31", "2025-01-01"),
        ("core_share", "2023-12-31", "2024-12-31"),
    ]:
        derived = rows(kpi, end, status="derived")
        assert len(derived) >= 1
        assert (derived.published >= earliest).all(), (kpi, end)


def test_the_plans_own_table_is_known_from_its_public_release_on() -> None:
    table = FIGURES[FIGURES.verified == "plan table"]
    assert sorted(table.kpi) == ["ecommerce_transactions", "egov_users", "iiot_penetration"]
    assert set(table.published) == {"2022-01-12"}
    assert set(table.published_is) == {"stated"}
    for row in table.itertuples():
        assert float(row.value) == PLAN["kpis"][row.kpi]["base"]


@pytest.mark.parametrize(
    ("kpi", "end", "value", "published"),
    [
        ("core_share", "2023", 10, "2024-05-24"),
        ("core_share", "2023", 9.9, "2024-12-31"),
        ("gdp_nominal", "2018", 91.9281, "2019-11-22"),
        ("gdp_nominal", "2019", 98.65, "2020-12-30"),
        ("gdp_nominal", "2020", 101.6, "2021-01-18"),
        ("gdp_nominal", "2020", 101.36, "2021-12-17"),
        ("gdp_nominal", "2021", 114.92, "2022-12-27"),
        ("gdp_nominal", "2022", 121.0207, "2023-01-17"),
        ("gdp_nominal", "2022", 120.4724, "2023-12-29"),
        ("gdp_nominal", "2023", 126.0, "2024-01-17"),
        ("gdp_nominal", "2023", 126.0582, "2024-01-17"),
        ("gdp_nominal", "2023", 129.4, "2024-12-26"),
        ("gdp_nominal", "2024", 134.8066, "2025-12-26"),
        ("population", "2020-11-01", 1411.78, "2021-05-11"),
        ("gigabit_users", "2020", 6.4, "2021-01-22"),
        ("egov_users", "2020-12-31", 809, "2021-02-03"),
        ("ecommerce_transactions", "2024", 45.594, "2026-02-28"),
        ("online_retail", "2025", 18.0334, "2026-01-19"),
        ("ipv6_users", "2025-12-31", 869, "2026-07-25"),
    ],
)
def test_a_vintage_carries_its_own_date_and_never_that_of_the_first_print(
    kpi: str, end: str, value: float, published: str
) -> None:
    row = one(kpi, end, value=value)
    assert (row.published, row.published_is) == (published, "stated")


def test_the_first_decimal_of_the_core_share_of_2024_has_an_inferred_date_and_says_so() -> None:
    row = one("core_share", "2024", value=10.4)
    assert (row.published, row.published_is) == ("2025-12-25", "estimated")


def test_the_core_share_of_2025_was_known_in_february_and_march_2026() -> None:
    assert one("core_share", "2025", publisher="CNNIC").published == "2026-02-28"
    assert one("core_share", "2025", publisher="State Council").published == "2026-03-05"


def test_nothing_of_the_base_year_that_a_later_release_revised_is_known_by_mid_2021() -> None:
    early = FIGURES[(FIGURES.period_end <= "2020-12-31") & (FIGURES.published <= "2021-06-30")]
    assert 101.36 not in set(early.number)
    assert 1412.12 not in set(early.number)
    assert 11.471 not in set(early.number)
    assert 8.0709 not in set(early.number)


# Bounds, bases, series ----------------------------------------------------------------------------


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


# The data dictionary ------------------------------------------------------------------------------


def quoted() -> list[dict[str, str]]:
    """The rows of every table of the README that quotes figures of the pack."""
    found: list[dict[str, str]] = []
    for block in re.findall(r"(?:^\|.*\n)+", README, re.MULTILINE):
        table = pd.read_csv(io.StringIO(block), sep="|", dtype=str, keep_default_na=False)
        table = table.rename(columns=str.strip).map(str.strip).iloc[1:]
        if {"kpi", "period_end", "value", "published"} <= set(table.columns):
            found += table[[name for name in table.columns if name in COLUMNS]].to_dict("records")
    return found


def test_every_figure_tabled_in_the_dictionary_is_one_row_of_the_data() -> None:
    figures = quoted()
    assert len(figures) > 30
    for figure in figures:
        matches = FIGURES
        for column, wanted in figure.items():
            matches = matches[matches[column] == wanted]
        assert len(matches) == 1, figure


def test_the_dictionary_counts_the_rows_there_are() -> None:
    assert f"{len(OUTTURNS)} published figures of the eight KPIs" in PROSE
    assert f"{len(CONTEXT)} published figures of denominators" in PROSE


def test_the_dictionary_lists_every_unverified_figure() -> None:
    section = README.split("## Unverified figures")[1].split("\n## ")[0]
    for row in FIGURES[FIGURES.verified == "unverified"].itertuples():
        assert f"| {row.kpi} | {row.period_end} | {row.basis} | {row.value} |" in section


def test_the_dictionary_names_every_column_kpi_context_series_and_label() -> None:
    for name in [*COLUMNS, *SERIES, *(label for label in FIGURES.series.unique() if label)]:
        assert name in PROSE, name


def test_the_worked_example_of_online_retail_agrees_with_the_data() -> None:
    chain = re.search(r"11\.7601((?: x 1\.\d+){5})", PROSE)
    assert chain is not None
    product = one("online_retail", "2020", basis="published").number
    for factor in re.findall(r"1\.\d+", chain[1]):
        product *= float(factor)
    assert round(product, 4) == one("online_retail", "2025", basis="chained").number
    printed = one("online_retail", "2025", basis="published").number
    assert f"2025 is {printed:.2f} and misses 17" in PROSE
    assert f"chained it is {product:.2f} and meets it" in PROSE
    growth = 100 * (printed / one("online_retail", "2024", basis="published").number - 1)
    assert f"The level rose by {growth:.1f} % in 2025" in PROSE


def test_the_percentages_quoted_on_e_commerce_and_gdp_agree_with_the_data() -> None:
    before, then, now = (preferred("ecommerce_transactions", year).number for year in (2023, 2024, 2025))
    assert f"a level {100 * (1 - then / before):.1f} % lower" in PROSE
    assert f"{100 * (now / then - 1):.1f} % above the level printed for 2024" in PROSE
    last = one("gdp_nominal", "2022", status="final").number
    first_print = one("gdp_nominal", "2023", status="preliminary").number
    census = one("gdp_nominal", "2023", status="revised").number
    artefact, growth, revision = (
        100 * (a / b - 1) for a, b in ((census, last), (first_print, last), (census, first_print))
    )
    assert f"{artefact:.1f} %, against {growth:.1f} %" in PROSE
    assert f"({revision:.1f} %)" in PROSE
