"""The command line: parse, one call, print.

Heavy imports wait until a command runs, so that help answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.options import console, options, printed

if TYPE_CHECKING:
    import pandas as pd

    from model.plan.plan import Plan
    from model.projection.projection import Projection

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
BASES = ("published", "comparable", "chained")


@click.group(
    epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="plan-scenarios", prog_name="scenarios")
def scenarios() -> None:
    """Say what would have to be true for a national plan to be met."""


@scenarios.command()
@options("plan", names=True)
def check(names: Sequence[str], plan: Plan) -> None:
    """Check a plan pack, and scenario files beside it."""
    _each(lambda name: _project(plan, name), [*plan.scenarios, *names])
    counts = f"{len(plan.kpis)} KPIs, {len(plan.figures.published)} figures"
    click.echo(f"{plan.id}: {counts}, {len({*plan.scenarios, *names})} scenarios: no mistake found")


@scenarios.command("list")
@options("plan", "format")
def list_(plan: Plan, form: str) -> None:
    """List the scenarios of a plan."""
    from model.plan.assumptions import overview

    printed(overview(plan), form)


@scenarios.command()
@click.argument("scenario")
@options("plan", "set", "extreme", "format")
def explain(scenario: str, plan: Plan, overrides: Sequence[str], form: str) -> None:
    """Say what a scenario assumes, and which file set each value."""
    from model.plan.assumptions import assumptions

    projection = _project(plan, scenario, overrides=overrides)
    found = projection.scenario
    if form == "table":
        story = found.narrative.en if found.narrative else ""
        click.echo(f"{found.title.en}\n\n{click.wrap_text(story, 100)}\n")
    printed(assumptions(found, solved=projection.solved), form)


@scenarios.command()
@click.argument("scenario", default="")
@options("plan", "set", "extreme", "horizon", "as_of", "format")
def project(scenario: str, plan: Plan, form: str, **asked: Any) -> None:
    """Project every KPI under a scenario."""
    from model.evaluation.assessment import judged
    from model.report.tables import layout

    found = _project(plan, scenario, **asked)
    table = layout.projection(found) if form == "table" else judged(found)
    printed(_named(scenario, found, table), form, layout.legend(found.marks), plan)


@scenarios.command()
@options("all", "plan", "set", "extreme", "horizon", "as_of", "draws", "seed", "format", names=True)
@click.option("--rules", is_flag=True, help="What published rules say of progress, side by side.")
def assess(
    names: Sequence[str], plan: Plan, form: str, rules: bool, draws: int, seed: int, **asked: Any
) -> None:
    """Assess scenarios against the plan's targets, in words and probabilities; csv and json: every rule."""
    import pandas as pd

    from model.evaluation.assessment import assessed
    from model.projection.projection import aimed
    from model.report.tables import layout

    def one(name: str) -> pd.DataFrame:
        made = aimed(_project(plan, name, **asked))
        found = assessed(made, draws, seed)
        if form != "table":
            return _named(name, made, found.table)
        shown = layout.graded(found.grades, made.scenario.id) if rules else layout.assessment(found.verdicts)
        return _named(name, made, shown)

    printed(pd.concat(_each(one, names), ignore_index=True), form, plan=plan)


@scenarios.command()
@click.argument("first")
@click.argument("second")
@options("plan", "set", "extreme", "horizon", "as_of", "format")
def compare(first: str, second: str, plan: Plan, form: str, overrides: Sequence[str], **asked: Any) -> None:
    """Tell two scenarios apart: changed assumptions and changed numbers; --set changes the second."""
    import pandas as pd

    from model.projection.compare import compare as tell
    from model.report.tables import layout

    both = [one for one in overrides if one == "extreme=true"]
    changes = tell(plan, first, second, overrides=(both, overrides), **asked)
    if form == "table":
        click.echo(f"Changed assumptions\n{layout.text(changes.assumptions)}\n\nChanged numbers")
        printed(changes.numbers.round(4), form)
    else:
        parts = {"assumption": changes.assumptions, "number": changes.numbers.rename(columns={"year": "key"})}
        every = [part.assign(what=what) for what, part in parts.items()]
        printed(pd.concat(every, ignore_index=True), form, plan=plan)


@scenarios.command()
@click.argument("scenario", default="")
@options("plan", "set", "extreme", "horizon", "as_of", "draws", "seed", "format")
@click.option("--persistence", type=float, help="Share of a growth shock that the next year inherits.")
@click.option("--correlation", type=float, help="One correlation between the shocks of all KPIs.")
@click.option("--show", type=click.Choice(SUMMARIES), default=SUMMARIES[0], show_default=True)
def simulate(
    scenario: str, plan: Plan, form: str, show: str,
    horizon: int | None, as_of: Any, overrides: Sequence[str], **asked: Any,
) -> None:  # fmt: skip
    """Give probabilities of reaching each target, first years, or quantiles; draws above 2^17 stream."""
    from model.projection.projection import aimed
    from model.report.language import ENGLISH
    from model.report.tables import layout
    from model.uncertainty.ensemble import simulate as draw

    made = aimed(_project(plan, scenario, horizon=horizon, as_of=as_of, overrides=overrides))
    found = draw(made, **asked)
    table = _named(scenario, made, getattr(found, show.replace("-", "_")))
    shown = layout.likelihoods(table) if form == "table" else table
    printed(shown, form, ENGLISH.sentences("remarks", found), plan)


@scenarios.command()
@click.argument("names", metavar="[SCENARIO]...", nargs=-1)
@options("plan", "format")
@click.option("--by-kpi", is_flag=True, help="One line a KPI and method.")
@click.option("--basis", type=click.Choice(BASES), default=BASES[0])
def hindsight(names: Sequence[str], plan: Plan, form: str, by_kpi: bool, basis: str) -> None:
    """Score past projections and naive forecasts against outturns."""
    from model.evaluation.backtest import backtest
    from model.evaluation.scores import scores
    from model.report.language import ENGLISH

    if form == "table":
        found = scores(plan, names, basis=basis, by_kpi=by_kpi).round(3)
        key = ["remark_no_outturn"] if found.empty else ["remark_league"] * (not by_kpi)
        printed(found, form, list(map(ENGLISH.say, key)))
    else:
        printed(backtest(plan, names).query("basis == @basis"), form)


@scenarios.command()
@options("all", "plan", "set", "extreme", "horizon", "as_of", "draws", "seed", names=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a processor.")
@click.option("--formats", default="pdf,html,ipynb", show_default=True, help="Comma-separated.")
@click.option("--annex", type=click.Choice(["code"]), help="Add the notebook's code.")
@click.option("--dry-run", is_flag=True, help="Check everything, render nothing.")
@click.option("--progress", is_flag=True, help="Say after every cell how far it is, a line of JSON each.")
def report(names: Sequence[str], plan: Plan, **asked: Any) -> None:
    """Render scenarios as PDF, HTML and executed notebooks, and a comparison of them."""
    from model.export.batch import render_reports

    run = render_reports(plan, names, **asked)
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

    from model.plan.records import json_schema

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


def _project(plan: Plan, scenario: str, **asked: Any) -> Projection:
    from model.projection.projection import project

    return project(plan, scenario, **asked)


def _named(scenario: str, made: Projection, table: pd.DataFrame) -> pd.DataFrame:
    """Name what was edited in every row."""
    from model.plan.assumptions import label
    from model.projection.projection import resolve

    column = next((one for one in ("scenario", "Scenario") if one in table), "")
    return table.assign(**{column: label(resolve(made.plan, scenario), made.scenario)}) if column else table


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


if __name__ == "__main__":
    main()
    sys.exit(0)
