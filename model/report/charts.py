"""The charts of the notebooks: what the model found, drawn, captioned, sourced and told in words.

Caption and alternative text of a chart stand in the catalogue under its name, and share one set of facts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from model.plan.plan import Kpi
from model.projection.projection import project
from model.report import frames, plots, style, text
from model.report.frames import Found
from model.report.output import Figure
from model.report.report import Comparison, Report
from model.uncertainty.ensemble import CENTRAL, HIGHEST, Ensemble, Kind

# Inches that rows of a chart may take together, so that it stands on a page.
TALLEST = 7.4


def trajectory(report: Report, kpi: str) -> Figure:
    """Draw one KPI: projection, plan path, target, published figures on every basis."""
    declared, language = report.plan.kpi(kpi), report.language
    drawn = _drawn(report, declared)
    data = frames.by_year(report, kpi)
    years = data[language.say("column_year")]
    facts = _facts(report, declared) | {
        "first": int(years.min()),
        "last": int(years.max()),
        "start": language.value(declared.base, declared),
        "base_year": declared.base_year,
        "end": language.value(_end(report, declared), declared),
        "outturns": _figures(report, declared),
    }
    return _figure(
        report, drawn, f"path-{kpi}", "trajectory", data, facts, [kpi], caption=text.finding(report, kpi)
    )


def panels(report: Report, kpis: Sequence[str] = (), *, id: str = "panels") -> Figure:
    """Draw KPIs, by default all of the plan, small and side by side."""
    language, shown = report.language, [report.plan.kpi(one) for one in kpis or report.plan.kpis]
    columns = min(len(shown), 2 if len(shown) <= 10 else 3 if len(shown) <= 21 else 4)
    rows = math.ceil(len(shown) / columns)
    high = min(3.0 / columns, TALLEST / rows)
    tall = high * rows + 1.15
    with style.theme(language.face):
        drawn, axes = style.drawing(height=tall, rows=rows, columns=columns, bottom=1.15, between=(0.55, 0.5))
        for ax, kpi in zip(axes, shown, strict=False):
            one(report, kpi, ax, small=True)
        for ax in axes[len(shown) :]:
            ax.set_axis_off()
        plots.legend(axes[: len(shown)], below=0.2 / tall)
    first = language.say("column_kpi")
    parts = [frames.by_year(report, kpi.id).assign(**{first: language.title(kpi)}) for kpi in shown]
    data = pd.concat(parts, ignore_index=True)
    data = data[[first, *(column for column in data.columns if column != first)]]
    facts = {"count": len(shown), "answer": text.answer(report).sentences[0], "scenario": report.title}
    facts |= {"draws": language.number(count(report.ensemble), 0), "seed": report.seed}
    caption = language.say(f"caption_{id}", **facts)
    return _figure(report, drawn, id, "panels", data, facts, [kpi.id for kpi in shown], caption=caption)


def gaps(report: Report) -> Figure:
    """Draw the gap of every target in per cent of the change it requires."""
    language, data = report.language, frames.gaps(report)
    with style.theme(language.face):
        drawn, (ax,) = style.drawing(height=min(0.24 * len(data), TALLEST) + 0.75, left=1.45, bottom=0.4)
        plots.gap(ax, data, title=language.say("title_gap", year=report.plan.base_year))
    bars = [language.say("bar", label=row.label, words=row.words) for row in data.itertuples()]
    printed = data[["label", "share", "words"]]
    printed.columns = pd.Index([language.say(f"column_{one}") for one in ("kpi", "change", "verdict")])
    facts = {"scenario": report.title, "bars": language.joined(bars)}
    return _figure(report, drawn, "gaps", "gap", printed, facts, [])


def multiples(found: Comparison) -> Figure:
    """Draw every KPI in every scenario, small and side by side, lines named where they end."""
    language, kpis = found.language, list(found.plan.kpis.values())
    columns = min(len(kpis), 2 if len(kpis) <= 10 else 3 if len(kpis) <= 15 else 4)
    rows = math.ceil(len(kpis) / columns)
    tall = min(1.8 * rows, TALLEST + 0.6) + 0.35
    with style.theme(language.face):
        drawn, axes = style.drawing(
            height=tall,
            rows=rows,
            columns=columns,
            right=0.75,
            bottom=0.42,
            between=(1.15 / columns + 0.5, 0.5),
        )
        for ax, kpi in zip(axes, kpis, strict=False):
            goal = kpi.targets[-1]
            plots.multiple(
                ax,
                frames.lines(found, kpi.id),
                named=found.letters,
                target=(goal.year, goal.value),
                title=language.with_unit(kpi),
                ticks=partial(language.tick, series=kpi),
            )
        for ax in axes[len(kpis) :]:
            ax.set_axis_off()
    first = language.say("column_kpi")
    parts = [frames.by_year(found, kpi.id).assign(**{first: language.title(kpi)}) for kpi in kpis]
    data = pd.concat(parts, ignore_index=True)
    data = data[[first, *(column for column in data.columns if column != first)]]
    told = [
        language.say("bar", label=kpi.id, words=" ".join(text.spread(found, kpi.id).sentences))
        for kpi in kpis
    ]
    key = language.joined([found.lettered(one) for one in found.each])
    facts = {"count": len(kpis), "letters": key, "ends": " ".join(told)}
    return _figure(found, drawn, "multiples", "multiples", data, facts, [kpi.id for kpi in kpis])


def fan(report: Report, kpi: str, *, kind: Kind = CENTRAL) -> Figure:
    """Draw the fan chart of one KPI: bands of its draws, median, target and published figures."""
    series, language = report.plan.kpi(kpi), report.language
    bands = frames.fan(report, kpi, kind=kind)
    drawn = _drawn(report, series, kind)
    low = high = middle = math.nan
    year = language.say("column_year")
    data = pd.DataFrame({year: [] if bands is None else sorted(set(bands["year"]))})
    if bands is not None and report.ensemble is not None:
        wide = bands[(bands["year"] == report.last) & (bands["content"] == frames.WIDEST)].iloc[0]
        low, high = float(wide["low"]), float(wide["high"])
        middle = float(np.median(report.ensemble.draws[kpi][:, -1]))
        contents = sorted(set(bands["content"]), reverse=True)
        for end, order in (("low", contents), ("high", contents[::-1])):
            for content in order:
                own = bands[bands["content"] == content].sort_values("year")[end]
                title = language.say(f"column_band_{end}", content=round(100 * content))
                data[title] = [language.rounded(float(value), series) for value in own]
    facts = _facts(report, series) | {
        "target_year": series.targets[-1].year,
        "year": report.last,
        "median": language.value(middle, series),
        "low": language.value(low, series),
        "high": language.value(high, series),
        "draws": language.number(count(report.ensemble), 0),
        "kind": language.word("kind", kind),
    }
    return _figure(
        report, drawn, f"fan-{kpi}" if kind != HIGHEST else f"densest-{kpi}", "fan", data, facts, [kpi]
    )


def hedgehog(report: Report, kpi: str) -> Figure:
    """Draw the projections of one KPI as of each year up to today, beside outturns."""
    declared, language, plan = report.plan.kpi(kpi), report.language, report.plan
    goal, parts = declared.targets[-1], []
    for as_of in range(plan.base_year, min(goal.year, report.last)):
        made = project(plan, report.scenario, horizon=report.last, as_of=as_of)
        own = made.table[(made.table["kpi"] == kpi) & made.table["value"].notna()]
        parts.append(own[own["year"] >= made.last_known(kpi)[0]].assign(as_of=as_of))
    lines = pd.concat(parts, ignore_index=True)
    years = sorted(set(lines["as_of"]))
    titles = dict(frames.line_titles(report))
    titles |= {f"as_of_{year}": language.say("point_as_of", year=year) for year in (years[0], years[-1])}
    with style.theme(language.face):
        drawn, (ax,) = style.drawing(height=3.4, bottom=0.95)
        plots.runs(
            ax,
            lines,
            frames.points(report, kpi, history=0),
            titles=titles,
            target=(goal.year, goal.value),
            title=language.with_unit(declared, long=True),
            ticks=partial(language.tick, series=declared),
        )
        plots.legend([ax], below=0.065)
    wide = lines.pivot_table(index="year", columns="as_of", values="value")
    wide = wide.map(partial(language.scaled, series=declared)).round(language.decimals(declared)) + 0.0
    wide.columns = pd.Index([language.say("point_as_of", year=year) for year in wide.columns])
    data = wide.rename_axis(language.say("column_year")).reset_index()
    ends = lines[lines["year"] == min(goal.year, report.last)]
    told = [
        language.say("bar", label=f"{row.as_of}:", words=language.value(float(row.value), declared))
        for row in ends.itertuples()
    ]
    facts = _facts(report, declared) | {
        "first": years[0],
        "last": years[-1],
        "ends": language.say("list_comma").join(told),
        "outturns": _figures(report, declared),
    }
    facts["year"] = facts["end_year"]
    return _figure(report, drawn, f"runs-{kpi}", "runs", data, facts, [kpi], as_of=tuple(years))


def _drawn(report: Report, kpi: Kpi, kind: Kind = CENTRAL) -> Drawing:
    """Draw one KPI by itself: lines named where they end, the projection's growth under the years."""
    language, years = report.language, range(kpi.base_year + 1, report.last + 1)
    with style.theme(language.face):
        drawn, (ax,) = style.drawing(height=2.42, left=0.62, right=1.35, top=0.25, bottom=0.62)
        one(
            report,
            kpi,
            ax,
            kind=kind,
            growth={year: _grown(report, kpi, year) for year in years},
        )
        ax.set_title(language.unit(kpi))
        row = language.say("growth_row_share" if kpi.kind == "share" else "growth_row_level")
        ax.annotate(
            row, (0.0, 0.0), xycoords="axes fraction", xytext=(-4.0, -16.5),
            textcoords="offset points", ha="right", va="top", fontsize=7.6, color=style.PALE,
        )  # fmt: skip
        plots.ends(ax, list(frames.ends(report, kpi)))
    return drawn


