"""Reports in Chinese, under a theme, main pages alone: by the command line, read back from their files."""

import re

import pypdf
import pytest
from conftest import run
from data_pack import COAST
from report_cells import least_full

from model.export import drawing

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'
HOUSE = """colours: {accent: "#7a1f5c", good: "#1b6b3a"}
logo: mark.svg
issuer: {en: Office of Harbours, zh: 港口统计局}
paper: Letter
"""


def faces(reader):
    found = [font["/BaseFont"] for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    return {str(one).split("+")[-1].split("-")[0] for one in found}


def colours(reader):
    """Give every colour in which something is drawn on the pages of a PDF."""
    drawn = b" ".join(page.get_contents().get_data() for page in reader.pages)
    shares = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:scn|SCN|rg|RG)\b", drawn)
    return {"#" + "".join(f"{round(255 * float(one)):02x}" for one in three) for three in shares}


@pytest.fixture(scope="module")
def chinese(tmp_path_factory):
    """Give the report of the shipped plan in Chinese."""
    folder = tmp_path_factory.mktemp("chinese")
    code, _, wrong = run(
        "report", "baseline", "--quiet", "--language", "zh", "--draws", "64", "--formats", "pdf,html",
        "--out", folder, cwd=folder,
    )  # fmt: skip
    assert code == 0, wrong
    return folder / "baseline-draws=64-2025-zh"


def test_a_chinese_report_counts_as_chinese_economists_do_in_a_typeface_that_ships(chinese):
    reader = pypdf.PdfReader(chinese.with_name(f"{chinese.name}.pdf"))
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))
    assert faces(reader) == {"ScenariosSC"}
    assert least_full(reader) > 0.7
    assert {"#0072b2", "#f0e442"} <= colours(reader)
    assert "�" not in text
    assert all(
        one in text for one in ("4.60亿户", "640万户", "14万亿元", "8项目标中有5项到2025年达到", "附录")
    )
    assert not re.search(r"占GDP的%|百万户|（[^（）]*\(", text)
    assert reader.trailer["/Root"]["/Lang"].lower().startswith("zh")
    assert chinese.with_name(f"{chinese.name}.pdf").stat().st_size < 900_000


def test_a_chinese_page_holds_the_part_of_the_typeface_that_it_needs(chinese):
    page = chinese.with_name(f"{chinese.name}.html").read_text(encoding="utf-8")
    assert page.count('font-family: "Scenarios SC"; src: url(data:font/woff;base64,') == 1
    assert "://" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)


def test_a_theme_gives_colours_logo_issuer_and_paper_and_the_report_can_be_made_again(tmp_path):
    (tmp_path / "house.yaml").write_text(HOUSE, encoding="utf-8")
    (tmp_path / "mark.svg").write_text(LOGO, encoding="utf-8")
    asked = ["--plan", COAST, "--draws", "64", "--theme", "house.yaml", "--pages", "main", "--out", "out"]
    code, _, wrong = run("report", "steady", "--quiet", *asked, "--formats", "pdf,html", cwd=tmp_path)
    assert code == 0, wrong
    pdf, page = sorted((tmp_path / "out").glob("steady*"), reverse=True)
    reader = pypdf.PdfReader(pdf)
    assert [float(one) for one in reader.pages[0].mediabox[2:]] == pytest.approx([612, 792])
    assert reader.metadata["/Author"] == "Office of Harbours"
    assert "Office of Harbours" in reader.pages[0].extract_text()
    assert not any("Annex" in one.extract_text() for one in reader.pages)
    text = page.read_text(encoding="utf-8")
    assert "--accent: #7a1f5c" in text
    # The charts follow.
    assert "--7a1f5c: #7a1f5c;" in text
    assert "0072b2" not in text
    assert "#7a1f5c" in colours(reader)
    assert "#0072b2" not in colours(reader)
    (tmp_path / "house.yaml").unlink()
    for made in (pdf, page):
        code, said, wrong = run("reproduce", made, "--plan", COAST, cwd=tmp_path)
        assert (code, "same bytes" in said) == (0, True), said + wrong


def test_every_tint_of_the_line_follows_the_accent_and_no_other_colour_does():
    given = {"accent": "#7a1f5c", "ink": "#101010"}
    house = ["#0072b2", "#D9EAF3", "#add2e6", "#82bad9", "#bfdcec", "#222222", "#ffffff", "#56b4e9"]
    theme = ["#7a1f5c", "#ebdee7", "#d4b7cb", "#be91af", "#dec7d6", "#101010", "#ffffff", "#56b4e9"]
    drawn = "".join(f'<path style="fill: {one}; stroke: {one}" fill="{one}"/>' for one in house)
    wanted = "".join(f'<path style="fill: {one}; stroke: {one}" fill="{one}"/>' for one in theme)
    assert drawing.themed(drawn, given) == wanted
    assert drawing.themed(drawn, {}) == drawn.lower()


def test_all_that_is_wrong_with_a_theme_is_said_at_once_before_anything_is_made(tmp_path):
    (tmp_path / "house.yaml").write_text(
        'colours: {accent: "#ffff00", goood: "#000000", bad: red}\nlogo: none.svg\npaper: A5\n',
        encoding="utf-8",
    )
    code, _, wrong = run("report", "--theme", "house.yaml", "--out", "out", cwd=tmp_path)
    assert code == 2
    for said in ("house.yaml:1", "too pale", "goood", "'red' is no colour", "none.svg", "A4", "issuer"):
        assert said in wrong, said
    assert not (tmp_path / "out").exists()


def test_a_character_that_no_font_has_is_named_with_file_and_code_point_before_anything_is_made(tmp_path):
    (tmp_path / "mine.yaml").write_text("title: 龘𪚥\nextends: baseline\n", encoding="utf-8")
    asked = ("report", "mine.yaml", "--draws", "64", "--out", "out", "--dry-run", "--language")
    code, _, wrong = run(*asked, "zh", cwd=tmp_path)
    assert code == 2
    for said in (
        "mine.yaml:1: title.zh: ",
        "'龘' (U+9F98), '𪚥' (U+2A6A5)",
        "General Standard list of Chinese",
    ):
        assert said in wrong, said
    (tmp_path / "mine.yaml").write_text("title: 加速镕璟\nextends: baseline\n", encoding="utf-8")
    assert run(*asked, "zh", cwd=tmp_path)[0] == 0
    code, _, wrong = run(*asked, "en", cwd=tmp_path)
    assert code == 2
    assert "'加' (U+52A0)" in wrong
