"""One description of the project in many files: they agree, and a built wheel works far from the checkout."""

import ast
import csv
import io
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRA = PROJECT["project"]["optional-dependencies"]["test"]
NEEDED = [Requirement(text) for text in PROJECT["project"]["dependencies"] + EXTRA]
BUILD = [Requirement(text) for text in PROJECT["build-system"]["requires"]]

# What conda-forge calls otherwise: its `typst` is the command-line program, its `matplotlib` brings Qt.
CONDA_NAMES = {
    "build": "python-build", "jupyter-client": "jupyter_client", "jupyter-server": "jupyter_server",
    "matplotlib": "matplotlib-base", "playwright": "playwright-python", "typst": "typst-py",
}  # fmt: skip

TARGETS = {
    "help", "report", "test", "test-all", "check", "lab", "app", "refresh", "bench", "fuzz", "lock",
    "install", "clean",
}  # fmt: skip


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def yaml(name: str):
    return YAML(typ="safe").load(read(name))


def locked() -> dict[str, list[tuple[str, str]]]:
    """Package -> (version, rest of its entry) for each entry of the lock."""
    lines = [line for line in read("requirements.lock").splitlines() if not line.startswith("#")]
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in "\n".join(lines).replace("\\\n", " ").splitlines():
        match = re.fullmatch(r"([\w.-]+)==(\S+)(.*)", entry)
        assert match, f"not a pinned package: {entry}"
        name, version, rest = match.groups()
        found.setdefault(canonicalize_name(name), []).append((version, rest))
    return found


def lonely(**more: str) -> dict[str, str]:
    """Give the variables a child needs, and nothing that leads it back here or to an outer make."""
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "TMPDIR", "LANG") if key in os.environ}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1"} | more


def test_conda_and_pip_are_given_the_same_packages_and_the_project_itself():
    environment = yaml("environment.yml")["dependencies"]
    conda = {text for text in environment if isinstance(text, str)} - {"pip"}
    python = {f"python{PROJECT['project']['requires-python']}"}
    assert conda == python | {f"{CONDA_NAMES.get(need.name, need.name)}{need.specifier}" for need in NEEDED}
    assert [entry["pip"] for entry in environment if isinstance(entry, dict)] == [["-e ."]]


@pytest.mark.parametrize("need", NEEDED + BUILD, ids=str)
def test_the_lock_holds_every_requirement_in_a_version_that_satisfies_it(need):
    entries = locked().get(canonicalize_name(need.name), [])
    assert entries, f"{need.name} is not in requirements.lock: make lock"
    assert all(need.specifier.contains(version) for version, _ in entries)


def test_every_entry_of_the_lock_has_hashes_and_nothing_else_but_a_marker():
    for name, entries in locked().items():
        for _, rest in entries:
            marker, *hashes = rest.split("--hash=")
            assert hashes, f"{name} has no hash"
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", text.strip()) for text in hashes), name
            assert not marker.strip() or marker.strip().startswith(";"), name
    text = read("requirements.lock")
    assert not re.search(r"://|file:|-index|find-links|@ ", text), "it names no place to download from"
    assert "make lock" in text.splitlines()[0], "it says how to renew it"


def test_citation_and_licence_agree_with_the_package():
    citation, project = yaml("CITATION.cff"), PROJECT["project"]
    said = [citation[key] for key in ("cff-version", "version", "title", "license")]
    assert said == ["1.2.0", project["version"], project["name"], project["license"]]
    assert {"message", "authors", "type"} <= set(citation)
    licence = read("LICENSE")
    assert licence.startswith("MIT License")
    assert "data/README.md" in licence, "figures are under other terms"
    assert (ROOT / "data" / "README.md").is_file()


def run(*command: str, **more) -> str:
    """Run a program as if on its own; give what it prints."""
    asked = {"env": lonely(), "capture_output": True, "text": True, **more}
    done = subprocess.run(command, check=False, **asked)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_help_has_a_line_for_every_target_and_is_what_make_alone_prints():
    said = run("make", "help", cwd=ROOT)
    lines = [line.split(maxsplit=2) for line in said.splitlines()]
    assert {target for _, target, _ in lines} == TARGETS
    assert all(meaning for _, _, meaning in lines)
    assert run("make", cwd=ROOT) == said


