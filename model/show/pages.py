"""The tables, sentences and chapters of a report, each by one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from model.show import charts, contrasts, frames, numbers, paragraphs, sentences
from model.show.display import Shown, Table, Text, each, table, text
from model.show.finding import Findings
from model.show.grounds import compact
from model.show.remarks import lasts
from model.show.side_by_side import Several
from model.show.verdicts import together
from model.show.words import say
from model.spread import persistence

METHOD = ("method_1", "method_2", "method_3", "method_4", "method_5")


def answer(found: Findings | Several) -> Text:
    """Answer in sentences a minister can read: three for one scenario, two for several."""
    said = contrasts.compared(found) if isinstance(found, Several) else sentences.answer(found)
    return text(said, id="answer", style="lead")


def verdict_table(found: Findings) -> Table:
    """Tabulate the answer: target, projection, outturn and verdicts in words."""
    caption = say("caption_verdicts", found.language, scenario=found.title)
    source = charts.source(found, list(found.plan.kpis))
    return table(frames.verdict_rows(found), id="verdicts", caption=caption, source=source)


def chapters(found: Findings | Several) -> None:
    """Show one section a KPI: for a scenario aim, chart, verdict and years; for several a chart."""
    each(list(_compared(found) if isinstance(found, Several) else _chapters(found)))


def chapter(found: Findings, kpi: str) -> list[Shown]:
    """Give the parts of one KPI's section."""
    one, language = found.kpi(kpi), found.language
    title, unit = str(getattr(one.title, language)), numbers.unit(one, language=language)
    said = [*paragraphs.verdict(found, one), *paragraphs.outturn(found, one)]
    years = frames.printed_years(found, kpi)
    return [
        text(say("heading_kpi", language, title=title), id=f"heading-{kpi}", style="heading"),
        text(paragraphs.aim(found, one), id=f"aim-{kpi}"),
        charts.trajectory(found, kpi),
        text(said, id=f"verdict-{kpi}", style="verdict"),
        table(
            years,
            id=f"years-{kpi}",
            caption=say("caption_years", language, title=title, unit=unit),
            source=charts.source(found, [kpi]),
        ),
    ]


def assumptions(found: Findings) -> Table:
    """Tabulate what a scenario assumes, who set it, and on what grounds."""
    language = found.language
    rows = [
        (_series(found, line.series), line.assumption, line.set_by or say("override", language), line.source)
        for line in compact(found.scenario)
    ]
    columns = [say(f"column_{one}", language) for one in ("kpi", "assumption", "set_by", "source")]
    caption = say("caption_assumptions", language, scenario=found.title)
    source = say("source_line", language, items=say("source_assumptions", language))
    return table(pd.DataFrame(rows, columns=columns), id="assumptions", caption=caption, source=source)


def method(found: Findings | Several) -> Text:
    """Say in words how projections are made and judged."""
    one = found.first if isinstance(found, Several) else found
    kept = lasts(persistence(one.plan) if one.ensemble is None else one.ensemble.persistence, one.language)
    return text([*(say(key, one.language) for key in METHOD), kept], id="method")


def sources(found: Findings | Several, kpi: str = "") -> Table:
    """Tabulate the published figures since the base year, with basis, vintage and marks."""
    one = found.first if isinstance(found, Several) else found
    language, figures = one.language, one.outturns
    wanted = [one.kpi(kpi).id] if kpi else list(one.plan.kpis)
    rows = []
    for name in wanted:
        own = figures[(figures["kpi"] == name) & figures["year"].between(one.plan.base_year, one.last)]
        for row in own.sort_values(["year", "basis"], kind="stable").itertuples():
            rows.append(
                (
                    *([] if kpi else [_series(one, name)]),
                    str(row.year),
                    numbers.value(float(row.value), one.plan.kpis[name], language=language),
                    say(f"levels_{row.basis}", language),
                    str(row.published),
                    say("publisher_document", language, publisher=row.publisher, document=row.document),
                    say("list_comma", language).join(_marks(row, language)),
                )
            )
    titles = ("kpi", "year", "value", "basis", "published", "document", "marks")[1 if kpi else 0 :]
    frame = pd.DataFrame(rows, columns=[say(f"column_{title}", language) for title in titles])
    caption = say("caption_sources", language, year=one.plan.base_year)
    if kpi:
        title, unit = getattr(one.kpi(kpi).title, language), numbers.unit(one.kpi(kpi), language=language)
        caption = say("caption_figures", language, title=title, unit=unit)
    return table(frame, id=f"sources-{kpi}" if kpi else "sources", caption=caption)


