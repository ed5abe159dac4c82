"""Reports of many scenarios: real notebooks, kernels, processes and files."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pypdf
import pytest
from batches import made, names, write

from model import ModelError, load
from model.export import batch, manifest
from model.export.render import replace
from model.export.run import run as run_notebook

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("notebooks")


def text(path):
    return " ".join("".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())


def test_each_scenario_and_the_comparison_become_files_and_the_same_recipe_gives_the_same_bytes(
    tmp_path, monkeypatch
):
    # What is asked is "the same recipe", so an edit of the package while this runs must not make it another.
    monkeypatch.setattr(manifest, "digest", lambda folder: folder.name)
    asked = {"overrides": ["software_revenue.rate=0.12"], "horizon": 2030, "workers": 2}
    runs = [made(["baseline", "saturation"], tmp_path / out, **asked) for out in ("one", "two")]
    assert not runs[0].failed
    changed = f"{asked['overrides'][0]}-2030-en"
    stems = (f"baseline-{changed}", f"comparison-{changed}", f"saturation-{changed}")
    expected = [f"{stem}.{ending}" for stem in stems for ending in ("html", "ipynb", "pdf")]
    assert names(tmp_path / "one") == sorted([*expected, "manifest.json"])
    for name in expected:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    manifests = [manifest.batches(tmp_path / out)[-1] for out in ("one", "two")]
    assert manifests[0]["recipe"] == manifests[1]["recipe"]
    assert str(tmp_path) not in json.dumps(manifests[0]["recipe"])
    assert {one["outcome"] for one in manifests[0]["run"]["outcomes"]} == {"ok"}
    report = tmp_path / "one" / f"saturation-{changed}.pdf"
    assert "saturation until 2030 as of 2020; ['software_revenue.rate=0.12']" in text(report)
    attached = pypdf.PdfReader(report).attachments
    assert set(attached) == {"saturation.yaml", "recipe.json", "numbers.csv", "seal.json"}
    assert b"rate: 0.12" in attached["saturation.yaml"][0]
    (own,) = json.loads(attached["recipe.json"][0])["reports"]
    assert own == manifests[0]["recipe"]["reports"][1]
    assert "['baseline', 'saturation'] until 2030" in text(tmp_path / "one" / f"comparison-{changed}.pdf")


def test_a_report_that_fails_is_named_kept_and_stops_no_other(notebooks, tmp_path):
    write(notebooks / "report.ipynb", "scenario", "first = 1\nif scenario == 'baseline':\n    1 / 0")
    for ending in ("pdf", "failed.ipynb"):
        (tmp_path / f"saturation-2025-en.{ending}").write_text("of an earlier run")
    run = made(["baseline", "saturation"], tmp_path, comparison=False)
    (failed,) = run.failed
    assert failed.name == "baseline-2025-en"
    assert failed.error == "report.ipynb cell 4, line 3: ZeroDivisionError: division by zero"
    assert failed.error in run.summary()
    kept = nbformat.read(tmp_path / "baseline-2025-en.failed.ipynb", as_version=4)
    assert any(output.output_type == "error" for cell in kept.cells for output in cell.get("outputs", []))
    assert not (tmp_path / "baseline-2025-en.pdf").exists()
    assert "saturation until 2025" in text(tmp_path / "saturation-2025-en.pdf")
    assert not (tmp_path / "saturation-2025-en.failed.ipynb").exists()
    told = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["batches"][-1]["run"]["outcomes"]
    assert [one["outcome"] for one in told] == ["failed", "ok"]
    assert told[0]["error"] == failed.error


def test_a_kernel_that_dies_and_a_report_without_its_figure_are_failures(notebooks, tmp_path):
    kill = "import os, signal\nif scenario == 'baseline':\n    os.kill(os.getpid(), signal.SIGKILL)"
    write(notebooks / "report.ipynb", "scenario", kill, expects=["figure:*"])
    run = made(["baseline", "saturation"], tmp_path, comparison=False)
    dead, hollow = (one.error for one in run.failed)
    assert dead.startswith("report.ipynb cell 4: DeadKernelError")
    assert hollow == "report.ipynb: the expected figure:* is missing"
    assert {"baseline-2025-en.failed.ipynb", "saturation-2025-en.failed.ipynb"} <= set(names(tmp_path))
    assert not list(tmp_path.glob("*.pdf"))


def test_a_file_that_cannot_be_written_loses_its_own_report_only(tmp_path):
    (tmp_path / "baseline-2025-en.html").mkdir()
    run = made(["baseline", "saturation"], tmp_path, comparison=False)
    wrong = f"{tmp_path / 'baseline-2025-en.html'}: cannot be written (Is a directory)"
    assert [one.error for one in run.outcomes] == [wrong, ""]


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"scenarios": ["baselin", "zzz"]}, "did you mean 'baseline'"),
        ({"scenarios": []}, "scenarios: none is named"),
        ({"overrides": ["software_revenue.rat=1"]}, "did you mean 'rate'"),
        ({"horizon": 1999}, "horizon: 1999 is out of range"),
        ({"as_of": 1999}, "1999 is outside the data"),
        ({"formats": "pdf,docx"}, "unknown format 'docx'"),
        ({"annex": "cod"}, "did you mean 'code'"),
        ({"language": "fr"}, "unknown language 'fr'"),
        ({"workers": 0}, "at least 1"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_runs_or_is_written(tmp_path, asked, wrong):
    out = tmp_path / "out"
    with pytest.raises(ModelError, match=wrong):
        made(**{"scenarios": ["baseline"], "out": out, **asked})
    assert not out.exists()


def test_a_parameter_the_notebook_does_not_have_is_refused_before_anything_runs(notebooks, tmp_path):
    content = nbformat.read(notebooks / "report.ipynb", as_version=4)
    content.cells[1].source = content.cells[1].source.replace("horizon: int", "horizont: int")
    nbformat.write(content, notebooks / "report.ipynb")
    wrong = r"report\.ipynb: horizon: unknown parameter; did you mean 'horizont'"
    with pytest.raises(ModelError, match=wrong):
        made(["baseline"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_dry_run_names_the_files_and_writes_none(tmp_path):
    run = made(["baseline"], tmp_path / "out", formats="pdf,html", dry_run=True)
    assert run.planned == ("baseline-2025-en.pdf", "baseline-2025-en.html")
    assert run.summary().splitlines() == [str(tmp_path / "out" / name) for name in run.planned]
    assert not (tmp_path / "out").exists()


def test_a_scenario_file_is_reported_under_its_own_name_and_no_bar_is_drawn_where_nobody_watches(
    tmp_path, capfd
):
    path = tmp_path / "mine.yaml"
    path.write_text("title: Mine # and yours\nextends: baseline\n", encoding="utf-8")
    run = made([path], tmp_path, formats="pdf", annex="code")
    assert capfd.readouterr().err == ""
    assert run.outcomes[0].files == ("mine-2025-en.pdf",)
    reader = pypdf.PdfReader(tmp_path / "mine-2025-en.pdf")
    assert reader.metadata.title == "Mine"
    assert "mine.yaml" in reader.attachments
    assert "from IPython.display import display" in text(tmp_path / "mine-2025-en.pdf")


def test_two_files_of_one_name_are_refused(tmp_path):
    paths = [tmp_path / folder / "mine.yaml" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("title: Mine\nextends: baseline\n", encoding="utf-8")
    with pytest.raises(ModelError, match="two reports would be called mine-2025-en"):
        made(paths, tmp_path)


def test_a_loaded_plan_has_to_be_the_shipped_one():
    plan = load()
    assert batch.render_reports(plan, ["baseline"], dry_run=True).planned
    with pytest.raises(ModelError, match="differs from the shipped plan; give its folder"):
        batch.render_reports(plan.model_copy(update={"horizon": 2026}), ["baseline"], dry_run=True)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "a.pdf"
    replace(path, b"one")
    replace(path, b"two")
    assert path.read_bytes() == b"two"
    with pytest.raises(TypeError):
        replace(path, None)
    assert names(folder) == ["a.pdf"]
    assert path.read_bytes() == b"two"


def test_reading_a_notebook_that_was_run_needs_neither_papermill_nor_typst():
    heavy = "print([name for name in ('papermill', 'typst', 'matplotlib') if name in sys.modules])"
    run = [sys.executable, "-c", f"import sys\nfrom model.export import document\n{heavy}"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_interrupt_ends_the_run_and_leaves_nothing_half_written(notebooks, tmp_path):
    marker, out = tmp_path / "running", tmp_path / "out"
    slow = f"open({str(marker)!r}, 'w').close()\nimport time\ntime.sleep(60)"
    write(notebooks / "report.ipynb", "scenario", slow)
    code = f"""
