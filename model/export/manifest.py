"""What a report says of itself: titles, the date of its data, and the files it carries."""

from __future__ import annotations

import datetime
import io
import json
import os
import platform
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from operator import itemgetter
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import model
from model.errors import ModelError, mistake
from model.export.attached import sha
from model.export.page import labels
from model.export.render import Outcome, replace
from model.plan.assumptions import plain
from model.plan.load import plan_folder
from model.plan.plan import Plan
from model.plan.reading import parse, read_text
from model.plan.schema import Scenario
from model.projection.projection import Projection
from model.report.language import Language


def about(plan: Plan, projections: Sequence[Projection], *, language: str = "en") -> dict[str, Any]:
    texts, scenarios, of = labels(language), [one.scenario for one in projections], Language(language).of
    years = sorted({one.as_of for one in projections} or {plan.base_year})
    # Not only what the projections knew: a report also prints every outturn published since.
    day = max(plan.figures.published["published"], default=None)
    title = texts["comparison"] if len(scenarios) != 1 else of(scenarios[0].title)
    narrative = scenarios[0].narrative if len(scenarios) == 1 else None
    facts = [
        texts["horizon"].format(year=projections[0].last if projections else plan.horizon),
        texts["knowledge"].format(years="–".join(str(year) for year in dict.fromkeys((years[0], years[-1])))),
    ]
    if day is not None:
        facts.append(texts["vintage"].format(date=_spoken(day, language)))
    return {
        "title": title,
        "short": title,
        "subtitle": of(plan.title),
        "issuer": of(plan.issuer),
        "narrative": of(narrative),
        "kicker": "",
        "facts": facts,
        "keywords": [plan.id, *(scenario.id for scenario in scenarios)],
        "date": day,
    }


def whole(scenario: Scenario) -> dict[str, Any]:
    """Write a resolved scenario as it would stand in a file of its own, without a parent."""
    return plain(scenario, exclude={"id", "extends", "origin"})


def as_file(scenario: Scenario) -> str:
    yaml = YAML()
    yaml.width = 100
    out = io.StringIO()
    yaml.dump(whole(scenario), out)
    return out.getvalue()


def sources(plan: Plan, name: str | Path) -> dict[str, str]:
    """Give the text of a scenario's file, and of the files beside it that it extends, by their names."""
    found, path = dict[str, str](), Path(name)
    while path.name not in found:
        found[path.name] = read_text(path)
        parent = str(parse(found[path.name], path.name).data.get("extends"))
        beside = [] if parent in plan.scenarios else sorted(path.parent.glob(f"{parent}.y*ml"))
        path = [path, *beside][-1]
    return found


def _spoken(day: str, language: str) -> str:
    """Print a date in words, whatever the locale."""
    date = datetime.date.fromisoformat(day)
    if language == "zh":
        return f"{date.year}年{date.month}月{date.day}日"
    months = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    )  # fmt: skip
    return f"{date.day} {months[date.month - 1]} {date.year}"


try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]

PACKAGE = "plan-scenarios"
FILE = "manifest.json"
SKIPPED = ("__pycache__", ".ipynb_checkpoints", "shipped")
FONTS = (".otf", ".ttf", ".woff2")


def basis(plan: Plan) -> dict[str, Any]:
    """Digest what every report of a plan is made from."""
    data, code = plan_folder(plan.source), Path(model.__file__).parent
    read = [data / "plan.yaml", data / "outturns.csv", data / "context.csv", *data.glob("scenarios/*.yaml")]
    fonts = [path for path in code.rglob("*") if path.suffix in FONTS]
    return {
        "code": {path.name: digest(path) for path in sorted(code.iterdir()) if path.name not in SKIPPED},
        "data": {path.relative_to(data).as_posix(): digest(path) for path in read},
        "fonts": {path.name: digest(path) for path in fonts},
    }


