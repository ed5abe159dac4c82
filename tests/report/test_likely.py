"""What is shown of likelihood, rules, effort and hindsight: the words agree with the numbers."""

import re

import numpy as np
import pytest
from conftest import draw

from model.evaluation.backtest import calibration
from model.evaluation.grades import grades
from model.plan.plan import Correlated, Uncertainty
from model.projection.required import efforts
from model.report import Comparison, Report, charts, frames, output, tables, text
from model.report.language import ENGLISH


@pytest.fixture(scope="module")
def found(plan):
    return Report(plan, draws=1024)


@pytest.fixture(scope="module")
def behind(plan):
    return Report(plan, draws=0)


def data(shown):
    return shown.data()["data"]


def by_kpi(shown):
    return shown.frame.set_index("KPI")


def test_the_fan_holds_the_bands_of_the_draws_and_says_which_kind(plan, found):
    drawn = draw(plan, "baseline", draws=1024)
    central = charts.fan(found, "software_revenue")
    densest = charts.fan(found, "software_revenue", kind="highest density")
    assert "central bands" in central.caption
    assert "highest-density bands" in densest.caption
    row = data(central)["rows"][-1]
    low, high = np.quantile(drawn.draws["software_revenue"][:, -1], [0.05, 0.95])
    assert (row[1], row[-1]) == (round(low, 2), round(high, 2))
    own = drawn.bands(kind="highest density").query("kpi == 'software_revenue' and year == 2025")
    assert data(densest)["rows"][-1][1] == round(float(own["low"].min()), 2)
    assert f"between {row[1]:.2f} and {row[-1]:.2f}" in central.alt


def test_a_fan_begins_where_knowledge_ends(plan):
    table = frames.fan(Report(plan, as_of=2022, draws=256), "software_revenue")
    first = table[table["year"] == 2022]
    assert int(table["year"].min()) == 2022
    assert first["low"].to_numpy() == pytest.approx(10.8126)
    assert (first["high"] - first["low"]).abs().max() < 1e-9


def test_every_chart_of_a_scenario_with_draws_shows_the_band_and_its_numbers(found, behind):
    for report, shown in ((found, True), (behind, False)):
        columns = data(charts.trajectory(report, "core_share"))["columns"]
        assert ("90 % band, lower end" in columns) == shown


def test_likelihoods_are_those_of_the_draws_in_numbers_and_words(plan, found):
    counted = draw(plan, "baseline", draws=1024).probabilities.set_index("kpi")["probability"]
    frame = by_kpi(tables.probabilities(found))
    own = frame.loc["Software revenue"]
    assert own["Probability"] == ENGLISH.chance(counted["software_revenue"])
    assert own["In words"] == "unlikely"
    assert frame.loc["Gigabit users", "First reached"].startswith("2022")
    assert re.fullmatch(r"2025 \(2024–2025\); not by 2025 in 75 % of draws", own["First reached"])
    assert frame.index[-1] == "All targets together"


def test_a_probability_is_never_rounded_to_certainty():
    said = [ENGLISH.chance(one) for one in (0.0, 0.004, 0.5, 0.996, 1.0)]
    assert said == ["<1 %", "<1 %", "50 %", ">99 %", ">99 %"]


def test_whose_spread_is_borrowed_is_said(found):
    rows = by_kpi(tables.growth_uncertainty(found))["Rests on"]
    assert rows["Software revenue"] == "3 errors of its own"
    assert rows["Gigabit users"].startswith("borrowed: 20 errors")


def test_a_repaired_correlation_is_said_where_it_is_used(plan, found):
    pairs = (("software_revenue", "online_retail"), ("online_retail", "ecommerce_transactions"))
    every = [*pairs, ("software_revenue", "ecommerce_transactions")]
    made = tuple(Correlated(between=pair, value=-0.9, source="A test") for pair in every)
    odd = plan.model_copy(update={"uncertainty": Uncertainty(correlation=made)})
    frame = tables.dependence(Report(odd, draws=256)).frame
    assert "repaired to the nearest correlation matrix" in frame.iloc[0, 0]
    assert "repaired" not in tables.dependence(found).frame.iloc[0, 0]


def test_rules_are_printed_as_the_model_gives_them_and_disagreement_is_flagged(plan):
    late = Report(plan, as_of=2022, draws=0)
    frame = by_kpi(tables.progress_rules(late))
    own = [one for one in grades(late.projection) if one.kpi.id == "online_retail"]
    said = next(one.judgement for one in own if one.rule == "straight_line")
    assert frame.loc["Online retail sales", "Straight line (SDSN)*"] == f"{said.label}, {said.ratio:.2f}"
    assert frame.loc["Online retail sales", "Rules agree"] == "no"
    assert frame.loc["Software revenue", "Rules agree"] == "yes"
    assert "lower bound" in frame.loc["IPv6 active users", "Judged on"]
    assert "Our reading" in tables.progress_rules(late).source


def test_reviews_count_the_rules_that_were_satisfied_and_name_old_figures(found):
    frame = by_kpi(tables.reviews(found))
    assert frame.loc["Software revenue", "Known by mid-2023"] == "6 of 6"
    assert frame.loc["Online retail sales", "Known by mid-2025"] == "1 of 6"
    assert frame.loc["Industrial internet use", "Known by mid-2025"].endswith("on 2021")
    assert frame.loc["Online retail sales", "In the event"] == "depends on the basis"


