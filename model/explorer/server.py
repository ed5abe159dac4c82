"""A server extension: what a kernel says reaches the browser at once.

Left alone, the server's socket holds a small message back until the browser has confirmed the one before
(Nagle's algorithm), which the browser does up to 40 ms later. A picture that follows the hand is just such a
message: it comes right behind the one that the kernel is busy. `make lab` and `make app` load this.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import sys
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.routing import HostMatches
from tornado.web import HTTPError
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from model.errors import ModelError, mistake
from model.explorer.session import Session
from model.export.kernel import OwnKernel
from model.plan.load import DEFAULT_PLAN, load, notebook_folder
from model.report.language import ENGLISH, LANGUAGES

_handler: Any = KernelWebsocketHandler
_opened = _handler.open


async def _open(handler: Any, *given: Any, **more: Any) -> None:
    handler.set_nodelay(True)
    await _opened(handler, *given, **more)


def without_delay() -> None:
    """Let every socket to a kernel that is opened from now on send without delay."""
    # The class itself: servers name it in tables of their own, made before any extension is loaded.
    _handler.open = _open


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "model.explorer.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    without_delay()
    server.log.debug("model.explorer: sockets to kernels send without delay")


LOCAL = r"(localhost|127(\.\d+){3}|::1)$"
# Kernels at once, those included that wait for the next page.
MOST = 8
PROTOCOL = "v1.kernel.websocket.jupyter.org"
# Seconds for all kernels to end.
PATIENCE = 3


def _end_children() -> None:
    """End what is left, a kernel that is only being started too: no manager lists it yet."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            child.kill()


def _end_at_once() -> None:
    _end_children()
    os._exit(1)


class Page(TornadoVoilaHandler):
    """The page: it needs the token of the link once, then the cookie, and begins only in a tab of its own."""

    under_way = 0

    async def prepare(self) -> None:
        """Let nobody in without token or cookie, nor at the bidding of another page."""
        await super().prepare(_redirect_to_login=False)
        bidden = self.request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if not self.token_authenticated and (bidden or not self.check_origin()):
            raise HTTPError(403)

    async def get(self, path: str | None = None) -> None:
        """Trade the token for a cookie; give the page, if there is room for one more kernel."""
        if self.token_authenticated:
            # The page itself then has neither the token in its address nor another page behind it.
            self.finish('<!doctype html><meta http-equiv="refresh" content="0; url=.">')
            return
        if len(self.kernel_manager.list_kernel_ids()) + Page.under_way >= MOST:
            raise HTTPError(503)
        Page.under_way += 1
        try:
            await super().get(path)
        finally:
            Page.under_way -= 1

    def write_error(self, status_code: int, **_: Any) -> None:
        known = status_code if status_code in (403, 503) else 500
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(ENGLISH.say(f"explorer_refused_{known}", most=MOST))


class Channel(VoilaKernelWebsocketHandler):
    """The way to a kernel, in the one protocol that Voila can read: over another one it counts for ever."""

    async def prepare(self) -> None:
        """Refuse whoever speaks otherwise."""
        await super().prepare()
        if PROTOCOL not in self.request.headers.get("Sec-WebSocket-Protocol", ""):
            raise HTTPError(400)


class Kernel(OwnKernel, ServerKernelManager):
    """The kernel of one page; some wait ready for the next one, and need not be forked."""

    forked = False


