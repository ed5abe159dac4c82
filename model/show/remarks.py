"""What a reader must know of a summary of draws, line by line. Needs no matplotlib."""

from __future__ import annotations

from model.show import numbers
from model.show.words import say
from model.spread import MEASURED, Persistence
from model.summaries import Summary


def remarks(found: Summary, language: str = "en") -> list[str]:
    """Say how long shocks last, what was repaired, and how exact quantiles are."""
    said = [lasts(found.persistence, language)]
    if found.correlation.repaired:
        said.append(say("remark_repaired", language, number=numbers.number(found.correlation.distance, 2)))
    error = max(found.errors.values())
    if error > 0.0:
        said.append(say("remark_streamed", language, number=numbers.number(100 * error, 2)))
    return said


def lasts(found: Persistence, language: str) -> str:
    """Say how much of a year's growth shock the next year inherits, and what that rests on."""
    shares = {"share": found.value} | (
        {"low": found.low, "high": found.high} if found.rests == MEASURED else {}
    )
    printed = {
        name: say("percent", language, number=numbers.number(100 * one, 0)) for name, one in shares.items()
    }
    counts = {"count": found.n, "series": found.series} if found.rests == MEASURED else {}
    return say(f"lasts_{found.rests}", language, **printed, **counts)
