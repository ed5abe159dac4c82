"""What leaves the explorer and what comes in: scenario files, tables, reports."""

import csv
import io
import threading

import psutil
import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from ruamel.yaml import YAML

from model import load
from model.cli import scenarios
from model.errors import ModelError
from model.explorer.files import Printing, deliver, scenario_file, table
from model.explorer.session import Session
from model.plan.load import find_scenario

RATE = "software_revenue.rate"


def written(session, title="Mine"):
    return scenario_file(session.shipped, session.chosen, session.now, title=title)


def content(session):
    return YAML(typ="safe").load(written(session))


def again(session, text):
    other = Session(session.shipped)
    other.load(text, "mine.yaml")
    return other


MOVES = {
    RATE: "15.25",
    "ipv6_users.ceiling": "1100",
    "egov_users.curve": "gompertz",
    "core_share.from.year": "2023",
    "core_share.from.rate": "15",
    "gdp_nominal.rate": "6",
    "gdp_nominal.rate.width": "1",
    "iiot_penetration.shock1.shape": "temporary",
    "iiot_penetration.shock1.recovery": "u",
    "run.as_of": "2022",
}


def test_only_what_was_changed_is_saved_and_its_parent_is_named(plan):
    session = Session(plan, "accelerated")
    assert content(session) == {"title": "Mine", "extends": "accelerated"}
    session.set(RATE, "15")
    assert list(content(session)) == ["title", "extends", "growth"]
    assert content(session)["extends"] == "accelerated"
    ((kpi, growth),) = content(session)["growth"].items()
    assert (kpi, growth["rate"]) == ("software_revenue", 0.15)
    assert "explorer" in growth["source"]


@pytest.mark.parametrize("scenario", list(load().scenarios))
def test_what_is_saved_is_accepted_and_gives_the_same_picture_again(plan, scenario, tmp_path):
    session = Session(plan, scenario)
    if "rate" in session.now.growth["software_revenue"].arguments:
        session.set(RATE, "15.25")
    session.set("egov_users.curve", "logistic")
    session.set("online_retail.shock1.shape", "ramp")
    text = written(session, "Ever so mine")
    path = tmp_path / "ever_so_mine.yaml"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(scenarios, ["check", str(path)], standalone_mode=False)
    assert done.exception is None, done.output
    assert again(session, text).lines == session.lines


def test_one_of_everything_survives_the_way_out_and_in(session):
    for control, value in MOVES.items():
        session.set(control, value)
    other = again(session, written(session))
    assert other.lines == session.lines
    assert other.now.as_of == 2022
    assert [one.shape for one in other.now.shocks] == ["temporary"]


def test_a_shock_of_the_parent_that_was_taken_away_stays_away(plan):
    session = Session(plan, "delayed_adoption")
    session.set("iiot_penetration.shock1.shape", "none")
    other = again(session, written(session))
    assert other.lines == session.lines
    assert other.lines["iiot_penetration"] == Session(plan).lines["iiot_penetration"]


def test_what_was_loaded_is_saved_with_a_parent_that_the_plan_has_or_stands_alone(session, plan, tmp_path):
    session.set(RATE, "15")
    other = again(session, written(session))
    other.set("gdp_nominal.rate", "6")
    assert content(other)["extends"] == "baseline"
    assert set(content(other)["growth"]) == {"software_revenue", "gdp_nominal"}
    path = tmp_path / "alone.yaml"
    path.write_text("title: Alone\nextends: baseline\n", encoding="utf-8")
    rootless = find_scenario(plan, path).model_copy(update={"extends": None})
    told = YAML(typ="safe").load(scenario_file(plan, rootless, rootless, title="Alone"))
    assert "extends" not in told
    assert set(told["growth"]) == set(plan.scenarios["baseline"].growth)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("title: x\nextends: basline\n", "mine.yaml:2: extends: unknown scenario 'basline'; did you mean"),
        ("title: x\nextends: baseline\ngrowth:\n  gdp_nominal: {curve: compound, rate: -3}\n", "mine.yaml:4"),
        ("title: [x\n", "mine.yaml:"),
        ("", "mine.yaml:"),
    ],
)
def test_a_bad_file_is_refused_by_line_under_its_own_name_and_nothing_changes(session, text, wrong):
    before = session.state
    with pytest.raises(ModelError) as caught:
        session.load(text, "mine.yaml")
    assert str(caught.value).startswith(wrong)
    assert session.state == before


