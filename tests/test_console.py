"""What is printed arrives, whatever it is printed to: the real command, into real files and pipes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "model.cli"]


def run(*arguments, out=subprocess.PIPE, **settings):
    asked = {"env": {**os.environ, **settings}, "stdout": out, "stderr": subprocess.PIPE, "timeout": 120}
    return subprocess.run([*COMMAND, *arguments], **asked)


@pytest.mark.parametrize("encoding", ["cp1252", "gbk"])
def test_a_terminal_that_is_not_utf_8_gets_every_table_with_its_signs(encoding):
    done = run("assess", "baseline", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert "Required growth" in done.stdout.decode(encoding)
    whole = run("list", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (whole.returncode, whole.stderr) == (0, b"")


def test_a_full_disk_is_said_in_a_line():
    with Path("/dev/full").open("wb") as full:
        done = run("project", "baseline", out=full)
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1
    assert "cannot be written (No space left on device)" in done.stderr.decode()


def test_a_reader_that_has_seen_enough_leaves_no_traceback():
    command = [*COMMAND, "project", "--format", "csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as told:
        told.stdout.close()
        said = told.stderr.read().decode()
    assert "Traceback" not in said
