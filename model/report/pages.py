"""What fills pages: the tiles of the first one, each with a small picture of a path, and a section a KPI."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from model.report import charts, frames, text
from model.report.output import Shown, Text, Tile, Tiles
from model.report.report import Goal, Report
from model.report.style import COLOURS, INK, STAR

WIDE, HIGH, EDGE = 120.0, 46.0, 4.0
BAND, DOT, REACH = "#bfdcec", 1.7, 4.6


def overview(report: Report) -> Tiles:
    """Show every target: projected, wanted, how likely, what was published, and the verdict."""
    language = report.language
    shown = [_tile(report, goal) for goal in report.goals]
    told = [language.say("bar", label=f"{one.title}:", words=language.joined(one.lines)) for one in shown]
    caption = language.say("caption_tiles", scenario=report.title)
    return Tiles(shown, "overview", caption, " ".join([caption, *told]), frames.source(report, []))


def chapters(report: Report) -> None:
    """Show one section a KPI: its chart, and what the plan wants, the scenario gives and was published."""
    from IPython.display import display

    display(*(part for kpi in report.plan.kpis for part in chapter(report, kpi)))


def chapter(report: Report, kpi: str) -> Iterator[Shown]:
    """Give the parts of one KPI's section."""
    title = report.language.of(report.plan.kpi(kpi).title)
    yield Text([title], f"heading-{kpi}", "heading")
    yield from (charts.trajectory(report, kpi), text.section(report, kpi))


def _tile(report: Report, goal: Goal) -> Tile:
    language, kpi, first = report.language, goal.kpi, goal.verdicts[0]
    target = language.quantity(language.target(goal.target.value, kpi, goal.year), kpi)
    lines = [language.say("tile_target", target=target, year=goal.year)]
    if first.settled or not math.isnan(first.probability):
        lines.append(language.say("tile_chance", chance=language.likely(first.probability, first.settled)))
    last = report.latest(kpi.id)
    if goal.outturns:
        printed = language.slashed(list(map(language.value_of, goal.outturns)))
        verdict = language.word("short", goal.known)
        lines.append(language.say("tile_outturn", value=printed, verdict=verdict))
    elif last is not None:
        value = language.value(float(last["value"]), kpi)
        lines.append(language.say("tile_last", value=value, year=int(last["year"])))
    return Tile(
        language.target_name(kpi, goal.year),
        language.slashed(list(map(language.value_of, goal.verdicts))),
        language.word("short", goal.outcome),
        str(goal.outcome),
        lines,
        spark(report, goal),
    )


def spark(report: Report, goal: Goal) -> str:
    """Draw a path, its band, published figures and the target as a picture without words."""
    kpi = goal.kpi.id
    lines, points, bands = frames.lines(report, kpi), frames.points(report, kpi), frames.fan(report, kpi)
    path = [(int(one.year), float(one.value)) for one in lines[lines["rank"] == 0].itertuples()]
    dots = [(int(one.year), float(one.value)) for one in points.itertuples()]
    band = [] if bands is None else list(bands[bands["content"] == frames.WIDEST].itertuples())
    ends = [(int(one.year), float(value)) for one in band for value in (one.low, one.high)]
    aim = (goal.year, goal.target.value)
    every = [one for one in (*path, *dots, *ends, aim) if math.isfinite(one[1])]
    left, right = min(year for year, _ in every), max(year for year, _ in every)
    low, high = min(value for _, value in every), max(value for _, value in every)

    def at(point: tuple[float, float]) -> tuple[float, float]:
        x = EDGE + (WIDE - 2 * EDGE) * (point[0] - left) / ((right - left) or 1)
        y = HIGH - EDGE - (HIGH - 2 * EDGE) * (point[1] - low) / ((high - low) or 1)
        return x, y

    parts = []
    if ends:
        around = [(one.year, one.low) for one in band] + [(one.year, one.high) for one in reversed(band)]
        parts.append(f'<polygon points="{_joined(map(at, around))}" fill="{BAND}"/>')
    known = [one for one in path if math.isfinite(one[1])]
    parts.append(
        f'<polyline points="{_joined(map(at, known))}" fill="none" stroke="{COLOURS[0]}" stroke-width="1.8"/>'
    )
    star = f'<polygon points="{_joined(_star(at(aim)))}" fill="{STAR}" stroke="{INK}" stroke-width="0.7"/>'
    parts.append(star)
    for one in dots:
        if math.isfinite(one[1]):
            x, y = at(one)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT}" fill="{INK}"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:g} {HIGH:g}">'
    return f"{head}{''.join(parts)}</svg>"


def _star(centre: tuple[float, float]) -> Iterable[tuple[float, float]]:
    for corner in range(10):
        angle, far = math.pi * (corner / 5 - 0.5), REACH if corner % 2 == 0 else 0.45 * REACH
        yield centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle)


def _joined(points: Iterable[Sequence[float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
