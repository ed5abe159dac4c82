"""A report is made again from the recipe it carries, and compared with what this installation makes."""

from __future__ import annotations

import base64
import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten
from typing import Any

import pypdf

from model.errors import ModelError, mistake
from model.export.attached import NUMBERS, RECIPE, how, leaves, sha, unsealed
from model.export.batch import rendered
from model.export.manifest import revision
from model.export.planning import order
from model.export.render import Job
from model.plan.load import data_folder

MOST, WIDEST = 20, 110
NOTHING = (
    "nothing that the recipe names: the file was changed after it was made, or the machine computes apart"
)
SAME = "Every word and drawing is the same"
# What the first keys of a recipe are called; what follows them is a name of its own.
CODE = "digests.code."
CALLED = {
    CODE: "code", "digests.data.": "data file", "digests.fonts.": "font", "digests.notebooks.": "notebook",
    "packages.": "package", "reports.0.parameters.": "parameter", "reports.0.scenarios.": "scenario",
    "reports.0.files.": "scenario file", "reports.0.": "report",
}  # fmt: skip
# Of these only whether they are the same can be said, or is worth saying.
WHOLE = ("digests.", "reports.0.files.")
# The strings of a page are compared as text: a font's subset numbers its glyphs anew.
SHOWN = re.compile(rb"<[0-9A-Fa-f\s]*>|\((?:\\.|[^\\)])*\)", re.DOTALL)
HEADING = re.compile("h[1-6]")
BLOCK = re.compile("h[1-6]|p|li|tr|div|figcaption|table|style|title|footer|summary|pre")


@dataclass
class Opened:
    """A report as it is compared: what it carries, and its lines and drawings by page or section."""

    files: dict[str, bytes] = field(default_factory=dict)
    keywords: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    drawn: dict[str, str] = field(default_factory=dict)


def reproduce(path: Path, plan: str | None = None) -> tuple[bool, list[str]]:
    """Make a report again; tell whether the bytes are the same, and what there is to say."""
    if path.suffix not in READERS:
        wrong = f"{path.suffix!r} is no ending of a report"
        raise ModelError(mistake(str(path), "", wrong, f"a file that ends in {' or '.join(READERS)}"))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ModelError(mistake(str(path), "", f"cannot be read ({error.strerror})", "a report")) from error
    old = _opened(path, raw)
    recipe = unsealed(path, old.files, old.keywords)
    with TemporaryDirectory() as folder:
        job = _job(path, recipe, plan, Path(folder))
        outcome = rendered([job])[job.name]
        if outcome.error:
            return False, [f"{path}: cannot be made again", *outcome.error.splitlines()]
        again = (job.out / outcome.files[0]).read_bytes()
    if again == raw:
        return True, [f"{path}: same bytes (sha256 {sha(raw)})"]
    new = _opened(path, again)
    causes = list(_causes(leaves(recipe), leaves(json.loads(new.files[RECIPE]))))
    told = [f"{path}: differs from what this installation makes", *_list("Made from", causes or [NOTHING])]
    return False, [*told, *filter(None, _apart(old, new))]


def _job(path: Path, recipe: Mapping[str, Any], plan: str | None, scratch: Path) -> Job:
    """Order what a recipe asks for, in a scratch folder."""
    shipped = [one.parent.name for one in data_folder().glob("*/plan.yaml")]
    if plan is None and recipe.get("plan") not in shipped:
        wrong = f"made from the plan {recipe.get('plan')!r}, which does not ship"
        raise ModelError(mistake(str(path), RECIPE, wrong, "--plan FOLDER with its plan.yaml"))
    try:
        (asked,) = recipe["reports"]
        given = {name: name for name in asked["order"]}
        for number, (name, files) in enumerate(asked["files"].items()):
            for called, text in files.items():
                # No file leaves its folder, whatever it is called.
                place = scratch / str(number) / Path(called).name
                place.parent.mkdir(exist_ok=True)
                place.write_text(text, encoding="utf-8")
                given |= {name: str(place)} if place.stem == name else {}
        more = {"as_of": None, **asked["parameters"], "annex": "code" if asked["annex"] else None}
        more |= {name: asked[name] for name in ("theme", "pages") if name in asked}
        whole = order(plan or recipe["plan"], out=scratch, formats=path.suffix[1:], **more)
    except (LookupError, TypeError, ValueError, AttributeError, OSError) as error:
        wrong = "cannot be followed"
        raise ModelError(mistake(str(path), RECIPE, wrong, "a report of this version")) from error
    return whole.jobs(list(given.values()))[-1]


