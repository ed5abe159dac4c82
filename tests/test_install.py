"""`make` builds its environment once, says plainly why it cannot, and leaves no half of one behind."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")

# Answers what .ci/install asks an interpreter, writes down what it was told to do, and copies itself into
# the environment it is asked to make.
INTERPRETER = """#!/bin/sh
case "$*" in
    -V) echo Python 3.9.2 ;;
    *ensurepip*) exit "${LACKS_VENV:-0}" ;;
    *version_info*) exit "${TOO_OLD:-0}" ;;
    '-m venv '*) echo venv >>"$DIARY"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    '-m pip '*)
        echo pip >>"$DIARY"
        echo "$PIP_USER ${PIP_TARGET-unset}" >>"$DIARY.pip"
        exit "${PIP_FAILS:-0}" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder with spaces in its name, with an interpreter that only pretends."""
    folder = tmp_path / "a check out"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "install", folder / ".ci")
    for name in ("requirements.lock", "pyproject.toml"):
        (folder / name).write_text(f"{name}\n", encoding="utf-8")
    python = tmp_path / "python"
    python.write_text(INTERPRETER, encoding="utf-8")
    python.chmod(0o755)
    return folder


def install(folder: Path, python: str = "", **more: str) -> tuple[int, str, list[str]]:
    """Run it; give the status, what it said on standard error, and the work it did."""
    diary = folder.parent / "diary"
    diary.unlink(missing_ok=True)
    done = subprocess.run(
        ["sh", str(folder / ".ci" / "install"), python or str(folder.parent / "python")],
        env={"PATH": os.environ["PATH"], "DIARY": str(diary)} | more, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stderr, diary.read_text(encoding="utf-8").split() if diary.exists() else []


def test_the_first_run_makes_an_environment_and_the_next_do_nothing_for_a_file_that_is_only_newer(checkout):
    assert install(checkout) == (0, "", ["venv", "pip", "pip"])
    assert install(checkout) == (0, "", [])
    os.utime(checkout / "requirements.lock", (4e9, 4e9))
    assert install(checkout) == (0, "", [])


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_installs_again_into_the_same_environment(checkout, name):
    install(checkout)
    (checkout / name).write_text("something else\n", encoding="utf-8")
    assert install(checkout) == (0, "", ["pip", "pip"])


def test_a_moved_checkout_and_one_whose_interpreter_is_gone_get_a_new_environment(checkout):
    install(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert install(moved) == (0, "", ["venv", "pip", "pip"])
    (moved / ".venv" / "bin" / "python").unlink()
    assert install(moved) == (0, "", ["venv", "pip", "pip"])


def test_a_failed_installation_leaves_nothing_behind(checkout):
    status, _, work = install(checkout, PIP_FAILS="1")
    assert (status, work) == (1, ["venv", "pip"])
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("then", ["something else\n", "requirements.lock\n"], ids=["as changed", "as before"])
def test_a_failed_renewal_keeps_the_environment_and_is_tried_again(checkout, then):
    install(checkout)
    lock = checkout / "requirements.lock"
    lock.write_text("something else\n", encoding="utf-8")
    assert install(checkout, PIP_FAILS="1")[0] == 1
    assert (checkout / ".venv" / "bin" / "python").exists()
    lock.write_text(then, encoding="utf-8")
    assert install(checkout) == (0, "", ["pip", "pip"])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"TOO_OLD": "1"}, ("Python 3.9.2; 3.11 or newer is needed", "make PYTHON=")),
        ({"LACKS_VENV": "1"}, ("apt install python3-venv",)),
        ({"python": "no-such-python"}, ("There is no 'no-such-python' here",)),
    ],
)
def test_an_interpreter_that_is_old_lacks_venv_or_is_missing_is_named_and_nothing_done(
    checkout, asked, words
):
    status, said, work = install(checkout, **asked)
    assert (status, work) == (1, [])
    assert all(one in said for one in words)


def test_settings_of_the_user_do_not_send_the_packages_elsewhere(checkout):
    install(checkout, PIP_USER="1", PIP_TARGET="/elsewhere")
    told = (checkout.parent / "diary.pip").read_text(encoding="utf-8")
    assert set(told.splitlines()) == {"0 unset"}
