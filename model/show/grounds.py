"""Write a scenario's assumptions as a reader compares them: one line a series or shock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from model.assumptions import assumptions
from model.schema import Scenario


@dataclass(frozen=True)
class Line:
    """One line of a scenario: what a series is assumed to do, who set it, and on what grounds."""

    series: str
    assumption: str
    set_by: str
    source: str


def compact(scenario: Scenario) -> list[Line]:
    """Write the growth of every series, and every shock, on one line."""
    table = assumptions(scenario)
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
