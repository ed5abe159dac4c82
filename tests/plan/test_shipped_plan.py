"""The data pack: the form of its tables, and the plan as the plan's own documents print it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from data_pack import ALLOWED, COLUMNS, CONTEXT, FIGURES, OUTTURNS, PACK, PLAN, PROSE, SERIES, month_end, read

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
