"""The charts of the notebooks: what the model found, drawn, captioned, sourced and told in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from model.plan.schema import Kpi
from model.report import frames, narrative, numbers, plots, style
from model.report.output import Figure, figure
from model.report.report import Findings, Several
from model.report.words import listed, say
from model.uncertainty.ensemble import CENTRAL, HIGHEST, Ensemble, Kind

# Inches that rows of a chart may take together, so that it stands on a page.
TALLEST = 7.4


def trajectory(found: Findings, kpi: str) -> Figure:
    """Draw one KPI: projection, plan path, target, published figures on every basis."""
    declared, language = found.kpi(kpi), found.language
    with style.theme():
        drawn, (ax,) = style.drawing(height=3.2, bottom=0.85)
        one(found, declared, ax)
        plots.legend([ax], below=0.065)
    data, goal = frames.by_year(found, kpi), declared.targets[-1]
    year = say("column_year", language)
    return figure(
        drawn,
        id=f"path-{kpi}",
        caption=say("caption_trajectory", language, title=_title(declared, language), scenario=found.title),
        alt=say(
            "alt_trajectory",
            language,
            title=_title(declared, language),
            unit=numbers.unit(declared, language=language),
            first=int(data[year].min()),
            last=int(data[year].max()),
            scenario=found.title,
            start=numbers.value(declared.base, declared),
            base_year=declared.base_year,
            end=numbers.value(_end(found, declared), declared),
            end_year=min(goal.year, found.last),
            year=goal.year,
            target=numbers.target(goal.value, declared, goal.year),
            outturns=figures(found, declared),
        ),
        source=source(found, [kpi]),
        data=data,
    )


def panels(found: Findings, kpis: Sequence[str] = (), *, id: str = "panels") -> Figure:
    """Draw KPIs, by default all of the plan, small and side by side."""
    language, drawn_ones = found.language, [found.kpi(one) for one in kpis or found.plan.kpis]
    columns = min(len(drawn_ones), 2 if len(drawn_ones) <= 10 else 3 if len(drawn_ones) <= 21 else 4)
    rows = math.ceil(len(drawn_ones) / columns)
    high = min(3.0 / columns, TALLEST / rows)
    with style.theme():
        drawn, axes = style.drawing(
            height=high * rows + 1.05, rows=rows, columns=columns, bottom=1.05, between=(0.55, 0.5)
        )
        for ax, kpi in zip(axes, drawn_ones, strict=False):
            one(found, kpi, ax, small=True)
        for ax in axes[len(drawn_ones) :]:
            ax.set_axis_off()
        plots.legend(axes[: len(drawn_ones)], below=0.2 / (high * rows + 1.05))
    made = found.ensemble
    given = {} if made is None else {"draws": numbers.number(count(made), 0), "seed": made.seed}
    parts = []
    for kpi in drawn_ones:
        wide = frames.by_year(found, kpi.id)
        parts.append(wide.assign(**{say("column_kpi", language): getattr(kpi.short_title, language)}))
    data = pd.concat(parts, ignore_index=True)
    first = say("column_kpi", language)
    return figure(
        drawn,
        id=id,
        caption=say(f"caption_{id}", language, scenario=found.title, **given),
        alt=say("alt_panels", language, count=len(drawn_ones), answer=narrative.answer(found)[0]),
        source=source(found, [kpi.id for kpi in drawn_ones]),
        data=data[[first, *(column for column in data.columns if column != first)]],
    )


def gap(found: Findings) -> Figure:
    """Draw the gap of every target in per cent of the change it requires."""
    language, data = found.language, frames.gaps(found)
    with style.theme():
        drawn, (ax,) = style.drawing(height=min(0.3 * len(data), TALLEST) + 1.0, left=1.65, bottom=0.5)
        title = say("title_gap", language, year=found.plan.base_year)
        plots.gap(ax, data, title=title)
    bars = [
        say("bar", language, label=label, words=words)
        for label, words in zip(data["label"], data["words"], strict=True)
    ]
    printed = data[["label", "share", "words"]]
    printed.columns = pd.Index([say(f"column_{one}", language) for one in ("kpi", "change", "verdict")])
    return figure(
        drawn,
        id="gaps",
        caption=say("caption_gap", language, scenario=found.title),
        alt=say("alt_gap", language, bars=say("list_semicolon", language).join(bars)),
        source=source(found, []),
        data=printed,
    )


def comparison(found: Several, kpi: str) -> Figure:
    """Draw one KPI in every scenario."""
    first = found.first
    one, language, goal = first.kpi(kpi), first.language, first.kpi(kpi).targets[-1]
    with style.theme():
        drawn, (ax,) = style.drawing(height=3.5, bottom=1.05)
        plots.trajectory(
            ax,
            frames.lines(found, kpi),
            frames.points(first, kpi, history=0),
            titles=frames.line_titles(found),
            target=(goal.year, goal.value),
            title=_with_unit(one, language),
        )
        plots.legend([ax], below=0.06)
    ends = [
        say("bar", language, label=each.title, words=numbers.value(_end(each, one), one))
        for each in found.each
    ]
    return figure(
        drawn,
        id=f"compare-{kpi}",
        caption=say("caption_comparison", language, title=_title(one, language)),
        alt=say(
            "alt_comparison",
            language,
            title=_title(one, language),
            unit=numbers.unit(one, language=language),
            year=min(goal.year, first.last),
            ends=say("list_semicolon", language).join(ends),
            target=numbers.target(goal.value, one, goal.year),
        ),
        source=source(found, [kpi]),
        data=frames.by_year(found, kpi),
    )


def source(found: Findings | Several, kpis: list[str], *, as_of: Sequence[int] = ()) -> str:
    """Write the source line of what shows some KPIs."""
    each = found.each if isinstance(found, Several) else (found,)
    language, known = each[0].language, each[0].outturns
    shown = known[known["kpi"].isin(kpis) & (known["year"] >= each[0].plan.base_year - frames.HISTORY)]
    names = sorted({name.strip() for row in shown["publisher"] for name in str(row).split(",")})
    items = [say("source_plan", language)]
    if names:
        items.append(say("source_outturns", language, publishers=say("list_comma", language).join(names)))
    years = sorted(set(as_of) or {one.projection.as_of for one in each})
    items.append(say("source_projection", language, as_of=listed([str(year) for year in years], language)))
    return say("source_line", language, items=say("list_semicolon", language).join(items))


def one(found: Findings, kpi: Kpi, ax: Axes, *, small: bool = False, kind: Kind = CENTRAL) -> None:
    """Draw one KPI of a scenario on axes: fan, paths, target, published figures."""
    goal, titles = kpi.targets[-1], frames.line_titles(found)
    titles["fan"] = titles["fan"] if kind == CENTRAL else titles["fan_densest"]
    title = getattr(kpi.short_title, found.language)
    unit = numbers.unit(kpi, language=found.language)
    plots.trajectory(
        ax,
        frames.lines(found, kpi.id),
        frames.points(found, kpi.id),
        titles=titles,
        target=(goal.year, goal.value),
        title=say("titled", found.language, title=title, unit=unit)
        if small
        else _with_unit(kpi, found.language),
        small=small,
        fan=frames.fan(found, kpi.id, kind=kind),
    )


def figures(found: Findings, kpi: Kpi) -> str:
    """Say which figures have been published since the base year, for an alternative text."""
    rows = frames.points(found, kpi.id)
    rows = rows[rows["year"] > found.plan.base_year]
    said = [
        say("bar", found.language, label=f"{row.year}:", words=numbers.value(float(row.value), kpi))
        for row in rows.itertuples()
    ]
    return say("list_comma", found.language).join(said) or say("verdict_unknown", found.language)


def _end(found: Findings, kpi: Kpi) -> float:
    return found.projection.value(kpi.id, min(kpi.targets[-1].year, found.last))


def _title(kpi: Kpi, language: str) -> str:
    return str(getattr(kpi.title, language))


def _with_unit(kpi: Kpi, language: str) -> str:
    return say("titled", language, title=_title(kpi, language), unit=numbers.unit(kpi, language=language))


def fan(found: Findings, kpi: str, *, kind: Kind = CENTRAL) -> Figure:
    """Draw the fan chart of one KPI: bands of its draws, median, target and published figures."""
    series, language = found.kpi(kpi), found.language
    bands = frames.fan(found, kpi, kind=kind)
    with style.theme():
        drawn, (ax,) = style.drawing(height=3.4, bottom=0.95)
        one(found, series, ax, kind=kind)
        plots.legend([ax], below=0.065)
    data = _bands_by_year(bands, series, language)
    return figure(
        drawn,
        id=f"fan-{kpi}" if kind != HIGHEST else f"densest-{kpi}",
        caption=say(
            "caption_fan",
            language,
            title=getattr(series.title, language),
            scenario=found.title,
            draws=numbers.number(count(found.ensemble), 0),
            kind=say(f"kind_{kind.replace(' ', '_')}", language),
        ),
        alt=_fan_alt(found, series, bands),
        source=source(found, [kpi]),
        data=data,
    )


def count(drawn: Ensemble | None) -> int:
    """Give the number of draws."""
    return 0 if drawn is None else len(next(iter(drawn.draws.values())))


def _fan_alt(found: Findings, kpi: Kpi, bands: pd.DataFrame | None) -> str:
    goal, last = kpi.targets[-1], found.last
    low = high = middle = float("nan")
    if bands is not None and found.ensemble is not None:
        wide = bands[(bands["year"] == last) & (bands["content"] == frames.WIDEST)].iloc[0]
        low, high = float(wide["low"]), float(wide["high"])
        middle = float(np.median(found.ensemble.draws[kpi.id][:, -1]))
    return say(
        "alt_fan",
        found.language,
        title=getattr(kpi.title, found.language),
        unit=numbers.unit(kpi, language=found.language),
        year=last,
        median=numbers.value(middle, kpi),
        low=numbers.value(low, kpi),
        high=numbers.value(high, kpi),
        target_year=goal.year,
        target=numbers.target(goal.value, kpi, goal.year),
    )


def _bands_by_year(bands: pd.DataFrame | None, kpi: Kpi, language: str) -> pd.DataFrame:
    """Lay bands out by year, rounded: the numbers behind the picture."""
    year = say("column_year", language)
    if bands is None:
        return pd.DataFrame({year: []})
    frame = pd.DataFrame({year: sorted(set(bands["year"]))})
    contents = sorted(set(bands["content"]), reverse=True)
    for end, order in (("low", contents), ("high", contents[::-1])):
        for content in order:
            title = say(f"column_band_{end}", language, content=round(100 * content))
            own = bands[bands["content"] == content].sort_values("year")[end]
            frame[title] = [round(float(one), kpi.decimals) + 0.0 for one in own]
    return frame
