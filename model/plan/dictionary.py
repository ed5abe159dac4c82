"""JSON Schemas of plan.yaml and of scenario files, for editors and for the data dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from model.plan.schema import PlanTable, Record, Scenario

# What the reader fills in: no key of a file.
FILLED = {"Kpi": ("id",), "Series": ("id",), "Scenario": ("id", "origin")}
KINDS: dict[str, type[Record]] = {"plan": PlanTable, "scenario": Scenario}


def json_schema(kind: str) -> dict[str, Any]:
    """Describe a file as JSON Schema."""
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
