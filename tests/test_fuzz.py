"""Whatever a reader is given, it answers: with a result or with the suite's one error; nothing else happens."""

import os
import shutil
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import draw, judge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import compare, load, project
from model.cli import scenarios
from model.errors import ModelError
from model.report import Report

INPUTS = int(os.environ.get("FUZZ", "120"))
COAST = Path(__file__).parent / "plans" / "coast"
FILES = {
    name: (COAST / name).read_text(encoding="utf-8")
    for name in ("plan.yaml", "outturns.csv", "context.csv", "scenarios/steady.yaml", "scenarios/storm.yaml")
}
ODD = st.sampled_from(
    [
        "", "0", "-1", "15%", "0,15", "1e308", "-1e308", "1e999", ".nan", ".inf", "9" * 5000, "1_0", "²", "٣", "~", "null",
        "true", "2025-01-01", "20131231", "2013-W05-1", "[]", "{}", "[[[[", "{a: 1", "&a [*a]", "*a", "<<: {a: 1}", "? [1]\n: 2",
        "!!python/object/apply:os.system ['touch ran']", "!x y", "%YAML 1.1", "---", "...", "\x00", "\x07", "\\ud800", '"\\ud800"',
        "\ufeff", "\u2028", "加速", "a" * 300, "../../etc/passwd", "boats", "boats = boats / 0", "boats <= __import__('os')",
        "{distribution: normal, mean: 0.1, sd: 1e14}", "{distribution: pert, low: 1, mode: 1, high: 1}",
        "{distribution: two_piece_normal, mode: 0.1, uncertainty: 0.1, skew: 20}", "{year: 2014, value: target}", "latest", "\t", "\n",
        "{curve: bass, ceiling: 100, innovation: 0, imitation: 0}", "{curve: ratio, numerator: {curve: compound, rate: 0}, denominator: boats}",
    ]
)  # fmt: skip
ANY = st.one_of(ODD, st.text(max_size=12), st.integers().map(str), st.floats().map(str))
PLAIN = st.one_of(
    ANY, st.none(), st.booleans(), st.integers(), st.floats(), st.lists(ANY, max_size=2), st.dictionaries(ANY, ANY, max_size=1),
    st.binary(max_size=4),
)  # fmt: skip


@st.composite
def changed(draw, text):
    """Cut, double, swap or replace pieces of a valid text."""
    for _ in range(draw(st.integers(1, 3))):
        ends = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        words = [at for at, one in enumerate(text) if one in " ,:\n"] or [0]
        start = draw(st.sampled_from(words)) + 1
        stop = next((at for at in words if at >= start), len(text))
        how = draw(st.sampled_from(["word", "word", "word", "insert", "cut", "double"]))
        new = draw(ANY)
        text = {
            "word": text[:start] + new + text[stop:],
            "insert": text[:start] + new + text[start:],
            "cut": text[: ends[0]] + text[min(ends[1], ends[0] + 60) :],
            "double": text[: ends[1]] + text[max(ends[0], ends[1] - 60) :],
        }[how]
    return text


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Give a folder in which a plan pack may be spoilt; what else is written there is found out."""
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(COAST, folder / "coast")
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


def written(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def answers(call):
    """Call, and let nothing pass but a result or the suite's own error, worded within 200 short lines."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            call()
        except ModelError as error:
            message = str(error).splitlines()
            assert 0 < len(message) < 200
            assert all(len(line) < 4000 for line in message)


def inputs(share):
    """Draw a share of all inputs, the same on every machine; `deadline` is the time bound of each."""
    return settings(
        max_examples=max(INPUTS * share // 100, 1), deadline=20_000, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_spoilt_plan_pack_is_read_or_refused(place, name):
    path = place / "coast" / name
    before = written(place)

    @inputs(8)
    @given(changed(FILES[name]))
    def spoil(text):
        path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")

        def read():
            pack = load(place / "coast")
            for scenario in pack.scenarios:
                project(pack, scenario)
                judge(pack, scenario, draws=64)

        answers(read)

    spoil()
    path.write_text(FILES[name], encoding="utf-8")
    assert written(place) == before


@pytest.mark.usefixtures("place")
def test_any_override_is_used_or_refused(coast):
    keys = [
        "boats", "boats.rate", "berth_share.slope", "outage_hours.rate", "boats.ceiling", "x", "boats.rates.2011", "",
    ]  # fmt: skip
    one = st.builds("{}={}".format, st.sampled_from(keys), ANY) | ANY

    @inputs(20)
    @given(st.lists(one, max_size=2))
    def override(overrides):
        answers(lambda: project(coast, "steady", overrides=overrides))
        answers(lambda: compare(coast, "steady", "storm", overrides=([], overrides)))

    override()


@pytest.mark.usefixtures("place")
def test_any_parameter_of_a_notebook_is_used_or_refused(coast):
    names = ["scenario", "horizon", "as_of", "language", "overrides", "draws", "seed"]

    @inputs(20)
    @given(st.dictionaries(st.sampled_from(names), PLAIN, min_size=1, max_size=2))
    def give(parameters):
        if parameters.get("draws") not in (0, 64):
            parameters = {"draws": 0, **parameters}
        answers(lambda: Report(coast, **{"scenario": "steady", **parameters}))

    give()

    @inputs(5)
    @given(PLAIN)
    def name(value):
        answers(lambda: load(value))
        answers(lambda: draw(coast, "steady", draws=value))
        answers(lambda: coast.kpis[value])

    name()


def test_any_command_line_ends_with_0_or_2(place):
    plans = ["--plan", str(COAST)]
    words = st.sampled_from(
        ["steady", "storm", "--set", "boats.rate=0.1", "--horizon", "2015", "--as-of", "latest", "--draws", "64", "--seed", "--format",
         "csv", "json", "--allow-extreme", "--persistence", "--correlation", "--show", "spread", "nan", "-1"]
    )  # fmt: skip
    commands = "check", "list", "explain", "project", "assess", "compare", "simulate", "hindsight"
    before = written(place)

    @inputs(15)
    @given(st.sampled_from(commands), st.lists(words | ANY, max_size=4))
    def run(command, arguments):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            done = CliRunner().invoke(scenarios, [command, *plans, *arguments])
        assert done.exit_code in (0, 2) or isinstance(done.exception, ModelError), done.exception

    run()
    assert written(place) == before