def matrix(found: Several) -> Table:
    """Tabulate verdict and value of every target in every scenario."""
    first, language = found.first, found.first.language
    columns: dict[str, list[str]] = {say("column_kpi", language): [], say("column_target", language): []}
    for kpi, goal, _ in frames.targets(first):
        columns[say("column_kpi", language)].append(_series(first, kpi.id))
        columns[say("column_target", language)].append(numbers.target(goal.value, kpi, goal.year))
    for one in found.each:
        columns[one.title] = [
            say(
                "cell_verdict",
                language,
                verdict=say(f"short_{together(own)}", language),
                value=say("slash", language).join(line.value_in(kpi, language) for line in own),
            )
            for kpi, _, own in frames.targets(one)
        ]
    caption = say("caption_matrix", language)
    return table(pd.DataFrame(columns), id="matrix", caption=caption, source=charts.source(found, []))


def changes(found: Several) -> Table:
    """Tabulate the assumptions in which the scenarios differ from the reference."""
    reference, language = found.reference, found.reference.language
    usual: dict[str, list[str]] = {}
    for line in compact(reference.scenario):
        usual.setdefault(line.series, []).append(line.assumption)
    rows = []
    for one in found.each:
        if one is reference:
            continue
        own: dict[str, list[str]] = {}
        for line in compact(one.scenario):
            own.setdefault(line.series, []).append(line.assumption)
        for series, lines in own.items():
            if lines != usual.get(series):
                before = say("list_semicolon", language).join(usual.get(series, [])) or say(
                    "nothing", language
                )
                rows.append(
                    (one.title, _series(one, series), before, say("list_semicolon", language).join(lines))
                )
    titles = [say("column_scenario", language), say("column_kpi", language), reference.title]
    frame = pd.DataFrame(rows, columns=[*titles, say("column_assumed", language)])
    caption = say("caption_changes", language, scenario=reference.title)
    source = say("source_line", language, items=say("source_assumptions", language))
    return table(frame, id="changes", caption=caption, source=source)


def conclusion(found: Findings | Several) -> Text:
    """Say at the end what would have to be true for the missed targets to be met, or how scenarios score."""
    said = contrasts.scores(found) if isinstance(found, Several) else sentences.conclusion(found)
    return text(said, id="conclusion", style="lead" if len(said) == 1 else "body")


def _chapters(found: Findings) -> Iterator[Shown]:
    for kpi in found.plan.kpis:
        yield from chapter(found, kpi)


def _compared(found: Several) -> Iterator[Shown]:
    language = found.first.language
    for kpi in found.first.plan.kpis.values():
        title = say("heading_kpi", language, title=getattr(kpi.title, language))
        yield text(title, id=f"heading-{kpi.id}", style="heading")
        yield text(contrasts.spread(found, kpi), id=f"spread-{kpi.id}")
        yield charts.comparison(found, kpi.id)


def _series(found: Findings, name: str) -> str:
    """Name a series with its unit; an assumption of no series is about what is known."""
    if name not in found.plan.series:
        return say("as_of_row", found.language)
    series = found.plan.series[name]
    title = found.plan.kpis[name].short_title if name in found.plan.kpis else series.title
    unit = numbers.unit(series, language=found.language)
    return say("with_kpi", found.language, title=getattr(title, found.language), unit=unit)


def _marks(row: Any, language: str) -> list[str]:
    marks = [] if row.status in ("final", "preliminary") else [row.status]
    marks += ["lower"] if row.bound == "lower" else []
    marks += [] if row.verified == "seen" else [row.verified.replace(" ", "_")]
    marks += ["estimated"] if row.published_is == "estimated" else []
    return [say(f"mark_{mark}", language) for mark in marks]
