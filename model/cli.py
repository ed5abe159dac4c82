"""The command line: parse, one call, print.

Heavy imports wait until a command runs, so that help answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.options import console, options

if TYPE_CHECKING:
    import pandas as pd

    from model.plan.schema import Plan

EXIT_CODES = """\b
Exit codes:
  0    all is well
  1    something that was asked for failed
  2    bad input: nothing was written
  130  interrupted
  143  told to end
"""
FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
SUMMARIES = ("probabilities", "first-years", "quantiles", "spread")


@click.group(
    epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="plan-scenarios", prog_name="scenarios")
def scenarios() -> None:
    """Say what would have to be true for a national plan to be met."""


@scenarios.command()
@click.argument("names", metavar="[SCENARIO]...", nargs=-1)
@options("plan")
def check(names: Sequence[str], plan: str) -> None:
    """Check a plan pack, and scenario files beside it."""
    loaded = _load(plan)
    _each(lambda name: _project(loaded, name), [*loaded.scenarios, *names])
    counts = f"{len(loaded.kpis)} KPIs, {len(loaded.outturns) + len(loaded.context_data)} figures"
    click.echo(f"{loaded.id}: {counts}, {len({*loaded.scenarios, *names})} scenarios: no mistake found")


@scenarios.command("list")
@options("plan", "format")
def list_(plan: str, form: str) -> None:
    """List the scenarios of a plan."""
    from model.plan.assumptions import overview

    _print(overview(_load(plan)), form)


@scenarios.command()
@click.argument("scenario")
@options("plan", "set", "extreme", "format")
def explain(scenario: str, plan: str, overrides: Sequence[str], form: str) -> None:
    """Say what a scenario assumes, and which file set each value."""
    from model.plan.assumptions import assumptions

    projection = _project(_load(plan), scenario, overrides=overrides)
    found = projection.scenario
    if form == "table":
        story = found.narrative.en if found.narrative else ""
        click.echo(f"{found.title.en}\n\n{click.wrap_text(story, 100)}\n")
    _print(assumptions(found, solved=projection.solved), form)


@scenarios.command()
@click.argument("scenario", default="")
@options("plan", "set", "extreme", "horizon", "as_of", "format")
def project(scenario: str, plan: str, form: str, **asked: Any) -> None:
    """Project every KPI under a scenario."""
    from model.evaluation.assessment import judged
    from model.plan.load import reference
    from model.report.tables import layout

    loaded = _load(plan)
    scenario = scenario or reference(loaded)
    found = _project(loaded, scenario, **asked)
    wide = layout.projection(loaded, found.table, marks=found.marks)
    table = wide if form == "table" else judged(found)
    _print(_named(loaded, scenario, asked, table), form, layout.legend(found.marks), loaded)


@scenarios.command()
@click.argument("names", metavar="[SCENARIO]...", nargs=-1)
@options("all", "plan", "set", "extreme", "horizon", "as_of", "draws", "seed", "format")
@click.option("--rules", is_flag=True, help="What published rules say of progress, side by side.")
def assess(names: Sequence[str], every: bool, plan: str, form: str, rules: bool, **asked: Any) -> None:
    """Assess scenarios against the plan's targets, in words and probabilities; csv and json: every rule."""
    import pandas as pd

    from model.evaluation.assessment import assess as judge
    from model.plan.load import reference
    from model.report.tables import layout
    from model.report.tables.progress import graded

    loaded = _load(plan)
    found = _each(
        lambda name: _named(loaded, name, asked, judge(loaded, name, **asked)),
        [*loaded.scenarios] if every else names or [reference(loaded)],
    )
    table = pd.concat(found, ignore_index=True)
    printed = graded(loaded, table) if rules else layout.assessment(loaded, table)
    _print(printed if form == "table" else table, form, plan=loaded)


@scenarios.command()
@click.argument("first")
@click.argument("second")
@options("plan", "set", "extreme", "horizon", "as_of", "format")
def compare(first: str, second: str, plan: str, form: str, overrides: Sequence[str], **asked: Any) -> None:
    """Tell two scenarios apart: changed assumptions and changed numbers; --set changes the second."""
    from model.projection.projection import compare as tell
    from model.report.tables import layout

    loaded = _load(plan)
    both = [one for one in overrides if one == "extreme=true"]
    changes = tell(loaded, first, second, overrides=(both, overrides), **asked)
    if form == "table":
        click.echo(f"Changed assumptions\n{layout.text(changes.assumptions)}\n\nChanged numbers")
        _print(changes.numbers.round(4), form)
    else:
        _print(changes.together(), form, plan=loaded)


