"""The house of whoever issues a report: colours, logo, issuer and paper, read from a small file."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import typst
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from model.errors import ModelError, mistake, raise_all
from model.export.page import MIME
from model.export.render import ACCESSIBLE, lacking, unprintable
from model.plan.reading import parse, read_text
from model.plan.records import record
from model.plan.schema import AnyText, Record, Words

LARGEST_LOGO = 65_536
# What WCAG 2 (AA) asks of text; it stands on white, and on the tint of its own colour that marks a verdict.
LEAST_CONTRAST, TINT = 4.5, 0.09


def _legible(given: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", given):
        raise PydanticCustomError("colour", "{given} is no colour; give '#rrggbb'", {"given": repr(given)})
    shares = [int(given[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    contrast = (_light(*(1 - TINT * (1 - one) for one in shares)) + 0.05) / (_light(*shares) + 0.05)
    if contrast < LEAST_CONTRAST:
        told = f"'{given}' is too pale: contrast to its own tint {contrast:.1f}; at least {LEAST_CONTRAST}"
        raise PydanticCustomError("colour", "{told}", {"told": told})
    return given.lower()


def _light(*shares: float) -> float:
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


Colour = Annotated[str, AfterValidator(_legible)]


class Colours(Record):
    """What replaces the templates' own colours."""

    accent: Colour = ""
    good: Colour = ""
    bad: Colour = ""
    ink: Colour = ""


class Theme(Record):
    """A theme as it stands in its file; all may be left out."""

    colours: Colours = Colours()
    logo: Words = ""
    issuer: AnyText | None = None
    paper: Literal["A4", "Letter"] = "A4"


def read_theme(path: str | Path, language: str) -> dict[str, Any]:
    """Read a theme as documents and recipes hold it: the logo inside, the issuer in one language."""
    document = parse(read_text(Path(path)), str(path))
    given = document.data if isinstance(document.data, dict) else {}
    found, logo, problems = Theme(), None, list[str]()
    try:
        found = record(document, Theme)
    except ModelError as error:
        problems += error.problems
    issuer = getattr(found.issuer, language, "")
    if without := lacking(issuer, language):
        problems.append(unprintable(document.at(["issuer"]), "issuer", without, language))
    if isinstance(given.get("logo"), str):
        where, name = document.at(["logo"]), given["logo"]
        if not given.get("issuer"):
            problems.append(mistake(where, "issuer", "missing", "a logo is read out as its issuer"))
        try:
            logo = _logo(Path(path).parent / name)
        except OSError as error:
            problems.append(mistake(where, "logo", f"{name!r} cannot be read ({error.strerror})"))
        except ValueError as error:
            problems.append(mistake(where, "logo", f"{name!r} {error}", "a PNG or SVG file of 64 kB at most"))
    raise_all(problems)
    colours = found.colours.model_dump(exclude_unset=True)
    return {"colours": colours, "issuer": issuer, "logo": logo, "paper": found.paper}


def _logo(path: Path) -> dict[str, str]:
    kind, size = path.suffix[1:].lower(), path.stat().st_size
    if kind not in MIME or not path.is_file():
        raise ValueError("is no such picture")
    if size > LARGEST_LOGO:
        raise ValueError(f"has {size} bytes")
    raw = path.read_bytes()
    standards: list[Any] = [ACCESSIBLE]
    source = f'#set document(title: "?")\n#image("/logo.{kind}", alt: "?")'
    try:
        with TemporaryDirectory() as folder:
            (Path(folder) / f"logo.{kind}").write_bytes(raw)
            (main := Path(folder) / "main.typ").write_text(source, encoding="utf-8")
            typst.compile(main, pdf_standards=standards, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise ValueError(f"cannot be drawn: {error.message}") from error
    return {"data": base64.b64encode(raw).decode(), "format": kind, "name": path.name}
