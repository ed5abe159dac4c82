"""What is drawn: trajectories by the cheap path, and what stands still while a slider moves."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from model.plan.schema import Kpi, Plan
from model.projection.trajectories import Paths
from model.report import charts, frames, narrative, numbers, plots, style
from model.report.output import Figure, figure
from model.report.report import Findings
from model.report.words import say
from model.uncertainty.ensemble import QUANTILES, Ensemble, quantiles

DIGITS = 7


def lines(plan: Plan, paths: Paths, *, last: int) -> dict[str, list[float | None]]:
    """Give the trajectory of every KPI, one value a year; a known year without a figure is None."""
    count = last - plan.base_year + 1
    found: dict[str, list[float | None]] = {}
    for name in plan.kpis:
        known = paths.known[name]
        anchor = max(known)
        found[name] = [
            None if year < anchor and year not in known else rounded(float(value))
            for year, value in zip(range(plan.base_year, anchor + 1), paths.values[name], strict=False)
        ] + [rounded(float(value)) for value in paths.values[name][anchor - plan.base_year + 1 : count]]
        found[name] = found[name][:count]
    return found


def panels(found: Findings) -> list[dict[str, Any]]:
    """Give what stands still in every panel: titles, targets, published figures."""
    language = found.language
    made = []
    for kpi in found.plan.kpis.values():
        aims = [
            {
                "year": aim.year,
                "value": aim.value,
                "text": numbers.target(aim.value, kpi, aim.year, language=language),
            }
            for aim in kpi.targets
        ]
        made.append(
            {
                "kpi": kpi.id,
                "title": getattr(kpi.short_title, language),
                "long": getattr(kpi.title, language),
                "unit": numbers.unit(kpi, language=language),
                "decimals": kpi.decimals,
                "share": kpi.kind == "share",
                "targets": aims,
                "outturns": _outturns(found, kpi),
            }
        )
    return made


def _outturns(found: Findings, kpi: Kpi) -> list[dict[str, Any]]:
    language = found.language
    rows = frames.points(found, kpi.id)
    return [
        {
            "year": int(row.year),
            "value": rounded(float(row.value)),
            "mark": row.mark,
            "text": say(
                "explorer_hover_outturn",
                language,
                what=say(f"point_{row.mark}", language),
                value=numbers.value(float(row.value), kpi, language=language),
            ),
        }
        for row in rows.itertuples()
    ]


def rounded(value: float) -> float:
    """Round to as many digits as a picture can show, so that what is sent stays short."""
    return float(f"{value:.{DIGITS}g}")


ALPHAS = (0.16, 0.2, 0.24)
BANDED = (QUANTILES[0], QUANTILES[-1])


def twin(found: Findings, drawn_from: Ensemble) -> Figure:
    """Draw every KPI of the plan with its fan, two in a row."""
    language, kpis = found.language, list(found.plan.kpis.values())
    count = math.ceil(len(kpis) / 2)
    height = 1.5 * count + 0.85
    table = quantiles(drawn_from)
    parts = []
    with style.theme():
        drawn, axes = style.drawing(height=height, rows=count, columns=2, bottom=0.85, between=(0.55, 0.5))
        for ax, kpi in zip(axes, kpis, strict=False):
            wide = table[table["kpi"] == kpi.id].pivot_table(index="year", columns="quantile", values="value")
            for place, alpha in enumerate(ALPHAS):
                ax.fill_between(
                    wide.index.to_numpy(dtype=float),
                    wide[QUANTILES[place]],
                    wide[QUANTILES[-1 - place]],
                    color=style.colour(found.scenario.id),
                    alpha=alpha,
                    linewidth=0,
                )
            aim = kpi.targets[-1]
            plots.trajectory(
                ax,
                frames.lines(found, kpi.id),
                frames.points(found, kpi.id),
                titles=frames.line_titles(found),
                target=(aim.year, aim.value),
                title=say(
                    "titled",
                    language,
                    title=getattr(kpi.short_title, language),
                    unit=numbers.unit(kpi, language=language),
                ),
                small=True,
            )
            parts.append(_rows(found, kpi.id, wide))
        for ax in axes[len(kpis) :]:
            ax.set_axis_off()
        plots.legend(axes[: len(kpis)], below=0.2 / height)
    given = {"draws": _draws(drawn_from), "seed": drawn_from.seed}
    return figure(
        drawn,
        id="explorer",
        caption=say("caption_explorer", language, scenario=found.title, **given),
        alt=say("alt_panels", language, count=len(kpis), answer=narrative.answer(found)[0]),
        source=charts.source(found, list(found.plan.kpis)),
        data=_arranged(pd.concat(parts, ignore_index=True), language),
    )


def _rows(found: Findings, kpi: str, wide: pd.DataFrame) -> pd.DataFrame:
    """Give the drawn numbers of one KPI, the widest band included, rounded."""
    language, declared = found.language, found.plan.kpis[kpi]
    rows = frames.by_year(found, kpi)
    year = say("column_year", language)
    for level in BANDED:
        rows[_level(level, language)] = [
            round(float(wide[level].get(one, math.nan)), declared.decimals) + 0.0 for one in rows[year]
        ]
    first = say("column_kpi", language)
    rows.insert(0, first, getattr(declared.short_title, language))
    return rows


def _arranged(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Put the columns of the band, which every KPI has, behind those that only some have."""
    names = [_level(level, language) for level in BANDED]
    return frame[[*(one for one in frame.columns if one not in names), *names]]


def _level(level: float, language: str) -> str:
    return say("percent", language, number=numbers.number(100 * level, 0))


def _draws(ensemble: Ensemble) -> str:
    return numbers.number(len(next(iter(ensemble.draws.values()))), 0)