def test_efforts_are_printed_with_what_they_are_measured_in(plan, found):
    frame = by_kpi(tables.required(found))
    row = efforts(found.projection).set_index("kpi").loc["software_revenue"]
    assert frame.loc["Software revenue", "Added to every year"] == f"+{100 * row['addition']:.1f} pp"
    assert frame.loc["Software revenue", "Or every year times"] == f"{row['factor']:.2f}"
    assert frame.loc["Core industries' share", "Best ever (year)"] == "–"
    never = Report(plan, "saturation", as_of=2020, draws=0)
    said = text.conclusion(never).sentences
    assert any("would not suffice" in one or "would suffice up to" in one for one in said)
    assert len(said) == min(3, sum(not one.is_met for one in never.verdicts))


def test_the_league_gives_n_and_refuses_a_score_of_one_case(behind):
    frame = tables.scores(behind).frame
    assert frame["n"].tolist()[0] == "83"
    own = frame.set_index("Projection or naive forecast").loc["Baseline"]
    assert re.fullmatch(r"90 % \(\d\d–\d\d\)", own["In 90 % band"])
    single = by_kpi(tables.scores(behind, by_kpi=True)).loc[["Industrial internet use"]]
    scores = single.drop(columns=["Projection or naive forecast", "n"])
    assert (scores == "not computable (n = 1)").all(axis=None)


def test_losing_to_every_naive_forecast_is_said_plainly_and_bands_that_held_are_not_called_narrow(
    plan, behind
):
    wild = [f"{kpi}={{curve: compound, rate: 3.0}}" for kpi in ("gigabit_users", "software_revenue")]
    assert "loses to" in text.scores(Report(plan, overrides=wild, draws=0)).sentences[0]
    past = Report(plan, draws=0)
    past.backtest.distributions = behind.backtest.distributions.assign(inside_90=True)
    assert "wider than needed" in text.scores(past).sentences[3]
    assert past.backtest.scores().set_index("method").loc["baseline", "low_90"] > 0.9


def test_what_a_minister_would_have_been_told_is_counted_from_the_run_of_then(plan, behind):
    then = behind.at(2021)
    assert then.projection.as_of == 2021
    frame = by_kpi(tables.as_of(then))
    chances = draw(plan, "baseline", as_of=2021).probabilities.set_index("kpi")["probability"]
    software, retail = frame.loc["Software revenue"], frame.loc["Online retail sales"]
    assert software["Target called"].startswith(ENGLISH.chance(chances["software_revenue"]))
    assert (software["Outturn"], software["Within 90 %"]) == ("15.48", "yes")
    assert retail["Verdict on the outturn"] == "missed; met on chained growth"
    assert frame.loc["E-government users", "Outturn"] == "–"
    likely_ones = sum(one >= 0.66 for one in chances[chances.index != ""])
    assert f"would have called {likely_ones} of 8 targets likely" in text.as_of(then).sentences[0]


def test_runs_of_each_year_start_from_what_was_known_then(found):
    shown = charts.hedgehog(found, "software_revenue")
    table = {row[0]: row[1:] for row in data(shown)["rows"]}
    assert data(shown)["columns"] == ["Year", *(f"As of {year}" for year in range(2020, 2025))]
    assert table[2021][1] == 9.5
    assert table[2020] == [8.16, *[None] * 4]
    assert "2020:" in shown.alt


def test_a_plan_without_a_past_is_shown_without_likelihoods(coast):
    found = Report(coast, "storm")
    assert found.ensemble is None
    assert tables.probabilities(found).frame.empty
    assert "Probability" not in tables.verdicts(found).frame
    assert calibration(coast).empty
    assert tables.coherence(found).frame["Draws that break it"].unique().tolist() == ["–"]
    assert isinstance(text.scores(found), output.Text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_table_can_be_said_in_both_languages(plan, language):
    found = Report(plan, as_of=2022, draws=128, language=language)
    for shown in (
        tables.probabilities(found), tables.growth_uncertainty(found), tables.dependence(found),
        tables.progress_rules(found), tables.reviews(found), tables.required(found), tables.scores(found),
        tables.scores(found, by_kpi=True), tables.as_of(found),
    ):  # fmt: skip
        printed = str(shown.data())
        assert "{" not in re.sub(r"'[^']*':|\{'|\[\{|, \{", "", printed)


def test_what_an_outturn_has_settled_is_not_called_likely(plan):
    frame = by_kpi(tables.probabilities(Report(plan, "outturn_path", draws=256)))
    assert frame.loc["Online retail sales", "In words"] == "settled: depends on the basis"
    assert frame.loc["Industrial internet use", "In words"] == "likely"
    assert frame.loc["All targets together", "Probability"] == "–"
    table = by_kpi(tables.probabilities(Comparison(plan, ["baseline", "outturn_path"], draws=256)))
    assert (list(table.columns), len(table)) == (["Baseline", "Outturn path"], 9)
    assert table.loc["Software revenue", "Outturn path"] == "settled: met"
    assert table.loc["All targets together", "Outturn path"] == "settled: depends on the basis"
    assert table.loc["Software revenue", "Baseline"].endswith(" %")


def test_of_several_scenarios_the_words_are_about_the_reference(plan):
    some = Comparison(plan, ["accelerated", "baseline", "outturn_path"], draws=0)
    assert some.backtest.method == "baseline"
    assert {"Baseline", "Accelerated"} <= set(some.backtest.titles.values())
    assert text.scores(some).sentences[0].startswith("With one vote a KPI, Baseline")
