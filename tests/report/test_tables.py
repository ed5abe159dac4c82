"""Tables: of the command line, of the rules between series, of several scenarios side by side."""

import subprocess
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import bundle

from model import project
from model.evaluation.assessment import Assessment
from model.report import Comparison, Report, tables, text
from model.report.tables import inputs, layout


@pytest.fixture(scope="module")
def several(plan):
    return Comparison(plan)


def test_the_tables_of_the_command_line_need_no_matplotlib():
    code = (
        "import sys; from model import load, project; from model.report.tables import layout;"
        "from model.evaluation.assessment import Assessment;"
        "print(layout.text(layout.assessment(Assessment(project(load())).verdicts)));"
        "sys.exit(any(name in sys.modules for name in ('matplotlib', 'IPython', 'ipywidgets')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_plain_tables_are_aligned_where_chinese_takes_two_columns():
    printed = layout.text(pd.DataFrame({"指标": ["软件业", "A"], "N": [1.0, -22.5]}))
    assert printed.splitlines()[2:] == ["软件业      1", "A       -22.5"]


def test_an_assessment_prints_one_row_a_basis_and_a_projection_a_dash_where_nothing_is_known(plan):
    found = project(plan, "outturn_path")
    printed = layout.assessment(Assessment(found).verdicts)
    retail = printed[printed["KPI"] == "Online retail sales"]
    assert retail["Verdict"].tolist() == ["missed", "met"]
    assert retail["Basis"].tolist() == ["outturn, published", "outturn, chained"]
    assert len(printed) == len(plan.kpis) + 1
    printed = layout.projection(found)
    assert printed.iloc[0]["2021"] == "–"
    assert "nan" not in layout.text(printed).lower()


def test_every_rule_of_the_plan_is_said_to_hold_or_why_it_was_not_checked(found, plan):
    frame = tables.coherence(found).frame
    assert frame["Rule"].tolist() == [rule.reason.en for rule in plan.coherence]
    assert frame["Statement"].tolist()[:2] == [
        "IPv6 active users ≤ internet users", "Internet users ≤ population at the end of the year",
    ]  # fmt: skip
    assert "share = 100 × (value added of the core" in frame["Statement"].tolist()[-1]
    assert frame["Hard or soft"].tolist() == ["hard" if rule.hard else "soft" for rule in plan.coherence]
    *others, identity = frame["Verdict"]
    assert set(others) == {"holds"}
    title = plan.context["core_value_added"].title.en
    assert identity == f"not checked: no projection of v{title[1:]}"
    assert set(frame["Years broken"]) == set(frame["Largest excess"]) == {"–"}


def test_a_broken_rule_is_told_with_years_and_size(plan):
    broken = Report(plan, overrides=["online_retail={curve: compound, rate: 0.4}"])
    made = broken.projection
    size = made.value("online_retail", 2025) - made.value("ecommerce_transactions", 2025)
    row = tables.coherence(broken).frame.set_index("Statement").loc["Online retail sales ≤ E-commerce volume"]
    assert row.tolist()[1:] == ["soft", "broken", "2025", f"{size:.2f} trillion yuan", "89 %, most in 2025"]


def test_a_rule_that_is_not_known_every_year_holds_only_where_it_is_known(plan):
    def verdict(*years):
        found = Report(plan, "outturn_path", draws=0)
        table = found.projection.table
        unknown = table["kpi"].eq("egov_users") & table["year"].isin(years)
        found.projection.__dict__["table"] = table.assign(value=table["value"].mask(unknown))
        rule = "E-government users ≤ population at the end of the year"
        return tables.coherence(found).frame.set_index("Statement").loc[rule, "Verdict"]

    assert verdict(2023) == "holds where known: 2020–2022, 2024 and 2025"
    assert verdict(*range(2020, 2026)).startswith("not checked: no projection of")


def test_an_excess_that_would_print_as_nothing_is_below_the_last_digit(found):
    one = SimpleNamespace(series="online_retail", excess=0.001)
    assert inputs._excess(found, one) == "below 0.01 trillion yuan"


def test_a_plan_without_rules_says_so(plan):
    bare = plan.model_copy(update={"coherence": ()})
    for shown in (tables.coherence(Report(bare)), tables.coherence(Comparison(bare, ["baseline"]))):
        assert shown.frame.iloc[0].tolist()[0] == "The plan declares no rules between its series"
        assert bundle(shown)


def test_the_comparison_says_which_rules_hold_what_is_assumed_differently_and_every_verdict(several, plan):
    frame = tables.coherence(several).frame
    assert frame["Holds in"].tolist() == ["every scenario"] * (len(plan.coherence) - 1) + ["–"]
    assert frame.iloc[-1].tolist()[3:] == ["–", "every scenario"], "value added has one figure, and no growth"
    rows = tables.changed_assumptions(several).frame
    assert "Baseline" not in set(rows["Scenario"])
    slump = rows[rows["Scenario"] == "Consumption slump"]
    assert set(slump["KPI"]) == {"Online retail sales, trillion yuan", "E-commerce volume, trillion yuan"}
    limits = rows[rows["Scenario"] == "Saturation"].set_index("KPI")
    both = limits.loc["Gigabit users, million users", ["Baseline", "Assumed"]].tolist()
    assert both == [
        "Up to its ceiling, fixed broadband subscriptions",
        "Up to a ceiling of 200 million users",
    ]


def test_the_matrix_holds_value_chance_and_verdict_and_counts_what_is_met(several, plan):
    table = tables.verdict_matrix(several)
    assert table.frame.shape == (len(plan.kpis) + 1, 2 + len(plan.scenarios))
    place = list(table.frame).index("E Outturn path")
    assert (table.frame.iloc[5, place], table.tones[5][place]) == ("15.97 / 18.03", "depends")
    for number, one in enumerate(several.each, start=2):
        met = [row[number] for row in table.tones].count("met")
        assert table.frame.iloc[-1, number] == str(met)
        assert met == sum(goal.outcome == "met" for goal in one.goals)


def test_what_is_true_by_construction_is_no_finding(several):
    assert {one.scenario.id for one in several.each} - {one.scenario.id for one in several.open} == {
        "plan_path"
    }
    said = text.spreads(several).sentences
    retail = next(one for one in said if one.startswith("Online retail"))
    assert retail.endswith("met in 0 of 6, at the plan's own rounding in 4 more.")


def test_a_changed_assumption_holds_in_every_scenario_of_the_comparison(plan):
    asked = ["software_revenue={curve: compound, rate: 0.12}"]
    changed = Comparison(plan, ["baseline", "accelerated"], overrides=asked)
    values = [one.projection.value("software_revenue", plan.target_year) for one in changed.each]
    aim = plan.kpis["software_revenue"].base * 1.12 ** (plan.target_year - plan.base_year)
    assert values == pytest.approx([aim, aim])
    assert "Software revenue, trillion yuan" not in set(tables.changed_assumptions(changed).frame["KPI"])
