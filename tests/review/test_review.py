"""Notebooks run again and saved canonically: in real kernels of this Python."""

import json
import os
import subprocess
import sys
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from model.plan.load import notebook_folder
from model.report.output import WIDGET
from model.review.refresh import canonical, main, read, refresh, written


def save(path, *sources):
    cells = [new_markdown_cell("# A notebook", id="title")]
    cells += [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    path.write_text(json.dumps(new_notebook(cells=cells)), encoding="utf-8")
    return path


def test_a_second_run_changes_no_byte(tmp_path):
    path = save(tmp_path / "one.ipynb", "import sys", "{str(x) for x in range(9)}", "hash('x')")
    assert refresh(path) is True
    first = path.read_bytes()
    assert refresh(path) is False
    assert path.read_bytes() == first
    assert [cell.get("execution_count") for cell in read(path).cells] == [None, 1, 2, 3]
    assert [one.name for one in tmp_path.iterdir()] == ["one.ipynb"]


def test_a_shipped_notebook_is_as_a_fresh_run_leaves_it(tmp_path):
    shipped = notebook_folder() / "02_scenarios.ipynb"
    copy = tmp_path / shipped.name
    copy.write_bytes(shipped.read_bytes())
    refresh(copy)
    fresh, old = read(copy), read(shipped)
    # Pictures may differ by the version of a library; what they are drawn from may not.
    for cell in (*fresh.cells, *old.cells):
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/png", None)
    assert fresh == old


def test_the_kernel_is_this_python_and_sees_no_settings_of_the_user(tmp_path, monkeypatch):
    startup = tmp_path / "home" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("surprise = 1", encoding="utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "home"))
    path = save(tmp_path / "one.ipynb", "import sys; sys.executable", "'surprise' in globals()")
    refresh(path)
    said = [cell.outputs[0].data["text/plain"] for cell in read(path).cells[1:]]
    assert said == [repr(sys.executable), "False"]


def test_a_failing_cell_and_a_missing_file_are_named_and_the_file_stays_as_it_was(tmp_path, capsys):
    bad = save(tmp_path / "bad.ipynb", "x = 1", "1 / 0")
    good = save(tmp_path / "good.ipynb", "1")
    before = bad.read_bytes()
    assert main([str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert "bad.ipynb: cell 3: ZeroDivisionError: division by zero" in captured.err
    assert "good.ipynb: changed" in captured.out
    assert bad.read_bytes() == before
    assert read(good).cells[1].outputs
    assert main(["nowhere.ipynb"]) == 2
    assert "nowhere.ipynb: not there" in capsys.readouterr().err


def test_what_changes_by_itself_is_dropped_and_the_rest_is_kept():
    view = {WIDGET: {"model_id": "1234"}, "text/plain": "twin"}
    kept = {"tags": ["a"], "scenarios": {"expects": []}}
    cell = new_code_cell("x", id="kept", execution_count=7, outputs=[new_output("display_data", data=view)])
    cell.metadata = {**kept, "execution": {"shell": "now"}, "papermill": {}}
    language = {"name": "python", "version": "3.1"}
    metadata = {"widgets": {"state": {}}, "papermill": {}, "language_info": language}
    plain = canonical(new_notebook(cells=[cell], metadata=metadata))
    assert set(plain.metadata) == {"kernelspec", "language_info"}
    assert plain.metadata.language_info == {"name": "python"}
    assert (plain.cells[0].id, plain.cells[0].execution_count) == ("kept", 7)
    assert plain.cells[0].metadata == kept
    assert plain.cells[0].outputs[0].data == {"text/plain": "twin"}
    assert written(plain) == written(canonical(plain))


def test_a_changed_number_fails_nbval_and_is_legible(tmp_path):
    source = notebook_folder() / "04_targets.ipynb"
    text = source.read_text(encoding="utf-8")
    copy = tmp_path / "changed.ipynb"
    copy.write_text(text.replace("−0.14", "−0.15"), encoding="utf-8")
    plugins = ["-p", "no:cacheprovider", "-p", "model.review.nbval_plugin"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, "--nbval", "--nbval-current-env", str(copy)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert done.returncode == 1
    assert "changed.ipynb::Cell 5" in done.stdout
    assert "row 6 (Online retail sales), Gap: '−0.15' -> '−0.14'" in done.stdout