from pathlib import Path
from model.export import batch, planning
planning.notebook_folder = lambda: Path({str(notebooks)!r})
names = ["baseline", "saturation", "accelerated"]
batch.render_reports("china_14fyp_digital", names, out={str(out)!r}, workers=1)
"""
    own = {"cwd": ROOT, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen([sys.executable, "-c", code], **own) as started:
        for _ in range(300):
            if marker.exists():
                break
            time.sleep(0.1)
        os.killpg(started.pid, signal.SIGINT)  # as from a keyboard, to every process of the foreground
        assert "KeyboardInterrupt" in started.communicate(timeout=40)[1]
    assert started.returncode != 0
    assert names(out) == []


def test_the_kernel_is_this_python_whatever_is_installed_as_python3(notebooks, tmp_path, monkeypatch):
    broken = tmp_path / "jupyter" / "kernels" / "python3"
    broken.mkdir(parents=True)
    spec = {"argv": ["false"], "display_name": "Python 3", "language": "python"}
    (broken / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    write(notebooks / "report.ipynb", "scenario", "import sys\nprint(sys.executable)")
    executed = run_notebook(nbformat.read(notebooks / "report.ipynb", as_version=4), {"horizon": 2030})
    assert executed.cells[-1].outputs[0].text.strip() == sys.executable


def test_the_manifest_names_every_batch_whose_files_still_stand(tmp_path):
    def named(chosen, *overrides):
        made([chosen], tmp_path, overrides=overrides, formats="ipynb")
        return [one["name"] for told in manifest.batches(tmp_path) for one in told["run"]["outcomes"]]

    named("baseline")
    named("saturation")
    changed = "baseline-ipv6_users.imitation=0.3-2025-en"
    three = named("baseline", "ipv6_users.imitation=0.3")
    assert three == ["baseline-2025-en", "saturation-2025-en", changed]
    again = named("baseline")
    assert again[-1] == "baseline-2025-en"
    assert sorted(f"{name}.ipynb" for name in again) == sorted(path.name for path in tmp_path.glob("*.ipynb"))
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="is no manifest of reports"):
        named("baseline")
