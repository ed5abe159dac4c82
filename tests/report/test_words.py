"""Words and numbers: the catalogue in both languages, and how numbers are printed."""

import ast
import math
import re
import string
from pathlib import Path

import pytest

import model
from model import ModelError, project
from model.evaluation.assessment import Assessment
from model.evaluation.backtest import NAIVE
from model.export.render import PREFIX
from model.report import Report
from model.report.language import ENGLISH, Language, catalogue
from model.report.tables import layout

REPORT = Path(model.__file__).parent / "report"


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


# Words


def test_every_text_is_there_in_both_languages_with_the_same_placeholders():
    for key, entry in catalogue().items():
        assert set(entry) == {"en", "zh"}, key
        assert all(text.strip() for text in entry.values()), key
        assert placeholders(entry["en"]) == placeholders(entry["zh"]), key


def test_every_text_of_the_catalogue_is_said_somewhere():
    paths = [*REPORT.parent.rglob("*.py"), *REPORT.rglob("*.j2")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    built = set(re.findall(r'f"([a-z_]+_)\{', code))
    built |= {f"{kind}_" for kind in re.findall(r'word\(\s*"([a-z_]+)"', code)}
    for key in catalogue():
        parts = [key.removeprefix(start) for start in built if key.startswith(start)]
        said = [key, *parts, *(part.replace("_", " ") for part in parts)]
        # Marks come from the data; the words of the theme and of controls are compared with what asks for
        # them in tests/export/test_export.py and tests/explorer/test_controls.py.
        elsewhere = key.startswith(
            ("note_", "mark_", "sign_", "short_", "control_", "option_", "explorer_refused_", PREFIX)
        )
        elsewhere |= key.removeprefix("naive_") in NAIVE
        assert elsewhere or any(f'"{one}"' in code for one in said), key


def test_no_sentence_stands_in_the_code_of_a_report():
    for path in REPORT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        errors = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("mistake", "ModelError")
            for inner in ast.walk(node)
        }
        prose = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) in errors | prose:
                    continue
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
    with pytest.raises(ModelError, match="no font for 'zh' ships yet"):
        Report(plan, language="zh")
    with pytest.raises(ModelError, match="unknown language 'fr'"):
        Report(plan, language="fr")


def test_text_placeholders_are_names():
    for key, entry in catalogue().items():
        for _, name, form, _ in string.Formatter().parse(entry["en"]):
            assert name is None or (name.isidentifier() and not form), key


# Numbers


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (1234567.891, 1, "1,234,567.9"),
        (-0.04, 1, "0.0"),
        (-1.25, 2, "−1.25"),
        (math.nan, 2, "–"),
        (0, 0, "0"),
    ],
)
def test_numbers_are_printed_to_their_decimals_with_a_true_minus_and_never_minus_zero(
    value, decimals, printed
):
    assert ENGLISH.number(value, decimals) == printed


def test_gaps_and_growth_of_shares_are_points_and_of_levels_per_cent(plan):
    share, level = plan.kpis["core_share"], plan.kpis["online_retail"]
    assert (ENGLISH.growth(0.44, share), ENGLISH.growth(-0.021, level)) == (
        "+0.44 pp a year",
        "−2.1 % a year",
    )


def test_a_target_is_printed_with_the_digits_of_the_plan(plan):
    assert ENGLISH.target(10.0, plan.kpis["core_share"], 2025) == "10"
