"""Bad plans and tables of figures get one clear error: where, what, and what is allowed."""

import shutil
from pathlib import Path

import pytest
from conftest import refused

from model.plan.load import load

COAST = Path(__file__).parents[1] / "plans" / "coast"


TABLES = {
    "text for a number": (2, "value", "lots", "'lots' is not a finite number"),
    "infinity": (2, "value", "inf", "'inf' is not a finite number"),
    "not a number": (3, "value", "nan", "'nan' is not a finite number"),
    "nothing": (2, "value", "", "'' is not a finite number"),
    "unknown series": (2, "kpi", "outage_hour", "did you mean 'outage_hours'?"),
    "unknown basis": (2, "basis", "publishd", "did you mean 'published'?"),
    "unknown bound": (2, "bound", "upper", "unknown word 'upper'"),
    "unknown status": (2, "status", "guess", "unknown word 'guess'"),
    "no date": (2, "published", "spring", "'spring' is not a date; give YYYY-MM-DD"),
    "no such day": (3, "period_end", "2012-02-30", "'2012-02-30' is not a date"),
    "a date without dashes": (2, "published", "20131231", "'20131231' is not a date"),
    "a day of a week": (2, "period_end", "2013-W05-1", "'2013-W05-1' is not a date"),
    "published too early": (2, "published", "2013-06-30", "earlier than period_end"),
    "another unit": (2, "unit", "days a year", "give 'hours a year'"),
    "below nothing": (2, "value", "-24", "-24 is out of range; at least 0"),
    "a line in a number": (2, "value", "1_0", "'1_0' is not a finite number"),
    "digits of another script": (2, "value", "٣", "is not a finite number"),
    "a decimal comma": (2, "value", '"24,5"', "write 24.5"),
    "a period that runs backwards": (2, "period_start", "2013-12-31", "later than period_end"),
}


def changed_plan(tmp_path, file, change):
    folder = tmp_path / "coast"
    shutil.copytree(COAST, folder)
    path = folder / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", TABLES)
def test_a_mistake_in_a_table_of_figures_is_named_with_its_line(tmp_path, name):
    line, column, word, words = TABLES[name]

    def change(text):
        lines = text.splitlines()
        fields = lines[line - 1].split(",")
        fields[lines[0].split(",").index(column)] = word
        if name == "a period that runs backwards":
            fields[4] = "2013-01-01"
        lines[line - 1] = ",".join(fields)
        return "\n".join(lines)

    message = refused(lambda: load(changed_plan(tmp_path, "outturns.csv", change)))
    assert f"coast/outturns.csv:{line}: {column}: " in message
    assert words in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda text: text + text.splitlines()[1] + "\n",
            "outturns.csv:5: duplicate row; it stands on line 2",
        ),
        (lambda text: text.replace("bound", "limit", 1), "outturns.csv:1: other columns than agreed"),
        (lambda text: text + "boats,1\n", "outturns.csv:5: 2 fields; give 17"),
        (lambda text: "", "outturns.csv:1: the file is empty"),
        (lambda text: text + '"open', "CSV"),
        (lambda text: text + "," * 16, "outturns.csv:5: an empty row; leave it out"),
        (
            lambda text: (
                text
                + "berth_share,,published,2013-12-31,2013-12-31,120,% of berths,point,final,seen,2014-02-01,"
                "stated,Council,Yearbook,,120,"
            ),
            "outturns.csv:5: value: 120 is out of range; from 0 to 100",
        ),
    ],
    ids=[
        "duplicate row",
        "other columns",
        "too few fields",
        "empty",
        "open quote",
        "empty row",
        "out of bounds",
    ],
)
def test_a_broken_table_of_figures_is_refused(tmp_path, change, words):
    assert words in refused(lambda: load(changed_plan(tmp_path, "outturns.csv", change)))


