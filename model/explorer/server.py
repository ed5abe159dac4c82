"""Voila as it serves the explorer: to this machine, to whoever has the link, to so many at once.

Whom it serves is decided here and nowhere else: what a page sends can change a scenario, not what it may do.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import webbrowser
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
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
from model.show.words import say

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
        """Say why not, without any detail."""
        known = status_code if status_code in (403, 503) else 500
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(say(f"explorer_refused_{known}", "en", most=MOST))


class Channel(VoilaKernelWebsocketHandler):
    """The way to a kernel, in the one protocol that Voila can read: over another one it counts for ever."""

    async def prepare(self) -> None:
        """Refuse whoever speaks otherwise."""
        await super().prepare()
        if PROTOCOL not in self.request.headers.get("Sec-WebSocket-Protocol", ""):
            raise HTTPError(400)


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
        self.log.info(say("explorer_at", "en", address=self.display_url))
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
