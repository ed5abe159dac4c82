"""The notebooks that ship make the reports that a reader gets."""

import json
import re
from functools import cache

import pypdf
import pytest
from report_cells import least_full

from model.export import batch

CHANGED = "software_revenue={curve: compound, rate: 0.125}"
NAMED = "software_revenue=_curve_compound_rate_0.125_~f6ce045f-2025-en"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("reports")
    asked = ["accelerated", "outturn_path"]
    run = batch.render_reports("china_14fyp_digital", asked, overrides=[CHANGED], out=out, workers=2)
    assert not run.failed, run.summary()
    return out


def flat(text):
    return " ".join(text.split())


@cache
def pages(path):
    return [flat(page.extract_text()) for page in pypdf.PdfReader(path).pages]


def text_of(made, name):
    return " ".join(pages(made / f"{name}-{NAMED}.pdf"))


@pytest.mark.parametrize("name", ["accelerated", "outturn_path"])
def test_the_first_page_is_the_answer_and_the_next_says_what_it_would_take(made, plan, name):
    sheets = pages(made / f"{name}-{NAMED}.pdf")
    assert plan.scenarios[name].title.en in sheets[0]
    assert plan.title.en in sheets[0]
    for kpi in plan.kpis.values():
        assert kpi.short_title.en in sheets[0]
    assert re.search(r"\w+ of eight targets are met by 2025", sheets[0])
    assert len(re.findall(r"Target [\d.,]+ ", sheets[0])) == len(plan.kpis)
    assert "have been met in the event" in sheets[0]
    assert "1 What it would take" in sheets[1]
    assert f"/ {len(sheets)}" in sheets[-1]
    assert least_full(pypdf.PdfReader(made / f"{name}-{NAMED}.pdf")) > 0.7


def test_each_kpi_has_a_bookmark_and_a_figure_with_source_and_the_date_is_that_of_the_data(made, plan):
    reader = pypdf.PdfReader(made / f"accelerated-{NAMED}.pdf")
    under = [entry["/Title"] for group in reader.outline if isinstance(group, list) for entry in group]
    for number, kpi in enumerate(plan.kpis.values(), start=1):
        assert f"2.{number} {kpi.title.en}" in under
    text = " ".join(pages(made / f"accelerated-{NAMED}.pdf")[1:])
    assert all(f"Figure {number} " in text for number in range(1, len(plan.kpis) + 2))
    assert text.count("Sources: ") >= len(plan.kpis)
    latest = max(*plan.outturns["published"], *plan.context_data["published"])
    assert reader.metadata["/CreationDate"].startswith("D:" + latest.replace("-", ""))
    assert "show." not in text_of(made, "accelerated"), "a report shows no code"


def test_the_comparison_holds_every_scenario_asked_for_and_their_files(made, plan):
    reader = pypdf.PdfReader(made / f"comparison-{NAMED}.pdf")
    made_here = {"recipe.json", "numbers.csv", "seal.json"}
    assert set(reader.attachments) == {"accelerated.yaml", "outturn_path.yaml", *made_here}
    assert least_full(reader) > 0.7
    first = flat(reader.pages[0].extract_text())
    assert plan.scenarios["accelerated"].title.en in first
    assert plan.scenarios["outturn_path"].title.en in first
    assert plan.scenarios["saturation"].title.en not in first


def test_a_changed_assumption_reaches_the_reports_their_comparison_and_their_recipes(made, plan):
    value = plan.kpis["software_revenue"].base * 1.125 ** (plan.target_year - plan.base_year)
    for name in ("accelerated", "comparison"):
        assert f"{value:.2f}" in text_of(made, name), name
    recipe = json.loads((made / "manifest.json").read_text(encoding="utf-8"))["batches"][-1]["recipe"]
    assert all(one["parameters"]["overrides"] == [CHANGED] for one in recipe["reports"])
    own = json.loads(pypdf.PdfReader(made / f"accelerated-{NAMED}.pdf").attachments["recipe.json"][0])
    assert own["reports"] == recipe["reports"][:1]
    assert own["digests"]["data"] == recipe["digests"]["data"]
    assert own["packages"] == recipe["packages"]


def test_the_page_is_whole_by_itself(made):
    text = (made / f"accelerated-{NAMED}.html").read_text(encoding="utf-8")
    assert '<svg role="img"' in text
    assert not any(one in text for one in ('src="http', "<link", "<script"))
    assert text.count("<img") == text.count('alt="')


SAID = {
    "accelerated": [
        *("How sure", "Progress by published rules", "What would have to be true", "How past"),
        *("90 % of draws", "Our reading: a constant could not be confirmed"),
        *("when whole KPIs are drawn anew", "not checked: no projection of value added"),
    ],
    "outturn_path": [],
    "comparison": ["How likely each target is, by scenario", "Last growth fades (naive)"],
}


@pytest.mark.parametrize("name", SAID)
def test_a_report_says_how_likely_by_which_rule_what_it_takes_and_which_series_cohere(made, plan, name):
    text = text_of(made, name)
    for said in ("Coherence", flat(plan.coherence[0].reason.en)[:30], *SAID[name]):
        assert said in text
