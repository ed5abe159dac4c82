"""What is shown can be read as data by the exporter, whatever plan, scenario or horizon."""

import json
import re

import pandas as pd
import pytest
from conftest import bundle

from model import ModelError, load
from model.report import Comparison, Report, charts, output, overview, tables, text
from model.report.output import Table, Text
from model.report.pages import chapter


def everything(found):
    for show in (
        text.answer, tables.verdicts, charts.panels, charts.gaps, tables.assumptions, text.method,
        tables.sources, text.conclusion, tables.coherence, tables.assessment, tables.projection,
        tables.required_growth, tables.goal_seek, text.headline, text.needed, text.contradicted, overview,
    ):  # fmt: skip
        yield show(found)
    for kpi in found.plan.kpis:
        yield from chapter(found, kpi)
        yield tables.sources(found, kpi)


def test_what_each_assumption_would_have_to_be_is_said_in_every_scenario(plan):
    """Where a trial value leaves a shock no meaning, too; and a slope however large its unit."""
    for pack in (plan, load("eu_digital_decade")):
        for name in pack.scenarios:
            frame = tables.goal_seek(Report(pack, name, draws=0)).frame
            assert len(frame) >= len(pack.kpis)
            needed = frame[frame["KPI"] == "Edge nodes"]["Needed to meet the target"]
            assert not any(
                "reach" in one for one in frame[frame["KPI"] == "Edge nodes"]["Required growth"]
            ), needed


@pytest.mark.parametrize("scenario", ["baseline", "outturn_path"])
def test_everything_shown_can_be_read_as_data(plan, scenario):
    seen = set()
    for shown in everything(Report(plan, scenario)):
        content = bundle(shown)
        said = json.loads(json.dumps(content[output.MIME], allow_nan=False))
        assert content["text/plain"].strip()
        assert "nan" not in re.findall(r"[a-z]+", content["text/plain"].lower())
        seen.add((said["type"], said["id"]))
        inside = said["data"]
        if said["type"] == "text":
            assert inside["text"]
            assert inside["style"] in output.STYLES
            assert all(isinstance(sentence, str) and sentence for sentence in inside["text"])
            continue
        if said["type"] == "tiles":
            assert [one["tone"] for one in inside["tiles"]]
            assert all(one["picture"].startswith("<svg") and one["number"] for one in inside["tiles"])
            continue
        assert all(len(row) == len(inside["columns"]) for row in inside["rows"])
        if said["type"] == "figure":
            assert all(said[key] for key in ("caption", "alt", "source"))
        else:
            assert said["type"] == "table"
            assert all(isinstance(cell, str) for row in inside["rows"] for cell in row)
    assert ("figure", "path-core_share") in seen


def test_a_plan_with_other_years_units_and_kpis_is_shown_too(coast):
    assert [bundle(shown) for shown in everything(Report(coast, next(iter(coast.scenarios))))]
    several = Comparison(coast)
    for show in (
        text.answer, tables.verdict_matrix, tables.changed_assumptions, text.headline, tables.coherence,
        text.spreads, charts.multiples,
    ):  # fmt: skip
        assert bundle(show(several))


@pytest.mark.parametrize("asked", [{"horizon": 2035, "as_of": 2023}, {"horizon": 2022}])
def test_other_horizons_and_years_of_knowledge_are_shown_too(plan, asked):
    assert all(bundle(shown) for shown in everything(Report(plan, **asked)))


def test_a_text_is_shown_as_it_was_written_whatever_signs_it_holds():
    awkward = "a*b_c #d $e$ <f> [g](h) `i` \\j | ~k"
    shown = Text([awkward], id="awkward")
    assert shown.data()["data"]["text"] == [awkward]
    assert re.sub(r"\\(\W|_)", r"\1", bundle(shown)["text/markdown"]) == awkward
    cell = Table(pd.DataFrame({"a<b": ["<script>"]}), id="t", caption="&")
    assert "<script>" not in bundle(cell)["text/html"]
    assert "a&lt;b" in bundle(cell)["text/html"]


def test_an_id_or_a_style_that_is_none_is_refused():
    with pytest.raises(ModelError, match="not an id"):
        Text(["x"], id="Not an id")
    with pytest.raises(ModelError, match="did you mean 'lead'"):
        Text(["x"], id="x", style="laed")
