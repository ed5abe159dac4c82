"""The explorer's controls: one for every number of a scenario, typed as one may, moved and put back."""

import re
from pathlib import Path

import pytest

from model import load
from model.errors import ModelError
from model.explorer import controls
from model.explorer.board import label, option
from model.explorer.controls import PLAIN, TOGETHER, main_number
from model.explorer.session import Session
from model.explorer.view import described
from model.explorer.widget import SCRIPTS, WORDS
from model.growth.arguments import arguments
from model.growth.curves import CURVES
from model.growth.shocks import SHOCKS
from model.report.language import LANGUAGES, Language, catalogue

EXPLORER = Path(controls.__file__).parent
RATE = "software_revenue.rate"


@pytest.mark.parametrize("scenario", list(load().scenarios))
def test_every_number_of_a_scenario_has_a_control_that_stands_on_its_own_grid(plan, scenario):
    controls = Session(plan, scenario).board.controls
    for name, growth in plan.scenarios[scenario].growth.items():
        assert controls[f"{name}.curve"].start == growth.curve
        for key, parameter, _ in growth.numbers():
            control = controls[f"{name}.{key}"]
            if control.reread is None:
                assert control.start == parameter.central
            else:
                session = Session(plan, scenario)
                before = session.lines[name][-1]
                session.set(control.id, control.start)
                assert session.lines[name][-1] == pytest.approx(before)
    for control in controls.values():
        if control.kind == "number" and control.start is not None:
            assert control.low <= control.start <= control.high, control.id
            steps = (control.start - control.low) / control.step
            assert steps == pytest.approx(round(steps), abs=1e-6), control.id


def test_every_series_has_one_main_control_beside_which_the_baseline_stands(plan, session):
    for group in described(session):
        mains = [one["id"] for one in group["controls"] if one["main"]]
        assert len(mains) == (1 if group["id"] != "run" else 3), group["id"]
    main = main_number(session.chosen.growth["ipv6_users"])
    assert session.board.controls[f"ipv6_users.{main}"].main
    shown = {one["id"]: one for group in described(Session(plan, "accelerated")) for one in group["controls"]}
    damping = shown["software_revenue.damping"]
    assert (damping["text"], damping["baseline"]) == ("0.98", "0.89")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_argument_of_every_curve_and_shock_has_a_control_with_words(plan, language):
    session = Session(plan, language=language)
    for series in ("software_revenue", "ipv6_users"):
        for curve in PLAIN:
            session.set(f"{series}.curve", curve)
            for shape, function in SHOCKS.items():
                session.set(f"{series}.shock1.shape", shape)
                own = {one for one in session.board.controls if one.startswith(f"{series}.shock1.")}
                assert own == {f"{series}.shock1.{name}" for name in ("shape", *arguments(function))}
                for control in session.board.controls.values():
                    assert label(control, Language(language))
                    assert all(option(control, one, Language(language)) for one in control.options)
    assert set(PLAIN) == set(CURVES) - {"ratio"}


def test_no_word_of_a_control_is_left_that_nothing_takes():
    def said(prefix):
        return {key.removeprefix(prefix) for key in catalogue() if key.startswith(prefix)}

    taken = {name for function in (*CURVES.values(), *SHOCKS.values()) for name in arguments(function)}
    settings = {"curve", "shape", "value", "width", "horizon", "as_of", "fan", "draws", "seed"}
    settings |= {"lasting", "together"}
    joined = {"of", "in", "of_numerator", "of_shock", "from_year", "from_rate"}
    assert said("control_") == (taken - {"numerator", "denominator"}) | settings | joined
    words = arguments(SHOCKS["temporary"])["recovery"].words
    options = {f"curve_{one}" for one in CURVES} | {f"shape_{one}" for one in (*SHOCKS, "none")}
    options |= {f"recovery_{one}" for one in words} | {f"together_{one}" for one in TOGETHER} | {"year_never"}
    assert said("option_") == options


def test_scripts_ask_for_the_words_they_are_given_and_hold_none_and_no_address_elsewhere():
    code = "\n".join((EXPLORER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    asked = set(re.findall(r"words\.(\w+)", code)) | set(re.findall(r'button\("(\w+)"', code))
    assert asked - {"columns"} == set(WORDS)
    assert all(f"explorer_{key}" in catalogue() for key in WORDS)
    bare = re.sub(r"//[^\n]*", "", code.replace("http://www.w3.org/2000/svg", ""))
    assert "http" not in bare
    texts = re.findall(r'text: "([^"]*)"|textContent = "([^"]*)"', bare)
    assert [one for pair in texts for one in pair if re.search(r"[A-Za-z]{2}", one)] == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("12.5", 0.125), (" 12.5 % ", 0.125), ("−3", -0.03), ("12,5", 0.125), ("0,15 %", 0.0015), (14, 0.14)],
)
def test_a_rate_is_read_in_percent_as_it_may_be_typed(session, given, wanted):
    session.set(RATE, given)
    assert session.setting(RATE) == pytest.approx(wanted, abs=1e-15)


BAD = dict.fromkeys(
    ["", "twelve", "1e999", "nan", "-100", "2001", "1,000", "1,2,3", "1_0", "12 5", "٣"], RATE
)


@pytest.mark.parametrize(("given", "wrong"), [*BAD.items(), ("1900", "no published series has come near")])
def test_what_is_no_admissible_number_is_refused_and_nothing_changes(session, given, wrong):
    session.set(RATE, "14")
    before = session.lines
    with pytest.raises(ModelError, match=re.escape(wrong)):
        session.set(RATE, given)
    assert session.lines == before
    assert session.setting(RATE) == pytest.approx(0.14)


def test_a_year_is_a_whole_number_within_reach(session, plan):
    session.set("run.horizon", "2030")
    assert len(session.lines["core_share"]) == 2030 - plan.base_year + 1
    for wrong in ("2030.5", str(plan.base_year), "2100"):
        with pytest.raises(ModelError, match="horizon"):
            session.set("run.horizon", wrong)


def test_a_drag_is_one_step_back_and_moves_presets_curves_and_resets_are_steps_of_their_own(session):
    for rate in (14, 15, 16):
        session.set(RATE, rate, "drag 1")
    session.set(RATE, 17, "drag 2")
    session.undo()
    assert session.setting(RATE) == pytest.approx(0.16)
    session.undo()
    assert session.setting(RATE) == pytest.approx(0.1324)
    for _ in range(3):
        session.redo()
    assert session.setting(RATE) == pytest.approx(0.17)
    session.choose("accelerated")
    session.set("software_revenue.curve", "compound")
    session.reset_all()
    for _ in range(3):
        session.undo()
    assert (session.state.chosen, session.setting(RATE)) == ("baseline", pytest.approx(0.17))


def test_one_control_is_put_back_by_reset_or_by_hand_and_the_others_are_left(session):
    session.set("gdp_nominal.rate", 5)
    for put_back in (lambda: session.reset(RATE), lambda: session.set(RATE, 13.24)):
        session.set(RATE, 20)
        put_back()
        assert list(session.state.settings) == ["gdp_nominal.rate"]
