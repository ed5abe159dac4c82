"""The static twin: the panels with their fans as a picture, where no widget lives."""

from __future__ import annotations

import math

import pandas as pd

from model.show import charts, frames, numbers, plots, sentences, style
from model.show.display import Figure, figure
from model.show.finding import Findings
from model.show.words import say
from model.uncertainty import QUANTILES, Ensemble, quantiles

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
        alt=say("alt_panels", language, count=len(kpis), answer=sentences.answer(found)[0]),
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
