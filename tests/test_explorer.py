"""The explorer without a browser: controls from the scenario, the cheap path beside the model's own."""

import math
import re
from itertools import pairwise
from pathlib import Path

import pytest

from model import assess, goal_seek, load, project
from model.arguments import arguments
from model.curves import CURVES
from model.errors import ModelError
from model.explorer import scene, typed
from model.explorer.board import board, label, option
from model.explorer.controls import TOGETHER
from model.explorer.fan import refine
from model.explorer.growth_controls import PLAIN, main_number, numbers_of
from model.explorer.knowledge import Knowledge
from model.explorer.session import Session
from model.explorer.widget import SCRIPTS, WORDS
from model.projection import paths_of
from model.schema import Parameter
from model.shocks import SHOCKS
from model.show.verdicts import verdicts
from model.show.words import LANGUAGES, catalogue

COAST = Path(__file__).parent / "plans" / "coast"
EXPLORER = Path(typed.__file__).parent
RATE = "software_revenue.rate"


@pytest.fixture
def session(plan):
    return Session(plan)


def value(session, kpi, year):
    return session.lines[kpi][year - session.plan.base_year]


# Controls


@pytest.mark.parametrize("scenario", list(load().scenarios))
def test_every_number_of_a_scenario_has_a_control_that_stands_on_its_own_grid(plan, scenario):
    controls = Session(plan, scenario).board.controls
    for name, growth in plan.scenarios[scenario].growth.items():
        assert controls[f"{name}.curve"].start == growth.curve
        for key, parameter, _ in numbers_of(growth):
            control = controls[f"{name}.{key}"]
            assert control.start == parameter.central
    for control in controls.values():
        if control.kind == "number" and control.start is not None:
            assert control.low <= control.start <= control.high, control.id
            steps = (control.start - control.low) / control.step
            assert steps == pytest.approx(round(steps), abs=1e-6), control.id


def test_every_series_has_one_main_control_and_the_rest_is_folded(session):
    for group in scene.described(session):
        mains = [one["id"] for one in group["controls"] if one["main"]]
        assert len(mains) == (1 if group["id"] != "run" else 3), group["id"]
    main = main_number(session.chosen.growth["ipv6_users"])
    assert session.board.controls[f"ipv6_users.{main}"].main


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_argument_of_every_curve_and_shock_has_words(plan, language):
    session = Session(plan, language=language)
    for series in ("software_revenue", "ipv6_users"):
        for curve in PLAIN:
            session.set(f"{series}.curve", curve)
            for shape in SHOCKS:
                session.set(f"{series}.shock1.shape", shape)
                for control in session.board.controls.values():
                    assert label(control, language)
                    assert all(option(control, one, language) for one in control.options)
    assert set(PLAIN) == set(CURVES) - {"ratio"}


def test_no_word_of_a_control_is_left_that_nothing_takes():
    taken = {name for function in (*CURVES.values(), *SHOCKS.values()) for name in arguments(function)}
    settings = {"curve", "shape", "value", "width", "horizon", "as_of", "fan", "draws", "seed"} | {
        "lasting",
        "together",
    }
    joined = {"of", "in", "of_numerator", "of_shock", "from_year", "from_rate"}
    said = {key.removeprefix("control_") for key in catalogue() if key.startswith("control_")}
    assert said == (taken - {"numerator", "denominator"}) | settings | joined
    words = arguments(SHOCKS["temporary"])["recovery"].words
    options = {f"curve_{one}" for one in CURVES} | {f"shape_{one}" for one in (*SHOCKS, "none")}
    options |= {f"recovery_{one}" for one in words} | {"year_never"}
    options |= {f"together_{one}" for one in TOGETHER}
    assert {key.removeprefix("option_") for key in catalogue() if key.startswith("option_")} == options


