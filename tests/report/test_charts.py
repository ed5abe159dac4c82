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
    files = [
        scenario_file(
            tmp_path,
            f"title: {one}\nextends: baseline\n"
            f"growth: {{software_revenue: {{rate: 0.1{place}, damping: 0.89}}}}\n",
            f"{one}.yaml",
        )
        for place, one in enumerate(names)
    ]
    several = Comparison(plan, files, draws=0)
    bundle(charts.multiples(several))
    panel = drawn[0].axes[list(plan.kpis).index("software_revenue")]
    lines = {line.get_label(): line for line in panel.lines if line.get_label() in "ABCDEFG"}
    assert list(lines) == list(several.letters.values()) == list("ABCDEFG")
    assert len({line.get_color() for line in lines.values()}) == len(names)
    assert len({str(line._unscaled_dash_pattern) for line in lines.values()}) == len(names)
    assert len({(style.colour(rank), str(style.dashes(rank))) for rank in range(77)}) == 77
    # Where all of them agree there is one line, and it carries all their names.
    agreed = drawn[0].axes[0]
    assert [one.get_text() for one in agreed.texts] == ["A B C D E F G"]


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
    bundle(charts.multiples(many))
    assert len(drawn) == 4
    for figure, renderer in rendered(drawn):
        written = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text()]
        assert any("Boats" in one.get_text() or "$" in one.get_text() for one in written)
        for one in written:
            box = one.get_window_extent(renderer)
            assert 0 <= box.x0 <= box.x1 <= figure.bbox.width, one.get_text()
        for ax in figure.axes:
            boxes = [one.get_window_extent(renderer) for one in ax.get_xticklabels() if one.get_text()]
            assert all(left.x1 < right.x0 for left, right in pairwise(sorted(boxes, key=lambda box: box.x0)))
        assert figure.get_size_inches()[1] < 9.0


def test_no_name_of_a_line_covers_another_and_no_legend_the_years(plan, drawn):
    found = Report(plan, "baseline", draws=256)
    for kpi in plan.kpis:
        bundle(charts.trajectory(found, kpi))
        bundle(charts.fan(found, kpi))
    bundle(charts.multiples(Comparison(plan, list(plan.scenarios), draws=0)))
    for figure, renderer in rendered(drawn):
        assert not figure.legends
        for ax in figure.axes:
            named = [one for one in ax.texts if one.get_ha() == "left"]
            assert named or not ax.lines
            boxes = sorted((Text.get_window_extent(one, renderer) for one in named), key=lambda box: box.y0)
            # Letters have room above and below them: a third of a line may be shared.
            assert all(low.y1 - high.y0 < 0.35 * low.height for low, high in pairwise(boxes))
    drawn.clear()
    bundle(charts.panels(found))
    for figure, renderer in rendered(drawn):
        top = figure.legends[0].get_window_extent(renderer).y1
        years = [one.get_window_extent(renderer) for ax in figure.axes for one in ax.get_xticklabels()]
        assert top <= min(one.y0 for one in years)
