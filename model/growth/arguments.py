"""What a keyword-only argument may be: the schema of scenario files, read off the functions.

Curves, distributions and shocks annotate each keyword-only argument with an `Argument`; the reader
of scenario files, the command line and the sliders all ask `arguments` what a function takes.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, get_type_hints

from numpy.typing import ArrayLike

PER_CENT = re.compile(r"([-+]?[0-9]+(?:\.[0-9]+)?) ?%")
Kind = Literal["number", "ceiling", "rates", "growth", "series", "year", "count", "word"]


@dataclass(frozen=True)
class Argument:
    kind: Kind = "number"
    low: float = -math.inf
    high: float = math.inf
    closed: bool = False
    unit: str = ""
    words: tuple[str, ...] = ()
    required: bool = True

    def admits(self, value: float) -> bool:
        if self.closed:
            return self.low <= value <= self.high
        return self.low < value < self.high

    @property
    def limits(self) -> str:
        low, high = f"{self.low:g}", f"{self.high:g}"
        if math.isinf(self.low) and math.isinf(self.high):
            words = "a finite number"
        elif math.isinf(self.high):
            words = f"at least {low}" if self.closed else f"above {low}"
        else:
            words = f"from {low} to {high}" if self.closed else f"above {low} and below {high}"
        return f"{words} {self.unit}".rstrip()


Rate = Annotated[ArrayLike, Argument(low=-1.0, high=20.0, unit="a year")]
Slope = Annotated[ArrayLike, Argument(unit="KPI units a year")]
Speed = Annotated[ArrayLike, Argument(low=-20.0, high=20.0, unit="a year")]
Decay = Annotated[ArrayLike, Argument(low=0.0, high=20.0, unit="a year")]
Damping = Annotated[ArrayLike, Argument(low=0.0, high=1.0, closed=True)]
Coefficient = Annotated[ArrayLike, Argument(low=0.0, high=10.0, closed=True, unit="a year")]
Ceiling = Annotated[ArrayLike, Argument("ceiling", low=0.0)]
Rates = Annotated[Mapping[int, ArrayLike], Argument("rates", low=-1.0, high=20.0, unit="a year")]
Index = Annotated[ArrayLike, Argument("growth")]
Series = Annotated[ArrayLike, Argument("series")]


def per_cent(value: Any) -> Any:
    """Read what is written in per cent as a share of one, also within a distribution."""
    if isinstance(value, Mapping):
        return {key: per_cent(one) for key, one in value.items()}
    written = PER_CENT.fullmatch(value) if isinstance(value, str) else None
    return float(f"{written[1]}e-2") if written else value


@cache
def arguments(function: Callable[..., Any]) -> dict[str, Argument]:
    """Name the keyword-only arguments of a function, and what each may be."""
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            declared: Argument = hints[name].__metadata__[0]
            required = parameter.default is parameter.empty
            found[name] = replace(declared, required=required)
    return found
