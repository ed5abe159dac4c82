"""Sliders for the assumptions behind one KPI; chart and verdict follow them.

What a slider moves, and between which limits, is read off the scenario's own curve
(`model.growth.arguments`). A saved notebook and a machine without widgets show the picture of the scenario as
it stands instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import pandas as pd

from model.errors import ModelError
from model.growth.arguments import Argument, arguments
from model.growth.curves import CURVES
from model.plan.schema import Growth, Parameter
from model.report import charts, numbers, style
from model.report.output import Figure, Shown, Table, table
from model.report.report import Findings, varied
from model.report.words import say

WIDGET = "application/vnd.jupyter.widget-view+json"
STEPS = 200


@dataclass(frozen=True)
class Handle:
    """One assumption that can be moved."""

    name: str
    value: float
    low: float
    high: float
    limits: str


@dataclass(frozen=True, repr=False, eq=False)
class Panel(Shown):
    """Sliders with their static twin."""

    found: Findings
    kpi: str
    id: str

    @cached_property
    def twin(self) -> Figure:
        """Give the picture that stands for the panel where no widget lives."""
        drawn = charts.trajectory(self.found, self.kpi)
        title = getattr(self.found.kpi(self.kpi).title, self.found.language)
        caption = say("caption_sliders", self.found.language, title=title)
        return Figure(drawn.drawing, self.id, caption, drawn.alt, drawn.source, drawn.frame)

    def data(self) -> dict[str, Any]:
        """Give the twin as the exporter reads it."""
        return self.twin.data()

    def bundle(self) -> dict[str, Any]:
        """Give the live panel, and its twin behind it."""
        live = _box(self.found, self.kpi)._repr_mimebundle_()
        return {WIDGET: live[WIDGET], **self.twin.bundle()} if WIDGET in live else self.twin.bundle()

    def metadata(self) -> dict[str, Any]:
        """Give alternative text and size of the twin."""
        return self.twin.metadata()


def sliders(found: Findings, kpi: str) -> Panel:
    """Move the assumptions behind one KPI; projection, gap, growth and verdict follow."""
    return Panel(found, found.kpi(kpi).id, f"sliders-{kpi}")


def handle_table(found: Findings, kpi: str) -> Table:
    """Tabulate what the sliders of one KPI move, and between which limits."""
    language = found.language
    rows = [
        (one.name, f"{one.value:.4g}", f"{one.low:.4g}", f"{one.high:.4g}", one.limits)
        for one in handles(found, kpi)
    ]
    titles = ("assumption", "assumed", "slider_low", "slider_high", "limits")
    frame = pd.DataFrame(rows, columns=[say(f"column_{title}", language) for title in titles])
    caption = say("caption_slider_table", language, title=getattr(found.kpi(kpi).title, language))
    return table(frame, id=f"handles-{kpi}", caption=caption)


def handles(found: Findings, kpi: str) -> list[Handle]:
    """Name the numbers behind one KPI that can be moved, and how far."""
    one, line = found.kpi(kpi), found.scenario.growth[kpi]
    moved = list(_handles(line, ""))
    if line.reach is not None:
        goal = one.target(line.reach.year)
        given = line.reach.value
        value = given if isinstance(given, float | int) else goal.value if goal else one.base
        low, high = sorted((one.base, value + (value - one.base)))
        moved.append(Handle("reach.value", float(value), low + (high - low) / STEPS, high, ""))
    return moved


def line(found: Findings, kpi: str) -> str:
    """Say in one line what a KPI comes to: projection, target, gap, growth, verdict."""
    one, language = found.kpi(kpi), found.language
    return " ".join(
        say(
            "slider_line",
            language,
            value=numbers.quantity(numbers.value(judged.value, one), one, language=language),
            year=judged.year,
            target=numbers.target(judged.target, one, judged.year),
            gap=numbers.gap(judged.gap, one, language=language),
            growth=numbers.growth(judged.growth, one, language=language),
            required=judged.required_in(one, language),
            verdict=judged.words(language),
        )
        for judged in found.verdicts(kpi)
    )


def _handles(growth: Growth, prefix: str) -> list[Handle]:
    moved = []
    declared = arguments(CURVES[growth.curve])
    for name, value in growth.arguments.items():
        if isinstance(value, Parameter):
            moved.append(_handle(prefix + name, value, declared[name]))
        elif isinstance(value, Growth):
            moved += _handles(value, f"{prefix}{name}.")
        elif isinstance(value, Mapping):
            moved += [_handle(f"{prefix}{name}.{key}", each, declared[name]) for key, each in value.items()]
    return moved


def _handle(name: str, parameter: Parameter, declared: Argument) -> Handle:
    """Let a slider reach twice its value to either side, within what is admissible."""
    value = parameter.central
    spread = 2 * abs(value) or 0.1
    low, high = max(value - spread, declared.low), min(value + spread, declared.high)
    if declared.kind == "ceiling":
        low = value / 2
    step = 0.0 if declared.closed else (high - low) / STEPS
    low = low + step if low == declared.low else low
    high = high - step if high == declared.high else high
    return Handle(name, value, low, high, declared.limits)


def _box(found: Findings, kpi: str) -> Any:
    """Build the live panel: sliders, a button that puts them back, a line, the chart."""
    import ipywidgets as widgets

    moved = handles(found, kpi)
    own = [
        widgets.FloatSlider(
            value=one.value,
            min=_lowest(one),
            max=max(one.high, one.value),
            step=_step(one.high - one.low),
            description=one.name,
            readout_format=".4g",
            style={"description_width": "9em"},
            layout={"width": "36em"},
        )
        for one in moved
    ]
    # A slider rounds its value to its step; what was changed is told by where it stood at first.
    first = [slider.value for slider in own]
    reset = widgets.Button(description=say("slider_reset", found.language))
    said = widgets.HTML()
    chart = widgets.Image(format="png")
    held = {"on": False}

    def draw(_: object = None) -> None:
        if held["on"]:
            return
        changed = [
            f"{kpi}.{one.name}={slider.value:.6g}"
            for one, slider, before in zip(moved, own, first, strict=True)
            if not math.isclose(slider.value, before, abs_tol=1e-9)
        ]
        try:
            now = varied(found, changed) if changed else found
        except ModelError as error:
            said.value = escape(say("slider_outside", found.language, problem=error.problems[0]))
            return
        items = ", ".join(changed)
        note = say("slider_changed" if changed else "slider_unchanged", found.language, items=items)
        said.value = f"<p><b>{escape(line(now, kpi))}</b><br>{escape(note)}</p>"
        shown = charts.trajectory(now, kpi)
        size = style.shown_size(shown.drawing)
        chart.width, chart.height = str(size["width"]), str(size["height"])
        chart.value = style.png(shown.drawing, source=shown.source, dpi=style.SHOWN_DPI)

    def put_back(_: object) -> None:
        held["on"] = True
        for slider, before in zip(own, first, strict=True):
            slider.value = before
        held["on"] = False
        draw()

    for slider in own:
        slider.observe(draw, names="value")
    reset.on_click(put_back)
    draw()
    return widgets.VBox([*own, reset, said, chart])


def _lowest(one: Handle) -> float:
    """Start the slider's grid so that the assumed value lies on it: browsers snap to the grid."""
    step = _step(one.high - one.low)
    return one.value - math.floor(max(one.value - one.low, 0.0) / step) * step


def _step(width: float) -> float:
    """Give a round step of about a two-hundredth of a width."""
    return float(10.0 ** math.floor(math.log10(width / STEPS))) if width > 0 else 0.01
