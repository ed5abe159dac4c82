"""The thin glue between the session and the browser: commands arrive as messages, traits are what is seen.

The browser holds no value of its own. Each command carries a sequence number that comes back with what it
led to, so that the browser sends the newest only, and one at a time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from model.errors import ModelError
from model.explorer import files, scene
from model.explorer.answers import Refined, headings, met_by, refine
from model.explorer.controls import RUN
from model.explorer.files import deliver
from model.explorer.printing import Printing, politely
from model.explorer.session import Session
from model.report import numbers
from model.report.words import say

HERE = Path(__file__).parent
# One module, in parts: the browser loads what the kernel sends as one text.
SCRIPTS = ("chart.js", "controls.js", "explorer.js")
WORDS = (
    "title", "preset", "compare", "nothing", "now", "pin", "undo", "redo", "reset", "reset_all", "seek",
    "find", "save", "load", "csv", "report", "cancel", "name", "folder", "first_name", "more", "baseline",
    "large", "small", "target", "controls", "panels", "verdicts", "as_planned", "band", "legend",
    "dead", "keep",
)  # fmt: skip

Message = Mapping[str, Any]
# What the browser asks for that moves the picture; what reads, writes or refines is a method `_do_…`.
MOVES: dict[str, Callable[[Session, Message], None]] = {
    "set": lambda session, asked: session.set(
        str(asked["control"]), asked["value"], str(asked.get("gesture", ""))
    ),
    "reset": lambda session, asked: session.reset(str(asked["control"])),
    "reset_all": lambda session, asked: session.reset_all(),
    "undo": lambda session, asked: session.undo(),
    "redo": lambda session, asked: session.redo(),
    "preset": lambda session, asked: session.choose(str(asked["value"])),
    "pin": lambda session, asked: session.pin(str(asked["value"])),
}


class ExplorerWidget(anywidget.AnyWidget):
    """What the browser sees."""

    _esm = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    _css = (HERE / "explorer.css").read_text(encoding="utf-8")

    words = traitlets.Dict().tag(sync=True)
    presets: traitlets.List[Any] = traitlets.List().tag(sync=True)
    groups: traitlets.List[Any] = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)
    fan = traitlets.Dict().tag(sync=True)
    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    problems = traitlets.Dict().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    job = traitlets.Dict().tag(sync=True)
    in_lab = traitlets.Bool().tag(sync=True)
    answered = traitlets.Int().tag(sync=True)
    # The scenario as a file, for the page to give away when the kernel has ended.
    kept = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: Session, *, in_lab: bool = True) -> None:
        self.session = session
        # The trait of that name is for the page to look at, and whoever talks to the kernel can set it.
        self._may_write = in_lab
        self._revision = 0
        self._structure: tuple[Any, ...] = ()
        self._framed: tuple[Any, ...] = ()
        self._asked = 0
        self._task: asyncio.Task[None] | None = None
        self._printing = Printing(self._told)
        first = session.language
        super().__init__(
            words={key: _text(key, first) for key in WORDS} | {"columns": headings(first)}, in_lab=in_lab
        )
        self._refined(refine(session.plan, session.now, last=session.last, ensemble=None))
        self._shown()
        self.on_msg(self._heard)

    def _heard(self, _: Any, message: Message, __: Any) -> None:
        """Do what the browser asks for; one update answers it."""
        done = message.get("do")
        at = str(message.get("control") or message.get("at") or done)
        with self.hold_sync():
            try:
                if self.problems and done != "refine":
                    self.problems = {}
                if done in MOVES:
                    MOVES[done](self.session, message)
                    self._shown()
                else:
                    getattr(self, f"_do_{done}")(message)
            except ModelError as error:
                # What was tried did not come to stand: the last good picture stays.
                self.problems = {at: _said(error, at)}
            finally:
                self.answered = int(message.get("seq", 0))

    def _do_seek(self, message: Message) -> None:
        session, kpi = self.session, str(message["value"])
        control, found = session.seek(kpi)
        self._shown()
        every = [one for group in self.groups for one in group["controls"] if one["id"] == control]
        shown = [one | self.values.get(control, {}) for one in every]
        self.status = met_by(session.plan.kpis[kpi], found, shown, session.language)

    # Commands that refine, read and write

    def _do_refine(self, _: Message) -> None:
        """Draw the ensemble beside the kernel's own work, so that a slider that moves again is answered."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._arrived(self._work()())
            return
        self._asked = self._revision
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._beside(loop))

    async def _beside(self, loop: asyncio.AbstractEventLoop) -> None:
        """Refine what is asked for, one at a time; of what came meanwhile only the newest."""
        drawn = None
        with politely():
            while drawn != self._asked:
                drawn = self._asked
                refined = await loop.run_in_executor(None, self._work())
        if drawn == self._revision:
            # What belongs to an older picture is not shown: the next rest asks again.
            with self.hold_sync():
                self._arrived(refined)

    def _arrived(self, refined: Refined | ModelError) -> None:
        if isinstance(refined, ModelError):
            self.problems = {f"{RUN}.fan": _said(refined, "")}
            self.fan = {"revision": self._revision, "bands": {}, "together": ""}
        else:
            self._refined(refined)

    def _work(self) -> Callable[[], Refined | ModelError]:
        session = self.session
        return partial(
            _attempted,
            session.plan,
            session.now,
            last=session.last,
            ensemble=session.ensemble,
            language=session.language,
        )

    def _do_load(self, message: Message) -> None:
        self.session.load(str(message["text"]), str(message["name"]))
        self._shown()
        self.status = say("explorer_loaded", self.session.language, name=message["name"])

    def _do_save(self, message: Message) -> None:
        stem, text = self._file(message)
        self._deliver(f"{stem}.yaml", "application/yaml", text.encode(), message)

    def _do_csv(self, message: Message) -> None:
        session = self.session
        stem = files.stem_of(session.shipped, str(message.get("name") or session.chosen.id))
        text = files.table(session.plan, session.chosen, session.now, last=session.last)
        self._deliver(f"{stem}.csv", "text/csv", text.encode(), message)

    def _do_report(self, message: Message) -> None:
        stem, text = self._file(message)
        session = self.session
        self._printing.start(
            session.shipped, stem, text, last=session.last, folder=str(message.get("folder", ""))
        )

    def _do_cancel(self, _: Message) -> None:
        self._printing.cancel()

    # What is to be seen

    def _shown(self) -> None:
        """Bring the traits up to where the session stands; what has not changed is not sent."""
        session = self.session
        structure = (session.structure, len(session.plan.scenarios))
        if structure != self._structure:
            self._structure = structure
            self.groups = scene.described(session)
            self.presets = [
                [name, getattr(one.title, session.language)] for name, one in session.plan.scenarios.items()
            ]
        framed = (session.last, len(session.plan.scenarios), session.state.chosen)
        if framed != self._framed:
            self._framed = framed
            self.frame = scene.frame(session)
        self.values = scene.values(session)
        self.rows = session.rows()
        self._revision += 1
        self.picture = {
            "revision": self._revision,
            "chosen": session.state.chosen,
            "title": session.title,
            "known": {name: max(session.paths.known[name]) for name in session.plan.kpis},
            "lines": session.lines,
            "pinned": session.pinned,
            "held": session.held,
            "undo": bool(session.history.past),
            "redo": bool(session.history.future),
        }

    def _refined(self, refined: Refined) -> None:
        language = self.session.language
        self.rows = self.session.rows(refined)
        together = say("explorer_together", language, chance=refined.together) if refined.together else ""
        self.fan = {"revision": self._revision, "bands": refined.bands, "together": together}
        # What cannot stand as a file is not kept.
        with suppress(ModelError):
            self.kept = self._file({})[1]

    def _file(self, message: Message) -> tuple[str, str]:
        session = self.session
        title = str(message.get("name") or "").strip() or _text("first_name", session.language)
        text = files.scenario_file(
            session.shipped, session.chosen, session.now, title=title, language=session.language
        )
        return files.stem_of(session.shipped, title), text

    def _deliver(self, name: str, mime: str, raw: bytes, message: Message) -> None:
        """Send a file through the widget's own channel; write it, where a folder is named."""
        folder = str(message.get("folder") or "") if self._may_write else ""
        self.status = deliver(name, raw, folder, self.session.language)
        self.send({"file": name, "mime": mime}, buffers=[raw])

    def _told(self, job: dict[str, Any]) -> None:
        """Hear from the child process that makes a report."""
        language = self.session.language
        if "file" in job:
            with self.hold_sync():
                self._deliver(job["name"], "application/pdf", job.pop("file"), job)
                self.job = {}
            return
        key = str(job.pop("key", ""))
        self.job = job if job.get("running") else {}
        self.status = say(f"explorer_{key}", language, **numbers_in(job, language)) if key else ""


def numbers_in(job: Mapping[str, Any], language: str) -> dict[str, str]:
    """Print the counts of a job; words stay as they are."""
    return {
        name: numbers.number(one, 0, language=language) if isinstance(one, int) else str(one)
        for name, one in job.items()
    }


def _text(key: str, language: str) -> str:
    """Give a text of the catalogue whose placeholders the browser fills."""
    from model.report.words import catalogue

    return catalogue()[f"explorer_{key}"][language]


def _attempted(*given: Any, **more: Any) -> Refined | ModelError:
    """Refine, or say why not: an error of another thread has to be brought over."""
    try:
        return refine(*given, **more)
    except ModelError as error:
        return error


def _said(error: ModelError, at: str) -> str:
    """Leave out where it is: nobody wrote an override down, and the message stands at its control."""
    heads = ("--set: ", "explorer: ", "growth.", f"{at}: ")
    said = list(error.problems)
    for head in heads:
        said = [one.removeprefix(head) for one in said]
    return "\n".join(said)


def served() -> bool:
    """Tell whether the kernel works for a served app and not for a notebook."""
    return "VOILA_BASE_URL" in os.environ
