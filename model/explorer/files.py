"""Write what was changed as a scenario file, read one back, give the table."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from model.errors import ModelError, mistake
from model.evaluation.assessment import judged
from model.plan.assumptions import label, plain
from model.plan.load import find_scenario
from model.plan.schema import Plan, Scenario
from model.projection.projection import project
from model.report.tables.layout import csv
from model.report.words import say

FIRST_NAME = "my_scenario"


def stem_of(plan: Plan, title: str) -> str:
    """Make a file name of a title that the plan has no scenario of yet."""
    plain = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50]
    stem = plain if re.match(r"[a-z]", plain) else FIRST_NAME
    while stem in plan.scenarios:
        stem += "_2"
    return stem


def scenario_file(plan: Plan, chosen: Scenario, now: Scenario, *, title: str, language: str = "en") -> str:
    """Write what a scenario changes as a file that extends its parent."""
    parent = plan.scenarios.get(chosen.id) or plan.scenarios.get(chosen.extends or "")
    content: dict[str, Any] = {"title": title}
    if parent is not None:
        content["extends"] = parent.id
    if now.as_of is not None and (parent is None or now.as_of != parent.as_of):
        content["as_of"] = now.as_of
    if now.extreme and not (parent and parent.extreme):
        content["extreme"] = True
    source = say("explorer_source", language, scenario=getattr(chosen.title, language))
    growth = {
        name: _sourced(plain(line), source, kept=line == chosen.growth.get(name))
        for name, line in now.growth.items()
        if parent is None
        or name not in parent.growth
        or _unsourced(plain(line)) != _unsourced(plain(parent.growth[name]))
    }
    if growth:
        content["growth"] = growth
    before = _shocks(parent) if parent is not None else {}
    shocks = [
        _sourced(line, source, kept=line in _shocks(chosen).get(name, []))
        for name, own in _shocks(now).items()
        if own != before.get(name)
        for line in own
    ]
    if shocks:
        content["shocks"] = shocks
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 100
    yaml.allow_unicode = True
    yaml.dump(content, out)
    read_back(plan, out.getvalue(), stem_of(plan, title))
    return out.getvalue()


def read_back(plan: Plan, text: str, stem: str) -> tuple[Plan, Scenario]:
    """Read a scenario file that stands nowhere yet."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{stem}.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            return find_scenario(plan, path)
        except ModelError as error:
            # The folder is nobody's business; the file has the name that was given.
            cut = [one.replace(f"{folder}/", "").replace(f"{folder}\\", "") for one in error.problems]
            raise ModelError(*cut) from error


def table(plan: Plan, chosen: Scenario, now: Scenario, *, last: int) -> str:
    """Give the trajectories as CSV: named by what was edited, with unit, target, verdict and probability."""
    made = judged(project(plan, now, horizon=last))
    return csv(made.assign(scenario=label(chosen, now)))


def _unsourced(line: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in line.items() if key != "source"}


def _sourced(line: dict[str, Any], source: str, *, kept: bool) -> dict[str, Any]:
    """Say who set a line; one that is still as it was keeps its own source."""
    return line if kept else {**_unsourced(line), "source": source}


def _shocks(scenario: Scenario) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for shock in scenario.shocks:
        found.setdefault(shock.kpi, []).append(plain(shock))
    return found


def deliver(name: str, raw: bytes, folder: str, language: str = "en") -> str:
    """Write a file into a folder, if one is named, and say where the file is."""
    if not folder.strip():
        return say("explorer_sent", language, name=name)
    place = Path(folder.strip()).expanduser()
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(raw)
    except OSError as error:
        wrong = f"cannot be written ({error.strerror})"
        raise ModelError(mistake(str(place / name), "", wrong, "another folder")) from error
    return say("explorer_written", language, name=name, folder=folder.strip())
