"""Sliders whose grid holds the value that is assumed: a browser that snaps to it changes nothing."""

import pytest

from model import load, show
from model.show import panel
from model.show.panel import handles


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
