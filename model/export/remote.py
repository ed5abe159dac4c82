"""A report made on another machine, which has the package and nothing else: what is sent, what comes back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_core.utils import ensure_event_loop

from model.export.manifest import sources
from model.export.render import FAILED, Job, Outcome, Stage, render
from model.export.run import Limits
from model.plan.pack import BESIDE, Pack
from model.plan.plan import Plan

GIVEN = "given"


@dataclass(frozen=True)
class Sent:
    """A job, and as text the plan pack and the scenario files that it is about."""

    job: Job
    limits: Limits
    pack: Pack
    scenarios: dict[str, str]

    @classmethod
    def of(cls, plan: Plan, limits: Limits, job: Job) -> Sent:
        asked = job.parameters.get("scenarios", [job.parameters.get("scenario")])
        texts, places = dict[str, str](), dict[str, str]()
        for number, path in enumerate(one for one in asked if one not in plan.scenarios):
            places[path] = f"{GIVEN}/{number}/{Path(path).name}"
            texts |= {f"{GIVEN}/{number}/{name}": text for name, text in sources(plan, path).items()}
        return cls(job, limits, Pack.of(plan, "", texts), places)


def render_remote(sent: Sent) -> tuple[Outcome, dict[str, bytes]]:
    """Make a report in a folder of its own; give its files, in which the places are those of the sender."""
    with TemporaryDirectory() as folder:
        root, job = Path(folder), sent.job
        plan = str(sent.pack.unpacked(root))
        here = {path: str(root / BESIDE / place) for path, place in sent.scenarios.items()}
        parameters = {**job.parameters, "plan": plan}
        if "scenarios" in parameters:
            parameters["scenarios"] = [here.get(one, one) for one in parameters["scenarios"]]
        elif "scenario" in parameters:
            parameters["scenario"] = here.get(parameters["scenario"], parameters["scenario"])
        (root / "out").mkdir()
        outcome = render_alone(replace(job, parameters=parameters, out=root / "out"), limits=sent.limits)
        files = {name: (root / "out" / name).read_bytes() for name in outcome.files}
        places = {plan: job.parameters["plan"], **{there: path for path, there in here.items()}}
        for name in (one for one in files if one.endswith((".ipynb", FAILED))):
            for there, place in places.items():
                there, place = (json.dumps(json.dumps(one)[1:-1])[1:-1] for one in (there, place))
                files[name] = files[name].replace(there.encode(), place.encode())
        return outcome, files


def render_alone(job: Job, tell: Stage = lambda stage, done, total: None, *, limits: Limits) -> Outcome:
    """Make a report in a thread of its own, whose event loop ends with it."""
    try:
        return render(job, tell, limits)
    finally:
        loop = ensure_event_loop()
        for left in asyncio.all_tasks(loop):  # what hears a kernel that was ended for its time
            left.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
