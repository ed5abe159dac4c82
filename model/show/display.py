"""What a cell ends in: a figure, a table or a text that shows itself and can be read by the exporter.

Each object's MIME bundle holds what a notebook shows, the rounded table or the words behind it as plain
text, and the same as data under `MIME`. Exporter and tests read the data, never the picture.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from model.errors import ModelError, mistake, near
from model.show import tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

MIME = "application/vnd.scenarios.v1+json"
STYLES = ("lead", "body", "verdict", "note", "heading")
Style = Literal["lead", "body", "verdict", "note", "heading"]


@dataclass(frozen=True)
class Shown:
    """What every shown object has.

    Parameters
    ----------
    id : str
        Unique in the notebook.
    """

    id: str

    def data(self) -> dict[str, Any]:
        """Give the object as the exporter reads it."""
        raise NotImplementedError

    def bundle(self) -> dict[str, Any]:
        """Give what a notebook shows, by MIME type."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {**self.bundle(), MIME: self.data()}
