"""Run a sweep on all processors or a cluster, and write its table, chunk after chunk, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from tqdm import tqdm

from model.errors import ModelError, mistake, raise_all
from model.evaluation.design import Sweep, flow, read
from model.evaluation.sweep import Run, Swept, grouped, located, swept
from model.export.cluster import ended_in_order, executor, in_order, processors
from model.plan.assumptions import edited
from model.plan.load import DEFAULT_PLAN, find_scenario, load
from model.plan.pack import Pack
from model.plan.plan import Plan
from model.plan.reading import parse, read_text
from model.plan.schema import Text

if TYPE_CHECKING:
    from model.export.batch import Run as Batch

PARQUET = ".parquet"
KINDS = (".csv", PARQUET)
MOST_REPORTS = 500
# Runs that are done at once; fewer where each draws an ensemble.
CHUNK, CHUNK_DRAWN = 100, 5
NUMBERS, WHOLE = ("value", "target", "gap", "probability"), ("run", "year")
Task = tuple[Pack, str, str, str, tuple[Run, ...]]
# What is to be written, runs, rows, and what is wrong.
Done = tuple[Any, int, int, list[str]]


def sweep(
    file: Path,
    *,
    plan: str | None = None,
    out: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    reports: bool = False,
    most_reports: int = MOST_REPORTS,
) -> tuple[str, bool]:
    """Run what a sweep.yaml asks for; say what was written, and whether all went well."""
    text, name = read_text(file), str(file)
    document = parse(text, name)
    asked = read(document)
    target = out or Path(f"{file.stem}.csv")
    try:
        whole = load(plan or _beside(file, asked.plan or DEFAULT_PLAN, "plan.yaml"))
        ready, pack = _ready(file, text, asked, whole)
    except ModelError as error:
        raise ModelError(*located(document, error.problems)) from error
    problems = [*_unwritable(target), *_too_many(asked, reports, most_reports)]
    raise_all(problems)
    ready.check()
    size = CHUNK_DRAWN if asked.draws else CHUNK
    parts = _parts(ready.sweep, size)
    tasks: Iterator[Task] = ((pack, text, name, target.suffix, part) for part in parts)
    several = min(workers or processors(), -(-asked.count // size))
    with ended_in_order(), closing(_done(tasks, several, scheduler)) as done:
        rows = _written(target, ready.sweep, done)
    said, fine = f"{target}: {asked.count} runs, {rows} rows", True
    if reports:
        run = _reports(whole, ready, file.stem, workers)
        said, fine = f"{said}\n{run.summary()}", not run.failed
    return said, fine


def _ready(file: Path, text: str, asked: Sweep, whole: Plan) -> tuple[Swept, Pack]:
    name, beside = asked.scenario or whole.reference, dict[str, str]()
    if name not in whole.scenarios:
        from model.export.manifest import sources

        name = _beside(file, name)
        find_scenario(whole, name)
        beside = sources(whole, name)
    pack = Pack.of(whole, name, beside)
    return swept(pack, text, str(file)), pack


def _beside(file: Path, name: str, inside: str = "") -> str:
    """Give the path of what a sweep names, where it lies beside the sweep's file."""
    near = file.parent / name
    return str(near) if (near / inside).is_file() else name


def _unwritable(target: Path) -> Iterator[str]:
    if target.suffix not in KINDS:
        yield mistake("--out", "", f"{str(target)!r} is of no kind that is known", "FILE.csv or FILE.parquet")
    elif target.suffix == PARQUET:
        try:
            import_module("pyarrow")
        except ImportError:
            allowed = "pip install 'plan-scenarios[parquet]', or --out FILE.csv"
            yield mistake("--out", "", "the package pyarrow is missing", allowed)
    if target.is_dir():
        yield mistake(str(target), "", "is a folder", "give a file")


def _too_many(asked: Sweep, reports: bool, most: int) -> Iterator[str]:
    if reports and asked.count > most:
        yield mistake("--reports", "", f"{asked.count} reports", f"at most {most}; more: --most-reports N")


