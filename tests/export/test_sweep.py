"""Sweeps at the command line: the numbers of a run alone, a whole file or none, whatever dies meanwhile."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from conftest import ROOT, run

from model import project
from model.evaluation.assessment import judged

HYPERCUBE = """
scenario: baseline
horizon: 2030
as_of: 2023
design: latin_hypercube
runs: 250
seed: 7
vary:
  software_revenue.rate: {low: 0.02, high: 0.2}
  gigabit_users.imitation: {low: 0.2, high: 0.9}
  gdp_nominal.rate: {low: 0.03, high: 0.09}
"""
LISTED = """
scenario: baseline
list:
  - {software_revenue.rate: 15%, core_share.numerator.rate: 0.1}
  - {software_revenue: {curve: stepwise, rates: {2021: 0.17, 2022: 0.1}}}
  - {gigabit_users: {curve: logistic, ceiling: 300, reach: {year: 2025, value: target}}}
  - {software_revenue.rate: {distribution: uniform, low: 0.1, high: 0.2}, software_revenue.damping: 1}
"""
SWEEPS = {
    "hypercube": HYPERCUBE,
    "listed": LISTED,
    "today": HYPERCUBE.replace("2023", "latest").replace("baseline", "consumption_slump"),
    "grid": """
vary:
  egov_users.imitation: {low: 0.2, high: 0.6, steps: 5}
  ipv6_users.innovation: [0.01, 0.02]
""",
    "sobol": """
design: sobol
runs: 64
vary:
  software_revenue.rate: {low: 0, high: 1}
  egov_users.imitation: [0.3, 0.4]
