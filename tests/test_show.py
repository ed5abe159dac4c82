"""What is shown: words, numbers, tables, sentences, charts, and what the exporter reads of them."""

import ast
import base64
import io
import json
import math
import re
import string
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import model
from model import ModelError, assess, load, project, show
from model.hindsight import NAIVE
from model.publish.labels import PREFIX
from model.show import (
    agreement,
    display,
    frames,
    numbers,
    panel,
    paragraphs,
    rulings,
    sentences,
    style,
    tables,
    words,
)
from model.show.pages import chapter
from model.show.verdicts import verdicts

SHOW = Path(model.__file__).parent / "show"
COAST = Path(__file__).parent / "plans" / "coast"
MIME = display.MIME


@pytest.fixture(scope="module")
def found(plan):
    return show.findings(plan)


@pytest.fixture(scope="module")
def several(plan):
    return show.several(plan)


@pytest.fixture(scope="module")
def coast():
    """Open the invented plan: other years, units, and a target that means lower is better."""
    return load(COAST)


def bundle(shown):
    return shown._repr_mimebundle_()[0]


def everything(found):
    yield from (show.answer(found), show.verdict_table(found), show.panels(found), show.gap(found))
    yield from (show.assumptions(found), show.method(found), show.sources(found), show.conclusion(found))
    yield from (
        show.coherence(found),
        show.assessment(found),
        show.projection(found),
        show.growth(found),
        show.needs(found),
    )
    for kpi in found.plan.kpis:
        yield from chapter(found, kpi)
        yield from (show.sliders(found, kpi), show.handle_table(found, kpi), show.sources(found, kpi))


# Words


def test_every_text_is_there_in_both_languages_with_the_same_placeholders():
    for key, entry in words.catalogue().items():
        assert set(entry) == {"en", "zh"}, key
        assert all(text.strip() for text in entry.values()), key
        assert words.placeholders(entry["en"]) == words.placeholders(entry["zh"]), key


def test_every_text_of_the_catalogue_is_said_somewhere():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SHOW.parent.rglob("*.py"))
    built = set(re.findall(r'f"([a-z_]+_)\{', code))
    for key in words.catalogue():
        parts = [key.removeprefix(start) for start in built if key.startswith(start)]
        said = [key, *parts, *(part.replace("_", " ") for part in parts)]
        # Marks come from the data; what the theme prints, tests/test_publish.py compares with the theme, and
        # the words of controls tests/test_explorer.py with what curves and shocks take.
        elsewhere = key.startswith(("note_", "mark_", "sign_", "short_", "control_", "option_", PREFIX))
        elsewhere |= key.removeprefix("naive_") in NAIVE
        assert elsewhere or any(f'"{one}"' in code for one in said), key


def test_no_sentence_stands_in_the_code_of_show():
    for path in SHOW.glob("*.py"):
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
        words.say("verdict_mett")
    with pytest.raises(ModelError, match="placeholder 'number' is left open"):
        words.say("a_year")


def test_chinese_is_spoken_in_tables_but_refused_for_charts_until_a_font_ships(plan):
    printed = tables.assessment(plan, assess(plan, "plan_path"), "zh")
    assert printed["判断"].tolist() == ["达到"] * len(plan.kpis)
    with pytest.raises(ModelError, match="no font for 'zh' ships yet"):
        show.findings(plan, language="zh")
    with pytest.raises(ModelError, match="unknown language 'fr'"):
        show.findings(plan, language="fr")


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
    assert numbers.number(value, decimals) == printed


def test_gaps_and_growth_of_shares_are_points_and_of_levels_per_cent(plan):
    share, level = plan.kpis["core_share"], plan.kpis["online_retail"]
    assert numbers.gap(0.5, share, unit=True) == "+0.5 pp"
    assert numbers.gap(-1.0278, level, unit=True) == "−1.03 trillion yuan"
    assert (numbers.growth(0.44, share), numbers.growth(-0.021, level)) == (
        "+0.44 pp a year",
        "−2.1 % a year",
    )


def test_a_target_is_printed_with_the_digits_of_the_plan(plan):
    assert numbers.target(10.0, plan.kpis["core_share"], 2025) == "10"


