"""Bad words of the command line get one clear error and status 2; nothing is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import refused

from model.projection.projection import project

OVERRIDES = {
    "gigabit_users.imitatio=0.3": "did you mean 'imitation'?",
    "gigabit_user.imitation=0.3": "did you mean 'gigabit_users'?",
    "gigabit_users.imitation=fast": "'fast' is not a number",
    "gigabit_users.imitation=-3": "-3 is out of range",
    "gigabit_users.imitation=.nan": "nan is not a finite number",
    "gigabit_users.imitation": "no value",
    "gigabit_users.imitation=": "no value",
    "gigabit_users=3": "3 is not a group of keys",
    "gigabit_users.curve=linear": "a curve comes with its arguments",
    "gigabit_users.ceiling=3": "the ceiling 3 is not above the base 6.4",
    "gigabit_users.imitation.low=3": "has no parts",
    "population.rate=0.1": "has no growth in this scenario",
    "software_revenue.rate={distribution: uniform, low: 1}": "high: missing",
    "software_revenue.rate=[1": "YAML",
    "=": "no value",
}


@pytest.mark.parametrize("override", OVERRIDES)
def test_a_mistyped_override_is_refused(plan, override):
    message = refused(lambda: project(plan, "baseline", overrides=[override]))
    assert message.startswith("--set")
    assert OVERRIDES[override] in message


def test_all_mistyped_overrides_are_reported_at_once(plan):
    message = refused(lambda: project(plan, "baseline", overrides=["a.b=1", "software_revenue.x=1"]))
    assert len(message.splitlines()) == 2


COMMANDS = [
    "check mine.yaml", "explain mine.yaml", "project mine.yaml", "assess baseline mine.yaml",
    "compare baseline mine.yaml", "report mine.yaml", "project baseline --set gigabit_users.x=1",
    "project baseline --horizon 1999", "project baseline --as-of 2090", "project baseline --as-of soon",
    "project baseline --as-of ²", "assess --horizon 2024", "simulate --horizon 2024", "simulate --seed -1",
    "project baseline --set gigabit_users.imitation=0.3 --set gigabit_users.imitation=0.4",
    "compare baseline baseline", "project baseline --format xlsx", "assess --plan nowhere", "nonsense",
    "simulate --draws 100", "simulate --persistence 1", "report baseline --theme mine.yaml",
    "report baseline --theme none.yaml", "report baseline --pages some",
    "report baseline --pages main --annex code",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_bad_input_ends_the_command_line_with_2_and_writes_nothing(tmp_path, command):
    (tmp_path / "mine.yaml").write_text("title: Mine\nextends: nothing\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    asked = [sys.executable, "-m", "model.cli", *command.split()]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]
