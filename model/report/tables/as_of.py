"""What would have been said in a past year, and what happened: the scenario as of then, beside outturns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from model.plan.schema import Kpi
from model.projection.projection import project
from model.report import charts, frames, numbers, plots, style
from model.report.output import Figure, Table, Text, figure, table, text
from model.report.phrases import name, name_of, untold
from model.report.report import Findings, findings
from model.report.tables.verdicts import Verdict
from model.report.words import say
from model.uncertainty.probability import EVEN, likelihood


@dataclass(frozen=True)
class Told:
    """One target, as it would have been spoken of, and what happened."""

    kpi: Kpi
    year: int
    target: float
    value: float
    low: float
    high: float
    probability: float
    outturns: tuple[Verdict, ...]

    @property
    def seen(self) -> Verdict | None:
        """The outturn on published levels."""
        return next((one for one in self.outturns if one.basis == "published"), None)

    @property
    def inside(self) -> bool:
        """Whether the outturn on published levels lies within the band."""
        return self.seen is not None and self.low <= self.seen.value <= self.high


def then(found: Findings, as_of: int) -> Findings:
    """Ask the model the same, as of a past year."""
    return findings(found.plan, found.scenario, horizon=found.last, as_of=as_of, language=found.language)


def told_table(found: Findings) -> Table:
    """Tabulate what a past run said of each target, beside the outturn."""
    language, rows = found.language, list[tuple[str, ...]]()
    lines = list(_told(found))
    for one in lines:
        seen = one.seen
        band = say(
            "band",
            language,
            value=numbers.value(one.value, one.kpi),
            low=numbers.value(one.low, one.kpi),
            high=numbers.value(one.high, one.kpi),
        )
        words = [
            say(
                "verdict_on",
                language,
                verdict=each.words(language),
                levels=say(f"levels_{each.basis}", language),
            )
            if each.basis != "published"
            else each.words(language)
            for each in one.outturns
            if each.basis == "published" or (seen is not None and each.key != seen.key)
        ]
        nothing = say("nothing", language)
        rows.append(
            (
                name_of(found, one.kpi.id, one.year),
                numbers.target(one.target, one.kpi, one.year, language=language),
                band,
                numbers.likely(one.probability, language=language),
                nothing if seen is None else numbers.value(seen.value, one.kpi, language=language),
                nothing if seen is None else say("within_yes" if one.inside else "within_no", language),
                say("list_semicolon", language).join(words) or say("verdict_unknown", language),
            )
        )
    years = sorted({one.year for one in lines}) or [found.plan.target_year]
    columns = [say("column_kpi", language), say("column_target", language)]
    columns.append(say("column_projection_for", language, year=years[-1]))
    columns += [say(f"column_{one}", language) for one in ("said", "outturn", "within", "verdict_outturn")]
    as_of = found.projection.as_of
    caption = say("caption_told", language, year=as_of + 1, scenario=found.title)
    source = say("source_told", language, as_of=as_of, year=as_of + 1)
    return table(pd.DataFrame(rows, columns=columns), id="told", caption=caption, source=source)


def told(found: Findings) -> Text:
    """Say in a paragraph what a past run would have told, and how that fared."""
    return text(told_sentences(found), id="told-answer", style="lead")


def told_sentences(found: Findings) -> list[str]:
    """Give the sentences of `told`."""
    language, lines = found.language, list(_told(found))
    if not lines:
        return [untold(found)]
    sure = [one for one in lines if likelihood(one.probability) != EVEN]
    good = [one for one in sure if one.probability > 0.5]
    bad = [one for one in sure if one.probability < 0.5]
    seen = [one for one in lines if one.seen is not None]
    said = [
        say(
            "told_answer",
            language,
            year=found.projection.as_of + 1,
            scenario=found.title,
            likely=len(good),
            unlikely=len(bad),
            count=len(lines),
            target_year=max(one.year for one in lines),
            met_likely=_met(good),
            seen_likely=sum(one.seen is not None for one in good),
            met_unlikely=_met(bad),
            seen_unlikely=sum(one.seen is not None for one in bad),
            inside=sum(one.inside for one in seen),
            seen=len(seen),
        )
    ]
    outside = [(_distance(one), one) for one in seen if not one.inside]
    if outside:
        worst = max(outside, key=lambda pair: pair[0])[1]
        value = worst.seen.value if worst.seen is not None else math.nan
        said.append(
            say(
                "told_surprise",
                language,
                title=name(worst.kpi, language),
                value=numbers.quantity(numbers.value(value, worst.kpi), worst.kpi, language=language),
                low=numbers.value(worst.low, worst.kpi),
                high=numbers.value(worst.high, worst.kpi),
            )
        )
    return said


def runs(found: Findings, kpi: str) -> Figure:
    """Draw the projections of one KPI as of each year up to today, beside outturns."""
    one, language, plan = found.kpi(kpi), found.language, found.plan
    goal = one.targets[-1]
    parts = []
    for as_of in range(plan.base_year, min(goal.year, found.last)):
        made = project(plan, found.scenario, horizon=found.last, as_of=as_of).table
        own = made[(made["kpi"] == kpi) & made["value"].notna()]
        anchor = int(own[own["status"] == "observed"]["year"].max())
        parts.append(own[own["year"] >= anchor].assign(as_of=as_of))
    lines = pd.concat(parts, ignore_index=True)
    years = sorted(set(lines["as_of"]))
    titles = dict(frames.line_titles(found))
    titles |= {f"as_of_{year}": say("point_as_of", language, year=year) for year in (years[0], years[-1])}
    title, unit = str(getattr(one.title, language)), numbers.unit(one, language=language)
    points = frames.points(found, kpi, history=0)
    with style.theme():
        drawn, (ax,) = style.drawing(height=3.4, bottom=0.95)
        plots.runs(
            ax,
            lines,
            points,
            titles=titles,
            target=(goal.year, goal.value),
            title=say("titled", language, title=title, unit=unit),
        )
        plots.legend([ax], below=0.065)
    wide = lines.pivot_table(index="year", columns="as_of", values="value").round(one.decimals) + 0.0
    wide.columns = pd.Index([say("point_as_of", language, year=year) for year in wide.columns])
    data = wide.rename_axis(say("column_year", language)).reset_index()
    ends = lines[lines["year"] == min(goal.year, found.last)]
    told = [
        say("bar", language, label=f"{row.as_of}:", words=numbers.value(float(row.value), one))
        for row in ends.itertuples()
    ]
    return figure(
        drawn,
        id=f"runs-{kpi}",
        caption=say("caption_runs", language, title=title, scenario=found.title),
        alt=say(
            "alt_runs",
            language,
            title=title,
            unit=unit,
            first=years[0],
            last=years[-1],
            year=min(goal.year, found.last),
            ends=say("list_comma", language).join(told),
            outturns=charts.figures(found, one),
        ),
        source=charts.source(found, [kpi], as_of=years),
        data=data,
    )


def _told(found: Findings) -> Iterator[Told]:
    for kpi, goal, own in frames.targets(found):
        projected = next((one for one in own if not one.is_outturn), None)
        bands = frames.fan(found, kpi.id)
        if projected is None or bands is None or math.isnan(projected.probability):
            continue
        wide = bands[(bands["year"] == goal.year) & (bands["content"] == frames.WIDEST)].iloc[0]
        seen = [one for one in found.verdicts(kpi.id, outturns=True) if one.year == goal.year]
        yield Told(
            kpi,
            goal.year,
            goal.value,
            projected.value,
            float(wide["low"]),
            float(wide["high"]),
            projected.probability,
            tuple(one for one in seen if one.is_outturn),
        )


def _met(lines: list[Told]) -> int:
    return sum(one.seen is not None and one.seen.is_met for one in lines)


def _distance(one: Told) -> float:
    """How far an outturn lies outside its band, in widths of the band."""
    value = one.seen.value if one.seen is not None else math.nan
    return max(one.low - value, value - one.high) / (one.high - one.low)