""",
}
COAST = Path(__file__).parents[1] / "plans" / "coast"


def swept(folder, text, *options, out="found.csv"):
    """Write a sweep.yaml, run it, and read what it wrote."""
    (folder / "sweep.yaml").write_text(text, encoding="utf-8")
    code, said, wrong = run("sweep", "sweep.yaml", "--out", out, *options, cwd=folder)
    assert (code, wrong) == (0, ""), wrong
    assert out in said
    return pd.read_parquet(folder / out) if out.endswith("parquet") else pd.read_csv(folder / out)


def given(row, keys):
    return {key: row[key] for key in keys if not pd.isna(row[key])}


@pytest.mark.parametrize("name", SWEEPS)
def test_every_run_is_the_projection_that_its_values_give_as_overrides_to_the_last_bit(tmp_path, plan, name):
    table = swept(tmp_path, SWEEPS[name], out="found.parquet")
    keys = list(table.columns[1 : table.columns.get_loc("scenario")])
    head = ["run", *keys, "scenario", "kpi", "year", "value", "status", "target", "gap", "verdict"]
    assert list(table.columns) == head
    asked = {"horizon": 2030, "as_of": 2023} if name == "hypercube" else {}
    asked = {"horizon": 2030, "as_of": "latest"} if name == "today" else asked
    runs = sorted(table["run"].unique())
    assert runs == list(range(1, len(runs) + 1))
    for number in np.random.default_rng(1).choice(runs, min(len(runs), 12), replace=False):
        own = table[table["run"] == number].reset_index(drop=True)
        values = given(own.iloc[0], keys)
        texts = [
            f"{key}={value if isinstance(value, str) else float(value)}" for key, value in values.items()
        ]
        made = project(plan, own["scenario"][0], overrides=texts, **asked)
        assert own["value"].equals(made.table["value"])
        assert (
            own[["kpi", "year", "status"]]
            .astype(object)
            .equals(made.table[["kpi", "year", "status"]].astype(object))
        )
        told = judged(made)
        assert own["verdict"].fillna("").tolist() == told["verdict"].fillna("").astype(str).tolist()
        assert own["target"].equals(told["target"])
        aims = own.dropna(subset=["target"])
        gaps = [
            plan.kpis[row.kpi].gap(plan.kpis[row.kpi].target(row.year), row.value)
            for row in aims.itertuples()
        ]
        assert aims["gap"].tolist() == gaps


@pytest.mark.long
def test_the_file_is_the_same_for_any_number_of_workers_and_as_full_as_the_design_says(tmp_path):
    tables = [swept(tmp_path, HYPERCUBE, "--workers", n, out=f"{n}.csv") for n in (1, 2, 3)]
    assert len({(tmp_path / f"{n}.csv").read_bytes() for n in (1, 2, 3)}) == 1
    exact = swept(tmp_path, HYPERCUBE, out="found.parquet")
    assert tables[0]["value"].to_numpy() == pytest.approx(exact["value"].to_numpy(), rel=1e-9, nan_ok=True)
    rates = exact.drop_duplicates("run")["gigabit_users.imitation"].to_numpy()
    strata = np.floor((rates - 0.2) / 0.7 * 250 + 1e-9).astype(int)
    assert sorted(strata) == list(range(250)), "a Latin hypercube has one run in each of 250 strata"
    assert {path.name for path in tmp_path.iterdir()} == {
        "1.csv", "2.csv", "3.csv", "found.parquet", "sweep.yaml",
    }  # fmt: skip


def test_a_grid_has_every_combination_and_draws_give_probabilities(tmp_path, plan):
    text = SWEEPS["grid"] + "draws: 256\nseed: 3\n"
    table = swept(tmp_path, text).drop_duplicates("run")
    pairs = table[["egov_users.imitation", "ipv6_users.innovation"]].itertuples(index=False, name=None)
    assert list(pairs) == [(a, b) for a in (0.2, 0.3, 0.4, 0.5, 0.6) for b in (0.01, 0.02)]
    from model import simulate

    own = pd.read_csv(tmp_path / "found.csv").query("run == 3 and kpi == 'egov_users' and year == 2025")
    made = project(plan, overrides=["egov_users.imitation=0.3", "ipv6_users.innovation=0.01"])
    found = simulate(made, draws=256, seed=3).probabilities.query("kpi == 'egov_users'")
    assert own["probability"].tolist() == found["probability"].tolist()


WRONG = {
    "vary: {software_revenue.rat: [0.1], software_revenue.rate: [0.1, 40]}": [
        "sweep.yaml:1: software_revenue.rat=0.1", "did you mean 'rate'?",
        "40 is out of range; above -1 and below 20",
    ],
    "vary:\n  gigabit_user.imitation:\n    - 0.1\n": ["sweep.yaml:3: ", "did you mean 'gigabit_users'?"],
    "vary: {software_revenue.rate: [0.1, 12]}": ["no published series has come near", "extreme: true"],
    "vary: {software_revenue.rate: 3}": ["3 is not a list of values or a range"],
    "vary: {software_revenue.rate: {low: 1, high: 0, steps: 3}}": ["1 is not below 0"],
    "vary: {software_revenue.rate: {low: 0, high: 1}}": ["steps missing; give steps"],
    "{design: sobol, runs: 100, vary: {software_revenue.rate: {low: 0, high: 1}}}": ["100 is no power of two"],
    "{design: latin_hypercube, vary: {software_revenue.rate: {low: 0, high: 1}}}": ["runs: missing"],
    "{design: random, runs: 3}": ["unknown word 'random'", "grid"],
    "scenario: baselin\nvary: {a.b: [1]}": ["sweep.yaml:1: scenario", "did you mean 'baseline'?"],
    "plan: nowhere\nvary: {a.b: [1]}": ["sweep.yaml:1: plan", "'nowhere' is no plan"],
    "\nhorizon: 1999\nvary: {software_revenue.rate: [0.1]}": ["sweep.yaml:2: horizon: 1999 is out of range"],
    "\ndraws: 100\nvary: {software_revenue.rate: [0.1]}": ["sweep.yaml:2: draws: 100 is not usable"],
    "list: [{software_revenue.rate: 0.1}, {software_revenue.x: 1}]\nruns: 3": ["runs: has no meaning beside list"],
    "list:\n  - {software_revenue.rate: 0.1}\n  - {software_revenue.x: 1}": ["sweep.yaml:3: software_revenue.x=1"],
    "horizon: 2030": ["nothing is varied; give vary or list"],
    "vary: {a: {low: 0, high: 1, steps: 9999}, b: {low: 0, high: 1, steps: 9999}}": ["a grid of 99980001 runs"],
    "3": ["is not a group of keys"],
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_line_before_anything_is_written(tmp_path, text):
    (tmp_path / "sweep.yaml").write_text(text, encoding="utf-8")
    code, said, wrong = run("sweep", "sweep.yaml", cwd=tmp_path)
    assert (code, said) == (2, "")
    for words in WRONG[text]:
        assert words in wrong, wrong
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.yaml"]


def test_a_run_that_is_wrong_by_its_combination_is_named_once_and_no_file_is_left(tmp_path):
    vary = "  gigabit_users.innovation: {low: 0.01, high: 0.07, steps: 40}\n"
    vary += "  gigabit_users.ceiling: [200, 800]\n"
    text = f"vary:\n{vary}  gigabit_users.imitation: [0.3, 2, 4, 6]\n"
    (tmp_path / "sweep.yaml").write_text(text, encoding="utf-8")
    code, said, wrong = run("sweep", "sweep.yaml", "--out", "f.csv", "--workers", 2, cwd=tmp_path)
    assert (code, said) == (2, "")
    assert "no published series has come near" in wrong
    assert " more)" in wrong
    assert len(wrong.splitlines()) < 6
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.yaml"]


@pytest.mark.parametrize(
    ("options", "package", "said"),
    [
        (["--out", "f.parquet"], "pyarrow", "pip install 'plan-scenarios[parquet]'"),
        (["--scheduler", "tcp://127.0.0.1:9"], "distributed", "pip install 'plan-scenarios[cluster]'"),
    ],
)
def test_an_extra_that_is_not_installed_is_named(tmp_path, options, package, said):
    (tmp_path / "sweep.yaml").write_text(SWEEPS["grid"], encoding="utf-8")
    lacking = f"import sys; sys.modules[{package!r}] = None; from model.cli import main; main()"
    command = [sys.executable, "-c", lacking, "sweep", "sweep.yaml", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"the package {package} is missing; {said}" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.yaml"]


@pytest.mark.long
def test_what_cannot_be_written_and_too_many_reports_are_refused(tmp_path):
    (tmp_path / "sweep.yaml").write_text(HYPERCUBE.replace("250", "501"), encoding="utf-8")
    for options, words in {
        ("--reports",): "501 reports; at most 500; more: --most-reports N",
        ("--out", "f.xlsx"): "FILE.csv or FILE.parquet",
        ("--out", "no/f.csv"): "no/f.csv: cannot be written (No such file or directory)",
        ("--scheduler", "127.0.0.1:8786"): "such as tcp://",
        ("--scheduler", "tcp://127.0.0.1:9"): "nothing answers at tcp://127.0.0.1:9 within 10 s",
    }.items():
        code, said, wrong = run("sweep", "sweep.yaml", *options, cwd=tmp_path)
        assert (code, said) == (2, "")
        assert words in wrong
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.yaml"]


def test_every_run_of_a_sweep_becomes_a_report_that_says_which_it_is(tmp_path):
    shutil.copytree(COAST, tmp_path / "coast")
    text = "plan: coast\nscenario: steady\nvary: {outage_hours.rate: [-0.05, -0.1]}\n"
    (tmp_path / "sweep.yaml").write_text(text, encoding="utf-8")
    code, said, wrong = run("sweep", "sweep.yaml", "--reports", "--workers", 2, cwd=tmp_path)
    assert (code, wrong) == (0, "")
    out = tmp_path / "reports" / "sweep"
    pages = {path.name: path.read_text(encoding="utf-8") for path in out.glob("*.html")}
    titles = [re.search("<title>(.*?) – ", text)[1] for _, text in sorted(pages.items())]
    assert titles == [f"Steady (outage_hours.rate={rate})" for rate in ("-0.05", "-0.1")]
    assert said.count(".pdf") == 2


# What dies meanwhile


@contextmanager
def started(*arguments, cwd, path=ROOT, module="model.cli"):
    environment = {**os.environ, "PYTHONPATH": str(path)}
    command = [sys.executable, "-m", module, *map(str, arguments)]
    log = (cwd / f"log{time.monotonic_ns()}.txt").open("w+", encoding="utf-8")
    with subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log) as process:
        process.log = log
        try:
            yield process
        finally:
            process.kill()
            log.close()


def in_the_middle(folder, process, size=1):
    """Wait until a part of the file is written; the sweep goes on."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        sizes = [path.stat().st_size for path in folder.glob(".*.part")]
        if sizes and sizes[0] > size:
            return
        time.sleep(0.02)
    process.log.seek(0)
    raise AssertionError(f"never in the middle: {process.log.read()}")


