"""Sentences: the answer, the outturn, and what a missed target would take."""

from conftest import bundle

from model.report import Report, tables, text
from model.report.language import ENGLISH, Language


def test_the_answer_counts_the_targets_and_names_the_missed_ones(found):
    first, second, third = text.answer(found).sentences
    assert (
        "meets 5 of its 8 targets by 2025; only at the precision the plan prints: online retail sales;"
        in first
    )
    assert "; missed: core industries' share and software revenue." in first
    assert "core industries' share: 9.0 % of GDP against 10" in second
    assert "5 of 8 targets met; depending on the basis of the figures: online retail sales" in third


def test_a_path_that_ends_on_its_targets_is_neither_short_nor_ahead(plan):
    assert text.answer(Report(plan, "plan_path")).sentences[1] == "Every KPI ends exactly at its target."


def test_two_bases_with_two_verdicts_are_both_said(found):
    said = " ".join(text.verdict(found, "online_retail").sentences)
    assert "15.97 on published levels, missed" in said
    assert "18.03 on chained growth, met" in said


def test_an_unknown_outturn_stays_unknown(found):
    said = text.verdict(found, "iiot_penetration").sentences[-1]
    assert said.startswith("No figure for 2025 has been published")
    assert "17.5 % of enterprises for 2021" in said


def test_what_it_would_take_names_the_growth_of_each_missed_target(found):
    said = text.conclusion(found).sentences
    growth, effort = said[1:3], said[3:]
    assert growth == [
        "Core industries' share: +0.44 pp a year up to 2025, instead of +0.24 pp a year.",
        "Software revenue: 16.3 % at first, 11.4 % a year on average up to 2025, instead of 9.3 % a year.",
    ]
    assert effort[0].startswith(
        "Core industries' share would meet its target if growth were higher by 0.20 pp a"
    )
    assert "no growth of it was published by then" in effort[0]
    assert "14.7 % a year in 2018, would suffice up to 2023" in effort[1]


def test_where_lower_is_better_less_is_good(coast):
    found = Report(coast, "steady")
    cuts = text.verdict(found, "outage_hours").sentences
    assert "short of the target; the target is missed" in cuts[0]
    assert "power cuts (2014) and power cuts (2018)" in text.answer(found).sentences[0]


def test_every_note_and_mark_of_the_model_can_be_said(plan):
    late = Report(plan, "saturation", as_of=2024)
    marks = {mark.replace(" ", "_") for mark in late.projection.marks["mark"]}
    assert "ceiling_overtaken" in marks
    for language in ("en", "zh"):
        assert all(Language(language).say(f"sign_{mark}", number="1") for mark in marks)
    (verdict,) = [one for one in late.verdicts if one.kpi.id == "gigabit_users"]
    assert "its ceiling has been overtaken" in ENGLISH.verdict(verdict)
    assert bundle(tables.projection(late))
