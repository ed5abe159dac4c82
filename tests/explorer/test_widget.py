"""The glue between session and browser, spoken to as the browser speaks to it."""

import asyncio
import sys
from pathlib import Path

import pytest

from model import ModelError, explore
from model.explorer.server import TEMPLATES, options
from model.explorer.session import Session
from model.explorer.widget import ExplorerWidget
from model.plan.assumptions import with_overrides
from model.report.output import MIME, WIDGET

RATE = "software_revenue.rate"


class Browser:
    """Sends commands, and hears of files and of how often the picture changed."""

    def __init__(self, widget):
        self.widget, self.seq, self.files, self.pictures = widget, 0, {}, []
        widget.send = lambda content, buffers=None: self.files.update({content["file"]: buffers[0]})
        widget.observe(lambda change: self.pictures.append(change["new"]["revision"]), names="picture")

    def __call__(self, do, **more):
        self.seq += 1
        self.widget._handle_custom_msg({"do": do, "seq": self.seq, **more}, [])
        assert self.widget.answered == self.seq


@pytest.fixture
def widget(plan):
    made = ExplorerWidget(Session(plan))
    yield made
    made.close()


@pytest.fixture
def browser(widget):
    return Browser(widget)


def test_a_step_of_a_slider_or_a_preset_is_one_new_picture_and_says_what_was_moved(widget, browser):
    before, sent = widget.picture["lines"]["software_revenue"], []
    widget.observe(lambda change: sent.append(change["name"]), names=["frame", "groups", "presets"])
    browser("set", control=RATE, value=15.0, gesture="g")
    assert browser.pictures == [2]
    assert widget.values == {RATE: {"value": 15.0, "text": "15"}}
    assert widget.picture["lines"]["software_revenue"][-1] > before[-1]
    assert widget.picture["title"] == "Baseline, changed"
    assert sent == [], "what does not change is not sent again"
    browser("set", control="run.horizon", value="2030")
    assert (sent, widget.frame["last"]) == (["frame"], 2030)
    browser("preset", value="saturation")
    assert browser.pictures == [2, 3, 4]
    texts = {one["id"]: one["text"] for group in widget.groups for one in group["controls"]}
    assert texts["software_revenue.damping"] == "0.8"


def test_an_error_stands_at_its_control_and_the_last_good_picture_stays(widget, browser):
    browser("set", control=RATE, value=15.0)
    picture = widget.picture
    browser("set", control=RATE, value="fifteen")
    wrong = {RATE: "“fifteen” is no number; above −100, below 2,000"}
    assert widget.problems == wrong
    assert widget.picture is picture
    browser("refine")
    assert widget.problems == wrong
    browser("set", control=RATE, value="16")
    assert widget.problems == {}
    browser("set", control="egov_users.ceiling", value="300")
    assert widget.problems == {"egov_users.ceiling": "the ceiling 300 is not above the base 400; above 400"}


def test_undo_redo_and_resets_are_offered_when_there_is_something_to_take_back(widget, browser):
    assert (widget.picture["undo"], widget.picture["redo"]) == (False, False)
    browser("set", control=RATE, value=15.0)
    assert (widget.picture["undo"], widget.picture["redo"]) == (True, False)
    browser("undo")
    assert (widget.values, widget.picture["redo"]) == ({}, True)
    browser("redo")
    for reset in ({"do": "reset", "control": RATE}, {"do": "reset_all"}):
        browser("set", control=RATE, value=16.0)
        browser(**reset)
        assert widget.values == {}


def test_a_pinned_picture_stays_while_the_sliders_move(widget, browser):
    line = widget.picture["lines"]["software_revenue"]
    browser("pin", value="now")
    browser("set", control=RATE, value=15.0)
    assert widget.picture["held"]["lines"]["software_revenue"] == line
    browser("pin", value="accelerated")
    assert widget.picture["held"]["title"] == "Accelerated"
    browser("pin", value="")
    assert widget.picture["held"] == {}


def test_meeting_the_target_says_what_would_have_to_be_true(widget, browser):
    browser("seek", value="software_revenue")
    words = "16.3 % at first, 11.4 % a year on average"
    assert widget.status.endswith(f"target with Growth: 16.31 % in 2020, fading ({words})")
    row = next(row for row in widget.rows if row["kpi"] == "software_revenue")
    assert (row["cells"][5], row["key"]) == (words, "met")
    browser("seek", value="gigabit_users", at="seek")
    assert widget.status == "Gigabit users: met as assumed; 56.5 % a year would do"
    browser("set", control="gigabit_users.ceiling", value="50")
    browser("seek", value="gigabit_users", at="seek")
    assert "out of reach" in widget.problems["seek"]
    assert set(widget.values) == {RATE, "gigabit_users.ceiling"}