def _grown(report: Report, kpi: Kpi, year: int) -> str:
    """Print growth of a year with its sign and without its unit; nothing where it is not known."""
    before, after = (report.projection.value(kpi.id, each) for each in (year - 1, year))
    rate = kpi.growth(before, after, 1)
    if not math.isfinite(rate):
        return ""
    points, decimals = (rate, 2) if kpi.kind == "share" else (100 * rate, 1)
    return report.language.number(points, decimals, signed=True)


def one(
    report: Report, kpi: Kpi, ax: Axes, *, small: bool = False, kind: Kind = CENTRAL, **more: Any
) -> None:
    """Draw one KPI of a scenario on axes: fan, paths, target, published figures."""
    goal, titles = kpi.targets[-1], frames.line_titles(report)
    titles["fan"] = titles["fan"] if kind == CENTRAL else titles["fan_densest"]
    plots.trajectory(
        ax,
        frames.lines(report, kpi.id),
        frames.points(report, kpi.id),
        titles=titles,
        target=(goal.year, goal.value),
        title=report.language.with_unit(kpi) if small else "",
        ticks=partial(report.language.tick, series=kpi),
        small=small,
        fan=frames.fan(report, kpi.id, kind=kind),
        **more,
    )


def count(drawn: Ensemble | None) -> int:
    return 0 if drawn is None else drawn.count


