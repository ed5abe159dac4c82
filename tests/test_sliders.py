"""Sliders: each on its own grid and within what its curve admits, moving chart and verdict along."""

import pytest
from conftest import bundle

from model import load
from model import report as show
from model.report import output, panel
from model.report.panel import handles

MIME = output.MIME


@pytest.mark.parametrize("kpi", list(load().kpis))
@pytest.mark.parametrize("scenario", ["baseline", "plan_path", "saturation"])
def test_every_slider_stands_on_its_own_grid(plan, scenario, kpi):
    found = show.findings(plan, scenario)
    box = panel._box(found, kpi)
    sliders = [child for child in box.children if hasattr(child, "step")]
    assert len(sliders) == len(handles(found, kpi))
    for slider, handle in zip(sliders, handles(found, kpi), strict=True):
        assert slider.value == handle.value
        steps = (slider.value - slider.min) / slider.step
        assert steps == pytest.approx(round(steps), abs=1e-6)
        assert slider.min <= slider.value <= slider.max


def test_every_number_of_a_curve_has_a_slider_within_what_the_curve_admits(plan):
    for scenario in plan.scenarios:
        found = show.findings(plan, scenario)
        for kpi in plan.kpis:
            moved = panel.handles(found, kpi)
            assert moved, (scenario, kpi)
            for one in moved:
                assert one.low <= one.value <= one.high, (scenario, kpi, one)


def test_moving_a_slider_moves_chart_and_verdict_and_reset_moves_them_back(found):
    box = panel._box(found, "software_revenue")
    rate, reset, said, chart = box.children[0], *box.children[-3:]
    before = (said.value, chart.value)
    rate.value = 0.2
    assert "met" in said.value
    assert "software_revenue.rate=0.2" in said.value
    assert chart.value != before[1]
    reset.click()
    assert (said.value, chart.value) == before


def test_a_slider_where_no_path_exists_says_so_and_keeps_the_chart(plan):
    found = show.findings(plan, "saturation")
    box = panel._box(found, "gigabit_users")
    names = [slider.description for slider in box.children[:-3]]
    ceiling, chart = box.children[names.index("ceiling")], box.children[-1]
    ceiling.min = 1.0
    before = chart.value
    ceiling.value = 2.0
    assert "No path" in box.children[-2].value
    assert chart.value == before


def test_the_saved_twin_of_the_sliders_is_the_chart_itself(found):
    live = bundle(show.sliders(found, "software_revenue"))
    still = bundle(show.trajectory(found, "software_revenue"))
    assert live["image/png"] == still["image/png"]
    assert live[MIME]["data"] == still[MIME]["data"]
