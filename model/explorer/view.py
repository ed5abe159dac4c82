"""What is drawn: trajectories by the cheap path, and what stands still while a slider moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.plan.schema import Kpi, Plan
from model.projection.trajectories import Paths
from model.report import frames, numbers
from model.report.report import Findings
from model.report.words import say

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


def panels(found: Findings, kpis: Sequence[str]) -> list[dict[str, Any]]:
    """Give what stands still in every panel: titles, targets, published figures."""
    language = found.language
    made = []
    for kpi in map(found.kpi, kpis):
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
