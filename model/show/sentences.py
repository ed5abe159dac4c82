"""Build the sentences of a report from verdicts; the words themselves stand in the catalogue."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from model.schema import Kpi
from model.show import numbers
from model.show.finding import Findings, Several
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
    Under the Plan path scenario all 8 targets of the plan are met by 2025.
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
        known = [one for one in found.verdicts(kpi.id, outturns=True) if one.year == goal.year and one.is_outturn]
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


def compared(found: Several) -> list[str]:
    """Say how the scenarios agree and disagree.

    Parameters
    ----------
    found : Several
        What the model found for several scenarios.

    Returns
    -------
    list of str
    """
    language = found.first.language
    by_target: dict[tuple[str, int], list[bool]] = {}
    score: dict[str, int] = {}
    for one in found.each:
        for kpi, goal, own in targets(one):
            met = together(own) in ("met", "nearly")
            by_target.setdefault((kpi.id, goal.year), []).append(met)
            score[one.title] = score.get(one.title, 0) + met
    if not by_target:
        return [say("answer_no_target", language, year=found.first.last)]
    count = len(by_target)
    best, worst = max(score.values()), min(score.values())
    return [
        say(
            "compare_answer",
            language,
            count=count,
            all=sum(all(met) for met in by_target.values()),
            some=sum(any(met) and not all(met) for met in by_target.values()),
            none=sum(not any(met) for met in by_target.values()),
        ),
        say(
            "compare_most",
            language,
            best=listed([title for title, met in score.items() if met == best], language),
            worst=listed([title for title, met in score.items() if met == worst], language),
            most=best,
            fewest=worst,
            count=count,
        ),
    ]


def spread(found: Several, kpi: Kpi) -> list[str]:
    """Say how far the scenarios spread in the target years of one KPI.

    Parameters
    ----------
    found : Several
        What the model found for several scenarios.
    kpi : Kpi
        The KPI.

    Returns
    -------
    list of str
    """
    language, said = found.first.language, []
    for goal in kpi.targets:
        own = [
            (one.title, [line for line in one.verdicts(kpi.id) if line.year == goal.year]) for one in found.each
        ]
        ends = sorted(((lines[0].value, title) for title, lines in own if lines), key=lambda end: end[0])
        if not ends:
            continue
        said.append(
            say(
                "compare_kpi",
                language,
                year=goal.year,
                low=numbers.value(ends[0][0], kpi),
                lowest=_ends(ends, ends[0][0], kpi, language),
                high=numbers.quantity(numbers.value(ends[-1][0], kpi), kpi, language=language),
                highest=_ends(ends, ends[-1][0], kpi, language),
                target=numbers.target(goal.value, kpi, goal.year),
                met=sum(together(lines) in ("met", "nearly") for _, lines in own if lines),
                count=len(ends),
            )
        )
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


def scores(found: Several) -> list[str]:
    """Say of each scenario how many targets are met, and which are not.

    Parameters
    ----------
    found : Several
        What the model found for several scenarios.

    Returns
    -------
    list of str
    """
    said = []
    for one in found.each:
        groups: dict[str, list[str]] = {}
        for kpi, _, own in targets(one):
            groups.setdefault(together(own), []).append(name(kpi, one.language))
        said.append(
            say(
                "conclusion_scenario",
                one.language,
                scenario=one.title,
                met=len(groups.get("met", ())) + len(groups.get("nearly", ())),
                count=sum(map(len, groups.values())),
                others=_others(groups, one.language),
            )
        )
    return said


def name(kpi: Kpi, language: str = "en") -> str:
    """Give a KPI's short title as it stands within a sentence.

    Parameters
    ----------
    kpi : Kpi
        The KPI.
    language : {"en", "zh"}
        Language.

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
    return _lowered(str(getattr(kpi.short_title, language)))


def _ends(ends: Sequence[tuple[float, str]], value: float, kpi: Kpi, language: str) -> str:
    """Name the scenarios that end at a value as it is printed, or count them if they are many."""
    names = [title for one, title in ends if numbers.value(one, kpi) == numbers.value(value, kpi)]
    return listed(names, language) if len(names) < 4 else say("some_scenarios", language, count=len(names))


def _count(found: Findings) -> str:
    language, groups = found.language, dict[str, list[str]]()
    for kpi, _, own in targets(found):
        groups.setdefault(together(own), []).append(name(kpi, language))
    count = sum(map(len, groups.values()))
    nearly = groups.get("nearly", [])
    met = len(groups.get("met", [])) + len(nearly)
    said = say(
        "answer_all" if met == count else "answer_some" if met else "answer_none",
        language,
        scenario=found.title,
        count=count,
        met=met,
        others=_others(groups, language),
        year=max(goal.year for _, goal, _ in targets(found)),
    )
    if nearly:
        said += " " + say("answer_nearly", language, nearly=listed(nearly, language))
    return said


def _extreme(found: Findings, own: Sequence[Verdict]) -> str:
    """Name the target that is missed by most of the change it requires, or met by least."""
    base = {kpi.id: kpi.base for kpi in found.plan.kpis.values()}
    size = [(one.gap / (abs(one.target - base[one.kpi]) or 1.0), one) for one in own if math.isfinite(one.gap)]
    if not size:
        return say("verdict_unknown", found.language)
    share, worst = min(size, key=lambda pair: pair[0])
    kpi = found.plan.kpis[worst.kpi]
    known = math.isfinite(worst.growth) and math.isfinite(worst.required)
    form = "answer_margin" if share >= 0 else "answer_shortfall_growth" if known else "answer_shortfall"
    return say(
        form,
        found.language,
        title=name(kpi, found.language),
        value=numbers.quantity(numbers.value(worst.value, kpi), kpi, language=found.language),
        target=numbers.target(worst.target, kpi, worst.year, language=found.language),
        growth=numbers.growth(worst.growth, kpi, language=found.language),
        required=numbers.growth(worst.required, kpi, language=found.language),
    )


def _published(found: Findings) -> str:
    groups: dict[str, list[str]] = {}
    for kpi, goal, _ in targets(found):
        known = [
            one for one in found.verdicts(kpi.id, outturns=True) if one.year == goal.year and one.is_outturn
        ]
        groups.setdefault(together(known), []).append(name(kpi, found.language))
    count = sum(map(len, groups.values()))
    if len(groups.get("unknown", ())) == count:
        return say("answer_outturns_none", found.language)
    met = len(groups.get("met", ())) + len(groups.get("nearly", ()))
    others = _others(groups, found.language)
    return say("answer_outturns", found.language, met=met, count=count, others=others)


def _others(groups: Mapping[str, Sequence[str]], language: str) -> str:
    return "".join(
        say(f"clause_{key}", language, items=listed(groups[key], language))
        for key in ("missed", "depends", "unknown")
        if key in groups
    )


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
