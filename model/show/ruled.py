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
    """Print what published rules say: one row a scenario, target, basis and rule."""
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
    """Print what a rule says: its own words and its ratio."""
    words = say(f"graded_{label.replace(' ', '_')}", language)
    if math.isnan(ratio):
        return words
    return say("graded", language, label=words, ratio=numbers.number(ratio, 2))