def _causes(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Word in what two recipes differ."""
    for key in sorted({*was, *now}):
        if was.get(key) == now.get(key):
            continue
        start = next((one for one in CALLED if key.startswith(one)), "")
        said = f"{CALLED.get(start, '')} {key.removeprefix(start)}".strip()
        if key.startswith(WHOLE):
            here = f" (here: revision {revision()})" if start == CODE and revision() else ""
            yield f"{said}: {how(was.get(key), now.get(key))}{here}"
        else:
            yield f"{said}: {_arrow(*(one.get(key, 'none').strip(chr(34)) for one in (was, now)))}"


def _apart(old: Opened, new: Opened) -> Iterator[str]:
    """List the pages or sections that differ, and their lines, as they were and as they are here."""
    texts = [[line for _, line in one.lines] for one in (old, new)]
    changed = list[tuple[str, str]]()
    for tag, *(a, b, c, d) in SequenceMatcher(a=texts[0], b=texts[1], autojunk=False).get_opcodes():
        if tag != "equal":
            places = [place for place, _ in old.lines[a:b] or new.lines[c:d]]
            pairs = zip_longest(texts[0][a:b], texts[1][c:d], fillvalue="none")
            changed += zip_longest(places, (_arrow(*pair) for pair in pairs), fillvalue=places[-1])
    written = dict.fromkeys(place for place, _ in changed)
    every = {**old.drawn, **new.drawn}
    drawn = [one for one in every if old.drawn.get(one) != new.drawn.get(one) and one not in written]
    yield f"Differs in: {', '.join(written)}" if written else "" if drawn else SAME
    yield f"Same words, drawn otherwise: {', '.join(drawn)}" if drawn else ""
    yield from _list("Lines, as they were -> as made here", [f"{place}: {pair}" for place, pair in changed])
    was, now = _charted(old), _charted(new)
    behind = [
        f"{', '.join(key)}: {_arrow(was.get(key, 'none'), now.get(key, 'none'))}"
        for key in {**was, **now}
        if was.get(key) != now.get(key)
    ]
    yield from _list("Numbers behind charts, as they were -> as made here", behind)


def _charted(report: Opened) -> dict[tuple[str, ...], str]:
    """Give the numbers that a report draws, by chart, row and column."""
    rows = csv.reader(io.StringIO(report.files[NUMBERS].decode()))
    return {(*row[1:2], f"row {row[2]}", row[3]): row[-1] for row in rows if row[0] == "figure"}


def _list(title: str, lines: Sequence[str]) -> list[str]:
    more = [f"  and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return [f"{title}:", *(f"  {one}" for one in lines[:MOST]), *more] if lines else []


def _arrow(was: str, now: str) -> str:
    return f"{shorten(was, WIDEST)} -> {shorten(now, WIDEST)}"


def _opened(path: Path, raw: bytes) -> Opened:
    try:
        return READERS[path.suffix](raw)
    except Exception as error:  # pypdf ends in errors of many kinds where a file is not whole
        wrong = f"cannot be read to its end ({type(error).__name__}: {error})"
        raise ModelError(mistake(str(path), "", wrong, "a whole PDF or HTML report")) from error


def _pdf(raw: bytes) -> Opened:
    # What it warns of is told as an error, or does not matter.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(raw), strict=True)
    made = Opened({name: data[0] for name, data in reader.attachments.items()})
    made.keywords = str(dict(reader.metadata or {}).get("/Keywords", ""))
    for number, page in enumerate(reader.pages, start=1):
        place = f"page {number}"
        made.lines += [(place, line) for line in page.extract_text().splitlines()]
        made.drawn[place] = sha(b"".join(SHOWN.sub(b"", one) for one in _drawings(page)))
    return made


def _drawings(form: Any) -> Iterator[bytes]:
    """Give what a page or a form draws, and the forms and pictures in it."""
    contents = form.get_contents() if isinstance(form, pypdf.PageObject) else form
    yield contents.get_data() if contents is not None else b""
    for inner in form.get("/Resources", {}).get("/XObject", {}).values():
        yield from _drawings(inner.get_object())


class _Html(HTMLParser):
    """Reads a page: a section begins with its heading, a line ends with its block or row."""

    def __init__(self) -> None:
        super().__init__()
        self.made, self.place, self.words = Opened(), "top", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        data = told.get("src", told.get("href", ""))
        if BLOCK.fullmatch(tag):
            self.end()
        if tag == "meta" and told.get("name") == "keywords":
            self.made.keywords = told["content"]
        if tag == "a" and "download" in told:
            self.made.files[told["download"]] = base64.b64decode(data.partition(",")[2], validate=True)
        elif tag == "img":
            self.made.drawn[self.place] = sha((self.made.drawn.get(self.place, "") + data).encode())

    def handle_endtag(self, tag: str) -> None:
        if BLOCK.fullmatch(tag):
            self.end(heading=bool(HEADING.fullmatch(tag)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def end(self, *, heading: bool = False) -> None:
        line, self.words = " ".join(self.words), []
        if line:
            self.place = line if heading else self.place
            self.made.lines.append((self.place, line))


def _html(raw: bytes) -> Opened:
    reader = _Html()
    reader.feed(raw.decode("utf-8"))
    reader.close()
    reader.end()
    return reader.made


READERS: dict[str, Callable[[bytes], Opened]] = {".pdf": _pdf, ".html": _html}
