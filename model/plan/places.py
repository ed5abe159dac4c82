"""Where the plan packs and the notebooks are: mapped into an installed wheel, or in the checkout."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path

from model.errors import ModelError, mistake, near

_PACKAGE = Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    """Find the folder that holds one folder per plan pack."""
    return _folder("data")


def notebook_folder() -> Path:
    """Find the folder that holds the notebooks."""
    return _folder("notebooks")


def plan_folder(plan: str | Path) -> Path:
    """Find the folder of a plan pack."""
    if not isinstance(plan, str | Path):
        raise ModelError(mistake("plan", "", f"{plan!r} is no plan", "an id, or a folder"))
    shipped = {path.parent.name: path.parent for path in data_folder().glob("*/plan.yaml")}
    if str(plan) in shipped:
        return shipped[str(plan)]
    with suppress(OSError):  # a name too long for the system is none
        if (Path(plan) / "plan.yaml").is_file():
            return Path(plan)
    allowed = f"a folder with plan.yaml, or {near(plan, shipped)}"
    raise ModelError(mistake("plan", "", f"{str(plan)!r} is no plan", allowed))


def begin(folder: Path) -> None:
    """Write a new plan pack, named after its folder; refuse to overwrite anything."""
    if folder.exists():
        raise ModelError(mistake(str(folder), "", "stands already", "a folder that is still to be made"))
    name = re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_")[:60]
    try:
        shutil.copytree(_PACKAGE / "new_plan", folder)
        told = (folder / "plan.yaml").read_text(encoding="utf-8")
        if name[:1].isalpha():
            told = told.replace("id: new_plan", f"id: {name}", 1)
        (folder / "plan.yaml").write_text(told, encoding="utf-8")
    except OSError as error:
        raise ModelError(mistake(str(folder), "", f"cannot be written ({error.strerror})")) from error


def _folder(name: str) -> Path:
    # The mapped folder comes first: beside an installed package lie other packages, and one of
    # them may well own a folder called "data".
    candidates = (_PACKAGE / "shipped" / name, _PACKAGE.parent / name)
    for folder in candidates:
        if folder.is_dir():
            return folder
    looked = " and ".join(map(str, candidates))
    allowed = f"looked in {looked}; run from a complete checkout or install the package again"
    raise ModelError(mistake(str(_PACKAGE), "", f"the folder {name}/ is missing", allowed))
