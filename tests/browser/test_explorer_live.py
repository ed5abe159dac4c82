"""The explorer under a hand: in a real JupyterLab and in the app, by keyboard and by mouse."""

import csv
import io
import re
from pathlib import Path

import psutil
import pytest
from ruamel.yaml import YAML

from .conftest import line, opened, rested, revision, watched

pytestmark = pytest.mark.browser
KPI, RATE = "software_revenue", "software_revenue.rate"
RANGE, TYPED = f"[data-control='{RATE}'] input[type=range]", f"[data-control='{RATE}'] input[type=text]"


def moved(page, act):
    """Do something that changes the picture, and wait until it has."""
    before = revision(page)
    act()
    page.wait_for_function(f"document.querySelector('[data-explorer]').dataset.revision > {before}")


def test_a_key_moves_the_slider_and_the_picture_follows(page):
    before = line(page, KPI)
    page.focus(RANGE)
    moved(page, lambda: page.keyboard.press("ArrowRight"))
    assert line(page, KPI) != before
    assert page.input_value(TYPED) == "13.34"
    assert page.locator(f"[data-control='{RATE}'].x-moved").count() == 1
    rested(page)
    moved(page, lambda: page.click("[data-action=undo]"))
    assert (line(page, KPI), page.input_value(TYPED)) == (before, "13.24")


def test_a_drag_ends_where_the_hand_does_and_is_one_step_back(page):
    before = line(page, KPI)
    slider = page.locator(RANGE)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for step in range(1, 31):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.01 * step), middle)
    page.mouse.up()
    rested(page)
    value = float(slider.input_value())
    assert value > 20
    assert float(page.input_value(TYPED)) == pytest.approx(value)
    assert line(page, KPI) != before
    moved(page, lambda: page.click("[data-action=undo]"))
    assert line(page, KPI) == before
    assert page.is_disabled("[data-action=undo]") or page.input_value(TYPED) == "13.24"


def test_the_newest_value_wins_when_keys_come_faster_than_pictures(page):
    page.focus(RANGE)
    page.evaluate(
        """selector => { const slider = document.querySelector(selector);
        for (let step = 0; step < 60; step += 1) {
          slider.stepUp(); slider.dispatchEvent(new Event("input", { bubbles: true })); } }""",
        RANGE,
    )
    rested(page)
    assert float(page.input_value(TYPED)) == pytest.approx(13.24 + 6.0)
    assert float(page.input_value(RANGE)) == pytest.approx(13.24 + 6.0)


def test_a_bad_number_is_named_beside_its_control_and_the_last_good_picture_stays(page):
    before, at = line(page, KPI), revision(page)
    page.fill(TYPED, "a lot")
    page.keyboard.press("Enter")
    alert = page.locator(f"[data-control='{RATE}'] [role=alert]")
    alert.filter(has_text="“a lot” is no number").wait_for()
    assert page.get_attribute(TYPED, "aria-invalid") == "true"
    assert page.get_attribute(TYPED, "aria-describedby") == alert.get_attribute("id")
    assert (line(page, KPI), revision(page)) == (before, at)
    assert page.input_value(TYPED) == "a lot"
    page.fill(TYPED, "15,5 %".replace(",", "."))
    moved(page, lambda: page.keyboard.press("Enter"))
    assert alert.inner_text() == ""
    assert page.input_value(TYPED) == "15.5"
    assert page.get_attribute(TYPED, "aria-invalid") is None


def test_what_is_being_typed_is_left_alone_until_it_is_done(page):
    page.focus(RANGE)
    moved(page, lambda: page.keyboard.press("ArrowRight"))
    page.fill(TYPED, "1")
    rested(page)
    assert page.input_value(TYPED) == "1"
    page.keyboard.press("Escape")
    assert page.input_value(TYPED) == "13.34"