@scenarios.command()
@click.argument("scenario", default="")
@options("plan", "set", "extreme", "horizon", "as_of", "draws", "seed", "format")
@click.option("--persistence", type=float, help="Share of a growth shock that the next year inherits.")
@click.option("--correlation", type=float, help="One correlation between the shocks of all KPIs.")
@click.option("--show", type=click.Choice(SUMMARIES), default=SUMMARIES[0], show_default=True)
def simulate(scenario: str, plan: str, form: str, show: str, **asked: Any) -> None:
    """Give probabilities of reaching each target, first years, or quantiles; draws above 2^17 stream."""
    from model.plan.load import reference
    from model.report.phrases import remarks
    from model.report.tables import layout
    from model.uncertainty.streamed import summarise

    loaded = _load(plan)
    scenario = scenario or reference(loaded)
    found = summarise(loaded, scenario, **asked)
    table = _named(loaded, scenario, asked, getattr(found, show.replace("-", "_")))
    _print(layout.likelihoods(table) if form == "table" else table, form, remarks(found), loaded)


@scenarios.command()
@click.argument("names", metavar="[SCENARIO]...", nargs=-1)
@options("plan", "format")
@click.option("--by-kpi", is_flag=True, help="One line a KPI and method.")
@click.option("--basis", type=click.Choice(["published", "comparable", "chained"]), default="published")
def hindsight(names: Sequence[str], plan: str, form: str, by_kpi: bool, basis: str) -> None:
    """Score past projections and naive forecasts against outturns."""
    from model.evaluation.backtest import hindsight as look_back
    from model.evaluation.scores import league
    from model.report.words import say

    loaded = _load(plan)
    if form == "table":
        scores = league(loaded, names, basis=basis, by_kpi=by_kpi).round(3)
        remarks = [say("remark_no_outturn")] if scores.empty else [say("remark_league")] * (not by_kpi)
        _print(scores, form, remarks)
    else:
        _print(look_back(loaded, names).query("basis == @basis"), form)


@scenarios.command()
@click.argument("names", metavar="[SCENARIO]...", nargs=-1)
@options("all", "plan", "set", "extreme", "horizon", "as_of", "draws", "seed")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a processor.")
@click.option("--formats", default="pdf,html,ipynb", show_default=True, help="Comma-separated.")
@click.option("--annex", type=click.Choice(["code"]), help="Add the notebook's code.")
@click.option("--dry-run", is_flag=True, help="Check everything, render nothing.")
def report(names: Sequence[str], every: bool, plan: str, **asked: Any) -> None:
    """Render scenarios as PDF, HTML and executed notebooks, and a comparison of them."""
    from model.export.batch import report as render
    from model.plan.load import reference

    loaded = _load(plan)
    chosen = [*loaded.scenarios] if every else names or [reference(loaded)]
    run = render(plan, chosen, **asked)
    click.echo(run.summary())
    if run.failed:
        raise SystemExit(FAILED)


@scenarios.command("new-plan")
@click.argument("folder", type=click.Path(path_type=Path))
def new_plan(folder: Path) -> None:
    """Begin a plan pack: a folder with commented files that check accepts; none is overwritten."""
    from model.plan.places import begin

    begin(folder)
    click.echo(f"{folder / 'plan.yaml'}: fill it in, then: scenarios check --plan {folder}")


@scenarios.command()
@click.argument("kind", type=click.Choice(["plan", "scenario"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of plan.yaml or of scenario files, for editors."""
    import json

    from model.plan.dictionary import json_schema

    click.echo(json.dumps(json_schema(kind), indent=2, allow_nan=False))


def main() -> None:
    """Run the command line; mistakes in the input go to standard error, exit code 2."""
    from model.errors import ModelError

    with console():
        try:
            scenarios(standalone_mode=False)
        except ModelError as error:
            click.echo(str(error), err=True)
            raise SystemExit(BAD_INPUT) from error
        except click.ClickException as error:
            error.show()
            raise SystemExit(BAD_INPUT) from error
        except (KeyboardInterrupt, click.Abort) as error:
            click.echo("interrupted", err=True)
            raise SystemExit(INTERRUPTED) from error


def _load(plan: str) -> Plan:
    from model.plan.load import load

    return load(plan)


def _project(plan: Plan, scenario: str, **asked: Any) -> Any:
    from model.projection.projection import project

    return project(plan, scenario, **asked)


def _named(plan: Plan, scenario: str, asked: dict[str, Any], table: pd.DataFrame) -> pd.DataFrame:
    """Name what was edited in every row."""
    from model.plan.assumptions import label
    from model.projection.projection import settle

    column = next((one for one in ("scenario", "Scenario") if one in table), "")
    edited = label(settle(plan, scenario), settle(plan, scenario, asked["overrides"]))
    return table.assign(**{column: edited}) if column else table


def _each(call: Callable[[str], Any], names: Sequence[str]) -> list[Any]:
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


def _print(table: pd.DataFrame, form: str, legend: Sequence[str] = (), plan: Plan | None = None) -> None:
    from model.report.tables import layout

    if plan and form != "table" and "kpi" in table:
        table = table.assign(unit=table["kpi"].map({name: one.unit.en for name, one in plan.series.items()}))
    if form == "csv":
        click.echo(layout.csv(table), nl=False)
    elif form == "json":
        click.echo(table.to_json(orient="records", force_ascii=False, double_precision=10))
    else:
        click.echo("\n".join([layout.text(table), *legend]))


if __name__ == "__main__":
    main()
    sys.exit(0)
