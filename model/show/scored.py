"""What past projections teach, in sentences: where a naive forecast was better, and whether bands held."""

from __future__ import annotations

import pandas as pd

from model.league import duels, pooled
from model.show import numbers
from model.show.display import Text, text
from model.show.phrases import lowered, name_of
from model.show.scoring import BASIS, Past
from model.show.words import listed, say

NOMINAL = 0.9


def fared(behind: Past) -> Text:
    """Say how the first of the scored scenarios fared beside naive forecasts, and how its bands did."""
    return text(fared_sentences(behind), id="fared", style="body")


def fared_sentences(behind: Past) -> list[str]:
    """Give the sentences of `fared`."""
    language, method = behind.language, behind.scenarios[0].id
    fights = duels(behind.points, behind.distributions, method, basis=BASIS)
    whole = fights[(fights["kpi"] == "") & fights["error"].notna()]
    if whole.empty:
        return [say("fared_nothing", language)]
    lost, more = whole[whole["error"] > 1.0], list[str]()
    if lost.empty:
        hardest = whole.loc[whole["error"].idxmax()]
        first = say(
            "fared_wins",
            language,
            scenario=behind.titles[method],
            count=int(hardest["n"]),
            naive=_naive(behind, hardest["naive"]),
            number=_percent(hardest["error"], language),
        )
        if hardest["decisive"] in behind.plan.kpis:
            title = lowered(name_of(behind.found, str(hardest["decisive"]), 0))
            ratios = {one: _percent(hardest[one], language) for one in ("by_case", "without")}
            more = [say("fared_decisive", language, title=title, **ratios)]
    else:
        items = listed([_naive(behind, one) for one in lost["naive"]], language)
        first = say(
            "fared_loses",
            language,
            scenario=behind.titles[method],
            items=items,
            count=int(lost["n"].max()),
        )
    return [first, *more, _single(behind, fights), *_bands(behind, method)]


def _single(behind: Past, fights: pd.DataFrame) -> str:
    """Name the KPIs for which a naive forecast was better, and the best of them."""
    language, items = behind.language, []
    for kpi in behind.plan.kpis:
        own = fights[(fights["kpi"] == kpi) & (fights["error"] > 1.0)]
        if len(own):
            worst = own.loc[own["error"].idxmax()]
            items.append(
                say(
                    "fared_loses_item",
                    language,
                    title=lowered(name_of(behind.found, kpi, 0)),
                    naive=_naive(behind, str(worst["naive"])),
                    count=int(worst["n"]),
                )
            )
    key = "fared_loses_kpi" if items else "fared_wins_kpi"
    return say(key, language, items=listed(items, language)) if items else say(key, language)


def _bands(behind: Past, method: str) -> list[str]:
    """Say whether the 90 % bands held what they promise, as far as so few cases can tell."""
    scores = pooled(behind.plan, behind.points, behind.distributions, basis=BASIS).set_index("method")
    own = scores.loc[method]
    if not own["inside_90"] >= 0.0:
        return []
    key = "narrow" if own["high_90"] < NOMINAL else "wide" if own["low_90"] > NOMINAL else "right"
    columns = {"share": "inside_90", "low": "low_90", "high": "high_90"}
    if not own["high_90"] >= 0.0:
        key, columns = "held", {"share": "inside_90"}
    printed = {name: _percent(own[column], behind.language) for name, column in columns.items()}
    return [say(f"fared_{key}", behind.language, count=int(own["n"]), **printed)]


def _percent(share: float, language: str) -> str:
    return say("percent", language, number=numbers.number(100 * share, 0))


def _naive(behind: Past, naive: str) -> str:
    return lowered(behind.titles[naive])
