"""The explorer without a browser: where a move leads, and the cheap path beside the model's own."""

import math
from itertools import pairwise

import pytest
from conftest import draw, seek

from model import load, project
from model.errors import ModelError
from model.evaluation.assessment import Assessment
from model.explorer.board import Board
from model.explorer.controls import PLAIN, main_number
from model.explorer.session import Session
from model.explorer.view import described, frame, refine, rows
from model.plan.schema import Parameter
from model.report.language import ENGLISH
from model.uncertainty.spread import persistence

RATE = "software_revenue.rate"


def value(session, kpi, year):
    return session.lines[kpi][year - session.plan.base_year]


@pytest.mark.parametrize("scenario", list(load().scenarios))
@pytest.mark.parametrize("as_of", [2020, 2023, 2025])
def test_the_cheap_path_and_its_verdicts_are_those_of_project_and_assess(plan, scenario, as_of):
    session = Session(plan, scenario)
    session.set("run.as_of", str(as_of))
    moved = f"software_revenue.{main_number(session.now.growth['software_revenue']) or 'reach.value'}"
    control = session.board.controls[moved]
    session.set(moved, (control.start + 3 * control.step) * control.scale)
    table = project(plan, session.now).table
    for row in table.itertuples():
        drawn = value(session, row.kpi, row.year)
        assert drawn is None if math.isnan(row.value) else drawn == pytest.approx(row.value, rel=1e-6)
    own = Assessment(project(plan, session.now)).verdicts
    for row in rows(session):
        words = [ENGLISH.verdict(one) for one in own if one.kpi.id == row["kpi"]]
        assert row["cells"][-1] == "; ".join(dict.fromkeys(words))
    assert [row["kpi"] for row in rows(session)] == [*plan.kpis]


def test_what_is_refined_is_what_simulate_and_assess_give(plan, session):
    found = refine(session.projection, ENGLISH, {"draws": 256, "seed": 3})
    drawn = Assessment(session.projection, draw(plan, session.now, draws=256, seed=3))
    assert str(found.verdicts) == str(drawn.verdicts)
    for kpi, bands in found.bands.items():
        assert [band[0] for band in bands] == pytest.approx([plan.kpis[kpi].base] * 7)
        assert bands[0][-1] < bands[3][-1] < bands[6][-1]
    assert set(found.chances) == {(kpi, plan.target_year) for kpi in [*plan.kpis, ""]}
    assert refine(session.projection, ENGLISH).bands == {}


@pytest.mark.parametrize("curve", PLAIN)
def test_a_new_curve_begins_where_the_old_one_led(session, plan, curve):
    before = value(session, "ipv6_users", plan.target_year)
    session.set("ipv6_users.curve", curve)
    assert session.now.growth["ipv6_users"].curve == curve
    assert value(session, "ipv6_users", plan.target_year) == pytest.approx(before, rel=1e-6)
    session.reset("ipv6_users.curve")
    assert session.state.settings == {}


def test_a_ceiling_is_given_where_one_is_needed_and_one_left_to_the_plan_is_set_and_put_back(session, plan):
    before = value(session, "egov_users", plan.target_year)
    assert session.setting("egov_users.ceiling") is None
    session.set("egov_users.ceiling", "900")
    assert value(session, "egov_users", plan.target_year) < min(before, 900)
    session.reset("egov_users.ceiling")
    assert value(session, "egov_users", plan.target_year) == before
    session.set("software_revenue.curve", "gompertz")
    ceiling = session.board.controls["software_revenue.ceiling"]
    assert ceiling.start > value(session, "software_revenue", plan.target_year)
    session.set("software_revenue.ceiling", "100")
    assert session.now.growth["software_revenue"].arguments["ceiling"].central == 100


def test_a_value_applies_from_its_year_and_not_before_and_in_a_ratio_to_its_numerator(session):
    calm = session.lines["software_revenue"]
    session.set("software_revenue.from.year", "2023")
    assert session.lines["software_revenue"][:4] == pytest.approx(calm[:4], rel=1e-6)
    session.set("software_revenue.from.rate", "20")
    now = session.lines["software_revenue"]
    assert now[:3] == pytest.approx(calm[:3], rel=1e-6)
    assert [b / a for a, b in pairwise(now[2:])] == pytest.approx([1.2] * 3, rel=1e-5)
    session.set("software_revenue.from.year", "never")
    assert session.state.settings == {}
    session.set("core_share.from.year", "2023")
    session.set("core_share.from.rate", "20")
    growth = session.now.growth["core_share"]
    assert growth.curve == "ratio"
    assert growth.arguments["numerator"].arguments["rates"][2023].central == pytest.approx(0.2)


def test_a_shock_can_be_added_moved_and_taken_away(session):
    calm = session.lines["online_retail"]
    session.set("online_retail.shock1.shape", "level")
    session.set("online_retail.shock1.size", "-10")
    assert session.lines["online_retail"][-1] == pytest.approx(0.9 * calm[-1], rel=1e-6)
    assert "online_retail.shock2.shape" in session.board.controls
    session.set("online_retail.shock1.shape", "none")
    assert session.lines["online_retail"] == calm


