"""How work beside the kernel's own behaves: it gives way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds; Python's own five milliseconds, waited for a dozen times a step, would be felt.
HAND_OVER = 0.0005
_polite: list[float] = []


@contextmanager
def politely() -> Iterator[None]:
    """Let the work beside hand over often: a slider that moves meanwhile is answered at once."""
    _polite.append(sys.getswitchinterval())
    sys.setswitchinterval(min(_polite[0], HAND_OVER))
    try:
        yield
    finally:
        # Several explorers of one kernel may work at once: the last one puts back what the first one found.
        before = _polite[0] if len(_polite) == 1 else sys.getswitchinterval()
        _polite.pop()
        sys.setswitchinterval(before)
