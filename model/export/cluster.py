"""Where work runs: on processes of this machine, or on a Dask cluster; what dies is done again elsewhere.

``with executor(workers, scheduler) as pool: results = list(in_order(pool, call, jobs))``: `call` stands in a
module, jobs and results can be pickled, and what a job needs of files it carries as text: a cluster's machine
has the package and nothing else.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

from model.errors import ModelError, mistake

TRIES, TOLD_TO_END = 3, 143
# Seconds in which a scheduler has to answer, and a worker to be there.
PATIENCE = 10
ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d{1,5}")
AHEAD = 4


def executor(workers: int, scheduler: str | None = None) -> Executor:
    """Give what runs functions elsewhere: processes of this machine, or the workers of a Dask scheduler.

    Parameters
    ----------
    workers : int
        Processes of this machine; a cluster has its own number.
    scheduler : str, optional
        Where a Dask scheduler listens, such as ``"tcp://10.0.0.1:8786"``.

    Returns
    -------
    Executor
        Of `concurrent.futures`. A task whose process dies runs again in another, three times at most. What a
        task raises is raised by its future; a worker with other code or packages than here is refused there.

    Raises
    ------
    ModelError
        If nothing listens there, no worker has joined, or the extra `cluster` is not installed.

    Examples
    --------
    >>> with executor(1) as pool:
    ...     pool.submit(len, "abc").result()
    3
    """
    return _Local(workers) if scheduler is None else _Cluster(scheduler)


def in_order(pool: Executor, call: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """Give results in the order of the items, of which only a few are under way at once."""
    ahead, waiting = AHEAD * getattr(pool, "width", 1), deque[Future[Any]]()
    try:
        for item in items:
            waiting.append(pool.submit(call, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for one in waiting:
            one.cancel()


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Local(ThreadPoolExecutor):
    """Threads with a process each: one that dies takes no other task with it."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self.width, self._own, self._every = workers, threading.local(), list[ProcessPoolExecutor]()

    def submit(self, call: Callable[..., Any], /, *given: Any, **more: Any) -> Future[Any]:
        return super().submit(self._kept, call, *given, **more)

    def _kept(self, call: Callable[..., Any], *given: Any, **more: Any) -> Any:
        for _ in range(TRIES):
            try:
                return self._process().submit(call, *given, **more).result()
            except BrokenProcessPool:
                self._own.pool = None
        wrong = f"its process was ended {TRIES} times"
        raise ModelError(mistake("workers", "", wrong, "fewer workers, or more memory"))

    def _process(self) -> ProcessPoolExecutor:
        if getattr(self._own, "pool", None) is None:
            self._own.pool = ProcessPoolExecutor(1, _way(), _begin)
            self._every.append(self._own.pool)
        pool: ProcessPoolExecutor = self._own.pool
        return pool

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait, cancel_futures=cancel_futures)
        for pool in self._every:
            pool.shutdown(wait, cancel_futures=cancel_futures)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM end the work as an interrupt does, so that nothing half-made stays."""
    ours = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TOLD_TO_END)) if ours else None
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _way() -> BaseContext:
    """Fork processes not from here, where threads run, but from one that has imported what they need."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    way = get_context("forkserver")
    way.set_forkserver_preload(["model.export.sweep"])
    return way


def _begin() -> None:
    """Leave interrupts to the process that asked, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


class _Cluster(Executor):
    """The workers of a Dask scheduler, each found to have the same code and packages."""

    def __init__(self, scheduler: str) -> None:
        if not ADDRESS.fullmatch(scheduler):
            allowed = "such as tcp://10.0.0.1:8786"
            raise ModelError(mistake("scheduler", "", f"{scheduler!r} is no address", allowed))
        try:
            from distributed import Client
        except ImportError as error:
            allowed = "pip install 'plan-scenarios[cluster]'"
            raise ModelError(
                mistake("scheduler", "", "the package distributed is missing", allowed)
            ) from error
        for name in ("distributed", "distributed.client"):  # what goes wrong is told in words, once
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            wrong = f"nothing answers at {scheduler} within {PATIENCE} s"
            raise ModelError(mistake("scheduler", "", wrong, "start one: dask scheduler")) from error
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            self._client.close()
            wrong = f"no worker has joined {scheduler} within {PATIENCE} s"
            raise ModelError(mistake("scheduler", "", wrong, f"dask worker {scheduler}")) from error
        self.width = max(1, sum(self._client.nthreads().values()))
        self._pool = self._client.get_executor()
        self._identity = identity()

    def submit(self, call: Callable[..., Any], /, *given: Any, **more: Any) -> Future[Any]:
        inner, outer = self._pool.submit(alike, self._identity, call, *given, **more), Future[Any]()
        inner.add_done_callback(lambda done: _handed_on(done, outer))
        outer.add_done_callback(lambda done: inner.cancel() if done.cancelled() else None)
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait=wait and not cancel_futures)
        self._client.close()


def _handed_on(done: Future[Any], outer: Future[Any]) -> None:
    """Hand a result on; what the cluster itself raises becomes an error in words."""
    if not outer.set_running_or_notify_cancel():
        return
    error = CancelledError() if done.cancelled() else done.exception()
    if error is None:
        outer.set_result(done.result())
    elif isinstance(error, ModelError):
        outer.set_exception(error)
    elif isinstance(error, CancelledError):
        outer.set_exception(
            ModelError(mistake("scheduler", "", "it has ended, or lost the work", "run again"))
        )
    else:
        allowed = "see the workers' logs; each needs this version of plan-scenarios, and memory"
        told = mistake("scheduler", "", f"a task failed ({type(error).__name__}: {error})", allowed)
        outer.set_exception(ModelError(told))


@cache
def identity() -> tuple[tuple[str, str], ...]:
    """Say what decides the bytes of a result: the package's files, and versions."""
    import model
    from model.export.manifest import digest, packages

    code = {"code of plan-scenarios": digest(Path(model.__file__).parent)[:12]}
    return tuple({**code, "python": platform.python_version(), **packages()}.items())


def alike(wanted: tuple[tuple[str, str], ...], call: Callable[..., Any], *given: Any, **more: Any) -> Any:
    """Run a function on a worker, unless the worker differs from where the work comes from."""
    mine, asked = dict(identity()), dict(wanted)
    other = [
        f"{name} {mine.get(name, 'missing')}, here {asked.get(name, 'missing')}"
        for name in sorted({*mine, *asked})
        if mine.get(name) != asked.get(name)
    ]
    if other:
        wrong = f"a worker on {platform.node()} has {', '.join(other)}"
        raise ModelError(mistake("scheduler", "", wrong, "install the same version on every machine"))
    return call(*given, **more)
