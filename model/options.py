"""The options that commands share, and how they print."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

    from model.plan.plan import Plan


class Year(click.ParamType[Any]):
    """A calendar year, or the word latest."""

    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a year."""
        if value == "latest" or isinstance(value, int):
            return value
        if re.fullmatch("[0-9]{4}", str(value)):
            return int(value)
        return self.fail(f"{value!r} is no year; give four digits, or latest", param, ctx)


OPTIONS: dict[str, Any] = {
    "plan": click.option("--plan", default="china_14fyp_digital", help="Id or folder of a plan pack."),
    "set": click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="SERIES.KEY=VALUE",
        callback=lambda context, _, given: (*given, *context.meta.get("extreme", ())),
        help="Change an assumption (repeatable).",
    ),
    "extreme": click.option(
        "--allow-extreme",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=lambda context, _, given: context.meta.update(extreme=("extreme=true",) * given),
        help="Growth that no published series has come near is meant.",
    ),
    "horizon": click.option("--horizon", type=int, help="Last year; by default the plan's."),
    "as_of": click.option("--as-of", type=Year(), help="Figures known as of this year, or latest."),
    "draws": click.option("--draws", type=int, default=4096, show_default=True, help="A power of two."),
    "seed": click.option("--seed", type=int, default=1, show_default=True, help="Of the random numbers."),
    "all": click.option("--all", "every", is_flag=True, help="All scenarios of the plan."),
    "format": click.option(
        "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
    ),
}


def options(*asked: str, names: bool = False) -> Callable[[Any], Any]:
    """Decorate a command with options, by their names; it gets the plan loaded, and perhaps scenarios."""

    def decorate(command: Any) -> Any:
        @wraps(command)
        def loaded(*given: Any, plan: str, **more: Any) -> Any:
            from model.plan.load import load

            found = load(plan)
            if "all" in asked:
                every = more.pop("every")
                more["names"] = [*found.scenarios] if every else more["names"] or [found.reference]
            return command(*given, plan=found, **more)

        made = loaded
        for name in reversed(asked):
            made = OPTIONS[name](made)
        return click.argument("names", metavar="[SCENARIO]...", nargs=-1)(made) if names else made

    return decorate


def printed(table: pd.DataFrame, form: str, legend: Sequence[str] = (), plan: Plan | None = None) -> None:
    """Print a table as it was asked for; in rows for machines, with the unit of each KPI."""
    from model.report.tables import layout

    if plan and form != "table" and "kpi" in table:
        table = table.assign(unit=table["kpi"].map({name: one.unit.en for name, one in plan.series.items()}))
    if form == "csv":
        click.echo(layout.csv(table), nl=False)
    elif form == "json":
        click.echo(table.to_json(orient="records", force_ascii=False, double_precision=10))
    else:
        click.echo("\n".join([layout.text(table), *legend]))


LEGIBLE = "legible"
UNPRINTED = 1
# What numbers are printed with, where an encoding lacks it. A sign must not get lost.
PLAIN = str.maketrans({"−": "-", "–": "-", "—": "-", "≥": ">=", "≤": "<=", "†": "*", "‡": "**", "…": "..."})


@contextmanager
def console() -> Iterator[None]:
    """Print to standard output and error whatever they are; exit with 1 where that cannot be written."""
    codecs.register_error(LEGIBLE, _legible)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=LEGIBLE)
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        # What is still in the buffer would fail again, with a traceback, when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with suppress(OSError):
            print(
                f"{error.filename or 'standard output'}: cannot be written ({error.strerror})",
                file=sys.stderr,
            )
        raise SystemExit(UNPRINTED) from error


def _legible(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write a sign as ASCII where there is one that means the same, else by its code point, as JSON does."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = error.object[error.start : error.end].translate(PLAIN)
    return plain.encode("ascii", "backslashreplace").decode("ascii"), error.end
