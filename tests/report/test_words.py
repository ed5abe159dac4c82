"""Words and numbers: the catalogue in both languages, and how numbers are printed."""

import ast
import math
import re
import string
from pathlib import Path

import pytest
from conftest import bundle

import model
from model import ModelError, project
from model.evaluation.assessment import Assessment
from model.evaluation.backtest import NAIVE
from model.export.render import PREFIX
from model.report import Report, tables, text
from model.report.language import ENGLISH, Language, catalogue
from model.report.tables import layout

REPORT = Path(model.__file__).parent / "report"


def placeholders(text):
    return [(name, form) for _, name, form, _ in string.Formatter().parse(text) if name is not None]


def test_every_text_is_there_in_both_languages_with_the_same_placeholders_which_are_names():
    for key, entry in catalogue().items():
        assert set(entry) == {"en", "zh"}, key
        assert all(text.strip() for text in entry.values()), key
        english, chinese = (placeholders(entry[one]) for one in ("en", "zh"))
        assert {name for name, _ in english} == {name for name, _ in chinese}, key
        assert all(name.isidentifier() and not form for name, form in english), key


def test_every_text_of_the_catalogue_is_said_somewhere():
    paths = [*REPORT.parent.rglob("*.py"), *REPORT.rglob("*.j2")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    built = set(re.findall(r'f"([a-z_]+_)\{', code))
    built |= {f"{kind}_" for kind in re.findall(r'word\(\s*"([a-z_]+)"', code)}
    # Marks come from the data; the words of the theme and of controls are compared with what asks for
    # them in tests/export/test_export.py and tests/explorer/test_controls.py.
    given = ("note_", "mark_", "sign_", "short_", "control_", "option_", "explorer_refused_", PREFIX)
    for key in catalogue():
        parts = [key.removeprefix(start) for start in built if key.startswith(start)]
        said = [key, *parts, *(part.replace("_", " ") for part in parts)]
        elsewhere = key.startswith(given) or key.removeprefix("naive_") in NAIVE
        assert elsewhere or any(f'"{one}"' in code for one in said), key


def test_no_sentence_stands_in_the_code_of_a_report():
    for path in REPORT.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        errors = [node for node in calls if ast.unparse(node.func) in ("mistake", "ModelError")]
        documented = [node for node in nodes if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
        left_out = {id(inner) for node in errors for inner in ast.walk(node)}
        left_out |= {id(node.body[0].value) for node in documented if isinstance(node.body[0], ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
                assert not re.search(r"[A-Z]\w* \w+ \w+|[\u4e00-\u9fff]", node.value), (path.name, node.value)


def test_an_unknown_key_or_an_open_placeholder_is_an_error():
    with pytest.raises(ModelError, match="did you mean 'verdict_met'"):
        ENGLISH.say("verdict_mett")
    with pytest.raises(ModelError, match="placeholder 'number' is left open"):
        ENGLISH.say("a_year")


def test_chinese_is_spoken_in_tables_but_refused_for_charts_until_a_font_ships(plan):
    made = Assessment(project(plan, "plan_path"))
    printed = layout.assessment(made.verdicts, Language("zh"))
    assert printed["判断"].tolist() == ["达到"] * len(plan.kpis)
    for language, wrong in (("zh", "no font for 'zh' ships yet"), ("fr", "unknown language 'fr'")):
        with pytest.raises(ModelError, match=wrong):
            Report(plan, language=language)


def test_a_path_that_ends_on_its_targets_is_neither_short_nor_ahead(plan):
    assert text.answer(Report(plan, "plan_path")).sentences[1] == "Every KPI ends exactly at its target."


def test_every_note_and_mark_of_the_model_can_be_said(plan):
    late = Report(plan, "saturation", as_of=2024)
    marks = {mark.replace(" ", "_") for mark in late.projection.marks["mark"]}
    assert "ceiling_overtaken" in marks
    for language in ("en", "zh"):
        assert all(Language(language).say(f"sign_{mark}", number="1") for mark in marks)
    (verdict,) = [one for one in late.verdicts if one.kpi.id == "gigabit_users"]
    assert "its ceiling has been overtaken" in ENGLISH.verdict(verdict)
    assert bundle(tables.projection(late))


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [(1234567.891, 1, "1,234,567.9"), (-0.04, 1, "0.0"), (-1.25, 2, "−1.25"), (math.nan, 2, "–"),
     (0, 0, "0")],
)  # fmt: skip
def test_numbers_are_printed_to_their_decimals_with_a_true_minus_and_never_minus_0(value, decimals, printed):
    assert ENGLISH.number(value, decimals) == printed


def test_growth_of_shares_is_in_points_and_of_levels_in_per_cent_and_targets_have_the_plans_digits(plan):
    share, level = plan.kpis["core_share"], plan.kpis["online_retail"]
    assert ENGLISH.growth(0.44, share) == "+0.44 pp a year"
    assert ENGLISH.growth(-0.021, level) == "−2.1 % a year"
    assert ENGLISH.target(10.0, share, 2025) == "10"
