"""One report: run the notebook, set the document, put the files in their place."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from model.errors import ModelError
from model.publish import document, execution, page, typeset

FORMATS = ("pdf", "html", "ipynb")
FAILED = ".failed.ipynb"


@dataclass(frozen=True)
class Job:
    """One report to make."""

    name: str
    notebook: Path
    parameters: dict[str, Any]
    about: dict[str, Any]
    attachments: list[dict[str, str]]
    language: str
    formats: tuple[str, ...]
    code: bool
    out: Path


@dataclass(frozen=True)
class Outcome:
    """How one report went."""

    name: str
    seconds: float
    files: tuple[str, ...] = ()
    error: str = ""


def render(job: Job) -> Outcome:
    """Make one report."""
    start = time.monotonic()
    executed = None
    try:
        given = nbformat.read(job.notebook, as_version=4)
        executed = execution.run(given, job.parameters)
        written = _formats(job, executed)
    except execution.RunError as failed:
        executed = None if execution.stopped() else failed.notebook
        error = ": ".join(filter(None, [" ".join([job.notebook.name, failed.where]).strip(), failed.what]))
    except ModelError as wrong:
        error = str(wrong)
    else:
        for ending, raw in written.items():
            replace(job.out / f"{job.name}.{ending}", raw)
        (job.out / f"{job.name}{FAILED}").unlink(missing_ok=True)
        files = tuple(f"{job.name}.{ending}" for ending in written)
        return Outcome(job.name, time.monotonic() - start, files)
    kept: tuple[str, ...] = ()
    if executed is not None:
        kept = (f"{job.name}{FAILED}",)
        replace(job.out / kept[0], _written(executed))
    return Outcome(job.name, time.monotonic() - start, kept, error)


def set_document(document_: dict[str, Any], about: dict[str, Any], attachments: list[dict[str, str]]) -> Any:
    """Give a document its titles and the files it carries."""
    heading = document_["heading"]
    title = about["title"] or heading
    kicker = heading if heading != title else ""
    return {
        **document_,
        "about": {**about, "title": title, "kicker": kicker, "short": title},
        "attachments": attachments,
    }


def _formats(job: Job, executed: Any) -> dict[str, bytes]:
    read = document.read(executed, name=job.notebook.name, language=job.language, code=job.code)
    whole = set_document(read, job.about, job.attachments)
    makers: dict[str, Callable[[], bytes]] = {
        "pdf": lambda: typeset.pdf(whole, name=job.name),
        "html": lambda: page.html(whole).encode(),
        "ipynb": lambda: _written(executed),
    }
    return {one: makers[one]() for one in job.formats}


def _written(notebook: Any) -> bytes:
    text: str = nbformat.writes(notebook)
    return (text + "\n").encode()


def replace(path: Path, raw: bytes) -> None:
    """Put a file in its place at once: a reader sees the old one or the new one, never a part."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(raw)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