PLANS = {
    "target_year: 2018": ("target_year: 2010", "target_year: 2010 is not after the base year"),
    "target_year: 2018\nhorizon": (
        "target_year: 2009\nhorizon",
        "target_year: 2009 is not after the base year",
    ),
    "stream: 2": ("stream: 1", "stream: 1 is taken by outage_hours"),
    "better: lower": ("better: smaller", "unknown word 'smaller'; allowed: higher, lower"),
    "kind: share": ("kind: rate", "unknown word 'rate'"),
    "bounds: [0, 100]": ("bounds: [100, 0]", "100 is not below 0"),
    "    bounds: [0, 100]\n": ("", "a share has bounds"),
    "base: 5": ("base: 500", "500 is outside the bounds"),
    "base: 40": ("base: lots", "'lots' is not a number"),
    "ceiling: all_boats": ("ceiling: all_boat", "did you mean 'all_boats'?"),
    "curve: compound": ("curve: compond", "did you mean 'compound'?"),
    "boats <= all_boats": ("boats <= all_boat", "did you mean 'all_boats'?"),
    'rule: "boats <= all_boats"': ('rule: "boats < all_boats"', "neither <= nor = stands in it"),
    'rule: "boats <= all': ('rule: "boats <= 2 ** all', "is no expression; series <= series"),
    "{year: 2014": ("{year: 2010", "2010 is not after the base year"),
    "decimals: 1": ("decimls: 1", "did you mean 'decimals'?"),
    "id: coast": ("id: Coast", "is not a name"),
}


@pytest.mark.parametrize("old", PLANS)
def test_a_mistake_in_a_plan_is_named_with_its_line(tmp_path, old):
    new, words = PLANS[old]
    message = refused(
        lambda: load(changed_plan(tmp_path, "plan.yaml", lambda text: text.replace(old, new, 1)))
    )
    assert "coast/plan.yaml:" in message
    assert words in message


def test_mistakes_of_all_files_are_reported_at_once(tmp_path):
    folder = changed_plan(
        tmp_path,
        "plan.yaml",
        lambda text: text.replace("stream: 2", "stream: 1").replace("decimals: 1", "decimls: 1", 1),
    )
    for file, old, new in (
        ("outturns.csv", ",24,", ",x,"),
        ("context.csv", ",900,", ",x,"),
        ("scenarios/steady.yaml", "rate: -0.1", "rate: -2"),
        ("scenarios/storm.yaml", "start: 2017", "start: 2007"),
    ):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    message = refused(lambda: load(folder))
    for file in ("decimls", "stream: 1 is taken", "outturns.csv", "context.csv", "steady.yaml", "storm.yaml"):
        assert file in message


@pytest.mark.parametrize("file", ["plan.yaml", "outturns.csv", "context.csv"])
def test_a_missing_file_of_a_plan_is_named(tmp_path, file):
    folder = tmp_path / "coast"
    shutil.copytree(COAST, folder)
    (folder / file).unlink()
    assert refused(lambda: load(folder))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("persistence: 1", "uncertainty.persistence"),
        ("persistance: 0.5", "persistance"),
        ("persistence: 0.5", "uncertainty.source: missing; where persistence comes from"),
        (
            "correlation: [{between: [boat, berth_share], value: 0.3, source: A test}]",
            "uncertainty.correlation.0.between: unknown KPI 'boat'; did you mean 'boats'?",
        ),
        (
            "correlation: [{between: [boats, boats], value: 0.3, source: A test}]",
            "boats and boats are no new pair; each pair of two KPIs once",
        ),
        (
            "correlation: [{between: [boats, berth_share], value: 0.3, source: A},"
            " {between: [berth_share, boats], value: 0.2, source: B}]",
            "berth_share and boats are no new pair",
        ),
        (
            "correlation: [{between: [boats, berth_share], value: 1.3, source: A test}]",
            "uncertainty.correlation.0.value",
        ),
        ("correlation: [{between: [boats, berth_share], value: 0.3}]", "source: missing"),
    ],
    ids=[
        "persistence",
        "unknown key",
        "no source of persistence",
        "unknown KPI",
        "itself",
        "twice",
        "beyond one",
        "no source",
    ],
)
def test_a_mistake_in_how_shocks_go_together_is_named(tmp_path, lines, words):
    def change(text):
        return f"{text.rstrip()}\nuncertainty:\n  {lines}\n"

    message = refused(lambda: load(changed_plan(tmp_path, "plan.yaml", change)))
    assert words in message
    assert "coast/plan.yaml:" in message
