"""Past projections against what was published since."""

import pytest

from model.evaluation.backtest import COLUMNS, NAIVE, backtest
from model.projection.projection import project


@pytest.fixture(scope="module")
def table(plan):
    return backtest(plan)


def test_the_table_has_the_agreed_columns_and_all_methods(table):
    assert tuple(table.columns) == COLUMNS
    assert set(table["method"]) == {"scenario", *NAIVE}
    assert "outturn_path" not in set(table["scenario"]), "it rests on the figures it would be scored against"
    assert set(table["basis"]) == {"published", "comparable", "chained"}
    assert (table["year"] > table["as_of"]).all(), "a year is forecast before it is over"


def test_an_error_is_outturn_minus_forecast_of_the_as_of_run(plan, table):
    rows = table.query("scenario == 'baseline' and as_of == 2021 and basis == 'published'")
    then = project(plan, "baseline", as_of=2021)
    assert len(rows) > 10
    for row in rows.itertuples():
        assert row.forecast == then.value(row.kpi, row.year)
        assert row.error == pytest.approx(row.outturn - row.forecast)
    row = rows.query("kpi == 'software_revenue' and year == 2025").iloc[0]
    assert (row["outturn"], row["horizon"]) == (15.4831, 4)


def test_penetration_after_2021_lower_bounds_and_unverified_figures_are_never_scored(table):
    assert set(table[table["kpi"] == "iiot_penetration"]["year"]) == {2021}
    assert "egov_users" not in set(table["kpi"]), "its only figure after the base is a lower bound"
    published = table[(table["kpi"] == "ecommerce_transactions") & (table["basis"] == "published")]
    assert 2023 not in set(published["year"]), "46.83 was not seen in a source"
    assert 2022 not in set(table[table["kpi"] == "ipv6_users"]["year"]), "more than 700"


def test_naive_forecasts_use_the_figures_of_their_time_only(table):
    case = "kpi == 'software_revenue' and as_of == 2021 and year == 2022 and basis == 'published'"
    row = table.query(f"method == 'last_growth' and {case}").iloc[0]
    assert row["forecast"] == pytest.approx(9.4994 * 9.4994 / 8.16)
    still = table.query("method == 'last_value' and kpi == 'core_share' and as_of == 2022 and year == 2023")
    assert still.iloc[0]["forecast"] == 7.8, "no share of 2021 or 2022 was published"
