"""The process that warm kernels are forked from: the stack imported, and plans loaded if asked."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import selectors
import signal
import socket
import sys
import time
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Any

LARGEST, PERIOD = 2**20, 0.5
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux' prctl
# All that a report imports, pyplot excepted: it would bind every kernel to one backend.
STACK = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "matplotlib_inline.config", "IPython.core.completer",
    "numpy.random", "pandas", "scipy.stats", "scipy.optimize", "matplotlib.backends.backend_svg",
    "model.report.charts", "model.report.pages", "model.report.tables", "model.report.text",
    "model.report.assumed", "model.report.tables.targets", "model.report.tables.uncertainty",
    "model.report.tables.inputs",
)  # fmt: skip


def main() -> None:
    """Serve requests from the socket that is standard input, until whoever sends them is gone."""
    own, client = os.getpid(), os.getppid()
    # Whoever asks may be killed while this imports or loads; a timer is not inherited by forks.
    signal.signal(signal.SIGALRM, lambda *_: os._exit(0) if os.getppid() != client else None)
    signal.setitimer(signal.ITIMER_REAL, PERIOD, PERIOD)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    control = socket.socket(fileno=os.dup(0))
    for name in STACK:
        with suppress(ImportError):
            import_module(name)
    gc.collect()
    gc.freeze()
    become(*serve(control), own)


def serve(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Fork a kernel for every request, tell its end; return in the fork, with what was asked for."""
    selector, kernels = selectors.DefaultSelector(), dict[int, socket.socket]()
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    selector.register(control, selectors.EVENT_READ)
    selector.register(woken, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is control:
                message, files, *_ = socket.recv_fds(control, LARGEST, 3)
                if not message:
                    sys.exit()
                if not files:
                    prepare(json.loads(message))
                    continue
                with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
                    pid = os.fork()  # threads of BLAS, which minds forks itself, are warned of
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    selector.close()
                    for one in (control, *kernels.values()):
                        one.close()
                    for pipe in (woken, wake):
                        os.close(pipe)
                    return json.loads(message), files
                kernels[pid] = socket.socket(fileno=files[0])
                for number in files[1:]:
                    os.close(number)
                with suppress(OSError):
                    kernels[pid].send(str(pid).encode())
                selector.register(kernels[pid], selectors.EVENT_READ, pid)
            elif key.fileobj == woken:
                with suppress(BlockingIOError):
                    os.read(woken, LARGEST)
                _reap(kernels, selector)
            elif key.data in kernels:  # whoever asked for it let go of it
                os.kill(key.data, signal.SIGKILL)
                selector.unregister(kernels[key.data])


def prepare(plans: list[str]) -> None:
    """Load plans, and look back on them: what is the same for all their reports."""
    for plan in plans:
        with suppress(Exception):  # who reports on it says what is wrong with it
            reading = import_module("model.plan.load")
            reading.keep(plan)
            _ = import_module("model.report").Report(reading.load(plan)).backtest


def _reap(kernels: dict[int, socket.socket], selector: selectors.BaseSelector) -> None:
    for pid, line in list(kernels.items()):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            with suppress(KeyError):
                selector.unregister(line)
            with suppress(OSError):
                line.send(str(os.waitstatus_to_exitcode(status)).encode())
            kernels.pop(pid).close()


def become(asked: dict[str, Any], files: list[int], parent: int) -> None:
    """Turn a fork into the kernel that was asked for."""
    os.setsid()
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    for number in (signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.close(files[0])
    nothing = os.open(os.devnull, os.O_RDWR)
    for target, file in enumerate((nothing, *files[1:])):
        os.dup2(file, target)
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    random.seed()
    import_module("numpy").random.seed()
    sys.argv = asked["argv"]
    # Who asked is no parent of a fork; the process that forked it ends with whoever asked.
    import_module("ipykernel.kernelapp").IPKernelApp.launch_instance(asked["argv"][1:], parent_handle=parent)


if __name__ == "__main__":
    main()
