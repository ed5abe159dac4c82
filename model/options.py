"""The options that commands share, and how they print."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

    from model.plan.plan import Plan
    from model.projection.projection import Projection
    from model.report.language import Language


class Year(click.ParamType[Any]):
    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
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
    "language": click.option(
        "--language",
        type=click.Choice(["en", "zh"]),
        default="en",
        show_default=True,
        help="Of what is for people.",
    ),
    "format": click.option(
        "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
    ),
}


@dataclass(frozen=True)
class Asked:
    """What was asked for: of which plan, under which circumstances, in which form."""

    plan: Plan
    form: str = "table"
    overrides: Sequence[str] = ()
    horizon: int | None = None
    as_of: Any = None
    language: str = "en"

    @property
    def words(self) -> Language:
        from model.report.language import Language

        return Language(self.language)

    def project(self, scenario: str) -> Projection:
        from model.projection.projection import project

        circumstances = {"horizon": self.horizon, "as_of": self.as_of, "overrides": self.overrides}
        return project(self.plan, scenario, **circumstances)

    def each(self, call: Callable[[str], Any], names: Sequence[str]) -> list[Any]:
        """Call for every name, and report the mistakes of all of them at once."""
        from model.errors import ModelError, raise_all

        results, problems = list[Any](), list[str]()
        for name in dict.fromkeys(names):
            try:
                results.append(call(name))
            except ModelError as error:
                problems += error.problems
        raise_all(problems)
        return results

    def named(self, scenario: str, made: Projection, table: pd.DataFrame) -> pd.DataFrame:
        """Name what was edited in every row."""
        from model.plan.assumptions import label
        from model.projection.projection import resolve

        column = next((one for one in ("scenario", self.words.say("column_scenario")) if one in table), "")
        edited = label(resolve(self.plan, scenario), made.scenario)
        return table.assign(**{column: edited}) if column else table

    def print(self, table: pd.DataFrame, legend: Sequence[str] = (), *, units: bool = False) -> None:
        """Print a table; in rows for machines perhaps with the unit of each KPI."""
        from model.report.tables import layout

        if self.form == "table":
            click.echo("\n".join([layout.text(table), *legend]))
            return
        if units and "kpi" in table:
            by_name = {name: one.unit.en for name, one in self.plan.series.items()}
            table = table.assign(unit=table["kpi"].map(by_name))
        if self.form == "csv":
            click.echo(layout.csv(table), nl=False)
        else:
            click.echo(table.to_json(orient="records", force_ascii=False, double_precision=10))


def options(*names: str, scenarios: bool = False) -> Callable[[Any], Any]:
    """Decorate a command with options, by their names; it gets what was asked for as one."""

    def decorate(command: Any) -> Any:
        @wraps(command)
        def loaded(*given: Any, plan: str, **more: Any) -> Any:
            from model.plan.load import load

            whole = load(plan)
            asked = {one.name: more.pop(one.name) for one in fields(Asked) if one.name in more}
            if "every" in more:
                every = whole.ordered if more.pop("every") else more["names"] or [whole.reference]
                more["names"] = every
            return command(Asked(whole, **asked), *given, **more)

        made = loaded
        for name in reversed(("plan", *names)):
            made = OPTIONS[name](made)
        return click.argument("names", metavar="[SCENARIO]...", nargs=-1)(made) if scenarios else made

    return decorate


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
