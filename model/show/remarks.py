"""What a reader must know of a summary of draws, line by line. Needs no matplotlib."""

from __future__ import annotations

from model.show import numbers
from model.show.words import say
from model.summaries import Summary


def remarks(found: Summary, language: str = "en") -> list[str]:
    """Say what was repaired, and how exact quantiles are.

    Parameters
    ----------
    found : Summary
        What `model.summarise` gives.
    language : {"en", "zh"}
        Language.

    Returns
    -------
    list of str
        Empty where nothing was repaired and all is exact.

    Examples
    --------
    >>> from model import load
    >>> from model.summaries import summarise
    >>> remarks(summarise(load(), draws=256))
    []
    """
    said = []
    if found.correlation.repaired:
        said.append(say("remark_repaired", language, number=numbers.number(found.correlation.distance, 2)))
    error = max(found.errors.values())
    if error > 0.0:
        said.append(say("remark_streamed", language, number=numbers.number(100 * error, 2)))
    return said
