"""Reports of many scenarios, a kernel each and several at a time, and one that compares them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import psutil

from model.errors import ModelError, mistake
from model.export import manifest, run
from model.export.cluster import ended_in_order, executor, processors
from model.export.kept import Kept, key
from model.export.planning import order
from model.export.progress import Progress, Shown
from model.export.remote import Sent, render_alone, render_remote
from model.export.render import FAILED, Job, Outcome, replace
from model.export.run import USUAL, Limits
from model.plan.plan import Plan

# More than a report takes, and for how many room is asked before any is made.
LARGEST, AT_FIRST = 2**21, 500


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
    scheduler: str | None = None,
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
    scheduler : str, optional
        Where a Dask scheduler listens (``tcp://…``) whose workers make the reports instead of this machine.
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
    _room(whole.out, min(len(planned), AT_FIRST))
    started, clock = datetime.now(UTC), time.monotonic()
    count = min(workers or processors(), len(jobs))
    kept, cluster = None if force else Kept(whole.out), (whole.plan, scheduler) if scheduler else None
    done = rendered(jobs, count, progress, limits, kept, cluster)
    outcomes = tuple(done[one.name] for one in jobs)
    made_from, notebooks = [one.made_from for one in jobs], [one.notebook for one in jobs]
    recipe = manifest.recipe(whole.plan, made_from, notebooks, whole.basis)
    ran = manifest.run(whole.out, outcomes, started=started, seconds=time.monotonic() - clock, workers=count)
    manifest.add(whole.out, {"recipe": recipe, "run": ran})
    return Run(whole.out, outcomes, planned)


def _room(out: Path, files: int) -> None:
    """Make the folder, and see that files can be written there and have room."""
    probe = out / f".{os.getpid()}.part"
    try:
        out.mkdir(parents=True, exist_ok=True)
        with probe.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, files * LARGEST)
            for _ in range(0 if hasattr(os, "posix_fallocate") else files):
                file.write(bytes(LARGEST))
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise ModelError(mistake(str(out), "", what, f"--out FOLDER with room for {files} files")) from error
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    manifest.batches(out)
    for part in out.glob(".*.part"):
        pid = part.name.split(".")[-2]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):  # killed while it wrote
            part.unlink(missing_ok=True)


def rendered(
    jobs: Sequence[Job],
    workers: int = 1,
    shown: Shown = "quiet",
    limits: Limits = USUAL,
    kept: Kept | None = None,
    cluster: tuple[Plan, str] | None = None,
) -> dict[str, Outcome]:
    """Make reports, but those that stand already, each in its own kernel, here or on a cluster."""
    done, waiting = dict[str, Outcome](), dict[Future[Any], Job]()
    keys = {job.name: key(job) for job in jobs} if kept else {}
    with ExitStack() as stack:
        stack.enter_context(ended_in_order())
        pool = stack.enter_context(executor(workers, cluster[1]) if cluster else ThreadPoolExecutor(workers))
        told = stack.enter_context(closing(Progress(len(jobs), shown)))
        try:
            for job in jobs:
                if kept and (files := kept.files(job, keys[job.name])):
                    done[job.name] = Outcome(job.name, 0.0, files, kept=True)
                    told.end(done[job.name])
            due = [job for job in jobs if job.name not in done]
            if kept:
                manifest.drop(kept.path.parent, [job.name for job in due])
            shared = {str(job.parameters["plan"]) for job in due} if len(due) > 1 and not cluster else ()
            run.begin(shared)
            for job in due:
                future: Future[Any]
                if cluster:
                    future = pool.submit(render_remote, Sent.of(cluster[0], limits, job))
                else:
                    future = pool.submit(render_alone, job, partial(told.stage, job.name), limits=limits)
                waiting[future] = job
            for future in as_completed(waiting):
                job = waiting[future]
                done[job.name] = _outcome(future, job)
                if kept and not done[job.name].error:
                    kept.add(job, keys[job.name])
                told.end(done[job.name])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for future in waiting:
                future.cancel()
            # One that is just being started shows only once it has begun.
            while not all(future.done() for future in waiting):
                run.stop()
                time.sleep(0.05)
            raise
    return done


def _outcome(future: Future[Any], job: Job) -> Outcome:
    """Tell how a report went; an error that was not foreseen is no reason to lose the others."""
    try:
        made = future.result()
        if isinstance(made, Outcome):
            return made
        outcome, files = made
        for name, raw in files.items():
            replace(job.out / name, raw)
        if not outcome.error:
            (job.out / f"{job.name}{FAILED}").unlink(missing_ok=True)
        return cast("Outcome", outcome)
    except ModelError as error:
        return Outcome(job.name, 0.0, (), str(error))
    except Exception as error:
        return Outcome(job.name, 0.0, (), f"{type(error).__name__}: {error}")
