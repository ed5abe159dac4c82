"""Warm kernels: forked from a process that has imported the stack, behind Jupyter's provisioners.

Chosen by the environment variable `JUPYTER_DEFAULT_PROVISIONER_NAME=scenarios-warm`, or by a kernelspec that
names this provisioner. Where a kernel cannot be forked, it is started as ever: on other systems than
Linux, for another Python, with other ways of output.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

import model

PROVISIONER = "scenarios-warm"
LAUNCH = ["-m", "ipykernel_launcher"]
# What Python and the stack read as they begin; kernels that differ in it are forked from other processes.
EARLY = ("PYTHON", "MPL", "OMP_", "OPENBLAS_", "MKL_", "LD_", "LC_", "LANG")
_lock = threading.Lock()
_stocks = dict[Any, tuple[socket.socket, subprocess.Popen[bytes]]]()


class Forked:
    """A forked kernel, as `subprocess.Popen` shows one."""

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket, pid: int) -> None:
        self.line, self.pid, self.returncode = line, pid, None if pid else -signal.SIGKILL

    def poll(self) -> int | None:
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        if self.returncode is None and select.select([self.line], [], [], timeout)[0]:
            # Nothing told: the process it was forked from is gone, and took it along.
            self.returncode = int(self.line.recv(64) or -signal.SIGKILL)
            self.line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class WarmProvisioner(LocalProvisioner):
    """Forks kernels of this very Python; starts all others."""

    async def launch_kernel(self, cmd: list[str], **given: Any) -> KernelConnectionInfo:
        forked = _forked(cmd, self._scrub_kwargs(given))
        if forked is None:
            return await super().launch_kernel(cmd, **given)
        self.process, self.pid, self.pgid = cast("Any", forked), forked.pid, forked.pid
        return self.connection_info


def _forked(cmd: list[str], given: dict[str, Any]) -> Forked | None:
    outputs = [given.get(name) for name in ("stdout", "stderr")]
    possible = sys.platform == "linux" and cmd[1:3] == LAUNCH and Path(cmd[0]) == Path(sys.executable)
    if not possible or given.get("independent") or subprocess.PIPE in outputs:
        return None
    env = {str(key): str(value) for key, value in (given.get("env") or os.environ).items()}
    asked = json.dumps({"argv": cmd[2:], "env": env, "cwd": str(given.get("cwd") or Path.cwd())}).encode()
    mine, line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with line, suppress(OSError):
        files = [one if isinstance(one, int) else one.fileno() for one in _streams(outputs)]
        socket.send_fds(stocked(env), [asked], [line.fileno(), *files])
        line.close()
        return Forked(mine, int(mine.recv(64) or 0))
    mine.close()
    return None


def prepare(given: dict[str, str], plans: list[str]) -> None:
    """Have plans loaded before kernels are forked; without that they load them themselves."""
    if sys.platform == "linux":
        with suppress(OSError):
            stocked(given).send(json.dumps(plans).encode())


def stop() -> None:
    """End the processes that kernels are forked from, and with them whoever waits for one."""
    for _, stock in list(_stocks.values()):
        stock.kill()


def _streams(outputs: list[Any]) -> list[Any]:
    return [number if one is None else one for number, one in zip((1, 2), outputs, strict=True)]


def stocked(env: dict[str, str]) -> socket.socket:
    """Give the line to a process to fork from, begun where there is none for such an environment and code."""
    home = Path(model.__file__).parent
    code = {str(path): path.stat().st_mtime_ns for path in home.rglob("*.py")}
    early = {key: value for key, value in env.items() if key.startswith(EARLY)}
    key = (os.getpid(), *sorted(code.items()), *sorted(early.items()))
    with _lock:
        if key not in _stocks or _stocks[key][1].poll() is not None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                run = [sys.executable, "-m", "model.export.forking"]
                started = subprocess.Popen(run, stdin=theirs.fileno(), env=env, start_new_session=True)
            atexit.register(_ended, os.getpid(), started, ours)
            _stocks[key] = ours, started
        return _stocks[key][0]


def _ended(owner: int, stock: subprocess.Popen[bytes], line: socket.socket) -> None:
    if os.getpid() == owner:
        line.close()
        stock.kill()
        stock.wait()
