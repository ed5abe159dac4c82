"""What leaves the explorer: a scenario file, a table, a report made by a child process."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Container, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from model.errors import ModelError, mistake
from model.evaluation.assessment import judged
from model.explorer.edits import shocks_of
from model.plan.assumptions import label, plain
from model.plan.load import find_scenario
from model.plan.plan import Plan
from model.plan.schema import Scenario
from model.projection.projection import Projection
from model.report.language import ENGLISH, Language
from model.report.tables.layout import csv

FIRST_NAME = "my_scenario"


def stem_of(taken: Container[str], title: str) -> str:
    """Make a file name of a title that no scenario has yet."""
    plain = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50]
    stem = plain if re.match(r"[a-z]", plain) else FIRST_NAME
    while stem in taken:
        stem += "_2"
    return stem


def scenario_file(
    plan: Plan, chosen: Scenario, now: Scenario, *, title: str, language: Language = ENGLISH
) -> str:
    """Write what a scenario changes as a file that extends its parent."""
    parent = plan.scenarios.get(chosen.id) or plan.scenarios.get(chosen.extends or "")
    content: dict[str, Any] = {"title": title} | ({"extends": parent.id} if parent is not None else {})
    if now.as_of is not None and (parent is None or now.as_of != parent.as_of):
        content["as_of"] = now.as_of
    if now.extreme and not (parent and parent.extreme):
        content["extreme"] = True
    source = language.say("explorer_source", scenario=language.of(chosen.title))
    usual = {name: _unsourced(plain(line)) for name, line in parent.growth.items()} if parent else {}
    growth = {
        name: _sourced(plain(line), source, kept=line == chosen.growth.get(name))
        for name, line in now.growth.items()
        if _unsourced(plain(line)) != usual.get(name)
    }
    before, own = shocks_of(parent) if parent else {}, shocks_of(chosen)
    shocks = [
        _sourced(line, source, kept=line in own.get(name, []))
        for name, lines in shocks_of(now).items()
        if lines != before.get(name)
        for line in lines
    ]
    content |= {name: one for name, one in (("growth", growth), ("shocks", shocks)) if one}
    out, yaml = io.StringIO(), YAML()
    yaml.width, yaml.allow_unicode = 100, True
    yaml.dump(content, out)
    read_back(plan, out.getvalue(), stem_of(plan.scenarios, title))
    return out.getvalue()


def read_back(plan: Plan, text: str, stem: str) -> Scenario:
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


def table(made: Projection, chosen: Scenario) -> str:
    """Give the trajectories as CSV: named by what was edited, with unit, target, verdict and probability."""
    return csv(judged(made).assign(scenario=label(chosen, made.scenario)))


def _unsourced(line: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in line.items() if key != "source"}


def _sourced(line: dict[str, Any], source: str, *, kept: bool) -> dict[str, Any]:
    """Say who set a line; one that is still as it was keeps its own source."""
    return line if kept else {**_unsourced(line), "source": source}


def deliver(name: str, raw: bytes, folder: str, language: Language = ENGLISH) -> str:
    """Write a file into a folder, if one is named, and say where the file is."""
    if not folder.strip():
        return language.say("explorer_sent", name=name)
    place = Path(folder.strip()).expanduser()
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(raw)
    except OSError as error:
        wrong = f"cannot be written ({error.strerror})"
        raise ModelError(mistake(str(place / name), "", wrong, "another folder")) from error
    return language.say("explorer_written", name=name, folder=folder.strip())


class Printing:
    """One report at a time, made by the command line in a process of its own."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self._tell = tell
        self._child: subprocess.Popen[str] | None = None
        self._cancelled = False

    @property
    def is_running(self) -> bool:
        return self._child is not None

    def start(self, source: str, stem: str, text: str, *, last: int, folder: str = "") -> None:
        if self.is_running:
            return
        self._cancelled = False
        out = TemporaryDirectory()
        scenario = Path(out.name) / f"{stem}.yaml"
        scenario.write_text(text, encoding="utf-8")
        here = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
        # A group of its own: cancelling ends the child's kernel as well, and nothing else.
        self._child = subprocess.Popen(
            [
                sys.executable, "-m", "model.cli", "report", str(scenario), "--plan", source,
                "--horizon", str(last), "--formats", "pdf", "--out", out.name, "--json",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,
        )  # fmt: skip
        try:
            loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        self._tell({"running": True, "key": "starting"})
        given = (self._child, out, folder, loop)
        threading.Thread(target=self._follow, args=given, daemon=True).start()

    def cancel(self) -> None:
        child = self._child
        if child is not None and child.poll() is None:
            self._cancelled = True
            if hasattr(os, "killpg"):
                os.killpg(child.pid, signal.SIGTERM)
            else:
                child.terminate()

    def _follow(self, child: subprocess.Popen[str], out: Any, folder: str, loop: Any) -> None:
        """Hear the child to its end; whatever is told is told in the thread of the kernel."""

        def tell(job: dict[str, Any]) -> None:
            if loop is None:
                self._tell(job)
            else:
                loop.call_soon_threadsafe(self._tell, job)

        said = ""
        with child, out:
            for line in child.stdout or ():
                if line.startswith("{"):
                    tell({"running": True, "key": "printing"} | json.loads(line))
                else:
                    said = said or line.strip().replace(f"{out.name}{os.sep}", "")
            child.wait()
            made = sorted(Path(out.name).glob("*.pdf"))
            self._child = None
            if self._cancelled:
                tell({"key": "cancelled"})
            elif child.returncode or not made:
                tell({"key": "failed", "problem": said or f"exit code {child.returncode}"})
            else:
                tell({"file": made[0].read_bytes(), "name": made[0].name, "folder": folder})