def test_refining_brings_the_fan_and_the_probabilities_of_the_picture_on_screen(widget, browser):
    browser("set", control="run.draws", value="256")
    assert widget.fan["bands"] == {}
    browser("refine")
    assert widget.fan["revision"] == widget.picture["revision"]
    assert len(widget.fan["bands"]["core_share"]) == 7
    assert all("%" in row["cells"][-2] for row in widget.rows)
    browser("set", control="run.fan", value=False)
    browser("refine")
    assert widget.fan["bands"] == {}


def test_an_ensemble_that_cannot_be_drawn_says_so_beside_its_switch(widget, browser):
    browser("set", control="run.horizon", value="2031")
    browser("set", control="software_revenue.curve", value="stepwise")
    browser("set", control="software_revenue.rates.2031.width", value="1")
    browser("refine")
    assert "more uncertain inputs" in widget.problems["run.fan"]
    assert widget.fan["bands"] == {}
    browser("undo")
    assert widget.problems == {}


@pytest.mark.parametrize("again", [True, False])
def test_while_an_ensemble_is_drawn_a_slider_is_answered_and_the_newest_picture_wins(widget, browser, again):
    fans, before = [], sys.getswitchinterval()
    widget.observe(lambda change: fans.append(change["new"]["revision"]), names="fan")

    async def hurried():
        browser("refine")
        await asyncio.sleep(0)  # the drawing begins; what it gives cannot arrive before this goes on
        assert sys.getswitchinterval() < before
        browser("set", control=RATE, value=15.0)
        assert not widget._task.done()
        if again:
            browser("refine")
        await widget._task

    asyncio.run(hurried())
    assert sys.getswitchinterval() == before
    assert widget.picture["revision"] == 2
    assert fans == ([2] if again else [])
    assert bool(widget.fan["bands"]) is again


def test_files_go_through_the_widgets_own_channel(widget, browser, tmp_path):
    browser("set", control=RATE, value=15.0)
    browser("save", name="Cloud first", folder=str(tmp_path))
    assert browser.files["cloud_first.yaml"].startswith(b"title: Cloud first\nextends: baseline\n")
    assert (tmp_path / "cloud_first.yaml").read_bytes() == browser.files["cloud_first.yaml"]
    browser("csv", name="Cloud first")
    columns = b"scenario,kpi,year,value,status,unit,target,verdict,probability\n"
    assert browser.files["cloud_first.csv"].startswith(columns)
    browser("load", name="cloud_first.yaml", text=browser.files["cloud_first.yaml"].decode())
    assert ["cloud_first", "Cloud first"] in widget.presets
    assert widget.picture["chosen"] == "cloud_first"


def test_a_cell_shows_the_live_explorer_with_its_twin_behind_it(plan):
    data, metadata = explore(plan)._repr_mimebundle_()
    assert {WIDGET, MIME, "image/png", "text/plain"} <= set(data)
    assert data[MIME]["type"] == "figure"
    assert metadata["image/png"]["alt"].startswith("8 small line charts")
    assert len(data[MIME]["data"]["rows"]) >= 8 * 6


def test_some_kpis_are_shown_alone_with_what_they_rest_on(plan):
    changed = with_overrides(plan, plan.scenarios["baseline"], ["core_share.numerator.rate=0.1"])
    shown = explore(plan, changed, kpis=["core_share"], horizon=2028)
    widget = shown.widget
    assert [one["kpi"] for one in widget.frame["panels"]] == ["core_share"]
    assert {row["kpi"] for row in widget.rows} == {"core_share"}
    assert [group["id"] for group in widget.groups] == ["core_share", "gdp_nominal", "run"]
    assert widget.frame["last"] == 2028
    assert "10 %" in " ".join(shown.ranges().frame.iloc[:, 2])
    assert set(shown.data()["data"]["columns"]) >= {"KPI", "Year", "Target"}
    assert "core" in shown.data()["data"]["rows"][0][0].lower()
    widget.close()
    with pytest.raises(ModelError, match="unknown kpi 'core_sahre'; did you mean 'core_share'"):
        explore(plan, kpis=["core_sahre"])


def test_the_app_is_for_this_machine_ends_idle_kernels_and_asks_nobody_else():
    given = options("explorer.ipynb")
    assert {"--Voila.ip=127.0.0.1", "--preheat_kernel=True"} <= {*given}
    assert any("cull_idle_timeout" in one for one in given)
    for path in TEMPLATES.rglob("*.j2"):
        assert "://" not in path.read_text(encoding="utf-8")


def test_sockets_to_kernels_send_without_delay_in_the_app_and_in_lab():
    import jupyter_server.services.kernels.websocket as websocket

    from model.explorer import server

    (point,) = server._jupyter_server_extension_points()
    assert point["module"] == server.__name__
    assert server.__name__ in (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    before = websocket.KernelWebsocketHandler.open
    called = []

    class Socket:
        def set_nodelay(self, on):
            called.append(on)

    try:
        server.without_delay()
        with pytest.raises(TypeError):  # past the first step the server's own opening needs a server
            asyncio.run(websocket.KernelWebsocketHandler.open(Socket(), "kernel"))
    finally:
        websocket.KernelWebsocketHandler.open = before
    assert called == [True]
