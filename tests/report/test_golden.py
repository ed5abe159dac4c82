"""Every sentence of three plans' reports as it stood when somebody last read it, in both languages.

`GOLDEN=write pytest tests/report/test_golden.py` writes what is said now: read the difference.
"""

import os
from pathlib import Path

import pytest

from model import load
from model.report import Comparison, Report, tables, text

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(params=["en", "zh"])
def language(request):
    return request.param


def written(said):
    told = [(title, one.sentences) for title, one in said if one]
    return [line for title, sentences in told for line in (f"## {title}", "", *sentences, "")]


def of(report):
    """All that is said of one report."""
    said = [("as of", text.as_of(report))]
    said += [(about or "answer", text.answer(report, about)) for about in ("", "start", "data", "targets")]
    named = ("headline", "needed", "contradicted", "conclusion", "probabilities", "scores", "method")
    said += [(one, getattr(text, one)(report)) for one in named]
    for kpi in report.plan.kpis:
        said.append((f"{kpi}: {text.finding(report, kpi)}", text.section(report, kpi)))
    return written(said)


def same(name, lines):
    path, now = GOLDEN / f"{name}.txt", "\n".join(lines)
    if os.environ.get("GOLDEN") == "write":
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("scenario", "asked"),
    [
        ("baseline", {}),
        ("outturn_path", {}),
        ("accelerated", {"horizon": 2030, "as_of": 2023}),
        ("saturation", {"as_of": "latest"}),
    ],
)
def test_sentences_of_a_plan_that_is_over(plan, language, scenario, asked):
    same(f"{scenario}.{language}", of(Report(plan, scenario, language=language, draws=256, **asked)))


def test_sentences_of_a_plan_under_way(language):
    same(f"europe.{language}", of(Report(load("eu_digital_decade"), language=language, draws=256)))


def test_sentences_of_a_plan_where_less_is_good(coast, language):
    same(f"coast.{language}", of(Report(coast, "steady", language=language, draws=256)))


def test_sentences_of_a_comparison(plan, language):
    found = Comparison(plan, ["baseline", "accelerated", "saturation"], language=language, draws=256)
    said = [(one, getattr(text, one)(found)) for one in ("headline", "answer", "spreads", "scores")]
    same(f"comparison.{language}", written(said))


def test_assumptions_in_words(plan, coast, language):
    said = []
    for pack in (plan, load("eu_digital_decade"), coast):
        for name in pack.scenarios:
            report = Report(pack, name, language=language, draws=0)
            rows = tables.assumptions(report).frame.itertuples(index=False)
            said += [f"## {report.title}", "", *(f"{row[0]} | {row[1]} | {row[2]}" for row in rows), ""]
    same(f"assumptions.{language}", said)