# Tables


def test_the_tables_of_the_command_line_need_no_matplotlib():
    code = (
        "import sys; from model import load, assess; from model.show import tables; p = load();"
        "print(tables.text(tables.assessment(p, assess(p))));"
        "sys.exit(any(name in sys.modules for name in ('matplotlib', 'IPython', 'ipywidgets')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_plain_tables_are_aligned_where_chinese_takes_two_columns():
    printed = tables.text(pd.DataFrame({"指标": ["软件业", "A"], "N": [1.0, -22.5]}))
    assert printed.splitlines()[2:] == ["软件业      1", "A       -22.5"]


def test_an_assessment_prints_one_row_a_basis_and_both_rules_as_one_verdict(plan):
    printed = tables.assessment(plan, assess(plan, "outturn_path"))
    retail = printed[printed["KPI"] == "Online retail sales"]
    assert retail["Verdict"].tolist() == ["missed", "met"]
    assert retail["Basis"].tolist() == ["outturn, published", "outturn, chained"]
    assert len(printed) == len(plan.kpis) + 1


def test_missed_strictly_but_met_as_printed_is_said_in_words(plan):
    found = {one.kpi: one.key for one in verdicts(assess(plan, "baseline"))}
    assert (found["online_retail"], found["core_share"], found["egov_users"]) == ("nearly", "missed", "met")


def test_an_unknown_year_is_a_dash_and_never_nan(plan):
    printed = tables.projection(plan, project(plan, "outturn_path").table)
    assert printed.iloc[0]["2021"] == "–"
    assert "nan" not in tables.text(printed).lower()


# Sentences


def test_the_answer_counts_the_targets_and_names_the_missed_ones(found):
    first, second, third = sentences.answer(found)
    assert (
        "meets 5 of its 8 targets by 2025; only at the precision the plan prints: online retail sales;"
        in first
    )
    assert "; missed: core industries' share and software revenue." in first
    assert "core industries' share: 9.0 % of GDP against 10" in second
    assert "5 of 8 targets met; depending on the basis of the figures: online retail sales" in third


def test_a_path_that_ends_on_its_targets_is_neither_short_nor_ahead(plan):
    assert sentences.answer(show.findings(plan, "plan_path"))[1] == "Every KPI ends exactly at its target."


def test_two_bases_with_two_verdicts_are_both_said(found):
    said = " ".join(paragraphs.outturn(found, found.kpi("online_retail")))
    assert "15.97 on published levels, missed" in said
    assert "18.03 on chained growth, met" in said


def test_an_unknown_outturn_stays_unknown(found):
    (said,) = paragraphs.outturn(found, found.kpi("iiot_penetration"))
    assert said.startswith("No figure for 2025 has been published")
    assert "17.5 % of enterprises for 2021" in said


def test_what_it_would_take_names_the_growth_of_each_missed_target(found):
    growth, effort = sentences.conclusion(found)[1:3], sentences.conclusion(found)[3:]
    assert growth == [
        "Core industries' share: +0.44 pp a year up to 2025, instead of +0.24 pp a year.",
        "Software revenue: 11.4 % a year up to 2025, instead of 9.3 % a year.",
    ]
    assert effort[0].startswith(
        "Core industries' share would meet its target if growth were higher by 0.20 pp a"
    )
    assert "no growth of it was published by then" in effort[0]
    assert "14.7 % a year in 2018, would suffice up to 2023" in effort[1]


def test_where_lower_is_better_less_is_good(coast):
    found = show.findings(coast, "steady")
    cuts = paragraphs.verdict(found, next(one for one in coast.kpis.values() if one.better == "lower"))
    assert "short of the target; the target is missed" in cuts[0]
    assert "power cuts (2014) and power cuts (2018)" in sentences.answer(found)[0]


def test_every_note_and_mark_of_the_model_can_be_said(plan):
    late = show.findings(plan, "saturation", as_of=2024)
    marks = {mark.replace(" ", "_") for mark in late.projection.marks["mark"]}
    assert "ceiling_overtaken" in marks
    for language in ("en", "zh"):
        assert all(words.say(f"sign_{mark}", language, number="1") for mark in marks)
    (verdict,) = late.verdicts("gigabit_users")
    assert "its ceiling has been overtaken" in verdict.words()
    assert bundle(show.projection(late))


# Rules between series


def test_every_rule_of_the_plan_is_said_to_hold_or_why_it_was_not_checked(found, plan):
    frame = show.coherence(found).frame
    assert frame["Rule"].tolist() == [rule.reason.en for rule in plan.coherence]
    assert frame["Statement"].tolist() == [rule.rule for rule in plan.coherence]
    assert frame["Hard or soft"].tolist() == ["hard" if rule.hard else "soft" for rule in plan.coherence]
    *others, identity = frame["Verdict"]
    assert set(others) == {"holds"}
    title = plan.context["core_value_added"].title.en
    assert identity == f"not checked: no projection of v{title[1:]}"
    assert set(frame["Years broken"]) == set(frame["Largest excess"]) == {"–"}


def test_a_broken_rule_is_told_with_years_and_size_and_a_broken_bound_comes_last(plan):
    asked = ["online_retail={curve: compound, rate: 0.4}", "iiot_penetration={curve: compound, rate: 0.6}"]
    broken = show.findings(plan, overrides=asked)
    frame = show.coherence(broken).frame.set_index("Statement")
    made = broken.projection
    size = made.value("online_retail", 2025) - made.value("ecommerce_transactions", 2025)
    row = frame.loc["online_retail <= ecommerce_transactions"]
    assert row.tolist()[1:] == ["soft", "broken", "2025", f"{size:.2f} trillion yuan", ">99 %, most in 2025"]
    bound = frame.iloc[-1]
    assert frame.index[-1] == "iiot_penetration <= 100"
    assert bound["Rule"].startswith("Industrial internet platform penetration stays within its bounds")
    assert bound["Largest excess"].endswith(" pp")
    assert panel.varied(found=show.findings(plan), overrides=asked).coherence.equals(broken.coherence)


def test_a_rule_that_is_not_known_every_year_holds_only_where_it_is_known(plan):
    outturns = show.findings(plan, "outturn_path")
    unknown = outturns.projection.table["kpi"].eq("egov_users") & outturns.projection.table["year"].eq(2023)
    table = outturns.projection.table.assign(value=outturns.projection.table["value"].mask(unknown))
    partly = rulings.rulings(plan, replace(outturns.projection, table=table))
    shown = show.coherence(replace(outturns, coherence=partly)).frame.set_index("Statement")
    assert shown.loc["egov_users <= population", "Verdict"] == "holds where known: 2020–2022, 2024 and 2025"
    table = table.assign(value=table["value"].mask(table["kpi"].eq("egov_users")))
    never = rulings.rulings(plan, replace(outturns.projection, table=table))
    shown = show.coherence(replace(outturns, coherence=never)).frame.set_index("Statement")
    assert shown.loc["egov_users <= population", "Verdict"].startswith("not checked: no projection of")


def test_an_excess_that_would_print_as_nothing_is_below_the_last_digit(found):
    one = SimpleNamespace(series="online_retail", excess=0.001)
    assert agreement._excess(found, one) == "below 0.01 trillion yuan"


def test_a_plan_without_rules_says_so(plan):
    bare = plan.model_copy(update={"coherence": ()})
    for shown in (show.coherence(show.findings(bare)), show.coherence(show.several(bare, ["baseline"]))):
        assert shown.frame.iloc[0].tolist()[0] == "The plan declares no rules between its series"
        assert bundle(shown)


def test_the_comparison_says_in_which_scenarios_a_rule_holds(several, plan):
    frame = show.coherence(several).frame
    assert frame["Holds in"].tolist() == ["every scenario"] * (len(plan.coherence) - 1) + ["–"]
    assert frame.iloc[-1].tolist()[3:] == ["–", "every scenario"], "value added has one figure, and no growth"
    asked = ["baseline", "plan_path"]
    both = show.several(plan, asked, overrides=["iiot_penetration={curve: compound, rate: 0.6}"])
    assert show.coherence(both).frame.iloc[-1].tolist()[2:] == ["–", "every scenario", "–"]


# What the exporter reads


@pytest.mark.parametrize("scenario", ["baseline", "outturn_path"])
def test_everything_shown_can_be_read_as_data(plan, scenario):
    seen = set()
    for shown in everything(show.findings(plan, scenario)):
        content = bundle(shown)
        said = json.loads(json.dumps(content[MIME], allow_nan=False))
        assert said["type"] in ("figure", "table", "text")
        assert content["text/plain"].strip()
        assert "nan" not in re.findall(r"[a-z]+", content["text/plain"].lower())
        seen.add((said["type"], said["id"]))
        inside = said["data"]
        if said["type"] == "figure":
            assert said["caption"]
            assert said["alt"]
            assert said["source"]
            assert all(len(row) == len(inside["columns"]) for row in inside["rows"])
        elif said["type"] == "table":
            assert all(isinstance(cell, str) for row in inside["rows"] for cell in row)
            assert all(len(row) == len(inside["columns"]) for row in inside["rows"])
        else:
            assert inside["text"]
            assert inside["style"] in display.STYLES
            assert all(isinstance(sentence, str) and sentence for sentence in inside["text"])
    assert ("figure", "path-core_share") in seen


def test_a_plan_with_other_years_units_and_kpis_is_shown_too(coast):
    found = show.findings(coast, next(iter(coast.scenarios)))
    assert [bundle(shown) for shown in everything(found)]
    several = show.several(coast)
    shown = [show.answer(several), show.matrix(several), show.changes(several), show.conclusion(several)]
    shown.append(show.coherence(several))
    assert all(bundle(one) for one in shown)


@pytest.mark.parametrize("asked", [{"horizon": 2035, "as_of": 2023}, {"horizon": 2022}])
def test_other_horizons_and_years_of_knowledge_are_shown_too(plan, asked):
    assert all(bundle(shown) for shown in everything(show.findings(plan, **asked)))


def test_a_text_is_shown_as_it_was_written_whatever_signs_it_holds():
    awkward = "a*b_c #d $e$ <f> [g](h) `i` \\j | ~k"
    shown = show.text(awkward, id="awkward")
    assert shown.data()["data"]["text"] == [awkward]
    assert re.sub(r"\\(\W|_)", r"\1", bundle(shown)["text/markdown"]) == awkward
    cell = show.table(pd.DataFrame({"a<b": ["<script>"]}), id="t", caption="&")
    assert "<script>" not in bundle(cell)["text/html"]
    assert "a&lt;b" in bundle(cell)["text/html"]


def test_an_id_or_a_style_that_is_none_is_refused():
    with pytest.raises(ModelError, match="not an id"):
        show.text("x", id="Not an id")
    with pytest.raises(ModelError, match="did you mean 'lead'"):
        show.text("x", id="x", style="laed")


# Charts


def test_drawn_figures_are_rounded_and_bases_stand_side_by_side(found):
    wide = frames.by_year(found, "online_retail")
    last = wide[wide["Year"] == 2025].iloc[0]
    assert (last["Baseline"], last["Outturn"], last["Outturn, chained"]) == (16.86, 15.97, 18.03)


def test_lower_bounds_and_unverified_figures_have_marks_of_their_own(found):
    egov, commerce = frames.points(found, "egov_users"), frames.points(found, "ecommerce_transactions")
    assert egov.set_index("year")["mark"][2021] == "lower"
    assert commerce.set_index("year")["mark"][2023] == "unverified"


def test_a_picture_is_the_same_every_time_and_holds_the_colours_of_the_house(found):
    from PIL import Image

    first, second = (bundle(show.trajectory(found, "core_share"))["image/png"] for _ in range(2))
    assert first == second
    picture = Image.open(io.BytesIO(first)).convert("RGB")
    colours = {"#{:02X}{:02X}{:02X}".format(*colour) for _, colour in picture.getcolors(1 << 20)}
    assert {style.COLOURS["baseline"], "#FFFFFF"} <= colours
    assert base64.b64encode(first)


def test_a_report_run_shows_vector_pictures_without_date_or_chance(found):
    style.vector(True)
    try:
        first, second = (bundle(show.gap(found)) for _ in range(2))
    finally:
        style.vector(False)
    assert first == second
    assert "image/png" not in first
    assert not re.search(r"<dc:date>|matplotlib v", first["image/svg+xml"], re.IGNORECASE)


def test_the_user_s_own_matplotlib_settings_do_not_count(found):
    import matplotlib as mpl

    usual = bundle(show.trajectory(found, "core_share"))["image/png"]
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 20, "axes.facecolor": "pink"}):
        assert bundle(show.trajectory(found, "core_share"))["image/png"] == usual


