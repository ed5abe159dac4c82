"""The thin glue between the session and the browser: commands arrive as messages, traits are what is seen.

The browser holds no value of its own. Each command carries a sequence number that comes back with what it
led to, so that the browser sends the newest only, and one at a time.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from model.errors import ModelError
from model.explorer import files, view
from model.explorer.controls import RUN
from model.explorer.session import Session
from model.explorer.view import Refined, refine
from model.report.language import catalogue

HERE = Path(__file__).parent
# One module, in parts: the browser loads what the kernel sends as one text.
SCRIPTS = ("chart.js", "controls.js", "explorer.js")
WORDS = (
    "title", "preset", "compare", "nothing", "now", "pin", "undo", "redo", "reset", "reset_all", "seek",
    "find", "save", "load", "csv", "report", "cancel", "name", "folder", "first_name", "more", "baseline",
    "large", "small", "target", "controls", "panels", "verdicts", "as_planned", "band", "legend",
    "dead", "keep",
)  # fmt: skip

# Seconds; Python's own five milliseconds, waited for a dozen times a step, would be felt.
HAND_OVER = 0.0005
_polite: list[float] = []

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
        self._printing = files.Printing(self._told)
        words = {key: self._text(key) for key in WORDS} | {"columns": view.headings(session.language)}
        super().__init__(words=words, in_lab=in_lab)
        self._refined(refine(session.projection, session.language))
        self._shown()
        self.on_msg(self._heard)

    def _heard(self, _: Any, message: Message, __: Any) -> None:
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
        self.status = view.met_by(session.language, session.plan.kpis[kpi], found, shown)

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
        return partial(_attempted, session.projection, session.language, session.ensemble)

    def _do_load(self, message: Message) -> None:
        self.session.load(str(message["text"]), str(message["name"]))
        self._shown()
        self.status = self.session.language.say("explorer_loaded", name=message["name"])

    def _do_save(self, message: Message) -> None:
        stem, text = self._file(message)
        self._deliver(f"{stem}.yaml", "application/yaml", text.encode(), message)

    def _do_csv(self, message: Message) -> None:
        session = self.session
        stem = files.stem_of(session.shipped.scenarios, str(message.get("name") or session.chosen.id))
        text = files.table(session.projection, session.chosen)
        self._deliver(f"{stem}.csv", "text/csv", text.encode(), message)

    def _do_report(self, message: Message) -> None:
        stem, text = self._file(message)
        session = self.session
        self._printing.start(
            session.shipped.source, stem, text, last=session.last, folder=str(message.get("folder", ""))
        )

    def _do_cancel(self, _: Message) -> None:
        self._printing.cancel()

    # What is to be seen

    def _shown(self) -> None:
        """Bring the traits up to where the session stands; what has not changed is not sent."""
        session = self.session
        structure = (session.state.structure, len(session.plan.scenarios))
        if structure != self._structure:
            self._structure = structure
            self.groups = view.described(session)
            scenarios = session.plan.scenarios.items()
            self.presets = [[name, session.language.of(one.title)] for name, one in scenarios]
        framed = (session.last, len(session.plan.scenarios), session.state.chosen)
        if framed != self._framed:
            self._framed = framed
            self.frame = view.frame(session)
        self.values = view.values(session)
        self.rows = view.rows(session)
        self._revision += 1
        self.picture = {
            "revision": self._revision,
            "chosen": session.state.chosen,
            "title": session.title,
            "known": {name: session.projection.paths.anchor(name) for name in session.plan.kpis},
            "lines": session.lines,
            "pinned": session.pinned,
            "held": session.held,
            "undo": bool(session.history.past),
            "redo": bool(session.history.future),
        }

    def _refined(self, refined: Refined) -> None:
        self.session.refined(refined)
        self.rows = view.rows(self.session)
        together = refined.together
        if together:
            together = self.session.language.say("explorer_together", chance=together)
        self.fan = {"revision": self._revision, "bands": refined.bands, "together": together}
        # What cannot stand as a file is not kept.
        with suppress(ModelError):
            self.kept = self._file({})[1]

    def _file(self, message: Message) -> tuple[str, str]:
        session = self.session
        title = str(message.get("name") or "").strip() or self._text("first_name")
        given = (session.shipped, session.chosen, session.now)
        text = files.scenario_file(*given, title=title, language=session.language)
        return files.stem_of(session.shipped.scenarios, title), text

    def _deliver(self, name: str, mime: str, raw: bytes, message: Message) -> None:
        """Send a file through the widget's own channel; write it, where a folder is named."""
        folder = str(message.get("folder") or "") if self._may_write else ""
        self.status = files.deliver(name, raw, folder, self.session.language)
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
        printed = {
            name: language.number(one, 0) if isinstance(one, int) else one for name, one in job.items()
        }
        self.status = language.say(f"explorer_{key}", **printed) if key else ""

    def _text(self, key: str) -> str:
        """Give a text of the catalogue whose placeholders the browser fills."""
        return catalogue()[f"explorer_{key}"][self.session.language.id]


@contextmanager
def politely() -> Iterator[None]:
    """Let the work beside hand over often: a slider that moves meanwhile is answered at once."""
    _polite.append(sys.getswitchinterval())
    sys.setswitchinterval(min(_polite[0], HAND_OVER))
    try:
        yield
    finally:
        # Several explorers of one kernel may work at once: the last one puts back what the first one found.
        before = _polite[0] if len(_polite) == 1 else sys.getswitchinterval()
        _polite.pop()
        sys.setswitchinterval(before)


def _attempted(*given: Any) -> Refined | ModelError:
    """Refine, or say why not: an error of another thread has to be brought over."""
    try:
        return refine(*given)
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
    return "VOILA_BASE_URL" in os.environ
