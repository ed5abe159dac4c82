"""What holds for every test: no window is opened, and hypothesis draws the same examples on every machine.

Shared are the shipped plan and the worked examples of the literature.
"""

import json
import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"

# No deadline: a busy machine is not a wrong result. `--hypothesis-profile=search` looks for new examples.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def plan():
    """Load the plan that ships with the suite."""
    from model.inputs import load

    return load()


@pytest.fixture(scope="session")
def example():
    """Give a worked example of the literature by its name: source, inputs, expected, tolerance."""
    path = Path(__file__).parent / "reference" / "worked_examples.json"
    return json.loads(path.read_text(encoding="utf-8")).__getitem__
