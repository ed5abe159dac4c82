"""A server extension: what a kernel says reaches the browser at once.

Left alone, the server's socket holds a small message back until the browser has confirmed the one before
(Nagle's algorithm), which the browser does up to 40 ms later. A picture that follows the hand is just such a
message: it comes right behind the one that the kernel is busy. `make lab` and `make app` load this.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

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
    """Tell the server that this module is an extension of it."""
    return [{"module": "model.explorer.promptly"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Begin, when the server loads this."""
    without_delay()
    server.log.debug("model.explorer: sockets to kernels send without delay")
