"""The command line: parse, one call, print.

Heavy imports wait until a command runs, so that help answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.options import Asked, console, options

if TYPE_CHECKING:
    import pandas as pd

EXIT_CODES = """\b
Exit codes:
  0    all is well
  1    something that was asked for failed, or a report made again differs
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
@options(scenarios=True)
def check(asked: Asked, names: Sequence[str]) -> None:
    """Check a plan pack, and scenario files beside it."""
    plan = asked.plan
    asked.each(asked.project, [*plan.scenarios, *names])
    counts = f"{len(plan.kpis)} KPIs, {len(plan.figures.published)} figures"
    click.echo(f"{plan.id}: {counts}, {len({*plan.scenarios, *names})} scenarios: no mistake found")


@scenarios.command("list")
@options("format", "language")
def list_(asked: Asked) -> None:
    """List the scenarios of a plan."""
    from model.plan.assumptions import overview
    from model.report.tables import layout

    if asked.form == "table":
        asked.print(layout.headed(overview(asked.plan, asked.language), asked.plan, asked.words))
    else:
        asked.print(overview(asked.plan))


@scenarios.command()
@click.argument("scenario")
@options("set", "extreme", "format", "language")
def explain(asked: Asked, scenario: str) -> None:
    """Say what a scenario assumes, and which file set each value."""
    from model.plan.assumptions import assumptions
    from model.report.tables import layout

    made = asked.project(scenario)
    table = assumptions(made.scenario, solved=made.solved)
    if asked.form == "table":
        table = layout.headed(layout.keyed(table, asked.plan, asked.words), asked.plan, asked.words)
        title, story = map(asked.words.of, (made.scenario.title, made.scenario.narrative))
        click.echo(f"{title}\n\n{click.wrap_text(story, 100)}\n")
    asked.print(table)


@scenarios.command()
@click.argument("scenario", default="")
@options("set", "extreme", "horizon", "as_of", "format", "language")
def project(asked: Asked, scenario: str) -> None:
    """Project every KPI under a scenario."""
    from model.evaluation.assessment import judged
    from model.report.tables import layout

    made = asked.project(scenario)
    table = layout.projection(made, asked.words) if asked.form == "table" else judged(made)
    asked.print(asked.named(scenario, made, table), layout.legend(made.marks, asked.words), units=True)


@scenarios.command()
@options("all", "set", "extreme", "horizon", "as_of", "draws", "seed", "format", "language", scenarios=True)
@click.option("--rules", is_flag=True, help="What published rules say of progress, side by side.")
def assess(asked: Asked, names: Sequence[str], rules: bool, draws: int, seed: int) -> None:
    """Assess scenarios against the plan's targets, in words and probabilities; csv and json: every rule."""
    import pandas as pd

    from model.evaluation.assessment import assessed
    from model.projection.projection import aimed
    from model.report.tables import layout

    def one(name: str) -> pd.DataFrame:
        made = aimed(asked.project(name))
        found = assessed(made, draws, seed)
        if asked.form != "table":
            return asked.named(name, made, found.table)
        if rules:
            return asked.named(name, made, layout.graded(found.grades, made.scenario.id, asked.words))
        return asked.named(name, made, layout.assessment(found.verdicts, asked.words))

    asked.print(pd.concat(asked.each(one, names), ignore_index=True), units=True)


@scenarios.command()
@click.argument("first")
@click.argument("second")
@options("set", "extreme", "horizon", "as_of", "format", "language")
def compare(asked: Asked, first: str, second: str) -> None:
    """Tell two scenarios apart: changed assumptions and changed numbers; --set changes the second."""
    import pandas as pd

    from model.projection.compare import compare as tell
    from model.report.tables import layout

    sides = [one for one in asked.overrides if one == "extreme=true"], asked.overrides
    found, numbers = tell(
        asked.plan, first, second, horizon=asked.horizon, as_of=asked.as_of, overrides=sides
    )
    if asked.form == "table":
        words, plan = asked.words, asked.plan
        changed = layout.headed(layout.keyed(found, plan, words), plan, words)
        moved = layout.headed(numbers.round(4), plan, words, list(numbers)[2:])
        above, below = words.say("changed_assumptions"), words.say("changed_numbers")
        click.echo(f"{above}\n{layout.text(changed)}\n\n{below}\n{layout.text(moved)}")
    else:
        parts = {"assumption": found, "number": numbers.rename(columns={"year": "key"})}
        every = [part.assign(what=what) for what, part in parts.items()]
        asked.print(pd.concat(every, ignore_index=True), units=True)


