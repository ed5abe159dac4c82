"""Fan charts: bands of the draws of one KPI, labelled central or highest-density."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.schema import Kpi
from model.show import charts, frames, numbers, plots, style
from model.show.display import Figure, figure
from model.show.finding import Findings
from model.show.words import say
from model.uncertainty import CENTRAL, HIGHEST, Ensemble, Kind


def fan(found: Findings, kpi: str, *, kind: Kind = CENTRAL) -> Figure:
    """Draw the fan chart of one KPI: bands of its draws, median, target and published figures."""
    one, language = found.kpi(kpi), found.language
    bands = frames.fan(found, kpi, kind=kind)
    with style.theme():
        drawn, (ax,) = style.drawing(height=3.4, bottom=0.95)
        charts.one(found, one, ax, kind=kind)
        plots.legend([ax], below=0.065)
    data = _bands_by_year(bands, one, language)
    return figure(
        drawn,
        id=f"fan-{kpi}" if kind != HIGHEST else f"densest-{kpi}",
        caption=say(
            "caption_fan",
            language,
            title=getattr(one.title, language),
            scenario=found.title,
            draws=numbers.number(count(found.ensemble), 0),
            kind=say(f"kind_{kind.replace(' ', '_')}", language),
        ),
        alt=_fan_alt(found, one, bands),
        source=charts.source(found, [kpi]),
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