def test_every_scenario_has_its_colour_everywhere(plan):
    colours = [style.colour(name) for name in plan.scenarios]
    assert len(set(colours)) == len(colours)
    assert style.colour("mine") == style.colour("mine")


def test_an_unknown_kpi_is_named_with_its_neighbour(found):
    with pytest.raises(ModelError, match="did you mean 'core_share'"):
        show.trajectory(found, "core_shar")


# Several scenarios


def test_the_comparison_says_what_every_scenario_assumes_differently(several):
    rows = show.changes(several).frame
    assert "Baseline" not in set(rows["Scenario"])
    slump = rows[rows["Scenario"] == "Consumption slump"]
    assert set(slump["KPI"]) == {"Online retail sales, trillion yuan", "E-commerce volume, trillion yuan"}


def test_the_matrix_says_verdict_and_value_of_every_target(several, plan):
    frame = show.matrix(several).frame
    assert frame.shape == (len(plan.kpis), 2 + len(plan.scenarios))
    assert frame["Outturn path"].tolist()[5] == "depends, 15.97 / 18.03"


def test_a_changed_assumption_holds_in_every_scenario_of_the_comparison(plan):
    asked = ["software_revenue={curve: compound, rate: 0.12}"]
    changed = show.several(plan, ["baseline", "accelerated"], overrides=asked)
    values = [one.projection.value("software_revenue", plan.target_year) for one in changed.each]
    aim = plan.kpis["software_revenue"].base * 1.12 ** (plan.target_year - plan.base_year)
    assert values == pytest.approx([aim, aim])
    assert "Software revenue, trillion yuan" not in set(show.changes(changed).frame["KPI"])


