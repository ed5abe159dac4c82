"""The catalogue of every sentence the suite prints: one file, two languages."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from model.errors import ModelError, mistake, near
from model.reading import parse

LANGUAGES = ("en", "zh")
FILE = "words.yaml"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Read the catalogue, once.

    Returns
    -------
    mapping
        Key to language to text with named placeholders.

    Examples
    --------
    >>> catalogue()["verdict_met"]["zh"]
    '达到'
    """
    text = (Path(__file__).parent / FILE).read_text(encoding="utf-8")
    read: Mapping[str, Mapping[str, str]] = parse(text, FILE).data
    return read


def say(key: str, language: str = "en", **values: object) -> str:
    """Give a text of the catalogue, its placeholders filled.

    Parameters
    ----------
    key : str
        Key in ``words.yaml``.
    language : {"en", "zh"}
        Language.
    **values
        The placeholders, already printed as they are to be read.

    Returns
    -------
    str

    Raises
    ------
    ModelError
        If there is no such key, language, or a placeholder is left open.

    Examples
    --------
    >>> say("a_year", number="11.4")
    '11.4 % a year'
    """
    entry = catalogue().get(key)
    if entry is None:
        raise ModelError(mistake(FILE, key, "unknown key", near(key, catalogue())))
    try:
        return entry[known_language(language)].format(**values)
    except KeyError as error:
        raise ModelError(mistake(FILE, key, f"the placeholder {error} is left open", "give it")) from error


def placeholders(text: str) -> set[str]:
    """Name the placeholders of a text.

    Parameters
    ----------
    text : str
        A text of the catalogue.

    Returns
    -------
    set of str

    Examples
    --------
    >>> sorted(placeholders("{first} and {last}"))
    ['first', 'last']
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def known_language(language: str) -> str:
    """Give a language back if the catalogue has it.

    Parameters
    ----------
    language : str
        Language code.

    Returns
    -------
    str

    Raises
    ------
    ModelError
        If it has not.
    """
    if language not in LANGUAGES:
        raise ModelError(mistake("language", "", f"unknown language {language!r}", near(language, LANGUAGES)))
    return language


def drawn_language(language: str) -> str:
    """Give a language back if it can also be drawn and typeset.

    Parameters
    ----------
    language : str
        Language code.

    Returns
    -------
    str

    Raises
    ------
    ModelError
        If it is unknown, or no font for it ships with the suite.

    Examples
    --------
    >>> drawn_language("en")
    'en'
    """
    if known_language(language) != "en":
        wrong = f"no font for {language!r} ships yet, so charts and documents cannot be made in it"
        raise ModelError(mistake("language", "", wrong, "use 'en'"))
    return language


def listed(items: Sequence[str], language: str = "en") -> str:
    """Join items as a sentence lists them.

    Parameters
    ----------
    items : sequence of str
        What to list.
    language : {"en", "zh"}
        Language.

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["one", "two", "three"])
    'one, two and three'
    """
    if len(items) < 2:
        return "".join(items)
    first = say("list_comma", language).join(items[:-1])
    return say("list_two", language, first=first, last=items[-1])
