"""What the theme prints around a report's own words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from model.reading import parse

FILE = "labels.yaml"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Read the labels, once.

    Returns
    -------
    mapping
        Key to language to text with named placeholders.

    Examples
    --------
    >>> catalogue()["contents"]["en"]
    'Contents'
    """
    text = (Path(__file__).parent / FILE).read_text(encoding="utf-8")
    read: Mapping[str, Mapping[str, str]] = parse(text, FILE).data
    return read


def labels(language: str) -> dict[str, str]:
    """Give every label in one language.

    Parameters
    ----------
    language : {"en", "zh"}
        Language.

    Returns
    -------
    dict
        Key to text with named placeholders.

    Examples
    --------
    >>> labels("zh")["contents"]
    '目录'
    """
    return {key: texts[language] for key, texts in catalogue().items()}
