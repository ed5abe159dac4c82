"""How wide bands are: how long shocks last, what is borrowed or given, one vintage, one calendar."""

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import draw

from model import load
from model.evaluation.backtest import calibration
from model.projection.projection import project
from model.report import Report, tables, text
from model.report.language import ENGLISH
from model.uncertainty.spread import persistence, spread, yearly_growth

COAST = Path(__file__).parents[1] / "plans" / "coast"
SD = "    sd: {value: 0.05, source: A test}\n"
ROW = "{},,published,{}-01-01,{}-12-31,{},{},point,final,seen,{}-02-01,stated,Council,Yearbook,,,\n"


def run(*asked, code=0):
    """Run the command line as its own process in which every warning is an error."""
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "model.cli", *asked]
    wide = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=wide)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def row(kpi, year, value, unit):
    return ROW.format(kpi, year, year, value, unit, year + 1)


@pytest.fixture
def pack(tmp_path):
    """Copy the invented plan; give what adds a line under every KPI, and rows to a table."""
    folder = tmp_path / "coast"
    shutil.copytree(COAST, folder)

    def change(*, kpis="", **tables):
        path = folder / "plan.yaml"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(line + kpis * line.startswith("    stream:") for line in lines), "utf-8")
        for name, rows in tables.items():
            table = folder / f"{name}.csv"
            table.write_text(table.read_text("utf-8") + "".join(rows), "utf-8")
        return str(folder)

    return change


def missed(rates, ahead):
    """Errors of a damped trend so many years ahead, from every year that allows it."""
    return [
        sum(rates[year + step] - 0.89**step * rates[year] for step in range(1, ahead + 1))
        for year in rates
        if all(year + step in rates for step in range(1, ahead + 1))
    ]


def test_how_long_shocks_last_is_measured_before_the_plan(plan):
    found = persistence(plan)
    assert (found.rests, found.n, found.series) == ("measured", 41, 7)
    scaled = {1: [], 2: []}
    for name, rates in yearly_growth(plan.figures, plan.base_year).items():
        if missed(rates, 2) and not plan.series[name].proxy_for:
            size = np.sqrt(np.mean(np.square(missed(rates, 1))))
            for ahead, errors in scaled.items():
                errors += [one / size for one in missed(rates, ahead)]
    ratio = np.sqrt(np.mean(np.square(scaled[2])) / np.mean(np.square(scaled[1])))
    closed = np.sqrt(ratio**2 - 1) - 1
    assert (ratio, closed) == pytest.approx((1.96, 0.69), abs=0.005), "errors two years ahead over one"
    assert found.low < closed < found.value < found.high


def test_what_shocks_last_on_is_said_wherever_spread_is_shown(plan):
    said = run("simulate", "--show", "spread", "--draws", "64")
    assert "77 % lasts into the next year: measured" in said
    assert "(41 errors of 7 series; 38 % to 95 % when whole series are drawn anew)" in said
    assert "50 % lasts into the next year, as was asked for" in run("simulate", "--persistence", "0.5")
    assert "77 %" in tables.growth_uncertainty(Report(plan, draws=64)).source


def test_a_plan_may_give_how_long_shocks_last_and_how_far_growth_strays(pack):
    folder = pack(kpis=SD)
    with (Path(folder) / "plan.yaml").open("a", encoding="utf-8") as file:
        file.write("uncertainty: {persistence: 0.3, source: A test}\n")
    given, asked = (
        run("simulate", "steady", "--plan", folder, "--format", "csv", "--show", "quantiles", *more)
        for more in ((), ("--persistence", "0.3"))
    )
    assert given.partition("Of a")[0] == asked.partition("Of a")[0]
    plan = load(folder)
    assert (persistence(plan).value, persistence(plan).rests) == (0.3, "given")
    assert set(draw(plan, "steady", draws=64).spread["sd"]) == {0.05}
    said = tables.growth_uncertainty(Report(plan, "steady", draws=64)).frame
    assert said["Rests on"].str.startswith("given by the plan pack").all()


@pytest.mark.parametrize("value", ["0", "1.5", "1e308", "wide"])
def test_a_given_spread_out_of_range_is_refused_at_its_line(pack, value):
    said = run("check", "--plan", pack(kpis=SD.replace("0.05", value)), code=2)
    assert (said.count("plan.yaml:"), "kpis.outage_hours.sd.value" in said) == (3, True)