@scenarios.command()
@click.argument("scenario", default="")
@options("set", "extreme", "horizon", "as_of", "draws", "seed", "format", "language")
@click.option("--persistence", type=float, help="Share of a growth shock that the next year inherits.")
@click.option("--correlation", type=float, help="One correlation between the shocks of all KPIs.")
@click.option("--show", type=click.Choice(SUMMARIES), default=SUMMARIES[0], show_default=True)
def simulate(asked: Asked, scenario: str, show: str, **more: Any) -> None:
    """Give probabilities of reaching each target, first years, or quantiles; draws above 2^17 stream."""
    from model.projection.projection import aimed
    from model.report.tables import layout
    from model.uncertainty.ensemble import simulate as draw

    made = aimed(asked.project(scenario))
    found = draw(made, **more)
    table = asked.named(scenario, made, getattr(found, show.replace("-", "_")))
    if asked.form == "table":
        amounts = [name for name in layout.AMOUNTS if name in table]
        table = layout.headed(layout.likelihoods(table, asked.words), asked.plan, asked.words, amounts)
    asked.print(table, asked.words.sentences("remarks", found), units=True)


@scenarios.command()
@click.argument("names", metavar="[SCENARIO]...", nargs=-1)
@options("format", "language")
@click.option("--by-kpi", is_flag=True, help="One line a KPI and method.")
@click.option("--basis", type=click.Choice(BASES), default=BASES[0])
def hindsight(asked: Asked, names: Sequence[str], by_kpi: bool, basis: str) -> None:
    """Score past projections and naive forecasts against outturns."""
    from model.evaluation.backtest import backtest
    from model.evaluation.scores import scores
    from model.report.tables import layout

    if asked.form == "table":
        found = scores(asked.plan, names, basis=basis, by_kpi=by_kpi)
        key = ["remark_no_outturn"] if found.empty else ["remark_league"] * (not by_kpi)
        shown = layout.league(found, asked.plan, asked.words, by_kpi=by_kpi)
        asked.print(shown, list(map(asked.words.say, key)))
    else:
        asked.print(backtest(asked.plan, names).query("basis == @basis"))


@scenarios.command()
@options("all", "set", "extreme", "horizon", "as_of", "draws", "seed", "language", scenarios=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a processor.")
@click.option("--formats", default="pdf,html,ipynb", show_default=True, help="Comma-separated.")
@click.option("--theme", metavar="FILE", help="Colours, logo, issuer and paper of PDF and HTML.")
@click.option("--pages", type=click.Choice(["main", "full"]), default="full", show_default=True)
@click.option("--annex", type=click.Choice(["code"]), help="Add the notebook's code.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Render on the workers of a Dask cluster.")
@click.option("--dry-run", is_flag=True, help="Check everything, render nothing.")
@click.option("--force", is_flag=True, help="Make again even what stands there, made from the same.")
@click.option("--quiet", "progress", flag_value="quiet", help="Say nothing before the end.")
@click.option("--json", "progress", flag_value="json", help="Say how far it is, an event a line.")
@click.option(
    "--time-limit", type=click.FloatRange(1), default=600, show_default=True, help="Seconds a report."
)
@click.option(
    "--memory-limit", type=click.IntRange(512), default=4096, show_default=True, help="MB a report."
)
def report(
    asked: Asked, names: Sequence[str], progress: Any, time_limit: float, memory_limit: int, **more: Any
) -> None:
    """Render scenarios as PDF, HTML and executed notebooks, and a comparison of them."""
    from model.export.batch import render_reports
    from model.export.run import Limits

    more |= {"progress": progress or "auto", "limits": Limits(time_limit, memory_limit)}
    more |= {name: getattr(asked, name) for name in ("horizon", "as_of", "overrides", "language")}
    run = render_reports(asked.plan, names, **more)
    click.echo(run.summary())
    if run.failed:
        raise SystemExit(FAILED)


@scenarios.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plan", help="Id or folder of a plan pack; by default what the file says.")
@click.option("--out", type=click.Path(path_type=Path), help="FILE.csv or FILE.parquet.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a processor.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Run on the workers of a Dask cluster.")
@click.option("--reports", is_flag=True, help="Render a report of every run, too.")
@click.option("--most-reports", type=int, default=500, show_default=True)
def sweep(file: Path, **more: Any) -> None:
    """Run a scenario with many values of some assumptions (sweep.yaml); write one long table."""
    from model.export.sweep import sweep as run

    said, fine = run(file, **more)
    click.echo(said)
    if not fine:
        raise SystemExit(FAILED)


@scenarios.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plan", help="Id or folder of the plan pack, where the report's own does not ship.")
def reproduce(file: Path, plan: str | None) -> None:
    """Make a PDF or HTML report again from its recipe: the same bytes (0), or what differs (1)."""
    from model.export.reproduce import reproduce as again

    same, found = again(file, plan)
    click.echo("\n".join(found))
    if not same:
        raise SystemExit(FAILED)


@scenarios.command("new-plan")
@click.argument("folder", type=click.Path(path_type=Path))
def new_plan(folder: Path) -> None:
    """Begin a plan pack: a folder with commented files that check accepts; none is overwritten."""
    from model.plan.load import begin

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


if __name__ == "__main__":
    main()
    sys.exit(0)
