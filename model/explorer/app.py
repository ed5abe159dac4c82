"""The explorer as an app of its own: ``python -m model.explorer.app``, or ``make app``.

Voila serves the notebook to this machine only, by kernels that are warm and end when nobody uses them.
Whatever stands behind the command is Voila's own option and comes last, so that it decides.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from model.places import notebook_folder

NOTEBOOK = "06_explorer.ipynb"
TEMPLATES = Path(__file__).parent / "served"
# Seconds: a kernel that nobody talks to ends after ten minutes.
IDLE, LOOK = 600, 60


def options(more: Sequence[str] = ()) -> list[str]:
    """Give Voila's command line.

    Parameters
    ----------
    more : sequence of str
        Further options, which come last.

    Returns
    -------
    list of str

    Examples
    --------
    >>> options(["--port=8870"])[1:3]
    ['--Voila.ip=127.0.0.1', '--template=explorer']
    """
    return [
        str(notebook_folder() / NOTEBOOK),
        "--Voila.ip=127.0.0.1",
        "--template=explorer",
        "--preheat_kernel=True",
        "--pool_size=2",
        f"--MappingKernelManager.cull_idle_timeout={IDLE}",
        f"--MappingKernelManager.cull_interval={LOOK}",
        "--MappingKernelManager.cull_connected=False",
        *more,
    ]


def main(arguments: Sequence[str]) -> None:
    """Serve the explorer until interrupted.

    Parameters
    ----------
    arguments : sequence of str
        Further options of Voila.
    """
    known = os.environ.get("JUPYTER_PATH", "")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(TEMPLATES), known]))
    # Only now: Voila looks for templates where that variable points when it begins.
    from voila.app import main as serve

    from model.explorer.promptly import without_delay

    without_delay()
    serve(options(arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
