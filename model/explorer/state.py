"""Where the explorer stands: the chosen scenario, what was set, and the way back.

Everything here is a frozen noun; every verb gives a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

DEEPEST = 500


@dataclass(frozen=True)
class State:
    """What is set."""

    chosen: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def with_settings(self, changes: Mapping[str, Any]) -> State:
        """Set some controls; None puts one back."""
        merged = {**self.settings, **changes}
        return replace(self, settings={key: one for key, one in merged.items() if one is not None})

    def without(self, prefix: str) -> State:
        """Put back every control whose id begins so."""
        return replace(
            self, settings={key: one for key, one in self.settings.items() if not key.startswith(prefix)}
        )


@dataclass(frozen=True)
class History:
    """The states before and after the present one."""

    present: State
    past: tuple[State, ...] = ()
    future: tuple[State, ...] = ()
    gesture: str = ""

    def then(self, state: State, gesture: str = "") -> History:
        """Go on to a state."""
        if state == self.present:
            return self
        if gesture and gesture == self.gesture:
            return replace(self, present=state, future=())
        return History(state, (*self.past, self.present)[-DEEPEST:], (), gesture)

    def undone(self) -> History:
        """Go one step back; at the beginning, stay."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.present))

    def redone(self) -> History:
        """Go one step forward again; at the end, stay."""
        if not self.future:
            return self
        return History(self.future[-1], (*self.past, self.present), self.future[:-1])