def chunk(task: Task) -> Done:
    """Make the rows of some runs, as they are written: a worker's part."""
    pack, text, name, kind, runs = task
    frame, problems = swept(pack, text, name).frame(runs)
    if problems:
        return None, len(runs), 0, problems
    return (frame if kind == PARQUET else csv(frame, header=runs[0][0] == 1)), len(runs), len(frame), []


def csv(frame: pd.DataFrame, *, header: bool = False) -> bytes:
    told = frame.to_csv(index=False, header=header, float_format="%.10g", lineterminator="\n")
    return str(told).encode()


def _parts(sweep: Sweep, size: int) -> Iterator[tuple[Run, ...]]:
    runs = enumerate(sweep.each(), start=1)
    while part := tuple(islice(runs, size)):
        yield part


def _done(tasks: Iterator[Task], workers: int, scheduler: str | None) -> Generator[Done, None, None]:
    if scheduler is None and workers == 1:
        yield from map(chunk, tasks)
        return
    with executor(workers, scheduler) as pool:
        yield from in_order(pool, chunk, tasks)


def _written(target: Path, sweep: Sweep, done: Iterable[Done]) -> int:
    """Write what is done, in order; where a run is wrong the others are still tried, and nothing is kept."""
    rows, problems = 0, list[str]()
    hidden = not sys.stderr.isatty()
    with (
        _whole(target) as part,
        tqdm(total=sweep.count, unit="run", file=sys.stderr, disable=hidden) as bar,
        _writer(part, target.suffix, sweep.numeric) as write,
    ):
        for made, runs, several, wrong in done:
            problems += wrong
            if not problems:
                write(made)
            rows += several
            bar.update(runs)
        raise_all(grouped(problems))
    return rows


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Give a file to write that takes its name once it is whole; else nothing stays."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(target)
    except OSError as error:
        wrong = f"cannot be written ({error.strerror or error})"
        raise ModelError(mistake(str(target), "", wrong, "--out FILE in a folder with room")) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _writer(part: Path, kind: str, numeric: set[str]) -> Iterator[Callable[[Any], Any]]:
    if kind != PARQUET:
        with part.open("wb") as stream:
            yield stream.write
        return
    import pyarrow
    from pyarrow import parquet

    with ExitStack() as stack:
        open_ = list[Any]()

        def write(frame: pd.DataFrame) -> None:
            if not open_:
                kinds = [(name, _arrow(name, numeric)) for name in frame.columns]
                schema = pyarrow.schema(kinds)
                open_.append(stack.enter_context(parquet.ParquetWriter(part, schema)))
            table = pyarrow.Table.from_pandas(frame, schema=open_[0].schema, preserve_index=False)
            open_[0].write_table(table)

        yield write


def _arrow(name: str, numeric: set[str]) -> str:
    return "int64" if name in WHOLE else "double" if name in numeric or name in NUMBERS else "string"


def _reports(plan: Plan, ready: Swept, stem: str, workers: int | None) -> Batch:
    """Render a report of every run, from a scenario file each that is kept beside them."""
    from model.export.batch import render_reports
    from model.export.manifest import as_file

    sweep, out, files = ready.sweep, Path("reports") / stem, list[Path]()
    out.mkdir(parents=True, exist_ok=True)
    for number, values in enumerate(sweep.each(), start=1):
        scenario = edited(ready.plan, ready.scenario, values)
        told = ", ".join(f"{key}={flow(value)}" for key, value in values.items())
        title = {name: f"{text} ({told})" for name, text in scenario.title.model_dump().items()}
        files.append(out / f"run_{number:0{len(str(sweep.count))}}.yaml")
        files[-1].write_text(as_file(scenario.model_copy(update={"title": Text(**title)})), encoding="utf-8")
    asked: dict[str, Any] = {"horizon": sweep.horizon, "as_of": sweep.as_of, "seed": sweep.seed}
    if sweep.draws:
        asked["draws"] = sweep.draws
    return render_reports(plan, files, comparison=False, workers=workers, out=out, **asked)
