"""Reports of many scenarios, in a pool of processes, and one that compares them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from model.errors import ModelError, mistake
from model.publish import manifest
from model.publish.planning import order, tasks
from model.publish.rendering import FORMATS, Job, Outcome, render, replace
from model.schema import Plan
from model.uncertainty import DRAWS, SEED

KILLED = "its process was ended from outside; perhaps memory ran out"


@dataclass(frozen=True)
class Run:
    """How a run went.

    Parameters
    ----------
    out : Path
        Folder of the reports and the manifest.
    outcomes : tuple of Outcome
        One a report, in the order they were asked for; empty for a dry run.
    planned : tuple of str
        Names of the files asked for.
    """

    out: Path
    outcomes: tuple[Outcome, ...]
    planned: tuple[str, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The reports that failed."""
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


def report(
    plan: Plan | str | Path,
    scenarios: Sequence[str | Path],
    *,
    horizon: int | None = None,
    as_of: int | str | None = None,
    language: str = "en",
    overrides: Sequence[str] = (),
    out: str | Path = "reports",
    workers: int | None = None,
    formats: str | Sequence[str] = FORMATS,
    annex: str | None = None,
    dry_run: bool = False,
    comparison: bool = True,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Run:
    """Make the report of each scenario, and one that compares them where they are several.

    Everything that can be checked is checked before the first notebook runs. A report that fails
    stops no other.

    Parameters
    ----------
    plan : Plan, str or Path
        Id or folder of a plan pack; a plan that is loaded already has to be a shipped one.
    scenarios : sequence of str or Path
        Names of scenarios or paths of scenario files.
    horizon, as_of, overrides
        As in `model.project`.
    language : {"en", "zh"}
        Language of the reports.
    out : str or Path
        Folder of the files; it is made if need be.
    workers : int, optional
        Processes; by default one a processor.
    formats : str or sequence of str
        Some of pdf, html and ipynb; as one text, comma-separated.
    annex : {"code"}, optional
        Add the notebook's code.
    dry_run : bool
        Check everything, write nothing.
    comparison : bool
        Compare the scenarios, where they are several.
    draws, seed : int
        As in `model.simulate`.

    Returns
    -------
    Run

    Raises
    ------
    ModelError
        With every mistake in what was asked for; then nothing was written.

    Examples
    --------
    >>> run = report("china_14fyp_digital", ["baseline"], formats="pdf", dry_run=True)
    >>> run.planned
    ('baseline-2025-en.pdf',)
    """
    asked = order(
        plan,
        horizon=horizon,
        as_of=as_of,
        language=language,
        overrides=overrides,
        out=out,
        formats=formats,
        annex=annex,
        draws=draws,
        seed=seed,
    )
    todo = tasks(asked, scenarios, comparison=comparison)
    planned = tuple(f"{one.job.name}.{ending}" for one in todo for ending in asked.formats)
    if workers is not None and workers < 1:
        raise ModelError(mistake("workers", "", f"{workers} processes", "at least 1"))
    if dry_run:
        return Run(asked.out, (), planned)
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(mistake(str(out), "", f"cannot be made ({error.strerror})", "--out")) from error
    started, clock = datetime.now(UTC), time.monotonic()
    count = min(workers or _processors(), len(todo))
    done = {one.name: one for one in _render([one.job for one in todo], count)}
    outcomes = tuple(done[one.job.name] for one in todo)
    content = {
        "recipe": manifest.recipe(
            asked.source, [one.made_from for one in todo], [one.job.notebook for one in todo]
        ),
        "run": manifest.run(
            asked.out, outcomes, started=started, seconds=time.monotonic() - clock, workers=count
        ),
    }
    replace(asked.out / manifest.FILE, manifest.text(content).encode())
    return Run(asked.out, outcomes, planned)


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _render(jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Make the reports; show how far it is where somebody watches."""
    with tqdm(total=len(jobs), unit="report", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
        for outcome in _pooled(jobs, workers):
            bar.set_postfix_str(outcome.name)
            bar.update()
            yield outcome


def _pooled(jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Make the reports in a pool; those whose pool broke once more, each in a pool of its own.

    A process that dies takes its pool along, and with it reports that are not to blame.
    """
    broken = []
    with ProcessPoolExecutor(workers, mp_context=_context(), initializer=_deaf) as pool:
        waiting = {pool.submit(_one, render, job): job for job in jobs}
        try:
            for future in as_completed(waiting):
                try:
                    yield future.result()
                except BrokenProcessPool:
                    broken.append(waiting[future])
                except Exception as error:
                    # Not foreseen, but no reason to lose the other reports.
                    yield Outcome(waiting[future].name, 0.0, (), f"{type(error).__name__}: {error}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    for job in broken:
        if len(jobs) > 1:
            yield from _pooled([job], 1)
        else:
            yield Outcome(job.name, 0.0, (), KILLED)


def _deaf() -> None:
    """Ignore the interrupt from the keyboard, which reaches every process, where no report is being made."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _one(make: Callable[[Job], Outcome], job: Job) -> Outcome:
    """Make one report; if interrupted, clean up and take no other."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return make(job)
    except KeyboardInterrupt:
        os._exit(130)
    finally:
        _deaf()


def _context() -> multiprocessing.context.BaseContext:
    """Choose how a process of the pool begins.

    A fork of this process would copy locks that other threads hold (a notebook, the progress bar and
    Jupyter all have threads), and a spawned one imports everything anew. A fork server imports once, has
    no other thread, and is what every worker is forked off; only Windows has none.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["model.publish.rendering"])
    return context
