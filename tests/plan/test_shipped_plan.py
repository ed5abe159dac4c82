"""The data pack: the form of its tables, and the plan as the plan's own documents print it.

What `load` refuses (columns, words, dates, units, bounds, rows that stand twice) is not asked again here.
"""

import re
from urllib.parse import urlsplit

import pytest
from data_pack import CONTEXT, FIGURES, OUTTURNS, PACK, PLAN, PROSE, SERIES, month_end


@pytest.mark.parametrize("name", ["outturns.csv", "context.csv", "plan.yaml"])
def test_a_file_is_plain_utf8_with_line_feeds_only(name):
    raw = (PACK / name).read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert not raw.startswith(b"\xef\xbb\xbf")


def test_every_period_lies_within_one_year_between_2010_and_the_month_of_the_last_source():
    assert (FIGURES.period_start.str[:4] == FIGURES.period_end.str[:4]).all()
    assert FIGURES.period_start.min() >= "2010-01-01"
    assert FIGURES.period_end.max() <= "2026-01-31"
    assert OUTTURNS.period_end.max() == "2025-12-31"


def test_a_year_of_a_flow_is_a_year_and_a_reading_of_a_stock_is_a_day():
    spans = {("2023-02-01", "2023-04-30"), ("2025-09-01", "2025-10-29")}
    for row in FIGURES.itertuples():
        period = (row.period_start, row.period_end)
        if SERIES[row.kpi]["kind"] == "stock":
            assert row.period_start == row.period_end or period in spans, row
        elif row.kpi in PLAN["kpis"] or SERIES[row.kpi]["kind"] == "flow":
            year = row.period_end[:4]
            assert period in {(f"{year}-01-01", f"{year}-12-31"), (f"{year}-01-01", f"{year}-11-30")}, row


def test_a_reading_is_at_the_end_of_a_month_but_for_the_days_the_readme_names():
    days = {day for day in FIGURES.period_end if day != month_end(day, 0)}
    assert days == {"2020-04-28", "2020-05-27", "2022-06-18", "2020-11-01", "2025-10-29"}
    for day in ("28 April 2020", "27 May 2020", "18 June 2022", "29 October"):
        assert day in PROSE


def test_every_value_is_a_plain_positive_decimal_without_trailing_zeros():
    for value in FIGURES.value:
        assert re.fullmatch(r"(0|[1-9]\d*)(\.\d*[1-9])?", value), value


def test_every_address_is_empty_or_a_whole_web_address_without_tracking():
    for address in filter(None, FIGURES.url):
        parts = urlsplit(address)
        assert parts.scheme in {"http", "https"}, address
        assert "." in parts.netloc, address
        assert len(parts.path) > 1, address
        assert not re.search(r"\s|utm_", address), address


def test_publisher_document_and_printed_text_are_given_and_a_derived_figure_shows_its_arithmetic():
    for column in ("publisher", "document", "as_published"):
        assert (FIGURES[column].str.strip() != "").all(), column
        assert (FIGURES[column] == FIGURES[column].str.strip()).all(), column
    assert FIGURES[FIGURES.status == "derived"].document.str.contains(r"[Dd]erived|\+").all()
    assert not FIGURES.publisher.str.contains("derived", case=False).any()


def test_every_series_stands_in_its_own_table_in_order_and_no_vintage_twice():
    vintage = ["kpi", "series", "basis", "period_start", "period_end", "value", "publisher", "published"]
    assert not FIGURES.duplicated(vintage).any()
    order = list(SERIES)
    for table, series in ((OUTTURNS, PLAN["kpis"]), (CONTEXT, PLAN["context"])):
        assert set(table.kpi) == set(series)
        keys = [
            (order.index(row.kpi), row.series, row.period_end, row.period_start, row.basis, row.published)
            for row in table.itertuples()
        ]
        assert keys == sorted(keys)


def test_the_kpi_table_is_the_eight_pairs_of_the_plan_in_its_order():
    pairs = {name: (kpi["base"], kpi["targets"][0]["value"]) for name, kpi in PLAN["kpis"].items()}
    assert pairs == {
        "core_share": (7.8, 10), "ipv6_users": (460, 800), "gigabit_users": (6.4, 60),
        "software_revenue": (8.16, 14), "iiot_penetration": (14.7, 45), "online_retail": (11.76, 17),
        "ecommerce_transactions": (37.21, 46), "egov_users": (400, 800),
    }  # fmt: skip
    assert (PLAN["base_year"], PLAN["target_year"], PLAN["horizon"]) == (2020, 2025, 2025)
    assert all([target["year"] for target in kpi["targets"]] == [2025] for kpi in PLAN["kpis"].values())
    assert [kpi["stream"] for kpi in PLAN["kpis"].values()] == list(range(1, 9))


def test_base_values_and_targets_quote_the_figure_of_the_plans_table():
    for name, kpi in PLAN["kpis"].items():
        target = kpi["targets"][0]
        for value, source in ((kpi["base"], kpi["base_source"]), (target["value"], target["source"])):
            printed = re.findall(r'"([\d.]+)(?:%| million| trillion)"', source)
            assert printed, name
            assert float(printed[0]) == value, name


def test_every_text_of_the_plan_exists_in_english_and_chinese():
    def texts(node):
        if isinstance(node, dict):
            own = [node] if {"en", "zh"} & set(node) else []
            return own + [text for value in node.values() for text in texts(value)]
        return [text for value in node for text in texts(value)] if isinstance(node, list) else []

    found = texts(PLAN)
    assert len(found) > 60
    for text in found:
        assert set(text) - {"zh_scale"} == {"en", "zh"}
        assert re.search(r"[A-Za-z0-9]", text["en"]), text
        assert re.search("[一-鿿]", text["zh"]) or text["zh"] == "%", text
    assert all(len(kpi["short_title"]["en"]) <= 24 for kpi in PLAN["kpis"].values()), "a panel's heading"


def test_stocks_have_a_ceiling_shares_have_bounds_and_rules_name_declared_series():
    for name, kpi in PLAN["kpis"].items():
        assert (kpi["kind"] == "stock") == ("ceiling" in kpi), name
        assert (kpi["kind"] == "share") == ("bounds" in kpi), name
        assert kpi.get("ceiling", "population") in PLAN["context"], name
    for rule in PLAN["coherence"]:
        assert set(re.findall(r"[a-z]\w+", rule["rule"])) <= set(SERIES), rule["id"]


def test_the_main_series_is_unlabelled_except_for_e_government():
    for name, kpi in PLAN["kpis"].items():
        assert kpi.get("series", "") == ("hub platform" if name == "egov_users" else "")
        assert kpi.get("series", "") in set(OUTTURNS[OUTTURNS.kpi == name].series), name


def test_every_stand_in_is_declared_a_stand_in_for_industrial_internet_penetration():
    proxies = {name: one["proxy_for"] for name, one in PLAN["context"].items() if "proxy_for" in one}
    assert set(proxies.values()) == {"iiot_penetration"}
    assert set(proxies) == {
        "key_process_numerical_control_rate", "digital_rd_tool_rate", "influential_platforms",
        "connected_devices", "platform_development_index",
    }  # fmt: skip
