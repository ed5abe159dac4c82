"""Frozen records of a plan pack: what its files may say, and nothing else.

The records refuse unknown keys, wrong types, NaN and infinity. Which arguments a curve, a distribution or a
shock takes is read off the functions (`model.growth.arguments`), so a new function needs no line here.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    create_model,
)
from pydantic_core import PydanticCustomError

from model.growth.arguments import Argument, arguments, per_cent
from model.growth.curves import CURVES
from model.growth.distributions import DISTRIBUTIONS
from model.growth.shocks import SHOCKS

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
OPERATIONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
# Published shares are printed to one decimal: an identity holds if it holds to that precision.
IDENTITY_TOLERANCE = 0.05
CalendarYear = Annotated[int, Field(ge=1900, le=2200)]


class Record(BaseModel):
    """Frozen, strict record: unknown keys, text for numbers, NaN and infinity are errors."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True
    )


class Text(Record):
    """A text in two languages; in a file, a bare text stands for both."""

    en: Words
    zh: Words


def _both(value: object) -> object:
    return {"en": value, "zh": value} if isinstance(value, str) else value


if TYPE_CHECKING:
    AnyText: TypeAlias = Text
else:
    AnyText = Annotated[Text, BeforeValidator(_both, json_schema_input_type=str | Text)]


def _power(value: float) -> float:
    if value <= 0 or value != float(f"1e{round(math.log10(value))}"):
        raise PydanticCustomError("power_of_ten", "no power of ten")
    return value


class Unit(Text):
    """A unit in two languages; an index has none. In Chinese, values are printed times `zh_scale`."""

    en: str
    zh: str
    zh_scale: Annotated[float, AfterValidator(_power)] = 1.0

    @property
    def zh_places(self) -> int:
        """By how many places the Chinese unit moves the decimal point to the right."""
        return round(math.log10(self.zh_scale))


class Parameter(Record):
    """One argument of a curve or shock: always a distribution; a bare number is `fixed`."""

    distribution: str

    @cached_property
    def arguments(self) -> dict[str, float]:
        """The distribution's arguments by name."""
        return {name: getattr(self, name) for name in arguments(DISTRIBUTIONS[self.distribution])}

    def quantile(self, level: ArrayLike) -> NDArray[np.float64]:
        """Give the value below which the share `level`, in (0, 1), of the draws lies."""
        return DISTRIBUTIONS[self.distribution](level, **self.arguments)

    @cached_property
    def central(self) -> float:
        """The median: what a projection without draws uses."""
        return float(self.quantile(0.5))


class Reach(Record):
    """A point a curve is to pass through, in place of its one free parameter."""

    year: CalendarYear
    value: float | Literal["target"]


class Growth(Record):
    """How one series grows: a curve and its arguments, or the point it is to reach.

    `source` says where the assumption comes from, or that it is a judgement. `reread`: a fading rate is the
    growth last published, and as of a later year it is read again.
    """

    curve: str
    reach: Reach | None = None
    reread: Literal[True] | None = None
    source: AnyText | None = None

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """The curve's arguments that are given: `Parameter`, series id, rates a year, or `Growth`."""
        given = {name: getattr(self, name) for name in arguments(CURVES[self.curve])}
        return {name: value for name, value in given.items() if value is not None}

    def numbers(self, prefix: str = "") -> Iterator[tuple[str, Parameter, Argument]]:
        """List the numbers of the curve: dotted name, parameter, and what it may be."""
        declared = arguments(CURVES[self.curve])
        for name, value in self.arguments.items():
            if isinstance(value, Parameter):
                yield prefix + name, value, declared[name]
            elif isinstance(value, Growth):
                yield from value.numbers(f"{prefix}{name}.")
            elif isinstance(value, Mapping):
                yield from ((f"{prefix}{name}.{year}", one, declared[name]) for year, one in value.items())


class Shock(Record):
    """A disturbance of one series: a shape of `model.growth.shocks` and its arguments."""

    kpi: Id
    shape: str
    source: AnyText | None = None

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """The shape's arguments that are given: `Parameter`, year, count or word."""
        given = {name: getattr(self, name) for name in arguments(SHOCKS[self.shape])}
        return {name: value for name, value in given.items() if value is not None}


def _distribution(value: object) -> object:
    given = isinstance(value, int | float) and not isinstance(value, bool)
    return {"distribution": "fixed", "value": value} if given else value


