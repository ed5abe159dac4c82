"""What a folder of reports was made from, so that nothing is made twice, and nothing spoilt is kept."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model.export.attached import sha
from model.export.render import Job, replace

FILE = ".made.jsonl"


def key(job: Job) -> str:
    """Digest all that decides the bytes of a report: its recipe says what code, data and fonts it needs."""
    told = {**asdict(job), "notebook": job.notebook.name, "out": "", "machine": platform.machine()}
    return sha(json.dumps(told, sort_keys=True, default=str).encode())


class Kept:
    """A line is added when a report stands whole; whoever is killed in between leaves the lines before."""

    def __init__(self, out: Path) -> None:
        self.path = out / FILE
        self.made = dict[str, dict[str, Any]]()
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.is_file() else []
        for line in lines:
            # One that was killed while it wrote leaves no whole line.
            with suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                self.made[told["name"]] = told
        if len(lines) > 2 * len(self.made) + 100:
            replace(self.path, "".join(f"{json.dumps(one)}\n" for one in self.made.values()).encode())

    def files(self, job: Job, made_from: str) -> tuple[str, ...]:
        """Name the files of a report that stand as they were made, of the same; none if any does not."""
        told = self.made.get(job.name, {})
        wanted = [f"{job.name}.{ending}" for ending in job.formats]
        digests = told.get("files", {}) if told.get("from") == made_from else {}
        return tuple(wanted) if all(_stands(job.out / one, digests.get(one)) for one in wanted) else ()

    def add(self, job: Job, made_from: str) -> None:
        files = {
            f"{job.name}.{ending}": sha((job.out / f"{job.name}.{ending}").read_bytes())
            for ending in job.formats
        }
        line = json.dumps({"name": job.name, "from": made_from, "files": files})
        with suppress(OSError):  # a disk that is full costs the next run time, and this one nothing
            place = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            try:
                os.write(place, f"{line}\n".encode())
            finally:
                os.close(place)


def _stands(path: Path, digest: str | None) -> bool:
    return digest is not None and path.is_file() and sha(path.read_bytes()) == digest