def own_processes(process):
    """Give the processes of a sweep that do its work: children of the one that forks them."""
    ours = psutil.Process(process.pid)
    return [one for one in ours.children(recursive=True) if one.ppid() != ours.pid]


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """A sweep that takes a while, on a plan and a scenario that no other folder has, and what it gives."""
    folder = tmp_path_factory.mktemp("long")
    shutil.copytree(COAST, folder / "coast")
    mine = "title: Mine\nextends: steady\ngrowth:\n  outage_hours: {curve: compound, rate: -0.07}\n"
    (folder / "mine.yaml").write_text(mine, encoding="utf-8")
    text = "plan: coast\nscenario: mine.yaml\ndesign: latin_hypercube\nruns: 1500\n"
    text += "vary: {outage_hours.rate: {low: -0.2, high: 0}}\n"
    swept(folder, text, "--workers", 1, out="whole.csv")
    return folder, (folder / "whole.csv").read_bytes()


@pytest.mark.long
def test_workers_that_are_killed_cost_no_run_and_a_sweep_that_is_ended_leaves_nothing(long):
    tmp_path, whole = long
    asked = ("sweep", "sweep.yaml", "--out", "again.csv", "--workers", 2)
    with started(*asked, cwd=tmp_path) as process:
        in_the_middle(tmp_path, process)
        for one in own_processes(process):
            one.kill()
        assert process.poll() is None
        assert process.wait(60) == 0
    assert (tmp_path / "again.csv").read_bytes() == whole
    (tmp_path / "again.csv").unlink()
    for how, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        with started(*asked, cwd=tmp_path) as process:
            in_the_middle(tmp_path, process)
            process.send_signal(how)
            assert process.wait(30) == code
        assert not [*tmp_path.glob("again.csv"), *tmp_path.glob(".*.part")]
    with started(*asked, cwd=tmp_path) as process:
        in_the_middle(tmp_path, process)
        every = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        assert not psutil.wait_procs(every, timeout=5)[1], "what it started ends with it"
    assert not (tmp_path / "again.csv").exists()
    for part in tmp_path.glob(".*.part"):
        part.unlink()