def _generated(base: Any, tag: str, functions: Mapping[str, Callable[..., Any]], field: Any) -> Any:
    """Make one record a function, told apart by the key `tag`; its fields are the arguments."""
    members = []
    for name, function in functions.items():
        fields: dict[str, Any] = {tag: (Literal[name], ...)}
        for argument, declared in arguments(function).items():
            kind = field(declared)
            # A curve's argument may be left out for `reach` or the KPI's own ceiling.
            required = declared.required and base is not Growth
            fields[argument] = (kind, ...) if required else (kind | None, None)
        members.append(create_model(f"{base.__name__}_{name}", __base__=base, **fields))
    return Annotated[reduce(or_, members), Field(discriminator=tag)]


def _shock_field(argument: Argument) -> Any:
    whole = {"year": CalendarYear, "count": int, "word": Literal[argument.words] if argument.words else str}
    return whole.get(argument.kind, AnyRate)


def _curve_field(argument: Argument) -> Any:
    fields = {
        "ceiling": AnyCeiling,
        "rates": dict[CalendarYear, AnyRate],
        "series": Id,
        "growth": PlainGrowth,
    }
    return fields.get(argument.kind, AnyParameter if argument.unit.startswith("KPI") else AnyRate)


if TYPE_CHECKING:
    AnyUnit: TypeAlias = Unit
    AnyParameter: TypeAlias = Parameter
    AnyRate: TypeAlias = Parameter
    AnyCeiling: TypeAlias = Parameter | str
    PlainGrowth: TypeAlias = Growth
    AnyGrowth: TypeAlias = Growth
    AnyShock: TypeAlias = Shock
else:
    AnyUnit = Annotated[Unit, BeforeValidator(_both, json_schema_input_type=str | Unit)]
    DRAWN = _generated(Parameter, "distribution", DISTRIBUTIONS, lambda argument: float)
    AnyParameter = Annotated[DRAWN, BeforeValidator(_distribution, json_schema_input_type=float | DRAWN)]
    # A share of one, which may be written in per cent; a slope has the KPI's own unit.
    AnyRate = Annotated[AnyParameter, BeforeValidator(per_cent, json_schema_input_type=str | float | DRAWN)]
    AnyCeiling = Annotated[
        Annotated[Id, Tag("series")] | Annotated[AnyParameter, Tag("parameter")],
        Discriminator(lambda value: "series" if isinstance(value, str) else "parameter"),
    ]
    # What stands inside another curve (the numerator of a ratio) is itself no ratio.
    PLAIN = {
        name: curve
        for name, curve in CURVES.items()
        if not any(argument.kind == "growth" for argument in arguments(curve).values())
    }
    PlainGrowth = None
    PlainGrowth = _generated(Growth, "curve", PLAIN, _curve_field)
    AnyGrowth = _generated(Growth, "curve", CURVES, _curve_field)
    AnyShock = _generated(Shock, "shape", SHOCKS, _shock_field)


class Scenario(Record):
    """A named set of growth assumptions and shocks."""

    id: Id
    title: AnyText
    extends: Id | None = None
    narrative: AnyText | None = None
    as_of: CalendarYear | Literal["latest"] | None = None
    extreme: Literal[True] | None = None  # growth that no published series has come near is meant
    growth: Mapping[Id, AnyGrowth] = Field(default_factory=dict)
    shocks: tuple[AnyShock, ...] = ()
    # Where each value was set: dotted key -> "file:line".
    origin: Mapping[str, str] = Field(default_factory=dict)

    def set_by(self, key: str, whole: str = "") -> str:
        """Give the file and line that set a key, or the nearest key around it."""
        while key and key not in self.origin:
            key = key.rpartition(".")[0]
        return self.origin.get(key, whole)


class Rule(Record):
    """A relation between series that published data or the plan's definitions imply."""

    id: Id
    rule: Words
    hard: bool
    reason: AnyText

    @cached_property
    def sides(self) -> tuple[ast.expr, str, ast.expr]:
        """What stands left of its sign, the sign, and what stands right of it."""
        sign = "<=" if "<=" in self.rule else "="
        left, found, right = self.rule.partition(sign)
        if not found:
            raise ValueError("neither <= nor = stands in it")
        return _expression(left), sign, _expression(right)

    def excess(self, values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Measure by how much values break the rule."""
        left, sign, right = self.sides
        difference = np.asarray(_value(left, values) - _value(right, values), dtype=float)
        return difference if sign == "<=" else np.abs(difference) - IDENTITY_TOLERANCE


def _expression(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{text.strip()!r} is no expression") from error


def _value(side: ast.expr, values: Mapping[str, Any]) -> Any:
    try:
        return _node(side, values)
    except TypeError as error:
        raise ValueError(f"{ast.unparse(side)!r} is no expression") from error


def _node(node: ast.expr, values: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](_node(node.left, values), _node(node.right, values))
    raise TypeError(ast.dump(node))
