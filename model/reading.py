"""Read YAML as plain data, with the line on which each key stands.

Files are plain data: tags, anchors and aliases are refused, so are other encodings, huge files
and deep nesting. Whatever is wrong is worded as ``file:line: key: what is wrong; what is allowed``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent

from model.errors import ModelError, mistake

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """Plain data of a YAML file, with the line on which each key stands.

    Parameters
    ----------
    name : str
        File name as the user knows it.
    data : object
        Dictionaries, tuples, text and numbers.
    lines : mapping of tuple to int
        Line (from 1) of each key path; 0 for what is no file and has no lines.
    """

    name: str
    data: Any
    lines: Mapping[Key, int]

    def at(self, key: Sequence[str | int] = ()) -> str:
        r"""``file:line`` of a key, or of the nearest key around it.

        Parameters
        ----------
        key : sequence
            Path of the key.

        Returns
        -------
        str

        Examples
        --------
        >>> parse("a: 1\nb: {c: 2}", "mine.yaml").at(["b", "d"])
        'mine.yaml:2'
        """
        path = tuple(key)
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path, 1)
        return f"{self.name}:{line}" if line else self.name


def read_text(path: Path, name: str | None = None) -> str:
    """Read a text file in UTF-8.

    Parameters
    ----------
    path : Path
        The file.
    name : str, optional
        How to call it in an error; by default the path.

    Returns
    -------
    str

    Raises
    ------
    ModelError
        If it cannot be read, is empty, too large, or not UTF-8 text.
    """
    called = name or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ModelError(mistake(called, "", f"cannot be read ({error.strerror})")) from error
    if len(raw) > MOST_BYTES:
        raise ModelError(mistake(called, "", f"{len(raw)} bytes", f"at most {MOST_BYTES}"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        wrong = f"byte 0x{raw[error.start]:02x} is no UTF-8 text"
        raise ModelError(mistake(f"{called}:{line}", "", wrong, "save the file as UTF-8")) from error
    if not text.strip():
        raise ModelError(mistake(f"{called}:1", "", "the file is empty"))
    return text


def parse(text: str, name: str) -> Document:
    r"""Parse YAML text into plain data with line numbers.

    Parameters
    ----------
    text : str
        YAML 1.2.
    name : str
        How to call the file in an error.

    Returns
    -------
    Document

    Raises
    ------
    ModelError
        On a syntax error or a duplicate key (reported alone), a tag, an anchor or an alias.

    Examples
    --------
    >>> parse("growth:\n  gdp: {rate: 0.07}", "mine.yaml").data
    {'growth': {'gdp': {'rate': 0.07}}}
    """
    try:
        _refuse(text, name)
        loaded = YAML(typ="rt", pure=True).load(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = (error.problem or error.context or "cannot be parsed").splitlines()[0]
        raise ModelError(mistake(f"{name}:{line}", "", f"YAML: {problem.split(' with value')[0]}")) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise ModelError(mistake(f"{name}:1", "", f"YAML: {str(error).splitlines()[0]}")) from error
    lines: dict[Key, int] = {}
    return Document(name, _plain(loaded, (), lines), lines)


def _refuse(text: str, name: str) -> None:
    """Refuse what plain data never needs, before anything is built from it."""
    depth = 0
    for event in YAML(typ="rt", pure=True).parse(io.StringIO(text)):
        if not isinstance(event, NodeEvent | CollectionEndEvent):
            continue
        where = f"{name}:{event.start_mark.line + 1}"
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise ModelError(mistake(where, "", "anchors and aliases are not allowed", "write the value out"))
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            raise ModelError(mistake(where, "", f"the tag {tag} is not allowed", "plain values only"))
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise ModelError(mistake(where, "", "nested too deeply", f"at most {MOST_DEPTH} levels"))


def _plain(node: Any, path: Key, lines: dict[Key, int]) -> Any:
    """Turn the parser's nodes into plain data, noting the line of every key."""
    if isinstance(node, CommentedMap):
        for key in node:
            lines[*path, key] = node.lc.key(key)[0] + 1
        return {_scalar(key): _plain(value, (*path, key), lines) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[*path, index] = node.lc.item(index)[0] + 1
        return tuple(_plain(value, (*path, index), lines) for index, value in enumerate(node))
    return _scalar(node)


def _scalar(value: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
