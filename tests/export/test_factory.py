"""Reports by the hundred: warm kernels, limits, what is made once, kills at any moment, events; for real."""

import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from batches import MARK, made, names, of, write
from nbformat.v4 import new_code_cell, new_notebook

from model.export import batch, manifest, warm
from model.export.run import Limits, RunError
from model.export.run import run as run_notebook

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")


def book(*cells):
    made_of = new_notebook(cells=[new_code_cell(one) for one in cells])
    made_of.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made_of


def shown(executed, cell=-1):
    return executed.cells[cell].outputs[0].text.strip()


@linux
def test_kernels_are_forked_with_the_stack_imported_and_share_neither_chance_nor_names():
    cell = """import os, random, sys, numpy
left = "mine" in globals()
mine = 1
stack, pyplot = {"pandas", "model.report.charts"} <= set(sys.modules), "matplotlib.pyplot" in sys.modules
print(os.getppid(), stack, left, pyplot)
print(random.random(), numpy.random.rand())"""
    runs = [shown(run_notebook(book(cell), {})).splitlines() for _ in range(2)]
    assert runs[0][0] == runs[1][0]
    parent, *facts = runs[0][0].split()
    assert psutil.Process(int(parent)).cmdline()[-1] == "model.export.forking"
    assert facts == ["True", "False", "False"]
    assert runs[0][1] != runs[1][1]


@linux
@pytest.mark.parametrize("provisioner", ["local-provisioner", warm.PROVISIONER])
def test_papermill_itself_runs_the_same_notebook_cold_and_warm(tmp_path, provisioner):
    """In a process of its own: a provisioner is chosen once for a process, by Jupyter's own variable."""
    nbformat.write(
        book(
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
            "import os\nprint(open(f'/proc/{os.getppid()}/cmdline').read().count('model.export.forking'))",
            "print(os.getcwd())",
        ),
        tmp_path / "one.ipynb",
    )
    run = "import papermill; papermill.execute_notebook('one.ipynb', 'done.ipynb', progress_bar=False)"
    environment = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": provisioner}
    subprocess.run([sys.executable, "-c", run], cwd=tmp_path, env=environment, check=True, timeout=120)
    executed = nbformat.read(tmp_path / "done.ipynb", as_version=4)
    (figure,) = [one for one in executed.cells[0].outputs if one.output_type == "display_data"]
    assert len(figure.data["image/png"]) > 1000
    assert shown(executed, 1) == str(int(provisioner == warm.PROVISIONER))
    assert shown(executed, 2) == str(tmp_path)


@linux
def test_no_kernel_outlives_a_client_that_is_killed(tmp_path):
    nbformat.write(
        book("print(1)", "import time\nopen('begun', 'w').close()\ntime.sleep(600)"), tmp_path / "one.ipynb"
    )
    run = "import papermill; papermill.execute_notebook('one.ipynb', 'done.ipynb', progress_bar=False)"
    environment = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": warm.PROVISIONER}
    with subprocess.Popen([sys.executable, "-c", run], cwd=tmp_path, env=environment) as client:
        until(lambda: (tmp_path / "begun").exists(), 60)
        below = psutil.Process(client.pid).children(recursive=True)
        assert len(below) == 2
        client.kill()
    assert not psutil.wait_procs(below, timeout=5)[1]


def until(true, seconds):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


LESS = {"seconds": 3.0, "megabytes": 900}


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("while True: pass", "not done within 3 s (--time-limit)"),
        ("import time\ntime.sleep(99)", "not done within 3 s (--time-limit)"),
        ("import os\nos._exit(3)", "DeadKernelError: Kernel died"),
        pytest.param(
            "taken = bytearray(3 * 10**9)",
            "MemoryError (memory limit 900 MB: --memory-limit)",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="no such limit"),
        ),
    ],
)
def test_a_report_that_takes_too_much_fails_with_its_reason_and_what_it_had_done(cell, why):
    with pytest.raises(RunError) as failed:
        run_notebook(book("print('before')", cell), {}, limits=Limits(**LESS))
    assert failed.value.what == why
    assert failed.value.where.startswith("cell 2")
    assert [shown(failed.value.notebook, at) for at, one in enumerate(failed.value.notebook.cells)
            if one.source == "print('before')"] == ["before"]  # fmt: skip


def test_more_output_than_a_report_can_have_ends_it():
    flood = "for _ in range(40):\n    print('x' * 2**20, flush=True)\nprint('the end')"
    with pytest.raises(RunError) as failed:
        run_notebook(book(flood), {})
    assert failed.value.what == "its output is more than 32 MB"


