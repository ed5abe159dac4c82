"""Put a file into a folder as well, where one is named."""

from __future__ import annotations

from pathlib import Path

from model.errors import ModelError, mistake
from model.show.words import say


def deliver(name: str, raw: bytes, folder: str, language: str = "en") -> str:
    """Write a file into a folder, if one is named, and say where the file is."""
    if not folder.strip():
        return say("explorer_sent", language, name=name)
    place = Path(folder.strip()).expanduser()
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(raw)
    except OSError as error:
        wrong = f"cannot be written ({error.strerror})"
        raise ModelError(mistake(str(place / name), "", wrong, "another folder")) from error
    return say("explorer_written", language, name=name, folder=folder.strip())