def test_what_is_uncertain_about_a_number_moves_along_and_a_width_of_zero_makes_it_certain(plan, session):
    accelerated = Session(plan, "accelerated")
    accelerated.set("ipv6_users.imitation", 60)
    moved = accelerated.now.growth["ipv6_users"].arguments["imitation"]
    assert isinstance(moved, Parameter)
    assert moved.central == pytest.approx(0.6)
    assert moved.high - moved.low == pytest.approx(0.84 - 0.38)
    session.set(f"{RATE}.width", "3")
    assert session.now.growth["software_revenue"].arguments["rate"].distribution == "triangular"
    session.set(RATE, "15")
    rate = session.now.growth["software_revenue"].arguments["rate"]
    assert (rate.low, rate.mode, rate.high) == pytest.approx((0.12, 0.15, 0.18))
    session.reset(f"{RATE}.width")
    assert session.now.growth["software_revenue"].arguments["rate"].distribution == "fixed"


@pytest.mark.parametrize("kpi", [one for one in load().kpis if one != "gigabit_users"])
def test_goal_seek_moves_the_slider_to_the_growth_of_the_model_and_the_target_is_met(plan, session, kpi):
    control, found = session.seek(kpi)
    main = main_number(plan.scenarios["baseline"].growth[kpi])
    assert control == f"{kpi}.{main}"
    assert session.setting(control) == found.value == seek(plan, "baseline", kpi).value
    assert next(row for row in rows(session) if row["kpi"] == kpi)["key"] == "met"


def test_growth_that_is_read_again_shows_the_rate_in_force_and_moves_on_from_there(plan, session):
    def rate():
        return next(one for group in described(session) for one in group["controls"] if one["id"] == RATE)

    session.set("run.as_of", "2024")
    before = session.lines["software_revenue"]
    shown = rate()
    grown = 100 * project(plan, "baseline", as_of=2024).solved["software_revenue"]["rate"]
    assert shown["again"] == f"read again: {grown:.1f} % a year in 2024"
    assert shown["start"] != pytest.approx(13.24, abs=0.5)
    session.set(f"{RATE}.width", "2")
    assert session.lines["software_revenue"] == pytest.approx(before), "a width lies about what is in force"
    session.reset(f"{RATE}.width")
    session.set(RATE, shown["start"] + 1e-7)
    assert session.now.growth["software_revenue"].reread is None
    assert session.lines["software_revenue"] == pytest.approx(before)
    session.reset(RATE)
    session.set("run.as_of", "2020")
    assert "again" not in rate()
    assert rate()["start"] == pytest.approx(13.24)


@pytest.mark.parametrize(
    ("scenario", "control", "given"),
    [
        ("baseline", "from.year", "2024"),
        ("baseline", "curve", "stepwise"),
        ("plan_path", "reach.value", "20"),
    ],
)
def test_goal_seek_finds_a_way_for_steps_yearly_rates_and_points(plan, scenario, control, given):
    session = Session(plan, scenario)
    session.set(f"software_revenue.{control}", given)
    assert value(session, "software_revenue", plan.target_year) != pytest.approx(14.0)
    session.seek("software_revenue")
    assert value(session, "software_revenue", plan.target_year) == pytest.approx(14.0)


def test_another_plan_has_its_own_controls_and_verdicts_without_a_line_of_code(coast):
    session = Session(coast, "steady")
    assert {one.series for one in session.board.controls.values()} >= set(coast.kpis)
    first = [(row["kpi"], row["year"]) for row in rows(session)][:2]
    assert first == [("outage_hours", 2014), ("outage_hours", 2018)]
    assert session.ensemble is None, "nothing says how far growth strays: there is no fan"
    assert refine(session.projection, ENGLISH, session.ensemble).bands == {}
    session.seek("outage_hours")
    assert rows(session)[1]["key"] == "met"
    assert any(".shock1." in name for name in Board(coast, coast.scenarios["storm"], {}).controls)


def test_in_chinese_controls_and_panels_count_in_the_unit_that_is_shown(plan):
    session = Session(plan, "saturation", language="zh")
    group = next(one for one in described(session) if one["id"] == "ipv6_users")
    ceiling = next(one for one in group["controls"] if one["id"] == "ipv6_users.ceiling")
    assert (ceiling["text"], ceiling["unit"]) == ("10", "亿户")
    session.set("ipv6_users.ceiling", "12")
    assert session.projection.paths.ceilings["ipv6_users"][-1] == pytest.approx(1200)
    panel = next(one for one in frame(session)["panels"] if one["kpi"] == "ipv6_users")
    assert (panel["unit"], panel["shift"], panel["decimals"]) == ("亿户", -2, 2)


def test_how_shocks_go_together_and_last_reaches_the_ensemble(plan, session):
    assert session.ensemble["persistence"] == persistence(plan).value > 0.5
    assert session.ensemble["correlation"] is None
    session.set("run.lasting", 90)
    session.set("run.together", "closely")
    assert (session.ensemble["persistence"], session.ensemble["correlation"]) == (0.9, 0.8)
    calm = refine(session.projection, ENGLISH, {"draws": 1024, "persistence": 0.0})
    wild = refine(session.projection, ENGLISH, {**session.ensemble, "draws": 1024})
    bands = [found.bands["software_revenue"] for found in (calm, wild)]
    widths = [band[-1][-1] - band[0][-1] for band in bands]
    assert widths[1] > 1.3 * widths[0]
    with pytest.raises(ModelError):
        session.set("run.lasting", 150)
