"""Build the sentences of a report from verdicts; the words themselves stand in the catalogue."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from model.schema import Kpi
from model.show import numbers
from model.show.finding import Findings
from model.show.frames import targets
from model.show.verdicts import Verdict, together
from model.show.words import listed, say


def answer(found: Findings) -> list[str]:
    """Say the answer of a scenario in three sentences.

    Parameters
    ----------
    found : Findings
        What the model found.

    Returns
    -------
    list of str
        How many targets are met, which is furthest from its target (or nearest, if all are met), and
        what published figures say.

    Examples
    --------
    >>> from model import load
    >>> from model.show.finding import findings
    >>> print(answer(findings(load(), "plan_path"))[0])
    Under the Plan path scenario the plan meets all of its 8 targets by 2025.
    """
    judged = list(targets(found))
    if not judged:
        return [say("answer_no_target", found.language, year=found.last)]
    return [_count(found), _extreme(found, [own[0] for _, _, own in judged]), _published(found)]


def aim(found: Findings, kpi: Kpi) -> str:
    """Say what a KPI measures and what the plan wants of it.

    Parameters
    ----------
    found : Findings
        What the model found.
    kpi : Kpi
        The KPI.

    Returns
    -------
    str
    """
    language, last = found.language, kpi.targets[-1]
    return say(
        "kpi_aim",
        language,
        definition=getattr(kpi.definition, language),
        target=_target(kpi, last.value, last.year, language),
        year=last.year,
        base=numbers.quantity(numbers.value(kpi.base, kpi), kpi, language=language),
        base_year=found.plan.base_year,
        required=numbers.growth(found.needed(kpi.id, last.value, last.year), kpi, language=language),
        chapter=_lowered(str(getattr(kpi.chapter, language))),
    )


def verdict(found: Findings, kpi: Kpi) -> list[str]:
    """Say of one KPI whether its target is met, by how much, and what growth would close a gap.

    Parameters
    ----------
    found : Findings
        What the model found.
    kpi : Kpi
        The KPI.

    Returns
    -------
    list of str
        One paragraph a target.
    """
    paragraphs = []
    for declared, goal, own in targets(found):
        if declared.id != kpi.id:
            continue
        several = len(own) > 1
        said = []
        for one in own:
            sentence = _verdict(found, kpi, one)
            levels = say(f"levels_{one.basis}", found.language)
            said.append(
                say("kpi_on_basis", found.language, levels=levels, sentence=sentence) if several else sentence
            )
        first = own[0]
        if math.isfinite(first.growth) and math.isfinite(first.required):
            said.append(
                say(
                    "kpi_pace" if first.is_met else "kpi_close",
                    found.language,
                    growth=numbers.growth(first.growth, kpi, language=found.language),
                    required=numbers.growth(first.required, kpi, language=found.language),
                )
            )
        year = found.reached(kpi.id, goal.value)
        key = "kpi_not_reached" if year is None else "kpi_reached"
        said.append(say(key, found.language, year=found.last if year is None else year))
        paragraphs.append(" ".join(said))
    return paragraphs


def outturn(found: Findings, kpi: Kpi) -> list[str]:
    """Say what has been published of one KPI for its target years.

    Parameters
    ----------
    found : Findings
        What the model found.
    kpi : Kpi
        The KPI.

    Returns
    -------
    list of str
        One sentence a target year, and what special marks mean where they occur.
    """
    language, said = found.language, []
    figures = found.outturns[found.outturns["kpi"] == kpi.id]
    for goal in kpi.targets:
        known = _known(found, kpi, goal.year)
        if len(known) > 1 and together(known) == "depends":
            items = [
                say(
                    "kpi_outturn_item",
                    language,
                    value=numbers.value(one.value, kpi, language=language),
                    levels=say(f"levels_{one.basis}", language),
                    verdict=one.words(language),
                )
                for one in known
            ]
            said.append(say("kpi_outturns_differ", language, year=goal.year, items="; ".join(items)))
        elif known:
            said.append(_outturn(kpi, known[0], language))
        elif len(figures) and goal.year <= found.last:
            last = figures.sort_values("year", kind="stable").iloc[-1]
            value = numbers.quantity(numbers.value(float(last["value"]), kpi), kpi, language=language)
            said.append(say("kpi_no_outturn", language, year=goal.year, value=value, last=int(last["year"])))
    return said


def conclusion(found: Findings) -> list[str]:
    """Say what would have to be true for the targets that are missed to be met.

    Parameters
    ----------
    found : Findings
        What the model found.

    Returns
    -------
    list of str
        One sentence a missed target, after one that introduces them.
    """
    language, said = found.language, []
    for kpi, goal, own in targets(found):
        if together(own) in ("met", "nearly"):
            continue
        worst = min(own, key=lambda one: one.gap if math.isfinite(one.gap) else -math.inf)
        key = "over" if kpi.better == "higher" else "over_lower"
        if math.isfinite(worst.growth) and math.isfinite(worst.required):
            key = "growth"
        elif not math.isfinite(worst.gap):
            key = "unknown"
        said.append(
            say(
                f"conclusion_{key}",
                language,
                title=getattr(kpi.short_title, language),
                required=numbers.growth(worst.required, kpi, language=language),
                growth=numbers.growth(worst.growth, kpi, language=language),
                gap=numbers.gap(abs(worst.gap), kpi, unit=True, language=language).lstrip("+"),
                year=goal.year,
            )
        )
    form = "conclusion_some" if said else "conclusion_none"
    return [say(form, language, scenario=found.title), *said]


def name(kpi: Kpi, language: str = "en", *, year: int | None = None) -> str:
    """Give a KPI's short title as it stands within a sentence.

    Parameters
    ----------
    kpi : Kpi
        The KPI.
    language : {"en", "zh"}
        Language.
    year : int, optional
        Year of the target that is meant; it is named where the KPI has several.

    Returns
    -------
    str
        With a capital only where the word has its own.

    Examples
    --------
    >>> from model import load
    >>> [name(kpi) for kpi in load().kpis.values()][:2]
    ["core industries' share", 'IPv6 active users']
    """
    title = _lowered(str(getattr(kpi.short_title, language)))
    if year is None or len(kpi.targets) < 2:
        return title
    return say("titled", language, title=title, unit=year)


def _count(found: Findings) -> str:
    language, groups = found.language, dict[str, list[str]]()
    for kpi, goal, own in targets(found):
        groups.setdefault(together(own), []).append(name(kpi, language, year=goal.year))
    count = sum(map(len, groups.values()))
    nearly = groups.get("nearly", [])
    met = len(groups.get("met", [])) + len(nearly)
    said = say(
        "answer_all" if met == count else "answer_some" if met else "answer_none",
        language,
        scenario=found.title,
        count=count,
        met=met,
        others=others(groups, language),
        year=max(goal.year for _, goal, _ in targets(found)),
    )
    if nearly:
        said += " " + say("answer_nearly", language, nearly=listed(nearly, language))
    return said


def _extreme(found: Findings, own: Sequence[Verdict]) -> str:
    """Name the target that is missed by most of the change it requires, or met by least."""
    base = {kpi.id: kpi.base for kpi in found.plan.kpis.values()}
    # Rounded, so that the last bits of a path that ends on its target decide nothing.
    size = [
        (round(one.gap / (abs(one.target - base[one.kpi]) or 1.0), 6), one)
        for one in own
        if math.isfinite(one.gap)
    ]
    if not size:
        return say("verdict_unknown", found.language)
    share, worst = min(size, key=lambda pair: pair[0])
    if all(part == 0 for part, _ in size):
        return say("answer_exact_all", found.language)
    kpi = found.plan.kpis[worst.kpi]
    ahead = math.isfinite(worst.growth) and math.isfinite(worst.required)
    form = "answer_shortfall_growth" if ahead else "answer_shortfall"
    title = name(kpi, found.language, year=worst.year)
    return say(
        "answer_exact" if share == 0 else "answer_margin" if share > 0 else form,
        found.language,
        title=title[:1].upper() + title[1:] if share == 0 else title,
        value=numbers.quantity(numbers.value(worst.value, kpi), kpi, language=found.language),
        target=numbers.target(worst.target, kpi, worst.year, language=found.language),
        growth=numbers.growth(worst.growth, kpi, language=found.language),
        required=numbers.growth(worst.required, kpi, language=found.language),
    )


def _published(found: Findings) -> str:
    groups: dict[str, list[str]] = {}
    for kpi, goal, _ in targets(found):
        known = _known(found, kpi, goal.year)
        groups.setdefault(together(known), []).append(name(kpi, found.language, year=goal.year))
    count = sum(map(len, groups.values()))
    if len(groups.get("unknown", ())) == count:
        return say("answer_outturns_none", found.language)
    met = len(groups.get("met", ())) + len(groups.get("nearly", ()))
    rest = others(groups, found.language)
    return say("answer_outturns", found.language, met=met, count=count, others=rest)


def others(groups: Mapping[str, Sequence[str]], language: str) -> str:
    """Name the targets that are missed, depend on the basis or are unknown, as clauses of a sentence.

    Parameters
    ----------
    groups : mapping
        Short titles by verdict.
    language : {"en", "zh"}
        Language.

    Returns
    -------
    str
        Empty where there is none.
    """
    return "".join(
        say(f"clause_{key}", language, items=listed(groups[key], language))
        for key in ("missed", "depends", "unknown")
        if key in groups
    )


def _known(found: Findings, kpi: Kpi, year: int) -> list[Verdict]:
    """Give the verdicts on what has been published for a target year."""
    return [one for one in found.verdicts(kpi.id, outturns=True) if one.year == year and one.is_outturn]


def _verdict(found: Findings, kpi: Kpi, one: Verdict) -> str:
    form = one.key
    if form == "met":
        exact = not numbers.value(one.gap, kpi).strip("0.,")
        form = "exact" if exact else "met" if kpi.better == "higher" else "met_below"
    return say(
        f"kpi_{form}",
        found.language,
        scenario=found.title,
        year=one.year,
        value=numbers.quantity(numbers.value(one.value, kpi), kpi, language=found.language),
        gap=numbers.gap(abs(one.gap), kpi, unit=True, language=found.language).lstrip("+"),
    )


def _outturn(kpi: Kpi, one: Verdict, language: str) -> str:
    return say(
        "kpi_outturn",
        language,
        year=one.year,
        value=numbers.quantity(numbers.value(one.value, kpi), kpi, language=language),
        basis=say(f"levels_{one.basis}", language),
        verdict=one.words(language),
    )


def _target(kpi: Kpi, value: float, year: int, language: str) -> str:
    return numbers.quantity(numbers.target(value, kpi, year, language=language), kpi, language=language)


def _lowered(words: str) -> str:
    head = words.split(" ")[0]
    own = sum(sign.isupper() for sign in head) > 1 or (len(head) > 1 and "-" in head and head[0] == "E")
    return words if own else words[:1].lower() + words[1:]
