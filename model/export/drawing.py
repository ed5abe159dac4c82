"""Colours of documents: the house's or a theme's, in charts too, and what becomes of them in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

import numpy as np

from model.report import style
from model.report.output import SIGNS, TINTS

HOUSE = {"accent": "#0b4f6c", "ink": "#1a1a1a", "good": TINTS["met"], "bad": TINTS["missed"]}
WHITE, NIGHT = "#ffffff", "#14191c"
PAINT = re.compile(r'((?:fill|stroke)(?:: |="))(#[0-9a-fA-F]{6})')
# What a page has no use for: prolog, facts, rules that would be those of the whole page, names.
BALLAST = re.compile(
    r'^.*?(?=<svg)|<metadata>.*?</metadata>|<style.*?</style>| (?:xmlns[:a-z]*="[^"]*"|id="[^"]*_[^"]*")',
    re.DOTALL,
)
SIZE = re.compile(r'(<svg(?=[^>]* viewBox)[^>]*?)(?: (?:width|height)="[^"]*")+')
# Turns hues by half a circle and keeps lightness, as the CSS filter of that name does.
TURN = np.array([[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]])


def verdicts(given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Give colour and sign of every verdict, under the colours that a theme gives."""
    own = {"met": given.get("good"), "missed": given.get("bad")}
    return {tone: {"sign": SIGNS[tone], "colour": own.get(tone) or TINTS[tone]} for tone in SIGNS}


def themed(drawing: str, given: Mapping[str, str]) -> str:
    """Draw the scenario's line and every tint of it in a theme's accent, and what is written in its ink."""
    return PAINT.sub(lambda found: found[1] + _followed(found[2].lower(), given), drawing)


def _followed(paint: str, given: Mapping[str, str]) -> str:
    house, white, red = style.colour(), WHITE, int(paint[1:3], 16)
    share = red / 255
    if paint == style.INK:
        return given.get("ink", paint)
    if (
        "accent" in given
        and np.abs(_parts(paint) - _parts(style.mixed(house, white, share))).max() < 1.5 / 255
    ):
        return style.mixed(given["accent"], white, share)
    return paint


def inside(drawing: str, alt: str, name: str) -> str:
    """Make a drawing part of a page: its colours are the page's, and its names its own."""
    said = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    bare = SIZE.sub(r"\1", BALLAST.sub("", drawing)).replace("<svg", f"<svg {said}", 1)
    bare = re.sub(r'( id="|href="#|url\(#)', rf"\1{name}-", re.sub(r"\s*\n\s*", " ", bare))
    return PAINT.sub(lambda found: f"{found[1]}var(--{found[2][1:].lower()})", bare)


def paints(drawings: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Give every colour of drawings by its name on a page: by day, and in the dark."""
    found = sorted({paint.lower() for one in drawings for _, paint in PAINT.findall(one)})
    return {paint[1:]: (paint, dark(paint)) for paint in found}


def dark(paint: str) -> str:
    """Give a colour of the same hue that is as light as the other was dark; a target's star stays yellow."""
    if paint == style.STAR.lower():
        return paint
    turned = np.clip(TURN @ (1 - _parts(paint)), 0, 1)
    shown = 1 - (1 - turned) * (1 - _parts(NIGHT))
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in shown)


def _parts(paint: str) -> np.ndarray:
    return np.array([int(paint[place : place + 2], 16) / 255 for place in (1, 3, 5)])
