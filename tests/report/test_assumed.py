"""Assumptions in words: no key of a file reaches print, and what differs is said differently."""

import re

import pytest
from data_pack import COAST, scenario_file
from pydantic import TypeAdapter

from model import load
from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.growth.distributions import DISTRIBUTIONS
from model.growth.shocks import SHOCKS
from model.plan.load import find_scenario
from model.plan.schema import AnyGrowth, AnyShock, Rule
from model.report import Comparison, Report, tables
from model.report.assumed import joined, lines, statement
from model.report.language import LANGUAGES, Language

PLANS = ("china_14fyp_digital", "eu_digital_decade", COAST)
KEYS = {name for one in (*CURVES.values(), *SHOCKS.values()) for name in arguments(one)}
NO_WORD = re.compile(
    rf"_|<=|\.ya?ml|\b({'|'.join(KEYS)})\b[:=]? ?[-−+]?[0-9]|\bnone\b|\bnan\b", re.IGNORECASE
)
DRAWN = {
    "fixed": {"value": 0.3},
    "uniform": {"low": 0.1, "high": 0.3},
    "triangular": {"low": 0.1, "mode": 0.2, "high": 0.3},
    "pert": {"low": 0.1, "mode": 0.2, "high": 0.3},
    "normal": {"mean": 0.2, "sd": 0.01},
    "lognormal": {"median": 0.2, "sd": 0.01},
    "two_piece_normal": {"mode": 0.2, "uncertainty": 0.01, "skew": -0.002},
}
UP = {"distribution": "two_piece_normal", **DRAWN["two_piece_normal"], "skew": 0.002}
AIM = {"year": 2025, "value": "target"}
GROWTH = [
    {"curve": "linear", "slope": 0.4},
    {"curve": "linear", "slope": -0.4},
    {"curve": "linear", "reach": AIM},
    {"curve": "compound", "rate": 0.1},
    {"curve": "compound", "rate": -0.1},
    {"curve": "compound", "reach": AIM},
    {"curve": "compound", "reach": {"year": 2025, "value": 17.5}},
    {"curve": "stepwise", "rates": {2021: 0.1, 2022: 0.1, 2023: 0.2}},
    {"curve": "stepwise", "rates": {2021: 0.1, 2022: 0.2, 2023: 0.1}},
    {"curve": "stepwise", "rates": {2021: 0.1}},
    *(
        {"curve": curve, "ceiling": top, "rate": 0.1}
        for curve in ("logistic", "gompertz", "saturating")
        for top in (90, 95, "population")
    ),
    {"curve": "logistic", "rate": -0.1, "ceiling": 90},
    {"curve": "gompertz", "reach": AIM, "ceiling": 90},
    {"curve": "bass", "innovation": 0.03, "imitation": 0.38, "ceiling": 90},
    {"curve": "bass", "innovation": 0.03, "ceiling": 90, "reach": AIM},
    {"curve": "bass", "imitation": 0.38, "ceiling": 90, "reach": AIM},
    {"curve": "damped", "rate": 0.1324, "damping": 0.89},
    {"curve": "damped", "rate": 0.1324, "damping": 0.89, "reread": True},
    {"curve": "damped", "rate": 0.1325, "damping": 0.89},
    {"curve": "damped", "damping": 0.89, "reach": AIM},
    {"curve": "damped", "rate": 0.1324, "reach": AIM},
    {"curve": "damped", "rate": 0.1324, "damping": {"distribution": "uniform", "low": 0.8, "high": 0.98}},
    {"curve": "damped_linear", "slope": 0.4, "damping": 0.89},
    {"curve": "damped_linear", "slope": -0.4, "damping": 0.89},
    {"curve": "damped_linear", "damping": 0.89, "reach": AIM},
    *(
        {"curve": "ratio", "numerator": one, "denominator": name}
        for one in (
            {"curve": "compound", "rate": 0.107},
            {"curve": "linear", "slope": 0.1},
            {"curve": "damped", "rate": 0.1, "damping": 0.8},
        )
        for name in ("gdp_nominal", "retail_sales")
    ),
    {"curve": "ratio", "numerator": {"curve": "compound"}, "denominator": "gdp_nominal", "reach": AIM},
    *({"curve": "compound", "rate": {"distribution": name, **given}} for name, given in DRAWN.items()),
    {"curve": "compound", "rate": UP},
]  # fmt: skip
STRUCK = [
    {"shape": "level", "start": 2022, "size": -0.1},
    {"shape": "level", "start": 2022, "size": 0.1},
    {"shape": "level", "start": 2022, "size": {"distribution": "uniform", "low": -0.2, "high": 0.1}},
    *({"shape": "temporary", "start": 2022, "size": -0.1, "recovery": one} for one in "vul"),
    {"shape": "temporary", "start": 2022, "size": -0.1, "duration": 3},
    {"shape": "temporary", "start": 2022, "size": -0.1, "recovery": "u", "plateau": 2, "duration": 3},
    {"shape": "temporary", "start": 2022, "size": -0.1, "recovery": "exponential"},
    {"shape": "temporary", "start": 2022, "size": -0.1, "recovery": "exponential", "persistence": 0.4},
    {"shape": "ramp", "start": 2021, "end": 2025, "size": -0.1},
    {"shape": "growth", "start": 2022, "size": -0.02},
    {"shape": "growth", "start": 2022, "size": 0.02, "duration": 2},
    *({"shape": "delay", "start": 2022, "duration": one} for one in (1, 2, 5)),
]


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module", params=PLANS, ids=str)
def every(request):
    return load(request.param)


