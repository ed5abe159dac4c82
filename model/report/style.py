"""One look for every chart: sizes, fonts, colours, and how a drawing becomes a picture.

Margins are fixed and the year axis is a plain number, because a layout engine and date axes cost most of
the time of drawing. The user's own matplotlib settings do not count.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.colors
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Bbox
from PIL import Image

from model.report import fonts

WIDTH = 6.3
DPI = 150
SHOWN_DPI = 110
SOURCE_STRIP = 0.18
HOUSE = Path(__file__).parent / "house.mplstyle"
INK, PALE, RULE, STAR = "#222222", "#6b6b6b", "#dddddd", "#F0E442"

# Okabe and Ito (2008), safe for colour-blind readers; yellow is left out as too pale for a line.
COLOURS = (
    "#0072B2", "#009E73", "#D55E00", "#E69F00", "#222222", "#56B4E9", "#CC79A7", "#8C564B", "#7A6FBE",
    "#4D8F00", "#B8860B",
)  # fmt: skip
DASHES: tuple[Any, ...] = (
    "-", (0, (7, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (1, 2)), (0, (4, 1)),
    (0, (3, 1, 1, 1, 1, 1)),
)  # fmt: skip
# The rank of the path to the targets, which is no scenario among others.
PATH = -1

_VECTOR = {"on": os.environ.get("SCENARIOS_VECTOR", "") == "1"}


def vector(on: bool = True) -> None:
    _VECTOR["on"] = on


def is_vector() -> bool:
    return _VECTOR["on"]


def colour(rank: int = 0) -> str:
    """Give a scenario's colour, by its rank among those shown; with its dash it is its own up to the 77th."""
    return PALE if rank == PATH else COLOURS[rank % len(COLOURS)]


def dashes(rank: int = 0) -> Any:
    """Give a scenario's dash pattern, so that colour is not the only mark."""
    return (0, (4, 2)) if rank == PATH else DASHES[rank % len(DASHES)]


@contextmanager
def theme(face: str = "") -> Iterator[None]:
    """Hold the look while something is drawn, perhaps in the typeface of a language."""
    with mpl.rc_context():
        dict.update(mpl.rcParams, _house())
        if face:
            _ship()
            mpl.rcParams["font.family"] = [face, *mpl.rcParams["font.family"]]
        yield


@cache
def _ship() -> None:
    fontManager.addfont(fonts.FILE)


class Drawing(Figure):
    """A drawing that keeps its typeface until it becomes a picture."""

    face = ""


@cache
def _house() -> Any:
    fontManager.addfont(fonts.LATIN)
    defaults: dict[Any, Any] = {
        key: mpl.rcParamsDefault[key] for key in mpl.rcParamsDefault if "backend" not in key
    }
    return defaults | mpl.rc_params_from_file(HOUSE, use_default_template=False)


def drawing(
    *, height: float = 3.1, rows: int = 1, columns: int = 1, left: float = 0.5, right: float = 0.15,
    top: float = 0.32, bottom: float = 0.75, between: tuple[float, float] = (0.5, 0.45),
) -> tuple[Figure, list[Axes]]:  # fmt: skip
    """Make an empty drawing of the report's width; call it inside `theme`."""
    made = Drawing(figsize=(WIDTH, height), dpi=DPI)
    first = mpl.rcParams["font.family"][0]
    made.face = first if first != _house()["font.family"][0] else ""
    FigureCanvasAgg(made)
    wide = (WIDTH - left - right - between[0] * (columns - 1)) / columns
    tall = (height - top - bottom - between[1] * (rows - 1)) / rows
    panels = []
    for row in range(rows):
        for column in range(columns):
            x = left + column * (wide + between[0])
            y = height - top - tall - row * (tall + between[1])
            panels.append(made.add_axes((x / WIDTH, y / height, wide / WIDTH, tall / height)))
    return made, panels


def width(text: str, size: float) -> float:
    """Tell how wide a line of text is drawn, in points."""
    made: tuple[float, float, float] = TextToPath().get_text_width_height_descent(
        text, FontProperties(size=size), ismath=False
    )
    return made[0]


def shortened(text: str, points: float, size: float) -> str:
    """Leave out the middle of a line that would be drawn wider than that; for use inside `theme`."""
    made, kept = text, len(text)
    while kept > 1 and width(made, size) > points:
        kept -= 1
        made = f"{text[: kept - kept // 3].rstrip()}…{text[len(text) - kept // 3 :].lstrip()}"
    return made


def _noted(figure: Figure, source: str) -> Text:
    """Set a source line at the foot of a figure, on two lines where one is too long."""
    note = figure.text(0.012, 0.012, source, fontsize=6.2, color=PALE)
    ends = [found.end() for found in re.finditer("[,;、；] ?", source)]
    if ends and note.get_window_extent().x1 > figure.bbox.x1:
        middle = min(ends, key=lambda end: abs(end - len(source) / 2))
        note.set(y=0.004, text=f"{source[:middle].rstrip()}\n{source[middle:]}")
    return note


def png(figure: Figure, *, source: str = "", dpi: int = DPI) -> bytes:
    buffer = io.BytesIO()
    with theme(getattr(figure, "face", "")):
        figure.set_dpi(dpi)
        canvas: Any = FigureCanvasAgg(figure)
        note = _noted(figure, source) if source else None
        canvas.draw()
        if note is not None:
            note.remove()
    # A chart has few colours: a palette makes the picture a third as large.
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    few = drawn.quantize(palette=_palette(), dither=Image.Dither.NONE)
    few.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


@cache
def _palette() -> Image.Image:
    """Make a palette that holds every colour of the house exactly, and its shades towards white and ink."""
    house = (STAR, *COLOURS)
    shades = ["#ffffff", INK, PALE, RULE]
    for name in house:
        shades += [mixed(name, "#ffffff", share) for share in (0.0, 0.15, 0.3, 0.51, 0.68, 0.85)]
        shades += [mixed(name, INK, share) for share in (0.35, 0.7)]
    shades += [mixed(INK, "#ffffff", share / 16) for share in range(1, 16)]
    entries = [mpl.colors.to_rgb(shade) for shade in shades[:256]]
    made = Image.new("P", (1, 1))
    made.putpalette([round(255 * part) for entry in entries for part in entry])
    return made


def mixed(first: str, second: str, share: float) -> str:
    (r, g, b), (x, y, z) = mpl.colors.to_rgb(first), mpl.colors.to_rgb(second)
    left = 1 - share
    return mpl.colors.to_hex((left * r + share * x, left * g + share * y, left * b + share * z))


def svg(figure: Figure, *, outlined: bool = False) -> str:
    """Draw a picture as SVG, with letters as text; outlined: so that it looks the same without the font."""
    buffer = io.StringIO()
    with theme(getattr(figure, "face", "")):
        mpl.rcParams["svg.fonttype"] = "path" if outlined else "none"
        # The strip that holds the source line of a PNG is cut off: a document prints that line itself.
        wide, tall = figure.get_size_inches()
        whole = Bbox([[0.0, SOURCE_STRIP], [wide, tall]])
        plain = {"Date": None, "Creator": None}
        figure.savefig(buffer, format="svg", metadata=plain, bbox_inches=whole)
    return buffer.getvalue()


def shown_size(figure: Figure) -> dict[str, int]:
    wide, tall = figure.get_size_inches()
    return {"width": round(wide * SHOWN_DPI), "height": round(tall * SHOWN_DPI)}
