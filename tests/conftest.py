"""What holds for every test: no window is opened, and hypothesis draws the same examples on every machine.

Shared are the shipped plan, what is found of it, the explorer's session on it, an invented plan, the worked
examples of the literature, and what tests of several modules ask of a shown object or of a refusal.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from model.report import Report

os.environ["MPLBACKEND"] = "Agg"

# No deadline: a busy machine is not a wrong result. `--hypothesis-profile=search` looks for new examples.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("suite")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def plan():
    """Load the plan that ships with the suite."""
    from model.plan.load import load

    return load()


@pytest.fixture(scope="session")
def coast():
    """Open the invented plan: other years, units, and a target that means lower is better."""
    from model.plan.load import load

    return load(Path(__file__).parent / "plans" / "coast")


@pytest.fixture(scope="module")
def found(plan):
    """Find what can be said of the shipped plan's baseline."""

    return Report(plan)


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Give a folder with small notebooks that reports and comparisons are made of."""
    from batches import write

    from model.export import planning

    folder = tmp_path / "notebooks {of} mine"
    folder.mkdir()
    write(folder / "report.ipynb")
    write(folder / "comparison.ipynb", "scenarios")
    monkeypatch.setattr(planning, "notebook_folder", lambda: folder)
    return folder


@pytest.fixture
def session(plan):
    """Open the explorer's session on the shipped plan."""
    from model.explorer.session import Session

    return Session(plan)


@pytest.fixture(scope="session")
def example():
    """Give a worked example of the literature by its name: source, inputs, expected, tolerance."""
    path = Path(__file__).parent / "reference" / "worked_examples.json"
    return json.loads(path.read_text(encoding="utf-8")).__getitem__


def bundle(shown):
    """Give what a notebook gets of a shown object, by MIME type."""
    return shown._repr_mimebundle_()[0]


def run(*arguments, cwd):
    """Run `scenarios …` in a folder: exit code, what is printed, and what is wrong."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "model.cli", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def refused(call):
    """Give the message of the error that a call ends in, which is the suite's own and no other."""
    from model.errors import ModelError

    with pytest.raises(ModelError) as caught:
        call()
    assert all("Error" not in problem and "Traceback" not in problem for problem in caught.value.problems)
    return str(caught.value)


def judge(plan, scenario="", *, draws=4096, seed=1, **asked):
    """Assess a scenario, with draws where any can be made."""
    from model.evaluation.assessment import assessed
    from model.projection.projection import aimed, project

    return assessed(aimed(project(plan, scenario, **asked)), draws, seed).table


def draw(plan, scenario="", *, horizon=None, as_of=None, overrides=(), **asked):
    """Simulate a scenario."""
    from model import project, simulate

    return simulate(project(plan, scenario, horizon=horizon, as_of=as_of, overrides=overrides), **asked)


def seek(plan, scenario, kpi, *, as_of=None, **asked):
    """Ask what would have to be true under a scenario."""
    from model import goal_seek, project

    return goal_seek(project(plan, scenario, as_of=as_of), kpi, **asked)