def said(plan, language, *, growth=None, shock=None, series="core_share", **more):
    """Say one growth line or shock of a series."""
    bare = plan.scenarios["baseline"].model_copy(update={"growth": {}, "shocks": (), **more})
    if growth is not None:
        bare = bare.model_copy(update={"growth": {series: TypeAdapter(AnyGrowth).validate_python(growth)}})
    if shock is not None:
        one = TypeAdapter(AnyShock).validate_python({"kpi": series, **shock})
        bare = bare.model_copy(update={"shocks": (one,)})
    (line,) = lines(plan, bare, Language(language))
    return joined(line.clauses, Language(language))


def test_no_cell_prints_a_key_a_formula_or_a_file(every, language):
    reports = [Report(every, name, language=language, draws=0) for name in every.scenarios]
    shown = [table(one) for one in reports for table in (tables.assumptions, tables.coherence)]
    shown.append(tables.goal_seek(reports[0]))
    several = Comparison(every, language=language, draws=0)
    shown += [tables.changed_assumptions(several), tables.coherence(several)]
    for table in shown:
        texts = [table.caption, table.source, *table.frame.columns, *table.frame.to_numpy().ravel()]
        # Where an assumption comes from is the plan pack's to say.
        given = {one.source for report in reports for one in report.scenario.growth.values()}
        given |= {one.source for report in reports for one in report.scenario.shocks}
        assert [text for text in texts if text not in given and NO_WORD.search(text)] == []


def test_every_curve_shock_and_distribution_is_said_and_each_differently(plan, language):
    assert {one["curve"] for one in GROWTH} == set(CURVES)
    assert {one["shape"] for one in STRUCK} == set(SHOCKS)
    assert set(DRAWN) == set(DISTRIBUTIONS)
    for series in ("core_share", "software_revenue", "gigabit_users"):
        texts = [said(plan, language, growth=one, series=series) for one in GROWTH]
        texts += [said(plan, language, shock=one, series=series) for one in STRUCK]
        assert len(set(texts)) == len(texts), sorted(texts)
        assert [text for text in texts if NO_WORD.search(text)] == []


def test_different_assumptions_of_a_plan_print_differently(every, language):
    seen, words = {}, Language(language)
    for scenario in every.scenarios.values():
        records = [*scenario.growth.items(), *((one.kpi, one) for one in scenario.shocks)]
        for (name, record), line in zip(records, lines(every, scenario, words), strict=False):
            held = record.model_dump_json(exclude={"source"})
            assert seen.setdefault((name, line.clauses), held) == held


def test_growth_is_in_per_cent_of_levels_and_of_itself_for_a_share_and_slopes_in_units(plan):
    def english(series, **growth):
        return said(plan, "en", growth=growth, series=series)

    assert english("software_revenue", curve="compound", rate=-0.1) == "Falls by 10 % a year"
    assert english("core_share", curve="compound", rate=0.1) == "Grows by 10 % of itself a year"
    assert english("core_share", curve="linear", slope=0.44) == "Rises by 0.44 pp a year"
    assert english("gigabit_users", curve="linear", slope=5) == "Rises by 5 million users a year"
    rates = {2021: 0.17, 2022: 0.15, 2023: 0.15, 2024: 0.12}
    assert english("software_revenue", curve="stepwise", rates=rates) == (
        "Grows by 17 % in 2021, 15 % a year from 2022 to 2023 and 12 % a year from 2024 on"
    )


def test_a_shock_to_what_has_a_ceiling_is_one_to_its_odds(plan):
    shock = {"shape": "temporary", "start": 2022, "size": -0.13, "recovery": "exponential"}
    text = "A shock of −13 % in 2022, half of it left a year later"
    assert said(plan, "en", shock=shock, series="online_retail") == text
    assert said(plan, "en", shock=shock, series="egov_users") == text.replace(" in", " to its odds in")


def test_what_is_known_and_what_is_extreme_have_lines_of_their_own(plan):
    assert said(plan, "en", as_of="latest") == "Everything published to date"
    assert said(plan, "en", as_of=2023) == "What was published by 30 June 2024 on years up to 2023"
    assert said(plan, "zh", extreme=True) == "有意设定远超以往公布水平的增速"


def test_who_set_a_line_is_a_scenario_by_its_title_or_a_hand(plan, tmp_path):
    path = scenario_file(
        tmp_path,
        "title: Bold\nextends: baseline\nextreme: true\ngrowth: {egov_users: {rate: 3, curve: logistic}}\n",
    )
    found = Report(plan, find_scenario(plan, path), overrides=["online_retail.damping=0.9"], draws=0)
    frame = tables.assumptions(found).frame.set_index("KPI")["Set by"]
    assert frame["E-government users, million users"] == frame["Limits of growth"] == "Bold"
    assert frame["Online retail sales, trillion yuan"] == "set by hand"
    assert frame["Software revenue, trillion yuan"] == "Baseline"
    path = scenario_file(tmp_path, "title: Bolder\nextends: mine\n", "bolder.yaml")
    assert set(tables.assumptions(Report(plan, find_scenario(plan, path), draws=0)).frame["Set by"]) == {
        "Baseline",
        "Mine",
    }


def test_a_rule_keeps_its_brackets_and_signs(plan):
    rule = Rule(
        id="x",
        rule="2 * (online_retail - retail_sales) = retail_sales - (gdp_nominal + 0.5)",
        hard=True,
        reason="x",
    )
    assert statement(rule, plan.series, Language("en")) == (
        "2 × (online retail sales − total retail sales of consumer goods) = "
        "total retail sales of consumer goods − ((gross domestic product, current prices) + 0.5)"
    )
