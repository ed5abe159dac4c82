"""The explorer as an app of its own: ``python -m model.explorer.app``, or ``make app``.

`model.explorer.server` serves the notebook, with the plan and scenario that were named, to this machine only.
Whatever else stands behind the command is Voila's own option and comes last, so that it decides.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from model.errors import ModelError
from model.explorer.session import Session
from model.inputs import DEFAULT_PLAN, load, reference
from model.places import notebook_folder

NOTEBOOK = "06_explorer.ipynb"
TEMPLATES = Path(__file__).parent / "served"
# Seconds: a kernel that nobody talks to ends after ten minutes; one that died is missed after one second.
IDLE, LOOK, MISSED = 600, 60, 1
BAD_INPUT = 2


def options(notebook: str, more: Sequence[str] = ()) -> list[str]:
    """Give Voila's command line."""
    return [
        notebook,
        "--Voila.ip=127.0.0.1",
        "--token",
        "--IdentityProvider.cookie_options=samesite=Strict",
        "--template=explorer",
        "--preheat_kernel=True",
        "--pool_size=2",
        f"--MappingKernelManager.cull_idle_timeout={IDLE}",
        f"--MappingKernelManager.cull_interval={LOOK}",
        "--MappingKernelManager.cull_connected=False",
        # A kernel that died is not begun anew: what was set in it is gone, and its page says so.
        f"--KernelRestarter.time_to_dead={MISSED}",
        "--KernelRestarter.restart_limit=0",
        *more,
    ]


def written(folder: str, asked: argparse.Namespace) -> str:
    """Write the notebook for the plan and scenario that were named, if they can be shown; where it is."""
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    plan = load(asked.plan)
    scenario = asked.scenario or reference(plan)
    Session(plan, scenario)
    folder_of_plan = Path(asked.plan)
    given = {"plan": str(folder_of_plan.resolve()) if folder_of_plan.is_dir() else asked.plan}
    book = load_notebook_node(str(notebook_folder() / NOTEBOOK))
    path = Path(folder) / NOTEBOOK
    nbformat.write(parameterize_notebook(book, {**given, "scenario": scenario}), path)
    return str(path)


def main(arguments: Sequence[str]) -> int:
    """Serve the explorer until it is told to end."""
    parser = argparse.ArgumentParser(prog="python -m model.explorer.app", allow_abbrev=False)
    parser.add_argument("--plan", default=DEFAULT_PLAN, help="id or folder of a plan pack")
    parser.add_argument("--scenario", default="", help="name of a scenario")
    asked, more = parser.parse_known_args(arguments)
    known = os.environ.get("JUPYTER_PATH", "")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(TEMPLATES), known]))
    try:
        with TemporaryDirectory() as folder:
            notebook = written(folder, asked)
            # Only now: Voila looks for templates where that variable points when it begins.
            from model.explorer.promptly import without_delay
            from model.explorer.server import Server

            without_delay()
            Server.launch_instance(options(notebook, more))
    except ModelError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
