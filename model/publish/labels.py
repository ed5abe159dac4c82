"""What the theme prints around a report's own words, read from the one catalogue of words."""

from __future__ import annotations

from model.show.words import catalogue, known_language

PREFIX = "label_"


def labels(language: str) -> dict[str, str]:
    """Give every label in one language."""
    known = known_language(language)
    entries = catalogue().items()
    return {key.removeprefix(PREFIX): texts[known] for key, texts in entries if key.startswith(PREFIX)}
