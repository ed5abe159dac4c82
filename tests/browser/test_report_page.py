"""A report's page in a real browser without scripts: found, read and printed on any screen, light or dark."""

import io
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from .conftest import watched

pytestmark = pytest.mark.browser
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
TEXTS = (
    "h1, h2, h3, h4, p, li, th, td, td span, figcaption, summary, nav a, main a, footer a, .tiles strong, "
    ".tiles span"
)
# Letters of drawings are given in points of their own; the smallest is what has to be read.
SMALLEST = """(drawing) => {
  const words = [...drawing.querySelectorAll("text")];
  const sizes = words.map((one) => parseFloat(getComputedStyle(one).fontSize));
  return Math.min(...sizes) * drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
}"""
FACES = """names => [...new Set([...document.querySelectorAll(names)]
  .map((one) => getComputedStyle(one).fontFamily.split(",")[0]))]"""
SHOWN = """(names) => [...document.querySelectorAll(names)].filter((one) => one.checkVisibility())
  .map((one) => one.innerText)"""


def bare(text):
    """Leave out spaces and ligatures: where lines break is not what is asked."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Give the address of a report that the command line made under a theme."""
    folder = tmp_path_factory.mktemp("report")
    house = """colours: {accent: "#6f6f00", good: "#005000", bad: "#900000"}\npaper: Letter\n"""
    (folder / "house.yaml").write_text(house, encoding="utf-8")
    asked = [
        "report",
        "baseline",
        "--formats",
        "html",
        "--draws",
        "64",
        "--theme",
        "house.yaml",
        "--out",
        ".",
    ]
    subprocess.run([sys.executable, "-m", "model.cli", *asked], cwd=folder, check=True, capture_output=True)
    (made,) = folder.glob("*.html")
    return made.as_uri()


@pytest.fixture
def at(chromium, report):
    """Open the report at a width, light or dark; look for faults and for what reaches outside."""
    opened = []

    def open_at(width, scheme="light"):
        held = watched(chromium, width)
        page = held.__enter__()
        opened.append((held, page))
        page.emulate_media(color_scheme=scheme)
        page.goto(report)
        return page

    yield open_at
    for held, page in opened:
        faults = page.faults
        held.__exit__(None, None, None)
        assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 800, 390])
def test_every_text_stands_out_and_the_page_is_as_wide_as_the_screen(at, width, scheme):
    page = at(width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.evaluate(CONTRAST, TEXTS) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_chart_takes_the_ground_of_a_dark_page_and_its_lines_are_light(at):
    for scheme in ("light", "dark"):
        page = at(800, scheme)
        picture = page.locator("figure .chart svg").first
        picture.scroll_into_view_if_needed()
        drawn = Image.open(io.BytesIO(picture.screenshot())).convert("L")
        ground, (low, high) = drawn.getpixel((2, 2)), drawn.getextrema()
        body = page.evaluate("getComputedStyle(document.body).backgroundColor").strip("rgb()").split(",")[0]
        assert abs(ground - int(body)) < 6, scheme
        assert (high - ground if scheme == "dark" else ground - low) > 150, scheme
        drawn = page.locator("#path-gigabit_users svg")
        star, line = (
            drawn.evaluate(f"one => getComputedStyle(one.querySelector('[style*=\"{name}\"]')).{what}")
            for name, what in (("--f0e442", "fill"), ("--6f6f00", "stroke"))
        )
        assert star == "rgb(240, 228, 66)"
        assert (line == "rgb(111, 111, 0)") == (scheme == "light")


def test_page_and_charts_share_one_typeface_which_the_page_holds(at):
    page = at(800)
    assert page.evaluate(FACES, "h1, p, td, figcaption, .chart text, .said") == ['"Libertinus Serif"']
    assert page.evaluate("document.fonts.check('12px \"Libertinus Serif\"') && document.fonts.size") == 1


@pytest.mark.parametrize("width", [1400, 800, 390])
def test_letters_of_charts_are_eleven_pixels_high_on_every_screen(at, width):
    charts = at(width).locator("figure .chart svg")
    assert charts.count() > 8
    assert min(charts.nth(place).evaluate(SMALLEST) for place in range(charts.count())) >= 11


def test_on_a_phone_the_first_column_stays_while_the_rest_of_a_table_scrolls_in_its_box(at):
    page = at(390)
    box = page.locator("#takes .wide")

    def places():
        return [
            box.locator(f"tbody tr:first-child > :nth-child({one})").bounding_box()["x"] for one in (1, 2)
        ]

    before = places()
    box.evaluate("one => { one.scrollLeft = 120; }")
    after = places()
    assert before[0] == after[0]
    assert before[1] - after[1] == pytest.approx(120, abs=1)


def test_contents_stand_at_the_side_mark_what_is_read_and_fold_away_on_a_phone(at):
    page = at(1400)
    links = page.evaluate(SHOWN, "nav a")
    headings = page.evaluate(SHOWN, "main :is(h2, h3)[id]")
    assert links[1:] == headings
    for name in ("Method", "Coherence"):
        page.click(f"nav a:text-is('{name}')")
        page.wait_for_function(f"document.querySelector('nav a:target-current')?.innerText === '{name}'")
        bold = "names => [...document.querySelectorAll(names)].map(one => getComputedStyle(one).fontWeight)"
        assert sorted(page.evaluate(bold, "nav a"))[-2:] == ["400", "600"]
    narrow = at(390)
    assert narrow.evaluate(SHOWN, "nav a") == []
    narrow.click("a.up")
    assert narrow.evaluate(SHOWN, "nav a") == links


def test_landmarks_headings_tables_and_pictures_have_names_and_the_first_tab_skips_to_the_report(at):
    page = at(1400)
    count = "one => document.querySelectorAll(one).length"
    for landmark in ("body header", "nav[aria-label]", "main", "body footer"):
        assert page.evaluate(count, landmark) == 1, landmark
    for wrong in (
        "th:not([scope])",
        "img:not([alt])",
        ".chart svg:not([role='img'][aria-label])",
        "figure table:not([aria-labelledby])",
    ):
        assert page.evaluate(count, wrong) == 0, wrong
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] > 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#report")


def test_printed_from_the_dark_it_is_white_letter_paper_without_contents(at):
    page = at(1400, "dark")
    reader = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert [float(one) for one in reader.pages[0].mediabox[2:]] == pytest.approx([612, 792], abs=1)
    assert not any("Contents" in sheet.extract_text() for sheet in reader.pages)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_wherever_pages_end_no_row_is_split_and_no_heading_stands_alone(at):
    page = at(1400)
    rows = page.locator("main figure > .wide > table > tbody > tr > :last-child").all_text_contents()
    headings = page.locator("main :is(h2, h3)[id]").all_text_contents()
    followed = [re.escape(bare(heading)) + ".{40}" for heading in headings]
    for height in range(214, 243, 7):
        page.add_style_tag(content=f"@page {{ size: 210mm {height}mm; }}")
        reader = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        sheets = [bare(sheet.extract_text()) for sheet in reader.pages]
        assert [row for row in rows if not any(bare(row) in one for one in sheets)] == []
        assert [one for one in followed if not any(re.search(one, sheet) for sheet in sheets)] == []
