"""The one error class of the suite, and the one way to word a mistake."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from numbers import Integral
from typing import Any

MOST_LINES, LONGEST = 150, 600


class ModelError(Exception):
    """What the user gave cannot be used; says where, what, and what is allowed.

    Parameters
    ----------
    *problems : str
        One sentence a mistake, worded by `mistake`. All mistakes that were found
        are reported at once.

    Examples
    --------
    >>> print(ModelError("plan.yaml:3: base: missing", "plan.yaml:9: unit: missing"))
    plan.yaml:3: base: missing
    plan.yaml:9: unit: missing
    """

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        more = len(self.problems) - MOST_LINES
        lines = [*self.problems[:MOST_LINES], *([f"… and {more} more"] if more > 0 else [])]
        return "\n".join(lines)


def in_order(problems: Iterable[str]) -> list[str]:
    """Put mistakes in the order of their files and lines, each once."""

    def place(problem: str) -> tuple[str, int]:
        found = re.match(r"(.*?):(\d+): ", problem)
        return (found[1], int(found[2])) if found else (problem.partition(":")[0], 0)

    return sorted(dict.fromkeys(problems), key=place)


def raise_all(problems: Iterable[str]) -> None:
    ordered = in_order(problems)
    if ordered:
        raise ModelError(*ordered)


def mistake(where: str, key: str, wrong: str, allowed: str = "") -> str:
    """Word one mistake as ``where: key: what is wrong; what is allowed``."""
    text = ": ".join(_one_line(part) for part in (where, key, wrong) if part)
    return f"{text}; {_one_line(allowed)}" if allowed else text


def _one_line(text: str) -> str:
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def near(word: object, choices: Iterable[object]) -> str:
    """Name the closest of the allowed words, or all of them where none is close."""
    words = [str(choice) for choice in choices]
    close = difflib.get_close_matches(str(word)[:60], words, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else f"allowed: {', '.join(words) or 'nothing'}"


def whole(key: str, value: object, low: int, high: int, allowed: str = "") -> int:
    allowed = allowed or f"{low} to {high}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise ModelError(mistake(key, "", f"{value!r} is not a whole number", allowed))
    if not low <= int(value) <= high:
        raise ModelError(mistake(key, "", f"{str(value)[:40]} is out of range", allowed))
    return int(value)


class Named(dict[str, Any]):
    """A dictionary that words what it does not hold."""

    what = "KPI"

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except (KeyError, TypeError) as error:
            raise ModelError(mistake(self.what, "", f"{key!r} is unknown", near(key, self))) from error
