"""Build what sentences have in common: names of KPIs within a sentence, and clauses that list them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model.plan.schema import Kpi
from model.report import numbers
from model.report.report import Findings
from model.report.tables.verdicts import UNVERIFIED, Verdict
from model.report.words import listed, say
from model.uncertainty.sampling import unknown_spread
from model.uncertainty.spread import MEASURED, Persistence
from model.uncertainty.streamed import Summary


def name(kpi: Kpi, language: str = "en", *, year: int | None = None) -> str:
    """Give a KPI's short title as it stands within a sentence."""
    title = lowered(str(getattr(kpi.short_title, language)))
    if year is None or len(kpi.targets) < 2:
        return title
    return say("titled", language, title=title, unit=year)


def name_of(found: Findings, kpi: str, year: int) -> str:
    """Name a target by its KPI, and its year where the KPI has several; all of them where none is given."""
    if not kpi:
        return say("all_targets", found.language)
    one = found.plan.kpis[kpi]
    title = str(getattr(one.short_title, found.language))
    return title if len(one.targets) < 2 else say("titled", found.language, title=title, unit=year)


def marked_year(found: Findings, kpi: str, year: int) -> str:
    """Name a year of a projection, and say so where its figure was not seen in a source."""
    marks = found.projection.marks.to_numpy().tolist()
    if [kpi, year, UNVERIFIED] not in marks:
        return str(year)
    note = say(f"note_{UNVERIFIED}", found.language)
    return say("verdict_noted", found.language, verdict=year, notes=note)


def others(groups: Mapping[str, Sequence[str]], language: str) -> str:
    """Name the targets that are not plainly met, by what is the matter with them."""
    return "".join(
        say(f"clause_{key}", language, items=listed(groups[key], language))
        for key in ("nearly", "missed", "depends", "unknown", UNVERIFIED)
        if key in groups
    )


def published(found: Findings, kpi: Kpi, year: int) -> list[Verdict]:
    """Give the verdicts on what has been published for a target year."""
    return [one for one in found.verdicts(kpi.id, outturns=True) if one.year == year and one.is_outturn]


def lowered(words: str) -> str:
    """Begin words in lower case, unless the first has a capital of its own."""
    head = words.split(" ")[0]
    own = sum(sign.isupper() for sign in head) > 1 or (len(head) > 1 and "-" in head and head[0] == "E")
    return words if own else words[:1].lower() + words[1:]


def untold(found: Findings) -> str:
    """Say why no probability is given."""
    unknown = unknown_spread(found.plan, found.scenario)
    if not unknown:
        return say("likely_none", found.language)
    items = listed([name(found.plan.kpis[one], found.language) for one in unknown], found.language)
    return say("likely_unknown", found.language, items=items)


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
