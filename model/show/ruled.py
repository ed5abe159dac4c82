"""What published rules say, as a long printed table. Needs no matplotlib."""

from __future__ import annotations

import math

import pandas as pd

from model.rules import RULES
from model.schema import Plan
from model.show import numbers
from model.show.verdicts import PROJECTED
from model.show.words import known_language, say


def graded(plan: Plan, frame: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Print what published rules say: one row a scenario, target, basis and rule.

    Parameters
    ----------
    plan : Plan
        The plan pack.
    frame : DataFrame
        What `model.assess` gives, of one scenario or several.
    language : {"en", "zh"}
        Language.

    Returns
    -------
    DataFrame
        Printed texts under column titles.

    Examples
    --------
    >>> from model import assess, load
    >>> plan = load()
    >>> graded(plan, assess(plan, as_of=2022)).iloc[0][["Rule", "Verdict"]].tolist()
    ['Growth ratio (Eurostat)', 'insufficient progress, 0.57']
    """
    rows = []
    for one in frame[frame["rule"].isin(list(RULES))].itertuples():
        kpi = plan.kpis[one.kpi]
        basis = "basis_projected" if one.basis == PROJECTED else f"levels_{one.basis}"
        notes = [
            say(f"note_{note.replace(' ', '_')}", language)
            for note in str(one.note).split("; ")
            if not note.startswith("at ")
        ]
        year = next(note for note in str(one.note).split("; ") if note.startswith("at ")).removeprefix("at ")
        rows.append(
            (
                one.scenario,
                getattr(kpi.short_title, known_language(language)),
                str(one.target_year),
                numbers.value(one.projected, kpi, language=language),
                year,
                say(basis, language),
                say(f"column_rule_{one.rule}", language),
                rule_words(one.verdict, one.progress_ratio, language),
                say("list_semicolon", language).join(notes),
            )
        )
    titles = ("scenario", "kpi", "target_year_plain", "judged", "year", "basis", "rule", "verdict", "marks")
    return pd.DataFrame(rows, columns=[say(f"column_{title}", language) for title in titles])


def rule_words(label: str, ratio: float, language: str = "en") -> str:
    """Print what a rule says: its own words and its ratio.

    Parameters
    ----------
    label : str
        As `model.rules` gives it.
    ratio : float
        NaN where it has none.
    language : {"en", "zh"}
        Language.

    Returns
    -------
    str

    Examples
    --------
    >>> rule_words("on track", 1.2, "en"), rule_words("target missed", math.nan, "en")
    ('on track, 1.20', 'target missed')
    """
    words = say(f"graded_{label.replace(' ', '_')}", language)
    if math.isnan(ratio):
        return words
    return say("graded", language, label=words, ratio=numbers.number(ratio, 2))
