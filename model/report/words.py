"""The catalogue of every sentence the suite prints: one file, two languages."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from model.errors import ModelError, mistake, near
from model.plan.yaml import parse

LANGUAGES = ("en", "zh")
FILE = "words.yaml"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Read the catalogue, once."""
    text = (Path(__file__).parent / FILE).read_text(encoding="utf-8")
    read: Mapping[str, Mapping[str, str]] = parse(text, FILE).data
    return read


def say(key: str, language: str = "en", **values: object) -> str:
    """Give a text of the catalogue, its placeholders filled."""
    entry = catalogue().get(key)
    if entry is None:
        raise ModelError(mistake(FILE, key, "unknown key", near(key, catalogue())))
    try:
        return entry[known_language(language)].format(**values)
    except KeyError as error:
        raise ModelError(mistake(FILE, key, f"the placeholder {error} is left open", "give it")) from error


def placeholders(text: str) -> set[str]:
    """Name the placeholders of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def known_language(language: str) -> str:
    """Give a language back if the catalogue has it."""
    if language not in LANGUAGES:
        raise ModelError(mistake("language", "", f"unknown language {language!r}", near(language, LANGUAGES)))
    return language


def drawn_language(language: str) -> str:
    """Give a language back if it can also be drawn and typeset."""
    if known_language(language) != "en":
        wrong = f"no font for {language!r} ships yet, so charts and documents cannot be made in it"
        raise ModelError(mistake("language", "", wrong, "use 'en'"))
    return language


def listed(items: Sequence[str], language: str = "en") -> str:
    """Join items as a sentence lists them."""
    if len(items) < 2:
        return "".join(items)
    first = say("list_comma", language).join(items[:-1])
    return say("list_two", language, first=first, last=items[-1])