def test_without_any_spread_there_is_no_fan_no_probability_and_a_sentence(pack):
    # A series that hardly moves, up and down: its errors are many times its mean growth.
    moves = zip(range(2004, 2009), (900, 901, 900, 901.5, 900.5), strict=True)
    folder = pack(context=[row("all_boats", year, value, "boats") for year, value in moves])
    said = run("simulate", "steady", "--plan", folder, code=2)
    assert said.count("nothing says how far its growth strays; sd with its source") == 3
    assert "%, likely" not in run("assess", "steady", "--plan", folder)
    found = Report(load(folder), "steady")
    for said in (text.probabilities(found), text.as_of(found.at(2011))):
        assert said.sentences[0].startswith("No probability and no band is given")


@pytest.mark.parametrize(
    "line", ["logistic, rate: 0.2", "damped, damping: 0.9, reach: {year: 2018, value: 60}"]
)
def test_only_a_given_rate_of_fading_growth_is_read_again(pack, tmp_path, line):
    growth = f"growth:\n  berth_share: {{curve: {line}, reread: true}}\n"
    (tmp_path / "mine.yaml").write_text(f"title: Mine\nextends: steady\n{growth}")
    said = run("check", str(tmp_path / "mine.yaml"), "--plan", pack(), code=2)
    assert "mine.yaml:4: growth.berth_share.reread: only a given rate of fading growth is read again" in said


def test_a_lender_lends_in_units_of_its_own_growth(plan):
    def lent(plan):
        return spread(plan.figures, dict.fromkeys(plan.kpis, 0.1)).set_index("kpi").loc["gigabit_users"]

    own, data = lent(plan), plan.context_data
    assert own["sd"] / own["factor"] / 0.1 == pytest.approx(0.26, abs=0.001)
    moved = data["value"].where(data["kpi"] != "population", 1000.0 + data["year"] % 2)
    calm = lent(plan.model_copy(update={"context_data": data.assign(value=moved)}))
    assert calm["n"] == own["n"] - 2, "what barely moved lends nothing"
    assert calm["sd"] < 0.05


def test_a_figure_of_zero_is_left_out_of_scores_and_counted(pack):
    zero = [row("outage_hours", 2014, 0, "hours a year"), row("outage_hours", 2015, 20, "hours a year")]
    folder = pack(kpis=SD, outturns=zero)
    table = pd.read_csv(io.StringIO(run("hindsight", "steady", "--plan", folder, "--format", "csv")))
    assert (table["outturn"] == 0).any()
    text = run("hindsight", "steady", "--plan", folder, "--by-kpi")
    assert "inf" not in text
    # 2014 seen from four years, and 2015 from the year that stood at zero.
    title = ENGLISH.title(load(folder).kpis["outage_hours"])
    (line,) = re.findall(rf"\n{title} +{load(folder).scenarios['steady'].title.en} .*", text)
    assert "(5 left out)" in line
    cases = calibration(load(folder), ["steady"], draws=64)
    assert np.isfinite(cases[["crps", "pinball"]]).all(axis=None)


def test_fading_growth_is_the_last_published_one_read_again_as_of_later_years(plan):
    for as_of, growth in ((2021, 0.177), (2022, 0.112), (2024, 0.100)):
        made = project(plan, "baseline", as_of=as_of)
        grown = made.value("software_revenue", as_of + 1) / made.value("software_revenue", as_of)
        assert np.log(grown) == pytest.approx(0.89 * np.log1p(growth), abs=2e-4)
    assert re.search(r"Software revenue +rate +0\.132 +last published growth", run("explain", "outturn_path"))


def test_growth_that_is_set_fades_on_the_calendar(plan):
    asked = ["software_revenue.rate=0.1324"]
    made = [project(plan, "baseline", as_of=as_of, overrides=asked) for as_of in range(2020, 2025)]
    ratios = [one.value("software_revenue", 2025) / one.value("software_revenue", 2024) for one in made]
    assert max(ratios) - min(ratios) < 1e-12, "growth assumed for a year does not depend on the as-of year"
    assert made[0].table["value"].equals(project(plan, "baseline").table["value"])


def test_a_share_keeps_the_vintage_of_its_last_figure(plan):
    early, *late, later = (project(plan, "baseline", as_of=as_of) for as_of in range(2020, 2024))
    for year in range(2021, 2026):
        same = {made.value("core_share", year) for made in (early, *late)}
        assert len(same) == 1, "no share since 2020"
    assert later.value("core_share", 2024) / 10.0 == pytest.approx(1.107 / 1.0755)


def test_bands_of_ninety_per_cent_held_about_as_many_outturns_at_every_distance(plan):
    held = calibration(plan, ["baseline"]).query("scenario == 'baseline' and basis == 'published'")
    assert held.groupby("horizon")["inside_90"].mean().min() > 0.8
