"""Bad plans and tables of figures get one clear error: where, what, and what is allowed."""

import pytest
from conftest import refused
from data_pack import coast_with

from model.plan.load import load

TABLES = {
    "text for a number": (2, "value", "lots", "'lots' is not a finite number"),
    "infinity": (2, "value", "inf", "'inf' is not a finite number"),
    "not a number": (3, "value", "nan", "'nan' is not a finite number"),
    "nothing": (2, "value", "", "'' is not a finite number"),
    "unknown series": (2, "kpi", "outage_hour", "did you mean 'outage_hours'?"),
    "unknown basis": (2, "basis", "publishd", "did you mean 'published'?"),
    "unknown bound": (2, "bound", "upper", "unknown word 'upper'"),
    "unknown status": (2, "status", "guess", "unknown word 'guess'"),
    "unknown verification": (2, "verified", "heard", "unknown word 'heard'"),
    "unknown kind of date": (2, "published_is", "guessed", "unknown word 'guessed'"),
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

    message = refused(lambda: load(coast_with(tmp_path, change, file="outturns.csv")))
    assert f"coast/outturns.csv:{line}: {column}: " in message
    assert words in message


TOO_MANY_BERTHS = (
    "berth_share,,published,2013-12-31,2013-12-31,120,% of berths,point,final,seen,2014-02-01,stated,Council,"
    "Yearbook,,120,"
)
BROKEN = {
    "duplicate row": (
        lambda text: text + text.splitlines()[1] + "\n", "csv:5: duplicate row; it stands on line 2"
    ),
    "other columns": (lambda text: text.replace("bound", "limit", 1), "csv:1: other columns than agreed"),
    "too few fields": (lambda text: text + "boats,1\n", "csv:5: 2 fields; give 17"),
    "empty": (lambda text: "", "csv:1: the file is empty"),
    "open quote": (lambda text: text + '"open', "CSV"),
    "empty row": (lambda text: text + "," * 16, "csv:5: an empty row; leave it out"),
    "out of bounds": (
        lambda text: text + TOO_MANY_BERTHS, "csv:5: value: 120 is out of range; from 0 to 100"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_of_figures_is_refused(tmp_path, name):
    change, words = BROKEN[name]
    assert words in refused(lambda: load(coast_with(tmp_path, change, file="outturns.csv")))


PLANS = {
    "target_year: 2018": ("target_year: 2010", "target_year: 2010 is not after the base year"),
    "target_year: 2018\nhorizon": ("target_year: 2009\nhorizon", "2009 is not after the base year"),
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
    "unit: hours a year": (
        "unit: {en: hours a year, zh: 小时, zh_scale: 0.03}",
        "kpis.outage_hours.unit.zh_scale: 0.03 is not a power of ten; one such as 0.01 or 100",
    ),
}
BOATS = "{year: 2018, value: 400, precision: 100,"
SHARE = "{year: 2018, value: 60, precision: 10,"
OUTTURN = "30 contradicts its outturn of 2013; outturns.csv has 24"
AIMS = {
    "better": (("better: lower", "better: higher"), "25 is below the base 40; better: lower, if it is meant"),
    "above": (("value: 25", "value: 45"), "45 is above the base 40; better: higher, if it is meant"),
    "twice": (("{year: 2014, value: 25", "{year: 2018, value: 25"), "has a target for 2018 already"),
    "two ways": ((BOATS, "{year: 2018, value: 400, multiple: 2,"), "said in more than one way"),
    "no way": ((BOATS, "{year: 2018,"), "kpis.boats.targets.0.value: missing; one of value, low and high"),
    "half a range": ((BOATS, "{year: 2018, low: 400,"), "no range; low and high, low below high"),
    "growth of a share": ((SHARE, "{year: 2018, growth: 0.1,"), "a share has no growth in per cent a year"),
    "outside": ((SHARE, "{year: 2018, value: 160,"), "160 is outside the bounds 0 to 100"),
    "base year": (("    base: 40\n", "    base: 40\n    base_year: 2009\n"), "before the plan's base year"),
    "late base": (("    base: 5\n", "    base: 5\n    base_year: 2018\n"), "not after the base year 2018"),
    "outturn": (("    base: 40\n", "    base: 30\n    base_year: 2013\n"), OUTTURN),
}  # fmt: skip
PAIR = "between: [boats, berth_share]"
LAST = "A part is no more than the whole}"  # of plan.yaml
UNCERTAINTY = {
    "persistence: 1": "uncertainty.persistence",
    "persistance: 0.5": "persistance",
    "persistence: 0.5": "uncertainty.source: missing; where persistence comes from",
    "correlation: [{between: [boat, berth_share], value: 0.3, source: A test}]": (
        "uncertainty.correlation.0.between: unknown KPI 'boat'; did you mean 'boats'?"
    ),
    "correlation: [{between: [boats, boats], value: 0.3, source: A test}]": (
        "boats and boats are no new pair; each pair of two KPIs once"
    ),
    f"correlation: [{{{PAIR}, value: 0.3, source: A}},"
    " {between: [berth_share, boats], value: 0.2, source: B}]": "berth_share and boats are no new pair",
    f"correlation: [{{{PAIR}, value: 1.3, source: A test}}]": "uncertainty.correlation.0.value",
    f"correlation: [{{{PAIR}, value: 0.3}}]": "source: missing",
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        *(((old, new), words) for old, (new, words) in PLANS.items()),
        *AIMS.values(),
        *(((LAST, f"{LAST}\nuncertainty:\n  {line}"), words) for line, words in UNCERTAINTY.items()),
    ],
    ids=[*PLANS, *AIMS, *UNCERTAINTY],
)
def test_a_mistake_in_a_plan_is_named_with_its_line(tmp_path, change, words):
    message = refused(lambda: load(coast_with(tmp_path, change)))
    assert "coast/plan.yaml:" in message
    assert words in message


def test_mistakes_of_all_files_are_reported_at_once(tmp_path):
    coast_with(tmp_path, ("stream: 2", "stream: 1"), ("decimals: 1", "decimls: 1"))
    coast_with(tmp_path, (",24,", ",x,"), file="outturns.csv")
    coast_with(tmp_path, (",900,", ",x,"), file="context.csv")
    coast_with(tmp_path, ("rate: -0.1", "rate: -2"), file="scenarios/steady.yaml")
    folder = coast_with(tmp_path, ("start: 2017", "start: 2007"), file="scenarios/storm.yaml")
    message = refused(lambda: load(folder))
    for file in ("decimls", "stream: 1 is taken", "outturns.csv", "context.csv", "steady.yaml", "storm.yaml"):
        assert file in message


@pytest.mark.parametrize("file", ["plan.yaml", "outturns.csv", "context.csv"])
def test_a_missing_file_of_a_plan_is_named(tmp_path, file):
    folder = coast_with(tmp_path)
    (folder / file).unlink()
    assert file in refused(lambda: load(folder))
