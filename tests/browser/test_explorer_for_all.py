"""The explorer for those who see it otherwise: by name, by key, in the dark, on a narrow page."""

from pathlib import Path

import pytest

from .conftest import NOTEBOOK, opened, rested, watched

pytestmark = pytest.mark.browser
NAMED = {"slider", "textbox", "combobox", "checkbox", "button", "img", "image", "region", "table", "toolbar"}
IMAGE = ("img", "image")  # Chromium has called it both
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


def tree(page):
    """Every node of the accessibility tree below the explorer."""
    session = page.context.new_cdp_session(page)
    nodes = {one["nodeId"]: one for one in session.send("Accessibility.getFullAXTree")["nodes"]}
    own = ["group", "Scenario explorer"]
    (root,) = [
        one for one in nodes.values() if [one.get(key, {}).get("value") for key in ("role", "name")] == own
    ]
    waiting, found = [root["nodeId"]], []
    while waiting:
        node = nodes[waiting.pop()]
        waiting += [child for child in node.get("childIds", []) if child in nodes]
        if not node.get("ignored"):
            found.append((node["role"]["value"], node.get("name", {}).get("value", ""), node))
    session.detach()
    return found


def test_every_control_and_panel_has_a_name_of_its_own(page):
    nodes = tree(page)
    assert [role for role, name, _ in nodes if role in NAMED and not name.strip()] == []
    names = [name for role, name, _ in nodes if role in ("slider", *IMAGE)]
    assert len(names) == len(set(names))
    assert sum(role in IMAGE for role, _, _ in nodes) == 8
    assert "Software revenue: Growth" in names


def test_a_slider_says_its_value_with_its_unit_and_a_panel_what_it_shows(page):
    nodes = tree(page)
    (slider,) = [node for role, name, node in nodes if (role, name) == ("slider", "Software revenue: Growth")]
    assert float(slider["value"]["value"]) == pytest.approx(13.24, abs=1e-4)
    text = page.get_attribute("[data-control='software_revenue.rate'] input[type=range]", "aria-valuetext")
    assert text == "13.24 % in 2020, fading"
    images = [(name, node) for role, name, node in nodes if role in IMAGE]
    (panel,) = [node for name, node in images if name.startswith("Software and IT services")]
    told = "Software revenue: 12.72 trillion yuan in 2025, target 14: missed"
    assert panel["description"]["value"].startswith(told)


def test_every_control_is_reached_by_the_tab_key(page):
    page.focus("[data-action=preset]")
    seen = set()
    for _ in range(160):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => { const node = document.activeElement;
            return node.closest("[data-control]")?.dataset.control
              ?? node.closest("[data-panel]")?.dataset.panel
              ?? node.dataset.action
              ?? (node.closest("[data-explorer]") ? "inside" : "outside"); }"""
        )
        seen.add(at)
        if at == "outside":
            break
    mains = page.evaluate(
        "[...document.querySelectorAll('.x-group > [data-control]')].map((one) => one.dataset.control)"
    )
    panels = page.evaluate("[...document.querySelectorAll('[data-panel]')].map((one) => one.dataset.panel)")
    assert set(mains) | set(panels) <= seen
    assert {"seek-kpi", "find", "name", "save", "load", "csv", "report", "pin"} <= seen


@pytest.mark.parametrize("width", [1280, 1920])
def test_nothing_is_cut_off_or_runs_out_of_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 1000})
    rested(page)
    wide = page.evaluate(
        """() => { const root = document.querySelector("[data-explorer]").getBoundingClientRect();
        return [...document.querySelectorAll("[data-explorer] :is(.x-panel, .x-control, button, select)")]
          .filter((one) => one.getClientRects().length && one.getBoundingClientRect().right > root.right + 1)
          .map((one) => one.outerHTML.slice(0, 80)); }"""
    )
    assert wide == []
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".x-label, .x-base, .x-open > span, .x-verdicts")]
          .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
          .map((one) => one.textContent.slice(0, 40))"""
    )
    assert cut == []
    page.set_viewport_size({"width": 1280, "height": 1000})


def test_texts_and_lines_stand_out_in_the_light(page):
    assert page.evaluate(CONTRAST) == []


def test_texts_and_lines_stand_out_in_labs_dark_theme_too(shared):
    if shared.place != "lab":
        pytest.skip("the app takes its theme from the command line")
    shared.click(".lm-MenuBar-itemLabel:text-is('Settings')")
    shared.hover(".lm-Menu-itemLabel:text-is('Theme')")
    shared.click(".lm-Menu-itemLabel:text-is('JupyterLab Dark')")
    shared.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    shared.wait_for_timeout(500)
    assert shared.evaluate(CONTRAST) == []
    assert shared.faults == []


def test_a_saved_notebook_holds_the_twin_and_no_state_of_widgets(lab, chromium):
    with watched(chromium) as page:
        opened(page, lab)
        rested(page)
        with page.expect_response(lambda one: one.request.method == "PUT" and NOTEBOOK in one.url):
            page.keyboard.press("Control+s")
        asked = page.request.get(lab.replace("/lab/tree/", "/api/contents/"))
        saved = asked.json()["content"]
    assert "widgets" not in saved["metadata"]
    outputs = [one["data"] for cell in saved["cells"] for one in cell.get("outputs", [])]
    assert any("image/png" in data and "Software revenue" in str(data["text/plain"]) for data in outputs)