@pytest.mark.long
def test_a_cluster_gives_the_same_bytes_when_a_worker_is_killed_and_refuses_other_code(long, tmp_path):
    (folder, whole), away = long, tmp_path
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    asked = ("sweep", "sweep.yaml", "--out", "again.csv", "--scheduler", address)
    worker = (address, "--nthreads", 1, "--no-nanny", "--no-dashboard", "--local-directory", away)
    other = tmp_path / "other"
    shutil.copytree(ROOT / "model", other / "model", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "model" / "errors.py").open("a", encoding="utf-8") as file:
        file.write("# another version\n")
    scheduler = ("--host", "127.0.0.1", "--port", port, "--no-dashboard")
    dask = "distributed.cli.dask_"
    with started(*scheduler, cwd=away, module=f"{dask}scheduler"):
        with (
            started(*worker, cwd=away, module=f"{dask}worker") as first,
            started(*worker, cwd=away, module=f"{dask}worker"),
        ):
            with started(*asked, cwd=folder) as process:
                in_the_middle(folder, process)
                first.kill()
                assert process.poll() is None
                assert process.wait(60) == 0
            reports_are_the_same(folder, address)
        assert (folder / "again.csv").read_bytes() == whole
        (folder / "again.csv").unlink()
        with started(*worker, cwd=away, module=f"{dask}worker", path=other):
            code, said, wrong = run(*asked, cwd=folder)
        assert (code, said) == (2, "")
        assert "code of plan-scenarios" in wrong
        assert "install the same version on every machine" in wrong
    assert not [*folder.glob("again.csv"), *folder.glob(".*.part")]


def reports_are_the_same(folder, address):
    """Made there or here: of a scenario of the plan, of one in a file, and of both."""
    asked = ("report", "steady", "mine.yaml", "--plan", "coast", "--formats", "pdf,html", "--quiet")
    assert run(*asked, "--out", "there", "--scheduler", address, cwd=folder)[0] == 0
    assert run(*asked, "--out", "here", cwd=folder)[0] == 0
    made = sorted((folder / "here").glob("*-en.*"))
    assert len(made) == 6
    for path in made:
        assert path.read_bytes() == (folder / "there" / path.name).read_bytes(), path.name
