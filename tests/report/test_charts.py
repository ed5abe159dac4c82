"""Charts: the figures drawn, their marks and colours, and pictures that are always the same."""

import io
import json
import re
from itertools import pairwise

import matplotlib as mpl
import pytest
from conftest import bundle
from data_pack import COAST, scenario_file
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from model import ModelError, load
from model.report import Comparison, Report, charts, frames, style


@pytest.fixture
def drawn(monkeypatch):
    """Figures as they are drawn, besides being handed out."""
    kept, png = [], style.png
    monkeypatch.setattr(style, "png", lambda figure, **more: kept.append(figure) or png(figure, **more))
    return kept


def rendered(figures):
    for figure in figures:
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        yield figure, renderer


def test_drawn_figures_are_rounded_bases_stand_side_by_side_and_what_is_unsure_is_marked(found):
    wide = frames.by_year(found, "online_retail")
    last = wide[wide["Year"] == 2025].iloc[0]
    assert (last["Baseline"], last["Outturn"], last["Outturn, chained"]) == (16.86, 15.97, 18.03)
    egov, commerce = frames.points(found, "egov_users"), frames.points(found, "ecommerce_transactions")
    assert egov.set_index("year")["mark"][2021] == "lower"
    assert commerce.set_index("year")["mark"][2023] == "unverified"


def test_a_picture_has_the_colours_of_the_house_and_is_always_the_same_whatever_the_user_s_settings(found):
    first, second = (bundle(charts.trajectory(found, "core_share"))["image/png"] for _ in range(2))
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 20, "axes.facecolor": "pink"}):
        assert first == second == bundle(charts.trajectory(found, "core_share"))["image/png"]
    picture = Image.open(io.BytesIO(first)).convert("RGB")
    colours = {"#{:02X}{:02X}{:02X}".format(*colour) for _, colour in picture.getcolors(1 << 20)}
    assert {style.colour(), "#FFFFFF"} <= colours


def test_a_report_run_shows_vector_pictures_without_date_or_chance(found):
    style.vector(True)
    try:
        first, second = (bundle(charts.gaps(found)) for _ in range(2))
    finally:
        style.vector(False)
    assert first == second
    assert "image/png" not in first
    assert not re.search(r"<dc:date>|matplotlib v", first["image/svg+xml"], re.IGNORECASE)


def test_scenarios_of_any_name_are_told_apart_by_colour_and_by_dash(plan, tmp_path, drawn):
    names = ("high", "pessimistic", "downside", "low", "upside", "cloud_first", "my_scenario")
    files = [scenario_file(tmp_path, f"title: {one}\nextends: baseline\n", f"{one}.yaml") for one in names]
    bundle(charts.comparison(Comparison(plan, files), "software_revenue"))
    lines = {line.get_label(): line for line in drawn[0].axes[0].lines if line.get_label() in names}
    assert list(lines) == list(names)
    assert len({line.get_color() for line in lines.values()}) == len(names)
    assert len({str(line._unscaled_dash_pattern) for line in lines.values()}) == len(names)
    assert len({(style.colour(rank), str(style.dashes(rank))) for rank in range(77)}) == 77


def test_an_unknown_kpi_is_named_with_its_neighbour(found):
    with pytest.raises(ModelError, match="did you mean 'core_share'"):
        charts.trajectory(found, "core_shar")


MARKUP = "Boats of every kind that were registered in the harbours of the coast, $x_1$"


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """Thirty KPIs with long titles, as far as 2060."""
    folder = tmp_path_factory.mktemp("crowded") / "crowded"
    (folder / "scenarios").mkdir(parents=True)
    for name in ("outturns.csv", "context.csv"):
        (folder / name).write_text((COAST / name).read_text(encoding="utf-8").splitlines()[0] + "\n")
    kpi = {"unit": "thousand boats", "decimals": 1, "kind": "flow", "base": 10, "base_source": "D"}
    kpi |= {"sd": {"value": 0.05, "source": "D"}, "curve": "compound", "chapter": "C", "definition": "D"}
    targets = [{"year": 2030, "value": 20, "source": "D"}]
    titles = [f"{MARKUP} {n}" for n in range(30)]
    kpis = {
        f"k{n}": kpi | {"stream": n + 1, "title": one, "short_title": one, "targets": targets}
        for n, one in enumerate(titles)
    }
    years = {"base_year": 2020, "target_year": 2030, "horizon": 2030}
    plan = {"id": "crowded", "title": MARKUP, "issuer": "I", "document": "D", **years, "kpis": kpis}
    (folder / "plan.yaml").write_text(json.dumps(plan), encoding="utf-8")
    for name in ("first", "second", "third", "fourth", "fifth"):
        growth = {one: {"rate": 0.04} for one in kpis}
        text = {"title": f"{MARKUP} {name}", "narrative": "N", "growth": growth}
        (folder / "scenarios" / f"{name}.yaml").write_text(json.dumps(text), encoding="utf-8")
    return load(folder)


def test_whatever_is_written_on_a_chart_stands_on_it_and_apart(crowded, drawn):
    found = Report(crowded, "first", horizon=2060)
    many = Comparison(crowded, list(crowded.scenarios))
    for chart in (charts.trajectory(found, "k0"), charts.panels(found), charts.gaps(found)):
        bundle(chart)
    bundle(charts.comparison(many, "k0"))
    assert len(drawn) == 4
    for figure, renderer in rendered(drawn):
        written = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text()]
        assert any("x_1$" in one.get_text() for one in written)
        for one in written:
            box = one.get_window_extent(renderer)
            assert 0 <= box.x0 <= box.x1 <= figure.bbox.width, one.get_text()
        for ax in figure.axes:
            boxes = [one.get_window_extent(renderer) for one in ax.get_xticklabels() if one.get_text()]
            assert all(left.x1 < right.x0 for left, right in pairwise(sorted(boxes, key=lambda box: box.x0)))
        assert figure.get_size_inches()[1] < 9.0
    names = [one.get_text() for one in drawn[-1].legends[0].get_texts()]
    assert len(set(names)) == len(names)


def test_no_legend_covers_the_years(plan, drawn):
    found = Report(plan, "baseline", draws=256)
    for kpi in plan.kpis:
        bundle(charts.trajectory(found, kpi))
        bundle(charts.fan(found, kpi))
    bundle(charts.panels(found))
    bundle(charts.comparison(Comparison(plan, list(plan.scenarios), draws=0), "online_retail"))
    assert len(drawn) == 2 * len(plan.kpis) + 2
    for figure, renderer in rendered(drawn):
        top = figure.legends[0].get_window_extent(renderer).y1
        years = [one.get_window_extent(renderer) for ax in figure.axes for one in ax.get_xticklabels()]
        assert top <= min(one.y0 for one in years)
        words = [one.get_text() for one in figure.legends[0].get_texts()]
        assert not any("…" in one for one in words), words
