"""What drawing costs: matplotlib, and a lighter painter that writes the same artists as SVG.

    python benchmarks/painter.py [--rounds N]

The eight charts of a report, warm, in CPU milliseconds a chart: asking the model what is drawn, making
matplotlib's artists, and writing them, by matplotlib's SVG backend or by the fifty lines below. Those know
lines, areas, markers, patches and text as these charts have them: no clipping, no layout, nothing else.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from html import escape
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path as Outline
from matplotlib.text import Text

from model import load
from model.report import Report, charts, style

KINDS = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C"}


def light(figure: Any) -> str:
    """Write the artists of a figure as SVG, without asking matplotlib to draw."""
    tall = figure.bbox.height
    parts = [piece for one in figure.findobj() if one.get_visible() for piece in painted(one, tall)]
    size = f'width="{figure.bbox.width:.0f}" height="{tall:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def painted(one: Any, tall: float) -> list[str]:
    if isinstance(one, Line2D):
        points = one.get_transform().transform(one.get_xydata())
        drawn = [written(Outline(points), tall, "none", one.get_color(), one.get_linewidth())]
        if one.get_marker() not in ("None", None, ""):
            radius = one.get_markersize() / 2
            drawn += [f'<circle cx="{x:.1f}" cy="{tall - y:.1f}" r="{radius:.1f}"/>' for x, y in points]
        return drawn
    if isinstance(one, PolyCollection | PathCollection):
        shades: Any = one.get_facecolor()
        fill = mpl.colors.to_hex(shades[0]) if len(shades) else "none"
        outlines = [one.get_transform().transform_path(path) for path in one.get_paths()]
        return [written(path, tall, fill, "none", 0.0) for path in outlines]
    if isinstance(one, Patch):
        shade: Any = one.get_facecolor()
        fill = mpl.colors.to_hex(shade)
        return [written(one.get_transform().transform_path(one.get_path()), tall, fill, "none", 0.0)]
    if isinstance(one, Text) and one.get_text():
        x, y = one.get_transform().transform(one.get_position())
        said = escape(one.get_text())
        return [f'<text x="{x:.1f}" y="{tall - y:.1f}" font-size="{one.get_fontsize():.1f}">{said}</text>']
    return []


def written(path: Any, tall: float, fill: str, line: Any, width: float) -> str:
    flipped = np.round(path.vertices * [1, -1] + [0, tall], 1)
    codes = path.codes if path.codes is not None else [Outline.MOVETO] + [Outline.LINETO] * (len(flipped) - 1)
    steps = [f"{KINDS.get(code, 'L')}{x} {y}" for code, (x, y) in zip(codes, flipped, strict=True)]
    stroke = mpl.colors.to_hex(line) if line != "none" else "none"
    return f'<path d="{"".join(steps)}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>'


def spent(call: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    clock = time.process_time()
    made = call(*given)
    return time.process_time() - clock, made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    plan, rounds = load(), parser.parse_args().rounds
    totals = {"artists and what they show": 0.0, "matplotlib's SVG backend": 0.0, "a lighter painter": 0.0}
    for number in range(rounds + 1):  # the first warms up
        report = Report(plan, "accelerated")
        _ = report.ensemble, report.goals, report.path, report.outturns
        for kpi in plan.kpis:
            made, shown = spent(charts.trajectory, report, kpi)
            lighter, _ = spent(light, shown.drawing)
            backend, _ = spent(style.svg, shown.drawing)
            if number:
                for name, seconds in zip(totals, (made, backend, lighter), strict=True):
                    totals[name] += seconds
    for name, seconds in totals.items():
        print(f"{name:<30}{1000 * seconds / rounds / len(plan.kpis):>8.1f} ms a chart")


if __name__ == "__main__":
    main()
