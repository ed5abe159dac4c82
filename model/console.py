"""What is printed arrives, whatever terminal or file it goes to."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LEGIBLE = "legible"
UNPRINTED = 1
# What numbers are printed with, where an encoding lacks it. A sign must not get lost.
PLAIN = str.maketrans({"−": "-", "–": "-", "—": "-", "≥": ">=", "≤": "<=", "†": "*", "‡": "**", "…": "..."})


@contextmanager
def console() -> Iterator[None]:
    """Print to standard output and error whatever they are; exit with 1 where that cannot be written."""
    codecs.register_error(LEGIBLE, _legible)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=LEGIBLE)
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        # What is still in the buffer would fail again, with a traceback, when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with suppress(OSError):
            print(
                f"{error.filename or 'standard output'}: cannot be written ({error.strerror})",
                file=sys.stderr,
            )
        raise SystemExit(UNPRINTED) from error


def _legible(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write a sign as ASCII where there is one that means the same, else by its code point, as JSON does."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = error.object[error.start : error.end].translate(PLAIN)
    return plain.encode("ascii", "backslashreplace").decode("ascii"), error.end
