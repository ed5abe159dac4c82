"""How far a batch is: bars where somebody watches, lines in logs, events for programs, or nothing."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any, Literal

from tqdm import tqdm

from model.export.render import Outcome

Shown = Literal["auto", "quiet", "json"]
BAR = "{desc:<44.44} {bar:20} {n_fmt}/{total_fmt} {elapsed}<{remaining}"


class Progress:
    """Told by every report in its own thread."""

    def __init__(self, reports: int, shown: Shown) -> None:
        self.shown, self.reports, self.done = shown, reports, 0
        self._lock, self._places = threading.Lock(), dict[str, Any]()
        watched = shown == "auto" and sys.stderr.isatty()
        self._all = self._bar("reports", reports, 0) if watched else None

    def stage(self, report: str, stage: str, done: int, total: int) -> None:
        """Say that a report has done so many steps of so many, and what it does now."""
        if self.shown == "json":
            self._say({"event": "stage", "report": report, "stage": stage, "done": done, "total": total})
        if self._all is None:
            return
        with self._lock:
            if report not in self._places:
                taken = {bar.pos for bar in self._places.values()}
                free = next(place for place in range(1, self.reports + 2) if -place not in taken)
                self._places[report] = self._bar(report, total, free)
            bar = self._places[report]
            bar.set_description_str(f"{report}: {stage}", refresh=False)
            bar.n, bar.total = done, total
            bar.refresh()

    def end(self, outcome: Outcome) -> None:
        self.done += 1
        said = outcome.outcome
        if self.shown == "json":
            told = {"report": outcome.name, "outcome": said, "seconds": round(outcome.seconds, 3)}
            self._say({"event": "end", **told, "files": outcome.files, "error": outcome.error})
        elif self._all is not None:
            with self._lock:
                if bar := self._places.pop(outcome.name, None):
                    bar.close()
                self._all.update()
        elif self.shown == "auto":
            line = f"{self.done}/{self.reports} {outcome.name} {said} {outcome.seconds:.1f} s"
            print(line, file=sys.stderr, flush=True)

    def close(self) -> None:
        for bar in (*self._places.values(), self._all):
            if bar is not None:
                bar.close()

    def _bar(self, name: str, total: int, place: int) -> Any:
        kept = {"leave": place == 0, "position": place}
        return tqdm(desc=name, total=total, bar_format=BAR, file=sys.stderr, dynamic_ncols=True, **kept)

    def _say(self, event: dict[str, Any]) -> None:
        with self._lock:
            print(json.dumps(event, ensure_ascii=False), flush=True)
