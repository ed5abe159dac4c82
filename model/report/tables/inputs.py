"""Write a scenario's assumptions as a reader compares them: one line a series or shock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from model.plan.assumptions import assumptions as assumed
from model.plan.schema import Scenario
from model.report import answers, charts, frames, narrative, numbers
from model.report.output import Shown, Table, Text, each, printed, table, text
from model.report.phrases import lasts
from model.report.report import Findings, Several
from model.report.tables.verdicts import together
from model.report.words import say
from model.uncertainty.spread import persistence


@dataclass(frozen=True)
class Line:
    """One line of a scenario: what a series is assumed to do, who set it, and on what grounds."""

    series: str
    assumption: str
    set_by: str
    source: str


def compact(scenario: Scenario) -> list[Line]:
    """Write the growth of every series, and every shock, on one line."""
    table = assumed(scenario)
    shocks = table["key"].str.extract(r"^(shock \d+) ", expand=False).fillna("")
    found = []
    for (series, shock), part in table.groupby([table["kpi"], shocks], sort=False):
        given = {
            key.removeprefix(f"{shock} "): value
            for key, value in zip(part["key"], part["value"], strict=True)
        }
        head = given.pop("curve", "") or given.pop("shape", "")
        inner = ", ".join(f"{key} {value}" for key, value in given.items())
        files = {str(place).rpartition(":")[0] for place in part["set_by"]}
        found.append(
            Line(
                series=str(series),
                assumption=": ".join(word for word in (head, inner) if word),
                set_by=", ".join(sorted(Path(file).name for file in files if file)) if all(files) else "",
                source=str(part["source"].iloc[0]),
            )
        )
    return found


METHOD = ("method_1", "method_2", "method_3", "method_4", "method_5")


def answer(found: Findings | Several) -> Text:
    """Answer in sentences a minister can read: three for one scenario, two for several."""
    said = answers.compared(found) if isinstance(found, Several) else narrative.answer(found)
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
    said = [*narrative.verdict(found, one), *narrative.outturn(found, one)]
    years = frames.printed_years(found, kpi)
    return [
        text(say("heading_kpi", language, title=title), id=f"heading-{kpi}", style="heading"),
        text(narrative.aim(found, one), id=f"aim-{kpi}"),
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
    columns = {
        "kpi": lambda line: _series(found, line.series),
        "assumption": lambda line: line.assumption,
        "set_by": lambda line: line.set_by or say("override", language),
        "source": lambda line: line.source,
    }
    source, rows = (
        say("source_line", language, items=say("source_assumptions", language)),
        compact(found.scenario),
    )
    return printed("assumptions", language, rows, columns, source=source, scenario=found.title)


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
    columns = {
        "kpi": lambda row: _series(one, row.kpi),
        "year": lambda row: str(row.year),
        "value": lambda row: numbers.value(float(row.value), one.plan.kpis[row.kpi], language=language),
        "basis": lambda row: say(f"levels_{row.basis}", language),
        "published": lambda row: str(row.published),
        "document": lambda row: say(
            "publisher_document", language, publisher=row.publisher, document=row.document
        ),
        "marks": lambda row: say("list_comma", language).join(_marks(row, language)),
    }
    rows: list[Any] = []
    for name in wanted:
        own = figures[(figures["kpi"] == name) & figures["year"].between(one.plan.base_year, one.last)]
        rows += own.sort_values(["year", "basis"], kind="stable").itertuples()
    if not kpi:
        return printed("sources", language, rows, columns, year=one.plan.base_year)
    title, unit = getattr(one.kpi(kpi).title, language), numbers.unit(one.kpi(kpi), language=language)
    del columns["kpi"]
    return printed(f"sources-{kpi}", language, rows, columns, name="figures", title=title, unit=unit)


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
    said = answers.scores(found) if isinstance(found, Several) else narrative.conclusion(found)
    return text(said, id="conclusion", style="lead" if len(said) == 1 else "body")


def _chapters(found: Findings) -> Iterator[Shown]:
    for kpi in found.plan.kpis:
        yield from chapter(found, kpi)


def _compared(found: Several) -> Iterator[Shown]:
    language = found.first.language
    for kpi in found.first.plan.kpis.values():
        title = say("heading_kpi", language, title=getattr(kpi.title, language))
        yield text(title, id=f"heading-{kpi.id}", style="heading")
        yield text(answers.spread(found, kpi), id=f"spread-{kpi.id}")
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