def test_undo_and_redo_by_keys(page):
    before = line(page, KPI)
    page.focus(RANGE)
    moved(page, lambda: page.keyboard.press("ArrowRight"))
    after = line(page, KPI)
    moved(page, lambda: page.keyboard.press("Control+z"))
    assert line(page, KPI) == before
    moved(page, lambda: page.keyboard.press("Control+Shift+z"))
    assert line(page, KPI) == after


def test_one_control_is_put_back_by_its_own_button(page):
    page.focus(RANGE)
    moved(page, lambda: page.keyboard.press("ArrowRight"))
    moved(page, lambda: page.click(f"[data-control='{RATE}'] .x-reset"))
    assert page.input_value(TYPED) == "13.24"


def test_a_preset_that_moves_many_sliders_redraws_once(page):
    before = revision(page)
    moved(page, lambda: page.locator("[data-action=preset]").select_option("saturation"))
    rested(page)
    assert revision(page) == before + 1
    assert page.input_value("[data-control='online_retail.damping'] input[type=text]") == "0.8"
    assert "baseline 0.89" in page.text_content("[data-control='online_retail.damping']")


def test_nothing_is_made_anew_while_a_slider_moves(page):
    page.evaluate("window.held = [...document.querySelectorAll('.x-panel, .x-now, .x-table td, .x-control')]")
    page.focus(RANGE)
    for _ in range(3):
        moved(page, lambda: page.keyboard.press("ArrowRight"))
    gone = "window.held.filter((node) => !node.isConnected).map((node) => node.outerHTML.slice(0, 90))"
    assert page.evaluate(gone) == []


def test_another_curve_brings_other_sliders_and_keeps_the_rest(page):
    page.locator("summary").nth(3).click()
    moved(page, lambda: page.locator(f"[data-control='{KPI}.curve'] select").select_option("compound"))
    assert page.locator(f"[data-control='{KPI}.damping']").count() == 0
    assert page.locator(f"[data-control='{KPI}.rate']").count() == 1
    moved(page, lambda: page.click("[data-action=undo]"))
    assert page.locator(f"[data-control='{KPI}.damping']").count() == 1


def test_what_would_have_to_be_true_moves_the_slider_to_the_growth_that_meets_the_target(page):
    page.locator("[data-action=seek-kpi]").select_option(KPI)
    moved(page, lambda: page.click("[data-action=find]"))
    assert page.inner_text(f"[data-verdict={KPI}] td:last-child") == "met"
    assert page.inner_text("[role=status]").startswith("Software revenue meets its target with Growth")
    page.locator("[data-action=seek-kpi]").select_option("gigabit_users")
    page.click("[data-action=find]")
    page.locator("[role=status]").filter(has_text="met as assumed").wait_for()
    page.locator("summary").nth(2).click()
    ceiling = page.locator("[data-control='gigabit_users.ceiling'] input[type=text]")
    ceiling.fill("50")
    moved(page, lambda: ceiling.press("Enter"))
    page.click("[data-action=find]")
    page.locator(".x-bar [role=alert]").filter(has_text="out of reach").wait_for()
    moved(page, lambda: page.click("[data-action=undo]"))


def test_a_pinned_picture_stays_for_comparison(page):
    now = line(page, KPI)
    page.click("[data-action=pin]")
    page.wait_for_function(f"document.querySelector('[data-panel={KPI}] .x-held').getAttribute('d')")
    page.focus(RANGE)
    moved(page, lambda: page.keyboard.press("PageUp"))
    assert line(page, KPI) != now
    assert page.get_attribute(f"[data-panel={KPI}] .x-held", "d") not in (None, "", line(page, KPI))


def test_a_panel_opens_large_on_a_click_and_goes_back_by_key(page):
    panel = page.locator(f"[data-panel={KPI}]")
    panel.locator("svg").click()
    assert page.locator(".x-panel:visible").count() == 1
    assert panel.bounding_box()["height"] > 400
    assert panel.locator("button").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.locator(".x-panel:visible").count() == 8
    panel.locator("button").focus()
    page.keyboard.press("Enter")
    assert page.locator(".x-panel:visible").count() == 1
    page.keyboard.press("Enter")
    assert page.locator(".x-panel:visible").count() == 8


