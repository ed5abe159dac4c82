"""Reports of many scenarios, a kernel each and several at a time, and one that compares them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from jupyter_core.utils import ensure_event_loop

from model.errors import ModelError, mistake
from model.export import manifest, run
from model.export.kept import Kept, key
from model.export.planning import order
from model.export.progress import Progress, Shown
from model.export.render import Job, Outcome, render
from model.export.run import USUAL, Limits
from model.plan.plan import Plan

# More than a report takes.
LARGEST = 2**21
TOLD_TO_END = 143


@dataclass(frozen=True)
class Run:
    out: Path
    outcomes: tuple[Outcome, ...]
    planned: tuple[str, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.outcomes if one.error)

    def summary(self) -> str:
        """Name every file, and for every report that failed, where and why."""
        if not self.outcomes:
            return "\n".join(str(self.out / name) for name in self.planned)
        lines = [str(self.out / name) for one in self.outcomes if not one.error for name in one.files]
        for one in self.failed:
            lines += [f"FAILED {one.name}: {line}" for line in one.error.splitlines()]
            lines += [f"FAILED {one.name}: as far as it went: {self.out / name}" for name in one.files]
        return "\n".join(lines)


def render_reports(
    plan: Plan | str | Path,
    scenarios: Sequence[str | Path],
    *,
    workers: int | None = None,
    dry_run: bool = False,
    comparison: bool = True,
    force: bool = False,
    progress: Shown = "quiet",
    limits: Limits = USUAL,
    **asked: Any,
) -> Run:
    """Make the report of each scenario, and one that compares them where they are several.

    Parameters
    ----------
    plan : Plan, str or Path
        A plan pack, or where it is.
    scenarios : sequence of str or Path
        Names of scenarios of the plan, or paths of their files.
    workers : int, optional
        Reports made at once; by default one a processor.
    dry_run : bool
        Check everything, render nothing.
    comparison : bool
        Whether several scenarios are also compared.
    force : bool
        Make again even what stands in the folder, whole and made from the same.
    progress : {"quiet", "auto", "json"}
        Nothing; bars where somebody watches, else a line a report; or events, a line of JSON each.
    limits : Limits
        Seconds and megabytes that one report may take.
    **asked
        horizon, as_of, overrides, draws and seed, as in `model.project` and `model.simulate`; language
        (en or zh), out (a folder), formats (of pdf, html, ipynb), annex (code, or none), theme (a file of
        colours, logo, issuer and paper) and pages (main or full: without or with the annex).

    Returns
    -------
    Run
        Its `summary()` names every file, and why a report failed.

    Raises
    ------
    ModelError
        With everything that is wrong with what is asked for; then nothing was written.

    Examples
    --------
    >>> from model import load
    >>> print(render_reports(load(), ["baseline"], formats="pdf", dry_run=True).planned)
    ('baseline-2025-en.pdf',)
    """
    whole = order(plan, **asked)
    jobs = whole.jobs(scenarios, comparison=comparison)
    planned = tuple(f"{one.name}.{ending}" for one in jobs for ending in whole.formats)
    if workers is not None and workers < 1:
        raise ModelError(mistake("workers", "", f"{workers} processes", "at least 1"))
    if dry_run:
        return Run(whole.out, (), planned)
    _room(whole.out, len(planned))
    started, clock = datetime.now(UTC), time.monotonic()
    count = min(workers or _processors(), len(jobs))
    done = rendered(jobs, count, progress, limits, None if force else Kept(whole.out))
    outcomes = tuple(done[one.name] for one in jobs)
    recipe = manifest.recipe(whole.plan, [one.made_from for one in jobs], [one.notebook for one in jobs])
    ran = manifest.run(whole.out, outcomes, started=started, seconds=time.monotonic() - clock, workers=count)
    manifest.add(whole.out, {"recipe": recipe, "run": ran})
    return Run(whole.out, outcomes, planned)


def _room(out: Path, files: int) -> None:
    """Make the folder, and see that files can be written there and have room."""
    probe = out / f".{os.getpid()}.part"
    try:
        out.mkdir(parents=True, exist_ok=True)
        with probe.open("wb") as file:
            for _ in range(files):
                file.write(bytes(LARGEST))
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise ModelError(mistake(str(out), "", what, f"--out FOLDER with room for {files} files")) from error
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    manifest.batches(out)
    for part in out.glob(".*.part"):
        if not _alive(part.suffixes[-2].lstrip(".")):
            part.unlink(missing_ok=True)


def _alive(pid: str) -> bool:
    """Tell whether a process that writes a part of a file still may."""
    return pid.isdecimal() and psutil.pid_exists(int(pid))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def rendered(
    jobs: Sequence[Job],
    workers: int = 1,
    shown: Shown = "quiet",
    limits: Limits = USUAL,
    kept: Kept | None = None,
) -> dict[str, Outcome]:
    """Make reports, but those that stand already, each in a thread and a kernel of its own."""
    done, waiting = dict[str, Outcome](), dict[Future[Outcome], Job]()
    keys = {job.name: key(job) for job in jobs} if kept else {}
    with _ended_in_order(), ThreadPoolExecutor(workers) as pool, closing(Progress(len(jobs), shown)) as told:
        try:
            for job in jobs:
                if kept and (files := kept.files(job, keys[job.name])):
                    done[job.name] = Outcome(job.name, 0.0, files, kept=True)
                    told.end(done[job.name])
            due = [job for job in jobs if job.name not in done]
            if kept:
                manifest.drop(kept.path.parent, [job.name for job in due])
            run.begin({str(job.parameters["plan"]) for job in due})
            waiting |= {pool.submit(_one, job, told, limits): job for job in due}
            for future in as_completed(waiting):
                job = waiting[future]
                done[job.name] = _outcome(future, job)
                if kept and not done[job.name].error:
                    kept.add(job, keys[job.name])
                told.end(done[job.name])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            # One that is just being started shows only once it has begun.
            while not all(future.done() for future in waiting):
                run.stop()
                time.sleep(0.05)
            raise
    return done


def _one(job: Job, told: Progress, limits: Limits) -> Outcome:
    """Make one report, in a thread of its own; its event loop ends with it."""
    try:
        return render(job, partial(told.stage, job.name), limits)
    finally:
        loop = ensure_event_loop()
        for left in asyncio.all_tasks(loop):  # what hears a kernel that was ended for its time
            left.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM end the reports as an interrupt does, so that no kernel stays."""
    ours = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TOLD_TO_END)) if ours else None
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    """Tell how a report went; an error that was not foreseen is no reason to lose the others."""
    try:
        return future.result()
    except Exception as error:
        return Outcome(job.name, 0.0, (), f"{type(error).__name__}: {error}")
