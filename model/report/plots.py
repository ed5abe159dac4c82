"""Charts: a finished table and axes in, the axes out. Nothing is computed, shown or saved here.

Status is told by mark and word as well as by colour: a full circle is a figure on published levels, a
hollow diamond one on another basis, an arrow a lower bound, a cross an unverified figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from scipy.optimize import isotonic_regression

from model.report import style

POINTS = 72.0 / style.DPI  # of a pixel

MARKS: dict[str, dict[str, Any]] = {
    "published": {"marker": "o", "markerfacecolor": style.INK, "markersize": 4.6},
    "lower": {"marker": "^", "markerfacecolor": style.INK, "markersize": 6.0},
    "unverified": {"marker": "x", "markeredgewidth": 1.3, "markersize": 5.0},
    "comparable": {"marker": "D", "markerfacecolor": "white", "markersize": 4.2},
    "chained": {"marker": "s", "markerfacecolor": "white", "markersize": 5.0},
}


def trajectory(
    ax: Axes,
    lines: pd.DataFrame,
    points: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    target: tuple[int, float],
    ticks: Callable[[float], str],
    title: str = "",
    small: bool = False,
    fan: pd.DataFrame | None = None,
    growth: Mapping[int, str] | None = None,
) -> Axes:
    """Draw one KPI: fan, paths of scenarios, published figures, the target; growth under its years."""
    if fan is not None and len(fan):
        _fan(ax, fan, titles["fan"])
    width = 1.5 if small else 1.9
    crowded = lines["scenario"].nunique() > 2
    for (scenario, rank), part in lines.groupby(["scenario", "rank"], sort=False):
        # Scenarios often agree on a KPI: the first lies broad below the others, so that it still shows.
        broad = 1.6 if crowded and rank == 0 else 0.8 if crowded or rank == style.PATH else 1.0
        known = part[part["value"].notna()]
        ax.plot(
            known["year"].astype(float),
            known["value"],
            color=style.colour(int(rank)),
            linestyle=style.dashes(int(rank)),
            linewidth=broad * width,
            label=titles[str(scenario)],
            zorder=2.2 if rank == style.PATH else 3 if rank else 2.5,
        )
    ax.plot(
        [float(target[0])],
        [target[1]],
        linestyle="none",
        marker="*",
        markersize=9 if small else 13,
        markerfacecolor=style.STAR,
        markeredgecolor=style.INK,
        markeredgewidth=0.8,
        label=titles["target"],
        # No outturn hides it.
        zorder=6,
    )
    for mark, part in points.groupby("mark", sort=False):
        ax.plot(
            part["year"].astype(float),
            part["value"],
            linestyle="none",
            color=style.INK,
            label=titles[str(mark)],
            clip_on=False,
            zorder=5,
            **{**MARKS[str(mark)], **({"markersize": 3.6} if small else {})},
        )
    _years(ax, lines, points, target[0], growth or {})
    _from_zero(ax)
    size = 7.6 if small else float(mpl.rcParams["axes.titlesize"])
    room = (1.12 if small else 1.0) * ax.bbox.width * POINTS
    ax.set_title(style.shortened(title, room, size), fontsize=size)
    ax.yaxis.set_major_locator(MaxNLocator(4 if small else 5))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: ticks(tick)))
    return ax


def runs(
    ax: Axes,
    lines: pd.DataFrame,
    points: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    target: tuple[int, float],
    title: str,
    ticks: Callable[[float], str],
) -> Axes:
    """Draw past projections of one KPI, each from the year as of which it was made."""
    years = sorted(set(lines["as_of"]))
    for order, as_of in enumerate(years):
        part = lines[lines["as_of"] == as_of]
        ax.plot(
            part["year"].astype(float),
            part["value"],
            color=style.mixed(style.colour(), "#ffffff", 0.6 * (1 - (order + 1) / len(years))),
            linewidth=1.1,
            marker=".",
            markersize=3.5,
            label=titles.get(f"as_of_{as_of}"),
            zorder=2.5 + order / 10,
        )
    bare = pd.DataFrame({"scenario": [], "rank": [], "year": [], "value": []})
    trajectory(ax, bare, points, titles=titles, target=target, title=title, ticks=ticks)
    _years(ax, lines, points, target[0], {})
    return ax


def multiple(
    ax: Axes,
    lines: pd.DataFrame,
    *,
    named: Mapping[str, str],
    target: tuple[int, float],
    title: str,
    ticks: Callable[[float], str],
) -> Axes:
    """Draw one KPI in several scenarios: paths that are one are one line, named by all its scenarios."""
    bare, shown = pd.DataFrame({"year": [], "value": [], "mark": []}), dict[tuple[float, ...], str]()
    for scenario, part in lines.groupby("scenario", sort=False):
        path = tuple(part["value"].round(9).fillna(math.inf))
        shown[path] = f"{shown[path]} {named[str(scenario)]}" if path in shown else named[str(scenario)]
    first = {name.split(" ")[0] for name in shown.values()}
    own = lines[lines["scenario"].map(named).isin(first)]
    trajectory(
        ax, own, bare, titles={**named, "target": ""}, target=target, title=title, ticks=ticks, small=True
    )
    tints = dict(zip(own["scenario"].map(named), own["rank"], strict=True))
    ends(ax, [(path[-1], name, style.colour(int(tints[name.split(" ")[0]]))) for path, name in shown.items()])
    return ax


def ends(ax: Axes, labels: Sequence[tuple[float, str, str]], *, size: float = 7.6) -> Axes:
    """Name lines where they end, right of the axes: as near as may be, none over another."""
    high, apart = ax.bbox.height * POINTS, 1.3 * size
    low, top = ax.get_ylim()
    room = (ax.figure.bbox.width - ax.bbox.x1) * POINTS - 10.0
    told = sorted((high * (value - low) / (top - low), name, ink) for value, name, ink in labels)
    steps = apart * np.arange(len(told))
    places = isotonic_regression([place for place, _, _ in told] - steps).x + steps if told else steps
    places += min(0.0, high - places.max(initial=0.0))
    for (place, name, ink), shown in zip(told, places, strict=True):
        ax.annotate(
            style.shortened(name, room, size),
            (1.0, place / high),
            xycoords="axes fraction",
            xytext=(7.0, shown - place),
            textcoords="offset points",
            va="center",
            fontsize=size,
            color=ink,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "linewidth": 0.5, "color": style.PALE, "shrinkA": 1, "shrinkB": 0},
        )
    return ax


def gap(ax: Axes, frame: pd.DataFrame, *, title: str, widest: float = 150.0) -> Axes:
    """Draw the gap of every KPI as a bar, in per cent of the change the target requires."""
    places = [float(place) for place in range(len(frame))]
    shares = frame["share"].fillna(0.0).clip(-widest, widest)
    bars = ax.barh(places, shares, height=0.58, color=style.colour(), zorder=3)
    for bar, met in zip(bars, frame["met"], strict=True):
        if not met:
            bar.set(facecolor="white", edgecolor=style.colour(), hatch="/////", linewidth=1.0)
    for place, share, words in zip(places, shares, frame["words"], strict=True):
        ax.annotate(
            words,
            (max(share, 0.0), place),
            xytext=(9 if share >= widest else 5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
        if abs(share) >= widest:
            ax.plot([share], [place], ">" if share > 0 else "<", color=style.colour(), markersize=9)
    ax.axvline(0.0, color=style.INK, linewidth=0.9, zorder=4)
    room = ax.bbox.x0 * POINTS - 8.0
    ax.set_yticks(places, labels=[style.shortened(str(one), room, 8.0) for one in frame["label"]])
    ax.set_ylim(max(len(frame), 1) - 0.5, -0.5)
    low = min(-25.0, 1.1 * float(shares.min()))
    ax.set_xlim(low, widest * 1.75)
    ax.set_xticks([tick for tick in (-150.0, -100.0, -50.0, 0.0, 50.0, 100.0, 150.0) if tick >= low])
    ax.xaxis.set_major_formatter(FuncFormatter(_signed))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.set_title(title)
    return ax


def legend(axes: Sequence[Axes], *, columns: int = 4, below: float = 0.0) -> Sequence[Axes]:
    """Put one legend under a drawing."""
    pairs = [zip(*reversed(ax.get_legend_handles_labels()), strict=True) for ax in axes]
    found = {label: handle for pair in reversed(pairs) for label, handle in pair}
    order = [label for ax in axes for label in ax.get_legend_handles_labels()[1]]
    found = {label: found[label] for label in dict.fromkeys(order)}
    drawing = axes[0].get_figure()
    if drawing is not None and found:
        words, columns = _fitting(list(found), min(columns, len(found)), 0.97 * drawing.bbox.width * POINTS)
        drawing.legend(
            list(found.values()),
            words,
            loc="lower center",
            bbox_to_anchor=(0.5, below),
            ncols=columns,
        )
    return axes


def _fitting(labels: list[str], columns: int, room: float) -> tuple[list[str], int]:
    """Take columns away that no row needs, then shorten the longest words, until a legend fits its room."""
    size, spacing = float(mpl.rcParams["legend.fontsize"]), mpl.rcParams["legend.columnspacing"]
    mark = mpl.rcParams["legend.handlelength"] + mpl.rcParams["legend.handletextpad"]
    rows = math.ceil(len(labels) / columns)
    columns = math.ceil(len(labels) / rows)
    most = max(style.width(one, size) for one in labels)
    while True:
        cut = [style.shortened(one, most, size) for one in labels]
        wide = np.array_split([style.width(one, size) for one in cut], columns)
        taken = sum(float(one.max()) + mark * size for one in wide) + spacing * size * (columns - 1)
        if taken <= room or most < 4 * size:
            return cut, columns
        most *= 0.95


def _fan(ax: Axes, fan: pd.DataFrame, label: str) -> None:
    contents = sorted(set(fan["content"]), reverse=True)
    for order, content in enumerate(contents):
        band = fan[fan["content"] == content].sort_values("year")
        shade = style.mixed(style.colour(), "#ffffff", 0.85 - 0.17 * order)
        ax.fill_between(
            band["year"].astype(float),
            band["low"],
            band["high"],
            facecolor=shade,
            linewidth=0.0,
            label=label if order == 1 or len(contents) == 1 else None,
            zorder=1.5 + order / 10,
        )


def _years(
    ax: Axes, lines: pd.DataFrame, points: pd.DataFrame, target: int, growth: Mapping[int, str]
) -> None:
    """Mark whole years, few enough to be read, each over its growth."""
    years = [*lines["year"], *points["year"], target]
    first, last = int(min(years)), int(max(years))
    apart = 1.5 * style.width(str(last), float(mpl.rcParams["font.size"]))
    most = min(11.0, ax.bbox.width * POINTS / apart)
    step = next(step for step in (1, 2, 5, 10, 20) if (last - first) / step <= most or step == 20)
    ax.set_xlim(first - 0.4, last + 0.4)
    ax.set_xticks([float(year) for year in range(last, first - 1, -step)][::-1])
    under = {year: f"\n{printed}" for year, printed in growth.items()}
    ax.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}{under.get(round(year), '')}"))


def _from_zero(ax: Axes) -> None:
    """Let the axis begin at zero unless that would flatten what there is to see."""
    low, high = ax.dataLim.y0, ax.dataLim.y1
    if low >= 0:
        ax.set_ylim(
            0.0 if low < 0.5 * high else low - 0.25 * (high - low), high + 0.08 * (high - min(low, 0))
        )


def _signed(tick: float, _: int | None) -> str:
    return f"{tick:+.0f}".replace("-", "−") if tick else "0"