def test_the_words_the_browser_is_given_are_those_its_scripts_ask_for():
    code = "\n".join((EXPLORER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    asked = set(re.findall(r"words\.(\w+)", code)) | set(re.findall(r'button\("(\w+)"', code))
    assert asked - {"columns"} == set(WORDS)
    assert all(f"explorer_{key}" in catalogue() for key in WORDS)


def test_no_script_holds_a_word_to_be_read_or_an_address_elsewhere():
    for name in SCRIPTS:
        code = (EXPLORER / name).read_text(encoding="utf-8")
        bare = re.sub(r"//[^\n]*", "", code.replace("http://www.w3.org/2000/svg", ""))
        assert "http" not in bare
        texts = re.findall(r'text: "([^"]*)"|textContent = "([^"]*)"', bare)
        assert [one for pair in texts for one in pair if re.search(r"[A-Za-z]{2}", one)] == []


def test_the_baseline_stands_beside_each_control_whatever_was_chosen(plan):
    groups = {group["id"]: group for group in scene.described(Session(plan, "accelerated"))}
    damping = next(
        one for one in groups["software_revenue"]["controls"] if one["id"] == "software_revenue.damping"
    )
    assert (damping["text"], damping["baseline"]) == ("0.98", "0.89")


# Values, as they are typed


@pytest.mark.parametrize(
    ("given", "wanted"), [("12.5", 0.125), (" 12.5 % ", 0.125), ("−3", -0.03), ("1,000", 10.0), (14, 0.14)]
)
def test_a_rate_is_read_in_percent_as_it_may_be_typed(session, given, wanted):
    session.set(RATE, given)
    assert session.setting(RATE) == pytest.approx(wanted, abs=1e-15)


@pytest.mark.parametrize("given", ["", "twelve", "1e999", "nan", "-100", "2001"])
def test_what_is_no_admissible_number_is_refused_and_nothing_changes(session, given):
    session.set(RATE, "14")
    before = session.lines
    with pytest.raises(ModelError, match=re.escape(RATE)):
        session.set(RATE, given)
    assert session.lines == before
    assert session.setting(RATE) == pytest.approx(0.14)


def test_a_year_is_a_whole_number_within_reach(session, plan):
    session.set("run.horizon", "2030")
    assert len(session.lines["core_share"]) == 2030 - plan.base_year + 1
    for wrong in ("2030.5", str(plan.base_year), "2100"):
        with pytest.raises(ModelError, match="horizon"):
            session.set("run.horizon", wrong)


# The cheap path says what the model says


@pytest.mark.parametrize("scenario", list(load().scenarios))
@pytest.mark.parametrize("as_of", [2020, 2023, 2025])
def test_the_cheap_path_and_its_verdicts_are_those_of_project_and_assess(plan, scenario, as_of):
    session = Session(plan, scenario)
    session.set("run.as_of", str(as_of))
    moved = f"{'software_revenue'}.{main_number(session.now.growth['software_revenue']) or 'reach.value'}"
    control = session.board.controls[moved]
    session.set(moved, (control.start + 3 * control.step) * control.scale)
    table = project(plan, session.now).table
    for row in table.itertuples():
        drawn = value(session, row.kpi, row.year)
        assert drawn is None if math.isnan(row.value) else drawn == pytest.approx(row.value, rel=1e-6)
    for row, own in zip(
        session.rows(),
        [[one for one in verdicts(assess(plan, session.now)) if one.kpi == kpi] for kpi in plan.kpis],
        strict=True,
    ):
        assert row["key"] == (own[0].key if len({one.key for one in own}) == 1 else "depends")
        assert row["cells"][-1] == "; ".join(dict.fromkeys(one.words() for one in own))


def test_trajectories_from_kept_facts_are_those_of_the_model(plan):
    scenario = plan.scenarios["plan_path"].model_copy(update={"as_of": 2023})
    kept = Knowledge(plan).paths(scenario, plan.horizon)
    own = paths_of(plan, scenario, last=plan.horizon, as_of=2023)
    assert all((kept.values[name] == own.values[name]).all() for name in own.values)


def test_what_is_refined_is_what_simulate_and_assess_give(plan, session):
    found = refine(plan, session.now, last=session.last, ensemble={"draws": 256, "seed": 3})
    assert found.verdicts == tuple(verdicts(assess(plan, session.now, draws=256, seed=3)))
    for kpi, bands in found.bands.items():
        assert [band[0] for band in bands] == pytest.approx([plan.kpis[kpi].base] * 7)
        assert bands[0][-1] < bands[3][-1] < bands[6][-1]
    assert set(found.chances) == {(kpi, plan.target_year) for kpi in [*plan.kpis, ""]}
    assert refine(plan, session.now, last=session.last, ensemble=None).bands == {}


def test_numbers_that_lead_nowhere_are_refused_and_the_last_picture_stays(session):
    session.set("ipv6_users.innovation", "0")
    before = session.lines
    with pytest.raises(ModelError, match="no finite path"):
        session.set("ipv6_users.imitation", "0")
    assert session.lines == before


# There and back


def test_a_drag_is_one_step_back_and_other_moves_are_steps_of_their_own(session):
    for rate in (14, 15, 16):
        session.set(RATE, rate, "drag 1")
    session.set(RATE, 17, "drag 2")
    session.undo()
    assert session.setting(RATE) == pytest.approx(0.16)
    session.undo()
    assert session.setting(RATE) == pytest.approx(0.1324)
    session.redo()
    session.redo()
    session.redo()
    assert session.setting(RATE) == pytest.approx(0.17)


def test_undo_takes_back_a_preset_a_new_curve_and_a_reset_as_well(session):
    session.set(RATE, 20)
    session.choose("accelerated")
    session.set("software_revenue.curve", "compound")
    session.reset_all()
    for _ in range(3):
        session.undo()
    assert (session.state.chosen, session.setting(RATE)) == ("baseline", pytest.approx(0.2))


def test_reset_puts_one_control_back_and_leaves_the_others(session):
    session.set(RATE, 20)
    session.set("gdp_nominal.rate", 5)
    session.reset(RATE)
    assert list(session.state.settings) == ["gdp_nominal.rate"]


def test_a_value_that_is_put_back_by_hand_counts_as_not_moved(session):
    session.set(RATE, 20)
    session.set(RATE, 13.24)
    assert session.state.settings == {}


# Curves, steps, ceilings, shocks, uncertainty


@pytest.mark.parametrize("curve", PLAIN)
def test_a_new_curve_begins_where_the_old_one_led(session, plan, curve):
    before = value(session, "ipv6_users", plan.target_year)
    session.set("ipv6_users.curve", curve)
    assert session.now.growth["ipv6_users"].curve == curve
    assert value(session, "ipv6_users", plan.target_year) == pytest.approx(before, rel=1e-6)
    session.reset("ipv6_users.curve")
    assert session.state.settings == {}


def test_a_curve_that_needs_a_ceiling_gets_one_where_the_series_has_none(session, plan):
    session.set("software_revenue.curve", "gompertz")
    ceiling = session.board.controls["software_revenue.ceiling"]
    assert ceiling.start > value(session, "software_revenue", plan.target_year)
    session.set("software_revenue.ceiling", "100")
    assert session.now.growth["software_revenue"].arguments["ceiling"].central == 100


def test_a_value_applies_from_its_year_and_not_before(session):
    calm = session.lines["software_revenue"]
    session.set("software_revenue.from.year", "2023")
    assert session.lines["software_revenue"][:4] == pytest.approx(calm[:4], rel=1e-6)
    session.set("software_revenue.from.rate", "20")
    now = session.lines["software_revenue"]
    assert now[:3] == pytest.approx(calm[:3], rel=1e-6)
    assert [b / a for a, b in pairwise(now[2:])] == pytest.approx([1.2] * 3, rel=1e-5)
    session.set("software_revenue.from.year", "never")
    assert session.state.settings == {}


def test_a_step_in_a_ratio_is_one_of_its_numerator(session):
    session.set("core_share.from.year", "2023")
    session.set("core_share.from.rate", "20")
    growth = session.now.growth["core_share"]
    assert growth.curve == "ratio"
    assert growth.arguments["numerator"].arguments["rates"][2023].central == pytest.approx(0.2)


def test_a_ceiling_left_to_the_plan_can_be_set_and_be_put_back(session, plan):
    before = value(session, "egov_users", plan.target_year)
    assert session.setting("egov_users.ceiling") is None
    session.set("egov_users.ceiling", "900")
    assert value(session, "egov_users", plan.target_year) < min(before, 900)
    session.reset("egov_users.ceiling")
    assert value(session, "egov_users", plan.target_year) == before


def test_a_ceiling_below_the_figures_is_refused_beside_its_control(session):
    with pytest.raises(ModelError, match="egov_users"):
        session.set("egov_users.ceiling", "300")


def test_a_shock_can_be_added_moved_and_taken_away(session):
    calm = session.lines["online_retail"]
    session.set("online_retail.shock1.shape", "level")
    session.set("online_retail.shock1.size", "-10")
    assert session.lines["online_retail"][-1] == pytest.approx(0.9 * calm[-1], rel=1e-6)
    assert "online_retail.shock2.shape" in session.board.controls
    session.set("online_retail.shock1.shape", "none")
    assert session.lines["online_retail"] == calm


def test_a_scenarios_own_shock_can_be_taken_away(plan):
    session = Session(plan, "delayed_adoption")
    session.set("iiot_penetration.shock1.shape", "none")
    assert session.lines["iiot_penetration"] == pytest.approx(Session(plan).lines["iiot_penetration"])


def test_what_is_uncertain_about_a_number_moves_along(plan):
    session = Session(plan, "accelerated")
    session.set("ipv6_users.imitation", 60)
    moved = session.now.growth["ipv6_users"].arguments["imitation"]
    assert isinstance(moved, Parameter)
    assert moved.central == pytest.approx(0.6)
    assert moved.high - moved.low == pytest.approx(0.84 - 0.38)


def test_a_width_makes_a_number_uncertain_and_zero_makes_it_certain(session):
    session.set(f"{RATE}.width", "3")
    assert session.now.growth["software_revenue"].arguments["rate"].distribution == "triangular"
    session.set(RATE, "15")
    rate = session.now.growth["software_revenue"].arguments["rate"]
    assert (rate.low, rate.mode, rate.high) == pytest.approx((0.12, 0.15, 0.18))
    session.reset(f"{RATE}.width")
    assert session.now.growth["software_revenue"].arguments["rate"].distribution == "fixed"


# What would have to be true


@pytest.mark.parametrize("kpi", [one for one in load().kpis if one != "gigabit_users"])
def test_goal_seek_moves_the_slider_to_the_growth_of_the_model_and_the_target_is_met(plan, session, kpi):
    control = session.seek(kpi)
    main = main_number(plan.scenarios["baseline"].growth[kpi])
    assert control == f"{kpi}.{main}"
    assert session.setting(control) == goal_seek(plan, "baseline", kpi, argument=main)
    assert next(row for row in session.rows() if row["kpi"] == kpi)["key"] == "met"


def test_a_target_out_of_reach_is_said_and_nothing_moves(session):
    with pytest.raises(ModelError, match="out of reach"):
        session.seek("gigabit_users")
    assert session.state.settings == {}


@pytest.mark.parametrize("start", ["step", "stepwise", "reach"])
def test_goal_seek_finds_a_way_for_steps_yearly_rates_and_points(plan, start):
    session = Session(plan, "plan_path" if start == "reach" else "baseline")
    if start == "step":
        session.set("software_revenue.from.year", "2024")
    elif start == "stepwise":
        session.set("software_revenue.curve", "stepwise")
    else:
        session.set("software_revenue.reach.value", "20")
    assert value(session, "software_revenue", plan.target_year) != pytest.approx(14.0)
    session.seek("software_revenue")
    assert value(session, "software_revenue", plan.target_year) == pytest.approx(14.0)


# Other plans


def test_another_plan_has_its_own_controls_and_verdicts_without_a_line_of_code():
    coast = load(COAST)
    session = Session(coast, "steady")
    assert {one.series for one in session.board.controls.values()} >= set(coast.kpis)
    assert [(row["kpi"], row["year"]) for row in session.rows()][:2] == [
        ("outage_hours", 2014),
        ("outage_hours", 2018),
    ]
    session.seek("outage_hours")
    assert session.rows()[1]["key"] == "met"
    laid = board(coast, coast.scenarios["storm"], {}, Knowledge(coast).base)
    assert any(".shock1." in name for name in laid.controls)


def test_arguments_of_every_shape_have_a_control(session):
    for shape, function in SHOCKS.items():
        session.set("online_retail.shock1.shape", shape)
        own = {one for one in session.board.controls if one.startswith("online_retail.shock1.")}
        assert own == {f"online_retail.shock1.{name}" for name in ("shape", *arguments(function))}


def test_how_shocks_go_together_and_last_reaches_the_ensemble(plan):
    session = Session(plan, "baseline")
    assert session.ensemble["persistence"] == plan.uncertainty.persistence
    assert session.ensemble["correlation"] is None
    session.set("run.lasting", 50)
    session.set("run.together", "closely")
    assert session.ensemble["persistence"] == 0.5
    assert session.ensemble["correlation"] == 0.8
    calm = refine(plan, session.now, last=session.last, ensemble={"draws": 1024})
    wild = refine(plan, session.now, last=session.last, ensemble={**session.ensemble, "draws": 1024})
    widths = [
        found.bands["software_revenue"][-1][-1] - found.bands["software_revenue"][0][-1]
        for found in (calm, wild)
    ]
    assert widths[1] > 1.3 * widths[0]
    with pytest.raises(ModelError):
        session.set("run.lasting", 150)