def test_one_that_loops_and_one_whose_disk_is_full_stop_no_other(notebooks, tmp_path):
    cell = """while scenario == 'baseline': pass
said["id"] = "more"
said["data"]["text"] = ["x" * (7_000_000 if scenario == "saturation" else 1)]
display({MIME: said, "text/plain": "x"}, raw=True)"""
    write(notebooks / "report.ipynb", "scenario", cell)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 2**20, before[1]))
    try:
        run = made(
            ["baseline", "saturation", "accelerated"], tmp_path,
            comparison=False, formats="ipynb", limits=Limits(seconds=4),
        )  # fmt: skip
        assert [one.outcome for one in run.outcomes] == ["failed", "ok", "ok"], run.summary()
        resource.setrlimit(resource.RLIMIT_FSIZE, (6 * 2**20, before[1]))
        full = made(
            ["saturation", "accelerated"], tmp_path, comparison=False, formats="ipynb", force=True, workers=1
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [one.outcome for one in full.outcomes] == ["failed", "ok"]
    assert full.outcomes[0].error.endswith("cannot be written (File too large)")
    assert not list(tmp_path.glob(".*.part"))


def test_what_stands_is_kept_what_is_spoilt_or_made_from_other_things_is_made_again(notebooks, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("title: Mine\nextends: baseline\n", encoding="utf-8")
    out, asked = tmp_path / "out", {"formats": "html,ipynb", "comparison": False}

    def outcomes(**more):
        return {
            one.name.split("-")[0]: one.outcome
            for one in made(["saturation", mine], out, **asked | more).outcomes
        }

    assert outcomes() == {"saturation": "ok", "mine": "ok"}
    first = {name: (out / name).read_bytes() for name in names(out)}
    assert outcomes() == {"saturation": "kept", "mine": "kept"}
    (told,) = manifest.batches(out)
    assert [one["outcome"] for one in told["run"]["outcomes"]] == ["kept", "kept"]
    for spoil in (lambda path: path.write_bytes(path.read_bytes()[:-9]), Path.unlink):
        spoil(out / "saturation-2025-en.html")
        assert outcomes() == {"saturation": "ok", "mine": "kept"}
    with (out / ".made.jsonl").open("a") as journal:
        journal.write('{"name": "saturation-2025-en", "fr')  # killed while it was written
    assert outcomes(force=True) == {"saturation": "ok", "mine": "ok"}
    assert {name: (out / name).read_bytes() for name in names(out)}.items() >= {
        name: raw for name, raw in first.items() if name != "manifest.json"
    }.items()
    assert outcomes() == {"saturation": "kept", "mine": "kept"}
    mine.write_text("title: Mine, changed\nextends: baseline\n", encoding="utf-8")
    assert outcomes() == {"saturation": "kept", "mine": "ok"}
    assert outcomes(pages="main") == {"saturation": "ok", "mine": "ok"}
    write(notebooks / "report.ipynb", "scenario", "two = 1 + 1")
    assert outcomes(pages="main") == {"saturation": "ok", "mine": "ok"}


@pytest.mark.usefixtures("notebooks")
def test_events_and_lines_tell_how_far_it_is(tmp_path, capfd):
    made(["baseline"], tmp_path, formats="ipynb", progress="json")
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    stages = [one["stage"] for one in events if one["event"] == "stage"]
    assert list(dict.fromkeys(stages)) == ["starting", "running", "typesetting"]
    assert [one["done"] for one in events[:-1]] == sorted(one["done"] for one in events[:-1])
    last = {key: value for key, value in events[-1].items() if key != "seconds"}
    files = ["baseline-2025-en.ipynb"]
    assert last == {
        "event": "end",
        "report": "baseline-2025-en",
        "outcome": "ok",
        "files": files,
        "error": "",
    }
    made(["baseline"], tmp_path, formats="ipynb", progress="auto")
    assert capfd.readouterr().err == "1/1 baseline-2025-en kept 0.0 s\n"


KILLED = """
import sys
from pathlib import Path
from model.export import batch, planning
planning.notebook_folder = lambda: Path(sys.argv[1])
names = ["baseline", "saturation", "accelerated", "delayed_adoption"]
run = batch.render_reports("china_14fyp_digital", names, out=sys.argv[2], workers=2, formats="html,ipynb")
print(*(one.outcome for one in run.outcomes))
"""
KILLS = int(os.environ.get("KILLS", "15"))


@linux
@pytest.mark.long
def test_whatever_moment_it_is_killed_at_what_was_made_is_kept_and_nothing_lies(notebooks, tmp_path):
    out, chance, mark = tmp_path / "out", random.Random(KILLS), str(tmp_path)
    run = [sys.executable, "-c", KILLED, str(notebooks), str(out)]
    environment, longest = {**os.environ, MARK: mark}, 12.0
    for number in range(KILLS):
        if number % 5 == 0:  # begin anew: all would be kept by now
            write(notebooks / "report.ipynb", "scenario", f"import time\ntime.sleep(0.3)\nrun = {number}")
        with subprocess.Popen(run, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as started:
            time.sleep(chance.uniform(0.5, longest / 2))
            started.send_signal(signal.SIGKILL)
        until(lambda: not of(mark), 5)
        if out.exists():
            truthful(out)
    done = subprocess.run(
        run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert set(done.stdout.split()) <= {"ok", "kept"}
    truthful(out)
    assert len(names(out)) == 5 * 2 + 1
    again = subprocess.run(
        run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert again.stdout.split() == ["kept"] * 5
    assert not list(out.glob(".*.part"))


def truthful(out):
    """Every file under a final name is whole, and manifest and journal say of none what it is not."""
    for path in out.glob("[!.]*"):
        text = path.read_text(encoding="utf-8")
        assert text.rstrip().endswith("</html>") or json.loads(text)
    told = [each for one in manifest.batches(out) for each in one["run"]["outcomes"]]
    files = {name: one["sha256"] for each in told for name, one in each["files"].items()}
    for name, digest in files.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest, name
    journal = batch.Kept(out).made.values() if (out / ".made.jsonl").exists() else ()
    for one in journal:
        for name, digest in one["files"].items():
            if name not in files:
                assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest, name
