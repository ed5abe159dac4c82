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
from model.export.page import PREFIX
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


def test_an_unknown_language_is_an_error():
    with pytest.raises(ModelError, match="unknown language 'fr'; allowed: en, zh"):
        Language("fr")


def test_chinese_counts_in_the_units_of_chinese_economists_and_loses_no_digit(plan):
    made, language = Assessment(project(plan, "baseline")), Language("zh")
    printed = layout.assessment(made.verdicts, language).set_index("指标")
    rows = {
        "IPv6活跃用户": ("亿户", "8", "10.59", "+2.59", "年均增长18.1%"),
        "千兆宽带用户": ("万户", "6000", "23528", "+17528", "年均增长105.6%"),
        "核心产业占比": ("%", "10", "9.0", "−1.0个百分点", "年均提高0.24个百分点"),
        "软件业规模": ("万亿元", "14", "12.72", "−1.28", "年均增长9.3%"),
    }
    for name, row in rows.items():
        shown = printed.loc[name, ["单位", "目标", "推算或实际值", "差距", "推算增速"]]
        assert tuple(shown) == row, name
    few = plan.kpis["ipv6_users"]
    assert language.quantity(460, few) == "4.60亿户"
    assert (language.tick(250, few), language.rounded(1058.6, few)) == ("2.5", 10.59)
    assert ENGLISH.rounded(1058.6, few) == 1059


def test_chinese_leaves_no_space_at_full_width_marks_nor_beside_a_character(plan):
    said = [text for entry in catalogue().values() for text in [entry["zh"]]]
    said += [Language("zh").of(one.narrative) for one in plan.scenarios.values()]
    for one in said:
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef] +\w|\w +[\u3000-\u9fff\uff00-\uffef]", one), one
        assert not re.search(r"[\u4e00-\u9fff][,;:?!(]|[,;?!)][\u4e00-\u9fff]", one), one


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
