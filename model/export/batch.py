"""Reports of many scenarios, a kernel each and several at a time, and one that compares them."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jupyter_core.utils import ensure_event_loop
from tqdm import tqdm

from model.errors import ModelError, mistake
from model.export import manifest, run
from model.export.planning import order, tasks
from model.export.render import FORMATS, Job, Outcome, render
from model.plan.schema import Plan
from model.uncertainty.ensemble import DRAWS, SEED

# More than a report takes.
LARGEST = 2**21
TOLD_TO_END = 143


@dataclass(frozen=True)
class Run:
    """How a run went."""

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
    """Make the report of each scenario, and one that compares them where they are several."""
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
    _room(asked.out, len(todo) * len(asked.formats))
    started, clock = datetime.now(UTC), time.monotonic()
    count = min(workers or _processors(), len(todo))
    done = _render([one.job for one in todo], count)
    outcomes = tuple(done[one.job.name] for one in todo)
    content = {
        "recipe": manifest.recipe(
            asked.source, [one.made_from for one in todo], [one.job.notebook for one in todo]
        ),
        "run": manifest.run(
            asked.out, outcomes, started=started, seconds=time.monotonic() - clock, workers=count
        ),
    }
    manifest.add(asked.out, content)
    return Run(asked.out, outcomes, planned)


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


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _render(jobs: Sequence[Job], workers: int) -> dict[str, Outcome]:
    """Make the reports; show how far it is where somebody watches."""
    done = dict[str, Outcome]()
    waiting = dict[Future[Outcome], Job]()
    run.begin()
    with (
        _ended_in_order(),
        ThreadPoolExecutor(workers) as pool,
        tqdm(total=len(jobs), unit="report", file=sys.stderr, disable=not sys.stderr.isatty()) as bar,
    ):
        try:
            for job in jobs:
                waiting[pool.submit(_one, job)] = job
            for future in as_completed(waiting):
                done[waiting[future].name] = _outcome(future, waiting[future])
                bar.set_postfix_str(waiting[future].name)
                bar.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            # One that is just being started shows only once it has begun.
            while not all(future.done() for future in waiting):
                run.stop()
                time.sleep(0.05)
            raise
    return done


def _one(job: Job) -> Outcome:
    """Make one report, in a thread of its own; its event loop ends with it."""
    try:
        return render(job)
    finally:
        ensure_event_loop().close()


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
