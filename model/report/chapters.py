"""One section a KPI, made of charts, tables and sentences."""

from __future__ import annotations

from collections.abc import Iterator

from model.report import charts, frames, text
from model.report.frames import Found
from model.report.output import Shown, Table, Text
from model.report.report import Comparison, Report


def chapters(found: Found) -> None:
    """Show one section a KPI: for a scenario aim, chart, verdict and years; for several a chart."""
    from IPython.display import display

    display(*(part for kpi in found.plan.kpis for part in chapter(found, kpi)))


def chapter(found: Found, kpi: str) -> Iterator[Shown]:
    """Give the parts of one KPI's section."""
    one, language = found.plan.kpi(kpi), found.language
    title = language.of(one.title)
    yield Text([language.say("heading_kpi", title=title)], f"heading-{kpi}", "heading")
    if isinstance(found, Comparison):
        yield from (text.spread(found, kpi), charts.comparison(found, kpi))
    elif isinstance(found, Report):
        yield from (text.aim(found, kpi), charts.trajectory(found, kpi), text.verdict(found, kpi))
        caption = language.say("caption_years", title=title, unit=language.unit(one))
        years = frames.printed_years(found, kpi)
        yield Table(years, f"years-{kpi}", caption, frames.source(found, [kpi]))
