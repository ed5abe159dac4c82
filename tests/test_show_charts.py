"""Charts: the figures drawn, their marks and colours, and pictures that are always the same."""

import base64
import io
import re

import pytest
from conftest import bundle

from model import ModelError, show
from model.show import frames, style


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