def test_the_machine_runs_the_tests_and_then_the_rest():
    calls = [line for line in read(".ci/run").splitlines() if line.startswith("make")]
    assert calls == ["make test", "make test-all"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_checks_for_users_run_on_the_oldest_python_and_on_a_newer_one():
    job = yaml(".github/workflows/ci.yml")["jobs"]["checks"]
    versions = [tuple(map(int, text.split("."))) for text in job["strategy"]["matrix"]["python"]]
    oldest = tuple(map(int, PROJECT["project"]["requires-python"].removeprefix(">=").split(".")))
    assert min(versions) == oldest < max(versions)
    assert ".ci/run" in [step.get("run") for step in job["steps"]]


def test_no_line_silences_the_linter():
    word = "no" + "qa"
    files = [path for folder in ("model", "tests", "notebooks") for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in files if word in path.read_text(encoding="utf-8")] == []


def contract(name: str) -> dict:
    (found,) = [one for one in PROJECT["tool"]["importlinter"]["contracts"] if one["id"] == name]
    return found


def numbers() -> list[str]:
    """Every room that exists, from `evaluation` downward."""
    floors = [re.findall(r"\w+", line) for line in contract("floors")["layers"]]
    (top,) = [number for number, rooms in enumerate(floors) if "evaluation" in rooms]
    present = {path.stem for path in (ROOT / "model").iterdir() if path.suffix == ".py" or path.is_dir()}
    return sorted(f"model.{room}" for rooms in floors[top:] for room in rooms if room in present)


def test_the_numbers_bring_in_no_chart_widget_or_notebook_by_any_way():
    rule = contract("numbers")
    assert sorted(rule["source_modules"]) == numbers()
    code = f"""
import importlib, pkgutil, sys
for room in map(importlib.import_module, {numbers()!r}):
    for one in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
        importlib.import_module(one.name)
print(sorted(set({rule["forbidden_modules"]!r}) & set(sys.modules)))
"""
    assert ast.literal_eval(run(sys.executable, "-c", code, cwd=ROOT)) == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from the source distribution so that both are known to be whole."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT))
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment that holds the wheel, and sees the other packages of this one."""
    folder = tmp_path_factory.mktemp("elsewhere") / "an environment"
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = ["pip", "--python", str(python), "install", "-qq", "--no-deps", "--no-index", str(wheel)]
    run(sys.executable, "-m", *install)
    # Only now: pip would take the project's own editable installation for this one.
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (Path(packages) / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def listing(folder: Path) -> dict[Path, tuple[int, int]]:
    facts = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (fact.st_size, fact.st_mtime_ns) for path, fact in facts.items()}


@pytest.mark.wheel
def test_the_wheel_holds_package_data_and_notebooks_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"model"}
    assert "model/shipped/data/README.md" in names
    shipped = {name.removeprefix("model/shipped/") for name in names if name.startswith("model/shipped/")}
    hidden = {".ipynb_checkpoints", "__pycache__"}
    expected = {
        path.relative_to(ROOT).as_posix()
        for folder in ("data", "notebooks")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not hidden & set(path.parts)
    }
    assert shipped == expected
    assert any(name.endswith("/LICENSE") for name in names)


@pytest.mark.wheel
def test_the_wheel_works_in_another_environment_from_an_empty_folder(elsewhere, tmp_path):
    def there(program: str, *arguments: str) -> str:
        asked = {"cwd": tmp_path, "env": lonely(HOME=str(tmp_path))}
        return run(str(elsewhere.with_name(program)), *arguments, **asked)

    code = "from model.plan.load import data_folder; print(data_folder())"
    data = Path(there("python", "-c", code).strip())
    installed = data.parent.parent
    assert installed.name == "model"
    assert installed.is_relative_to(elsewhere.parent.parent)
    before = listing(installed)

    assert "baseline" in there("scenarios", "list")
    there("scenarios", "check")
    rows = list(csv.DictReader(io.StringIO(there("scenarios", "project", "baseline", "--format", "csv"))))
    assert list(rows[0])[:6] == ["scenario", "kpi", "year", "value", "status", "unit"]
    assert {row["scenario"] for row in rows} == {"baseline"}
    plan = YAML(typ="safe").load((data / "china_14fyp_digital" / "plan.yaml").read_text(encoding="utf-8"))
    assert {row["kpi"] for row in rows} == set(plan["kpis"])
    assert {int(row["year"]) for row in rows} >= set(range(plan["base_year"], plan["horizon"] + 1))
    assert all(float(row["value"]) > 0 for row in rows)

    assert listing(installed) == before
    assert list(tmp_path.iterdir()) == []


def test_what_the_readme_says_of_the_package_is_so():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    exec(code, {})
    named = re.findall(r"`((?:model|data|notebooks|tests|benchmarks)/[\w/.]+)`", readme)
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert len(named) >= 10
