"""What a report says of itself: titles, the date of its data, and the files it carries."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML

from model.projection import as_of_year, horizon_year
from model.publish.labels import labels
from model.schema import Plan, Scenario


def about(
    plan: Plan,
    scenarios: Sequence[Scenario],
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    language: str = "en",
) -> dict[str, Any]:
    """Say what a report is about."""
    texts = labels(language)
    years = sorted({as_of_year(plan, scenario, as_of) for scenario in scenarios} or {plan.base_year})
    # Not only what the projections knew: a report also prints every outturn published since.
    published = [*plan.outturns["published"], *plan.context_data["published"]]
    day = max(published, default=None)
    title = texts["comparison"] if len(scenarios) != 1 else getattr(scenarios[0].title, language)
    narrative = scenarios[0].narrative if len(scenarios) == 1 else None
    facts = [
        texts["horizon"].format(year=horizon_year(plan, horizon)),
        texts["knowledge"].format(years="–".join(str(year) for year in dict.fromkeys((years[0], years[-1])))),
    ]
    if day is not None:
        facts.append(texts["vintage"].format(date=_spoken(day, language)))
    return {
        "title": title,
        "short": title,
        "subtitle": getattr(plan.title, language),
        "issuer": getattr(plan.issuer, language),
        "narrative": getattr(narrative, language) if narrative else "",
        "kicker": "",
        "facts": facts,
        "keywords": [plan.id, *(scenario.id for scenario in scenarios)],
        "date": day,
    }


def plain(scenario: Scenario) -> dict[str, Any]:
    """Write a resolved scenario as it would stand in a file of its own, without a parent."""
    kept = scenario.model_dump(mode="json", exclude_none=True, exclude={"id", "extends", "origin"})
    written: dict[str, Any] = _bare(kept)
    return written


def as_file(scenario: Scenario) -> str:
    """Write a resolved scenario as a scenario file."""
    yaml = YAML()
    yaml.width = 100
    out = io.StringIO()
    yaml.dump(plain(scenario), out)
    return out.getvalue()


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get("distribution") == "fixed":
            return value["value"]
        return {key: _bare(one) for key, one in value.items()}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _spoken(day: str, language: str) -> str:
    """Print a date in words, whatever the locale."""
    date = datetime.date.fromisoformat(day)
    if language == "zh":
        return f"{date.year}年{date.month}月{date.day}日"
    months = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    )  # fmt: skip
    return f"{date.day} {months[date.month - 1]} {date.year}"