def _facts(report: Report, kpi: Kpi) -> dict[str, Any]:
    """Give what caption and alternative text of a chart of one KPI have in common."""
    goal, language = kpi.targets[-1], report.language
    return {
        "title": language.of(kpi.title),
        "unit": language.unit(kpi),
        "scenario": report.title,
        "year": goal.year,
        "target": language.target(goal.value, kpi, goal.year),
        "end_year": min(goal.year, report.last),
    }


def _figure(
    found: Found, drawn: Drawing, id: str, name: str, data: pd.DataFrame, facts: Mapping[str, Any],
    kpis: list[str], *, caption: str = "", as_of: tuple[int, ...] = (),
) -> Figure:  # fmt: skip
    caption = caption or found.language.say(f"caption_{name}", **facts)
    alt, source = found.language.say(f"alt_{name}", **facts), frames.source(found, kpis, as_of=as_of)
    return Figure(drawn, id, caption, alt, source, data)


def _figures(report: Report, kpi: Kpi) -> str:
    """Say which figures have been published since the base year, for an alternative text."""
    language, rows = report.language, frames.points(report, kpi.id)
    said = [
        language.say("bar", label=f"{row.year}:", words=language.value(float(row.value), kpi))
        for row in rows[rows["year"] > report.plan.base_year].itertuples()
    ]
    return language.say("list_comma").join(said) or language.say("verdict_unknown")


def _end(report: Report, kpi: Kpi) -> float:
    return report.projection.value(kpi.id, min(kpi.targets[-1].year, report.last))