def recipe(
    plan: Plan,
    reports: Sequence[Mapping[str, Any]],
    notebooks: Iterable[Path],
    digests: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "digests": {
            **(digests or basis(plan)),
            "notebooks": {path.name: digest(path) for path in notebooks},
        },
        "packages": {"python": platform.python_version(), **packages()},
        "plan": plan.id,
        "reports": [dict(one) for one in reports],
    }


def run(
    out: Path, outcomes: Sequence[Outcome], *, started: datetime.datetime, seconds: float, workers: int
) -> dict[str, Any]:
    return {
        "machine": f"{platform.system()} {platform.machine()}",
        "outcomes": [
            {
                "error": one.error,
                "files": {name: _file(out / name) for name in one.files},
                "name": one.name,
                "outcome": one.outcome,
                "seconds": round(one.seconds, 3),
            }
            for one in outcomes
        ],
        "revision": revision(),
        "seconds": round(seconds, 3),
        "started": started.isoformat(timespec="seconds"),
        "workers": workers,
    }


def add(out: Path, batch: Mapping[str, Any]) -> None:
    """Add a batch to the manifest of a folder; what it made anew leaves the batches before it."""
    made = {one["name"] for one in batch["run"]["outcomes"]}
    with _alone(out):
        replace(out / FILE, text({"batches": [*_without(batches(out), made), batch]}).encode())


def drop(out: Path, names: Iterable[str]) -> None:
    """Say no more of reports that are about to be made anew: what is killed on the way told no lie."""
    with _alone(out):
        before = batches(out)
        left = _without(before, set(names))
        if left != before:
            replace(out / FILE, text({"batches": left}).encode())


def _without(before: Sequence[dict[str, Any]], names: set[str]) -> list[dict[str, Any]]:
    left = []
    for one in before:
        kept = [each for each in one["run"]["outcomes"] if each["name"] not in names]
        if kept:
            left.append({**one, "run": {**one["run"], "outcomes": kept}})
    return left


def batches(out: Path) -> list[dict[str, Any]]:
    """Give the batches that a folder's manifest names, oldest first; refuse a file that is no manifest."""
    path = out / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"batches": []}
        for one in told["batches"]:
            [*map(itemgetter("name"), one["run"]["outcomes"])]
        return [*told["batches"]]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ModelError(mistake(str(path), "", "is no manifest of reports", "another folder")) from error


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Let batches that end at once write one after the other; a system without such locks has none."""
    if fcntl is None:
        yield
        return
    folder = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _file(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    return {"bytes": len(raw), "sha256": sha(raw)}


def digest(folder: Path) -> str:
    """Digest a file, or all files of a folder but fonts and what Python leaves there."""
    if folder.is_file():
        return sha(folder.read_bytes())
    lines = [
        f"{path.relative_to(folder).as_posix()} {sha(path.read_bytes())}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.suffix not in FONTS
        and not set(SKIPPED) & set(path.relative_to(folder).parts)
    ]
    return sha("\n".join(lines).encode())


@cache
def packages() -> dict[str, str]:
    try:
        needed = requires(PACKAGE) or []
    except PackageNotFoundError:
        needed = _declared()
    names = [re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in needed if "extra ==" not in one]
    return {name: version(name) for name in sorted(names)}


def _declared() -> list[str]:
    """Name the packages that a checkout asks for, where it is run without being installed."""
    path = Path(model.__file__).resolve().parent.parent / "pyproject.toml"
    if not path.is_file():
        return []
    named: list[str] = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["dependencies"]
    return named


def text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def revision() -> str:
    """Give the code's revision where it lies in a git checkout of its own."""
    home = Path(model.__file__).resolve().parent.parent
    if not (home / ".git").exists():
        return ""
    commit = _git(home, "rev-parse", "HEAD")
    return commit + "+" if commit and _git(home, "status", "--porcelain") else commit


def _git(home: Path, *arguments: str) -> str:
    try:
        env = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
        command = ["git", "-C", str(home), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20, env=env)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
