"""Make records of what was read, and word every mistake pydantic finds in the house's way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Tag, TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from model.errors import ModelError, in_order, mistake, near
from model.plan.plan import PlanTable
from model.plan.reading import Document, Key
from model.plan.schema import Scenario

WORDS = {
    "float_type": ("a number", "give a number"),
    "int_type": ("a whole number", "give a whole number"),
    "int_from_float": ("a whole number", "give a whole number"),
    "bool_type": ("true or false", "give true or false"),
    "string_type": ("text", "put it in quotes"),
    "finite_number": ("a finite number", "give a finite number"),
    "dict_type": ("a group of keys", "give keys with values"),
    "mapping_type": ("a group of keys", "give keys with values"),
    "model_type": ("a group of keys", "give keys with values"),
    "model_attributes_type": ("a group of keys", "give keys with values"),
    "tuple_type": ("a list", "give a list"),
    "varied": ("a list of values or a range", "[0.1, 0.2], or {low: 0.1, high: 0.2}"),
    "power_of_ten": ("a power of ten", "one such as 0.01 or 100"),
    "string_pattern_mismatch": ("a name", "use lower-case letters, digits and _, a letter first"),
}
MOST_WORDED = 300
ALL = "*"
SERIES = ("kpis", "context")
GROUPS = ("growth", "shocks", "coherence", *SERIES)
COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+ ?%?")


def record(document: Document, kind: Any, key: Key = ()) -> Any:
    part = document.data
    for step in key:
        part = part[step]
    try:
        return TypeAdapter(kind).validate_python(part)
    except ValidationError as error:
        raise ModelError(*_all_worded(document, key, part, kind, error)) from error


def remains(document: Document, kind: Any, filling: Mapping[str, Any]) -> tuple[Any, set[str], list[str]]:
    """Make a record of what is right in a document, so that one mistake does not hide the others."""
    data, doubtful, problems = dict(document.data), set[str](), list[str]()
    for _ in range(2):
        try:
            return TypeAdapter(kind).validate_python(data), doubtful, problems
        except ValidationError as error:
            problems = problems or _all_worded(document, (), data, kind, error)
            wrong, extra = dict[str, set[Any]](), set[tuple[Any, ...]]()
            for one in error.errors(include_url=False, include_input=False):
                top, *inner = one["loc"]
                if one["type"] == "extra_forbidden" and top in SERIES and len(inner) == 2:
                    extra.add(one["loc"])
                else:
                    wrong.setdefault(str(top), set()).update(inner[:1] or [ALL])
            for top in {key for key, _, _ in extra}:
                data[top] = {
                    name: {key: value for key, value in series.items() if (top, name, key) not in extra}
                    if isinstance(series, Mapping)
                    else series
                    for name, series in data[top].items()
                }
            for top, names in wrong.items():
                group = data.pop(top, None)
                if top in filling:
                    data[top] = filling[top]
                elif top in GROUPS and ALL not in names:
                    data[top] = _stood_in(group, names, top)
                    doubtful |= {f"{top}.{name}" for name in names}
    return None, doubtful, problems


def certain(problems: Iterable[str], doubtful: Iterable[str]) -> list[str]:
    """Leave out mistakes that may follow from others: those of keys that have stand-ins."""
    keys = {
        f": {group}.{key.partition('.')[2]}"
        for key in doubtful
        for group in (key.partition(".")[0], "growth")
    }
    marks = tuple(f"{key}{end}" for key in keys for end in ".:")
    words = tuple(f"unknown series {key.partition('.')[2]!r}" for key in doubtful)
    return [one for one in problems if not any(mark in one for mark in (*marks, *words))]


def _stood_in(group: Any, wrong: set[str | int], top: str) -> Any:
    """Put a right neighbour in the place of what is wrong; growth may simply be missing."""
    if isinstance(group, Mapping):
        right = {name: one for name, one in group.items() if name not in wrong}
        model = next(iter(right.values()), None)
        if top == "growth" or model is None:
            return right
        return right | {name: {**model, "id": name} for name in group if name in wrong}
    model = next((one for index, one in enumerate(group) if index not in wrong), None)
    return tuple(model if index in wrong else one for index, one in enumerate(group)) if model else ()


def _all_worded(document: Document, key: Key, part: Any, kind: Any, error: ValidationError) -> list[str]:
    wrong = error.errors(include_url=False)
    found = in_order(_worded(document, key, part, kind, one) for one in wrong[:MOST_WORDED])
    more = len(wrong) - MOST_WORDED
    return [
        *found,
        *([mistake(document.name, "", f"{more} mistakes more than are listed")] if more > 0 else []),
    ]


def _worded(document: Document, prefix: Key, part: Any, asked: Any, error: Mapping[str, Any]) -> str:
    """Word one of pydantic's findings; its location also holds tags that are no keys of the file."""
    kind, context, given = error["type"], error.get("ctx", {}), error.get("input")
    path: list[str | int] = []
    here = part
    steps = [step for step in error["loc"] if step != "[key]"]
    for index, step in enumerate(steps):
        known = isinstance(here, Mapping) and step in here
        if known or (isinstance(here, tuple) and isinstance(step, int)):
            here = here[step]
            path.append(step)
        elif index == len(steps) - 1 and kind == "missing":
            path.append(step)
    key = (*prefix, *path)
    where, named = document.at(key), ".".join(str(step) for step in key)
    if kind == "missing":
        return mistake(where, named, "missing")
    if kind == "invalid_key":
        allowed = "a decimal is written with a point: 0.15" if here is None else "give a name"
        return mistake(where, named, "a number is no key here", allowed)
    if kind == "extra_forbidden":
        return mistake(where, named, "unknown key", near(path[-1], _fields(asked, steps[:-1])))
    tag_key = str(context.get("discriminator", "")).strip("'")
    if kind == "union_tag_not_found":
        return mistake(where, f"{named}.{tag_key}", "missing")
    if kind in ("union_tag_invalid", "literal_error"):
        choices = context.get("expected_tags") or context.get("expected", "").replace(" or ", ", ")
        word = context.get("tag", given)
        dotted = f"{named}.{tag_key}" if tag_key else named
        words = [choice.strip(" '") for choice in choices.split(",")]
        return mistake(document.at((*key, tag_key)), dotted, f"unknown word {word!r}", near(word, words))
    allows = _fields(asked, steps) if kind in ("model_attributes_type", "model_type") else []
    if (
        isinstance(given, str)
        and COMMA.fullmatch(given)
        and (kind in ("float_type", "int_type") or "distribution" in allows)
    ):
        return mistake(where, named, f"{given!r} is not a number", f"write {given.replace(',', '.')}")
    if "distribution" in allows:
        return mistake(where, named, f"{_shown(given)} is not a number", "give a number or a distribution")
    if "zh" in allows:
        return mistake(where, named, f"{_shown(given)} is not text", "put it in quotes")
    if kind in ("too_short", "string_too_short"):
        return mistake(where, named, "empty", "give at least one")
    if kind in ("less_than_equal", "greater_than_equal"):
        return mistake(where, named, f"{_shown(given)} is out of range", error["msg"].split("be ")[-1])
    wanted, allowed = WORDS.get(kind, ("", ""))
    return mistake(where, named, f"{_shown(given)} is not {wanted}" if wanted else error["msg"], allowed)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _fields(kind: Any, steps: Sequence[str | int]) -> list[str]:
    """List the keys a record allows at a location, which may also hold the tags of unions."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not steps:
            return list(kind.model_fields)
        field = kind.model_fields.get(str(steps[0]))
        if field is not None:
            return _fields(field.annotation, steps[1:])
        tags = [get_args(other.annotation) for other in kind.model_fields.values()]
        return _fields(kind, steps[1:]) if (steps[0],) in tags else []
    origin = get_origin(kind)
    if origin in (dict, tuple, Mapping):
        return _fields(get_args(kind)[-1 if origin is not tuple else 0], steps[1:]) if steps else []
    if origin is Annotated and any(Tag(str(step)) in kind.__metadata__ for step in steps[:1]):
        return _fields(get_args(kind)[0], steps[1:])
    inner = get_args(kind)[:1] if origin is Annotated else get_args(kind)
    return max((_fields(option, steps) for option in inner), key=len, default=[])


# What the reader fills in: no key of a file.
FILLED = {"Kpi": ("id",), "Series": ("id",), "Scenario": ("id", "origin")}
KINDS: dict[str, type[BaseModel]] = {"plan": PlanTable, "scenario": Scenario}


def json_schema(kind: str) -> dict[str, Any]:
    made: dict[str, Any] = KINDS[kind].model_json_schema()
    for one in (made, *made.get("$defs", {}).values()):
        title = str(one.get("title", ""))
        # A growth line without a curve means the KPI's own.
        optional = (*FILLED.get(title, ()), *(["curve"] * title.startswith("Growth_")))
        for name in FILLED.get(title, ()):
            one["properties"].pop(name)
        if "required" in one:
            one["required"] = [name for name in one["required"] if name not in optional]
    for one in _every(made):
        one.pop("default", None)
        if "discriminator" in one:
            one.pop("discriminator")
            one["anyOf"] = one.pop("oneOf")
    return {"$schema": GenerateJsonSchema.schema_dialect, **made}


def _every(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _every(part)
