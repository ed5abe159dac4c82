"""A plan pack as text: what a machine needs that has not got it, and the same plan wherever it is opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from model.errors import ModelError
from model.plan.load import find_scenario, load, plan_folder
from model.plan.plan import Plan
from model.plan.reading import read_text
from model.plan.schema import Scenario

TABLES = ("plan.yaml", "outturns.csv", "context.csv")
BESIDE = "beside"


@dataclass(frozen=True)
class Pack:
    """The files of a plan and of a scenario beside it, by their names, and which scenario is meant."""

    plan: str
    scenario: str
    files: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, plan: Plan, scenario: str, beside: Mapping[str, str]) -> Pack:
        """Read the files of a plan; of a scenario beside it, the texts are given."""
        folder = plan_folder(plan.source)
        paths = [*(folder / name for name in TABLES), *sorted((folder / "scenarios").glob("*.yaml"))]
        own = {f"{folder.name}/{path.relative_to(folder).as_posix()}": read_text(path) for path in paths}
        own |= {f"{BESIDE}/{name}": text for name, text in beside.items()}
        return cls(folder.name, f"{BESIDE}/{Path(scenario).name}" if beside else scenario, tuple(own.items()))

    def unpacked(self, folder: Path) -> Path:
        """Write the files; give the folder of the plan."""
        for name, text in self.files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        return folder / self.plan


@lru_cache(maxsize=2)
def opened(pack: Pack) -> tuple[Plan, Scenario]:
    """Load a plan and its scenario from a pack, once a process."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        plan = load(pack.unpacked(root))
        beside = pack.scenario.startswith(f"{BESIDE}/")
        try:
            return plan, find_scenario(plan, root / pack.scenario if beside else pack.scenario)
        except ModelError as error:
            raise ModelError(*(one.replace(f"{root}{os.sep}", "") for one in error.problems)) from error
