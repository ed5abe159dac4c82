"""What sweep.yaml says: which assumptions take which values, and which of them go together in a run."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Discriminator, Field, Tag
from scipy.stats import qmc

from model.errors import mistake, raise_all
from model.plan.reading import Document
from model.plan.records import record
from model.plan.schema import CalendarYear, Record
from model.uncertainty.ensemble import SEED

MOST_RUNS = 1_000_000
DIGITS = 12
Values = Mapping[str, Any]


class Range(Record):
    """Where an assumption lies: from low to high, in so many steps of a grid."""

    low: float
    high: float
    steps: Annotated[int, Field(ge=2, le=MOST_RUNS)] | None = None

    def at(self, share: float) -> float:
        """Give the value at a share of the way; what binary fractions leave behind is rounded away."""
        return float(f"{self.low + share * (self.high - self.low):.{DIGITS}g}")


Listed = Annotated[tuple[Any, ...], Field(min_length=1), Tag("list")]
Varied = Annotated[
    Listed | Annotated[Range, Tag("range")],
    Discriminator(
        lambda value: {tuple: "list", dict: "range", Range: "range"}.get(type(value)),
        custom_error_type="varied",
        custom_error_message="neither list nor range",
    ),
]


class Sweep(Record):
    """What sweep.yaml says."""

    plan: str | None = None
    scenario: str = ""
    horizon: int | None = None
    as_of: CalendarYear | Literal["latest"] | None = None
    extreme: Literal[True] | None = None
    draws: int | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = SEED
    design: Literal["grid", "latin_hypercube", "sobol"] = "grid"
    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)] | None = None
    vary: Mapping[str, Varied] = Field(default_factory=dict)
    list: tuple[Annotated[Mapping[str, Any], Field(min_length=1)], ...] = ()

    @cached_property
    def keys(self) -> Sequence[str]:
        return [*dict.fromkeys([*self.vary, *(key for one in self.list for key in one)])]

    @cached_property
    def numeric(self) -> set[str]:
        """The assumptions that are given numbers only."""
        lists = {key: one for key, one in self.vary.items() if isinstance(one, tuple)}
        given = [(key, value) for key, values in lists.items() for value in values]
        given += [pair for one in self.list for pair in one.items()]
        other = {key for key, one in given if isinstance(one, bool) or not isinstance(one, int | float)}
        return set(self.keys) - other

    @property
    def count(self) -> int:
        if self.list:
            return len(self.list)
        return self.runs or math.prod(map(len, self.axes.values()))

    def each(self) -> Iterator[Values]:
        """Give what every run changes, one after the other."""
        if self.list:
            yield from self.list
        elif self.design == "grid":
            for values in product(*self.axes.values()):
                yield dict(zip(self.vary, values, strict=True))
        else:
            for point in self._points():
                yield {key: _at(one, x) for (key, one), x in zip(self.vary.items(), point, strict=True)}

    @cached_property
    def axes(self) -> Mapping[str, Sequence[Any]]:
        """Every value of an assumption; of a range without steps its middle and its ends."""
        return {key: self._axis(one) for key, one in self.vary.items()}

    def _axis(self, varied: Any) -> Sequence[Any]:
        if not isinstance(varied, Range):
            return [*varied]
        shares = np.linspace(0, 1, varied.steps) if varied.steps else (0.5, 0.0, 1.0)
        return [varied.at(float(one)) for one in shares]

    def _points(self) -> Any:
        size, random = len(self.vary), np.random.default_rng(self.seed)
        if self.design == "sobol":
            return qmc.Sobol(size, rng=random).random(self.runs)
        return qmc.LatinHypercube(size, rng=random).random(self.runs)


def _at(varied: Any, share: float) -> Any:
    return varied.at(share) if isinstance(varied, Range) else varied[int(share * len(varied))]


def read(document: Document) -> Sweep:
    """Read a sweep; what its parts say against each other is a mistake."""
    sweep: Sweep = record(document, Sweep)
    raise_all(_mistakes(sweep, document))
    return sweep


def _mistakes(sweep: Sweep, document: Document) -> Iterator[str]:
    def wrong(key: str, what: str, allowed: str) -> str:
        return mistake(document.at(key.split(".", 1)), key, what, allowed)

    if bool(sweep.vary) == bool(sweep.list):
        yield wrong("list", "stands beside vary" if sweep.vary else "nothing is varied", "give vary or list")
    if sweep.list:
        for key in sorted({"design", "runs"} & sweep.model_fields_set):
            yield wrong(key, "has no meaning beside list", "leave it out")
        return
    for key, one in sweep.vary.items():
        if isinstance(one, Range):
            if not one.low < one.high:
                yield wrong(f"vary.{key}", f"{one.low:g} is not below {one.high:g}", "low below high")
            if (one.steps is None) == (sweep.design == "grid"):
                known = "give steps" if one.steps is None else f"leave it out: {sweep.design} has runs"
                yield wrong(f"vary.{key}", f"steps {'missing' if one.steps is None else 'given'}", known)
    if sweep.design == "grid":
        if sweep.runs is not None:
            yield wrong("runs", "a grid has as many as its steps make", "leave it out")
        elif sweep.count > MOST_RUNS:
            yield wrong("vary", f"a grid of {sweep.count} runs", f"at most {MOST_RUNS}")
    elif sweep.runs is None:
        yield wrong("runs", "missing", f"{sweep.design} needs it")
    elif sweep.design == "sobol" and sweep.runs & (sweep.runs - 1):
        yield wrong("runs", f"{sweep.runs} is no power of two", f"{2 ** (sweep.runs.bit_length() - 1)}, say")


def flow(value: Any) -> str:
    """Write a value as `--set` reads it."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    return json.dumps(value, ensure_ascii=False)
