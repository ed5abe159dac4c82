"""The real command, killed and cut off: nothing is left running, nothing half-written, no traceback."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from batches import MARK, of

COMMAND = [sys.executable, "-m", "model.cli"]


def until(true, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not true():
        time.sleep(0.02)
    return true()


def as_it_begins(_pid, _mark):
    time.sleep(0.3)


def as_it_plans(pid, _mark):
    assert until(lambda: psutil.Process(pid).num_threads() > 1, 60)


def kernels(mark):
    """Kernels are forked: they are what the process that has everything imported has for children."""
    return [one for one in of(mark) if one.parent() and "model.export.forking" in one.parent().cmdline()]


def as_cells_run(_pid, mark):
    assert until(lambda: len(kernels(mark)) == 2, 60)
    time.sleep(4)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
@pytest.mark.parametrize("when", [as_it_begins, as_it_plans, as_cells_run])
def test_reports_that_are_ended_leave_no_process_no_folder_and_no_part_of_a_file(tmp_path, when, how):
    temporary, out, mark = tmp_path / "temporary", tmp_path / "out", str(tmp_path)
    temporary.mkdir()
    environment = {**os.environ, MARK: mark, "TMPDIR": str(temporary), "JUPYTER_RUNTIME_DIR": str(temporary)}
    run = [*COMMAND, "report", "baseline", "saturation", "accelerated", "--out", str(out), "--workers", "2"]
    with subprocess.Popen(run, env=environment, stderr=subprocess.PIPE, text=True) as started:
        when(started.pid, mark)
        started.send_signal(how)
        if how is signal.SIGINT and not until(lambda: not of(mark), 3):
            started.send_signal(how)  # pressed again: native code may swallow the first while it imports
        assert until(lambda: not of(mark), 20), of(mark)
        told = started.communicate(timeout=20)[1]
    assert started.returncode in (-how, 128 + how)
    assert "Traceback" not in told or when is as_it_begins
    assert [path.name for path in temporary.iterdir()] == []
    assert not out.exists() or not list(out.iterdir())


def report(*given, **more):
    return subprocess.run([*COMMAND, "report", *given], capture_output=True, text=True, timeout=30, **more)


def small():
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


@pytest.mark.parametrize(
    ("out", "limit", "why"), [("/proc/none", None, "No such file"), ("", small, "too large")]
)
def test_a_folder_without_room_is_said_before_any_kernel_starts(tmp_path, out, limit, why):
    where = out or str(tmp_path / "out")
    done = report("--out", where, preexec_fn=limit)
    assert done.returncode == 2
    assert f"{where}: cannot be written ({why}" in done.stderr.replace("File too", "too")
    assert not out or not Path(out).exists()
    assert out or list(Path(where).iterdir()) == []


def test_a_character_without_a_glyph_is_said_before_any_kernel_starts(tmp_path):
    pack = tmp_path / "coast"
    shutil.copytree(Path(__file__).parents[1] / "plans" / "coast", pack)
    text = (pack / "plan.yaml").read_text(encoding="utf-8")
    changed = text.replace("title: Electric boats", "title: Electric \U0001d306 boats")
    (pack / "plan.yaml").write_text(changed, encoding="utf-8")
    done = report("--plan", str(pack), "--out", str(tmp_path / "out"), encoding="utf-8")
    assert done.returncode == 2
    wrong = "coast/plan.yaml: kpis.boats.title.en: no font has a glyph for '\U0001d306' (U+1D306)"
    assert wrong in done.stderr
    assert not (tmp_path / "out").exists()