def test_a_loaded_scenario_stands_among_the_presets_under_a_name_of_its_own(session):
    session.load("title: Mine\nextends: accelerated\n", "Baseline.yaml")
    assert session.state.chosen == "baseline_2"
    session.choose("baseline")
    session.choose("baseline_2")


def test_the_table_is_the_one_of_the_command_line(session):
    done = CliRunner().invoke(scenarios, ["project", "baseline", "--format", "csv"], standalone_mode=False)

    def taken():
        return list(csv.DictReader(io.StringIO(table(session.projection, session.chosen))))

    told = list(csv.DictReader(io.StringIO(done.output)))
    shared = told[0].keys() & taken()[0].keys()
    assert shared >= {"scenario", "kpi", "year", "value"}
    ours, theirs = ([{key: row[key] for key in shared} for row in rows] for rows in (taken(), told))
    assert ours == theirs
    session.set("run.horizon", "2027")
    assert "2027" in {row["year"] for row in taken()}


def test_a_file_goes_into_the_folder_that_was_named_and_nowhere_else(tmp_path):
    assert "downloads" in deliver("mine.csv", b"x", "")
    said = deliver("mine.csv", b"a,b\n", str(tmp_path / "new" / "folder"))
    assert (tmp_path / "new" / "folder" / "mine.csv").read_bytes() == b"a,b\n"
    assert "folder" in said
    (tmp_path / "taken").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        deliver("mine.csv", b"", str(tmp_path / "taken"))


class Heard:
    def __init__(self):
        self.jobs, self.ended = [], threading.Event()

    def __call__(self, job):
        self.jobs.append(job)
        if not job.get("running"):
            self.ended.set()


def printed(session, text):
    heard = Heard()
    printing = Printing(heard)
    printing.start(session.shipped.source, "mine", text, last=session.last)
    return heard, printing


def test_a_report_of_what_is_on_screen_is_made_by_a_child_that_tells_how_far_it_is(session):
    session.set(RATE, "15")
    heard, printing = printed(session, written(session))
    printing.start(session.shipped.source, "other", written(session), last=session.last)
    assert heard.ended.wait(180)
    made = heard.jobs[-1]
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made["file"])).pages)
    assert made["name"].startswith("mine-2025")
    assert "Mine" in text
    counts = [(job["done"], job["total"]) for job in heard.jobs if "done" in job]
    assert len(counts) >= 3
    assert counts == sorted(counts)
    assert not printing.is_running


def test_a_report_that_is_cancelled_ends_its_processes_and_says_so(session):
    heard, printing = printed(session, written(session))
    while not any("done" in job for job in heard.jobs):
        assert not heard.ended.wait(0.1), heard.jobs
    family = psutil.Process().children(recursive=True)
    printing.cancel()
    assert heard.ended.wait(10)
    assert heard.jobs[-1] == {"key": "cancelled"}
    _, alive = psutil.wait_procs(family, timeout=15)
    commands = [" ".join(one.cmdline()) for one in alive]
    assert [one for one in commands if "model.cli" in one or "ipykernel_launcher" in one] == []


def test_a_report_that_cannot_be_made_says_why(session):
    heard, _ = printed(session, "title: x\nextends: nobody\n")
    assert heard.ended.wait(60)
    assert heard.jobs[-1]["key"] == "failed"
    assert "nobody" in heard.jobs[-1]["problem"]