class Server(Voila):
    """Voila that serves one notebook and asks for its token; it has the port that was asked for, or ends."""

    port: int

    def init_handlers(self) -> list[Any]:
        """Leave out what the explorer needs not: logging in by hand, files, what a page was asked with."""
        out = {RequestInfoSocketHandler, AllowListFileHandler}
        out |= {handler for _, handler in self.identity_provider.get_handlers()}
        mine = {TornadoVoilaHandler: Page, VoilaKernelWebsocketHandler: Channel}
        known = [(path, mine.get(one, one), *more) for path, one, *more in super().init_handlers()]
        return [one for one in known if one[1] not in out]

    def listen(self) -> None:
        """Listen at one port, for names of this machine only, until told to end."""
        try:
            sockets = bind_sockets(self.port, self.ip)
        except OSError as error:
            wrong = f"cannot be had ({error.strerror})"
            raise ModelError(
                mistake("--port", str(self.port), wrong, "another port, or 0 for any that is free")
            ) from error
        for rule in self.app.default_router.rules:
            rule.matcher = HostMatches(LOCAL)
        HTTPServer(self.app).add_sockets(sockets)
        self.port = sockets[0].getsockname()[1]
        self.log.info(ENGLISH.say("explorer_at", address=self.display_url))
        if self.open_browser:
            self.launch_browser()
        self.ioloop = IOLoop.current()
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, self._handle_signal_stop)
        self.ioloop.start()
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, signal.SIG_IGN)
        # Voila's own end waits for kernels that are not even begun; nothing in any of them is to be kept.
        ended = partial(AsyncMappingKernelManager.shutdown_all, self.kernel_manager, now=True)
        with suppress(TimeoutError):
            self.ioloop.run_sync(ended, timeout=PATIENCE)
        _end_children()
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    def _handle_signal_stop(self, sig: int, frame: Any) -> None:
        # A kernel that ends while it works is no mistake now.
        self.log.setLevel(logging.CRITICAL)
        # Should the loop not turn any more.
        late = threading.Timer(PATIENCE + 1, _end_at_once)
        late.daemon = True
        late.start()
        super()._handle_signal_stop(sig, frame)

    def launch_browser(self) -> None:
        """Open the page by a file that others cannot read: a command line would show them the token."""
        page = Path(self.connection_dir) / "open.html"
        page.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={self.display_url}">')
        threading.Thread(target=webbrowser.open, args=(page.as_uri(),), daemon=True).start()


NOTEBOOK = "06_explorer.ipynb"
TEMPLATES = Path(__file__).parent / "served"
# Seconds: a kernel that nobody talks to ends after ten minutes; one that died is missed after one second.
IDLE, LOOK, MISSED = 600, 60, 1
BAD_INPUT = 2


def options(notebook: str, more: Sequence[str] = ()) -> list[str]:
    return [
        notebook,
        "--Voila.ip=127.0.0.1",
        "--token",
        "--IdentityProvider.cookie_options=samesite=Strict",
        "--template=explorer",
        "--preheat_kernel=True",
        "--pool_size=2",
        f"--MappingKernelManager.kernel_manager_class={__name__}.{Kernel.__name__}",
        f"--MappingKernelManager.cull_idle_timeout={IDLE}",
        f"--MappingKernelManager.cull_interval={LOOK}",
        "--MappingKernelManager.cull_connected=False",
        # A kernel that died is not begun anew: what was set in it is gone, and its page says so.
        f"--KernelRestarter.time_to_dead={MISSED}",
        "--KernelRestarter.restart_limit=0",
        *more,
    ]


def written(folder: str, asked: argparse.Namespace) -> str:
    """Write the notebook for the plan and scenario that were named, if they can be shown; where it is."""
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    plan = load(asked.plan)
    scenario = asked.scenario or plan.reference
    Session(plan, scenario)
    folder_of_plan = Path(asked.plan)
    given = {"plan": str(folder_of_plan.resolve()) if folder_of_plan.is_dir() else asked.plan}
    book = load_notebook_node(str(notebook_folder() / NOTEBOOK))
    path = Path(folder) / NOTEBOOK
    given |= {"scenario": scenario, "language": asked.language}
    nbformat.write(parameterize_notebook(book, given), path)
    return str(path)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m model.explorer.server", allow_abbrev=False)
    parser.add_argument("--plan", default=DEFAULT_PLAN, help="id or folder of a plan pack")
    parser.add_argument("--scenario", default="", help="name of a scenario")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help="of the page")
    asked, more = parser.parse_known_args(arguments)
    known = os.environ.get("JUPYTER_PATH", "")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(TEMPLATES), known]))
    try:
        with TemporaryDirectory() as folder:
            notebook = written(folder, asked)
            # Only now: Voila looks for templates where that variable points when it begins.

            without_delay()
            Server.launch_instance(options(notebook, more))
    except ModelError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