def test_values_are_shown_under_the_pointer_and_by_arrow_keys(page):
    rested(page)
    panel = page.locator(f"[data-panel={KPI}]")
    panel.scroll_into_view_if_needed()
    box = panel.locator(".x-plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 16, box["y"] + 40)
    tip = panel.locator(".x-tip")
    for said in ("2025", "Baseline: 12.72", "90 %: ", "Plan path: 14.00", "Target: 14", "Outturn: 15.48"):
        tip.filter(has_text=said).wait_for()
    page.mouse.move(2, 2)
    assert tip.is_hidden()
    panel.locator("button").focus()
    page.keyboard.press("ArrowLeft")
    tip.filter(has_text="2025").wait_for()
    page.keyboard.press("ArrowLeft")
    tip.filter(has_text="2024").wait_for()


def test_a_scenario_is_saved_loaded_and_taken_along_as_a_table(page, tmp_path):
    page.fill(TYPED, "15.5")
    moved(page, lambda: page.keyboard.press("Enter"))
    now = line(page, KPI)
    page.fill("[data-action=name]", f"Mine in {page.place}")
    with page.expect_download() as waiting:
        page.click("[data-action=save]")
    assert waiting.value.suggested_filename == f"mine_in_{page.place}.yaml"
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    assert (content["extends"], list(content["growth"])) == ("baseline", [KPI])
    with page.expect_download() as waiting:
        page.click("[data-action=csv]")
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8"))))
    assert {"scenario", "kpi", "year", "value", "unit", "status", "verdict", "probability"} <= {*rows[0]}
    assert KPI in rows[0]["scenario"]
    moved(page, lambda: page.click("[data-action=reset_all]"))
    assert line(page, KPI) != now
    moved(page, lambda: page.set_input_files("[data-action=file]", path))
    assert line(page, KPI) == now
    bad = tmp_path / "bad.yaml"
    bad.write_text("title: Bad\nextends: basline\n", encoding="utf-8")
    page.set_input_files("[data-action=file]", bad)
    page.locator(".x-bar [role=alert]").filter(has_text="bad.yaml:2: extends: unknown scenario").wait_for()
    assert line(page, KPI) == now


def test_a_report_is_made_beside_and_can_be_cancelled(page):
    page.click("[data-action=report]")
    page.locator("[role=status]").filter(has_text=re.compile(r"Report: [1-9]\d* of \d+ cells")).wait_for()
    page.focus(RANGE)
    moved(page, lambda: page.keyboard.press("ArrowRight"))
    page.click("[data-action=cancel]")
    page.locator("[role=status]").filter(has_text="cancelled").wait_for()
    assert page.is_visible("[data-action=report]")
    if page.place == "app":
        with page.expect_download(timeout=120_000) as waiting:
            page.click("[data-action=report]")
        assert waiting.value.suggested_filename.endswith(".pdf")
        assert waiting.value.path().read_bytes().startswith(b"%PDF")


def test_a_page_whose_kernel_dies_says_so_at_once_and_keeps_what_was_set(app, chromium):
    with watched(chromium) as page:
        opened(page, app)
        kernel = re.search(r'"kernelId": "([\w-]+)"', page.content())[1]
        page.fill(TYPED, "12,5")
        page.press(TYPED, "Enter")
        rested(page)
        every = [(one, " ".join(one.info["cmdline"] or [])) for one in psutil.process_iter(["cmdline"])]
        (process,) = [one for one, command in every if kernel in command]
        process.kill()
        page.wait_for_selector(".x-dead:not([hidden])", timeout=5000)
        assert page.locator(".x-main").evaluate("node => node.inert")
        with page.expect_download() as kept:
            page.click("[data-action=keep]")
        assert "rate: 0.125" in Path(kept.value.path()).read_text(encoding="utf-8")