# Sliders


def test_every_number_of_a_curve_has_a_slider_within_what_the_curve_admits(plan):
    for scenario in plan.scenarios:
        found = show.findings(plan, scenario)
        for kpi in plan.kpis:
            moved = panel.handles(found, kpi)
            assert moved, (scenario, kpi)
            for one in moved:
                assert one.low <= one.value <= one.high, (scenario, kpi, one)


def test_moving_a_slider_moves_chart_and_verdict_and_reset_moves_them_back(found):
    box = panel._box(found, "software_revenue")
    rate, reset, said, chart = box.children[0], *box.children[-3:]
    before = (said.value, chart.value)
    rate.value = 0.2
    assert "met" in said.value
    assert "software_revenue.rate=0.2" in said.value
    assert chart.value != before[1]
    reset.click()
    assert (said.value, chart.value) == before


def test_a_slider_where_no_path_exists_says_so_and_keeps_the_chart(plan):
    found = show.findings(plan, "saturation")
    box = panel._box(found, "gigabit_users")
    names = [slider.description for slider in box.children[:-3]]
    ceiling, chart = box.children[names.index("ceiling")], box.children[-1]
    ceiling.min = 1.0
    before = chart.value
    ceiling.value = 2.0
    assert "No path" in box.children[-2].value
    assert chart.value == before


def test_the_saved_twin_of_the_sliders_is_the_chart_itself(found):
    live = bundle(show.sliders(found, "software_revenue"))
    still = bundle(show.trajectory(found, "software_revenue"))
    assert live["image/png"] == still["image/png"]
    assert live[MIME]["data"] == still[MIME]["data"]


def test_text_placeholders_are_names():
    for key, entry in words.catalogue().items():
        for _, name, form, _ in string.Formatter().parse(entry["en"]):
            assert name is None or (name.isidentifier() and not form), key
