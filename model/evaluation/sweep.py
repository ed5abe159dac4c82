"""Sweeps: a scenario run again and again, with other values of some assumptions.

`sweep.yaml` names the assumptions and their values; a design says which go together. All runs are one long
table, a row a run, KPI and year: run (from 1), a column each assumption that is varied, named as in `--set`
(empty where a run leaves it as the scenario has it), scenario, kpi, year, value, status (observed or
projected), and in target years target, gap (positive is good), verdict (met, missed or unknown; what outturns
have settled, else what the value says) and, where draws are asked for, probability.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from model.errors import ModelError, raise_all
from model.evaluation.design import Sweep, flow, read
from model.plan.assumptions import OPTION, edited
from model.plan.pack import Pack, opened
from model.plan.plan import Plan
from model.plan.reading import Document, parse
from model.plan.schema import Scenario
from model.projection.projection import Projection, project
from model.uncertainty.ensemble import MOST_HELD, checked_draws, simulate
from model.uncertainty.spread import unknown_spread

MOST_TRIED = 1_000
NUMBER = re.compile(r"[-+]?\d[\d.,]*(e[-+]?\d+)?")
Values = Mapping[str, Any]
Run = tuple[int, Values]


@dataclass(frozen=True)
class Swept:
    """A sweep on its plan and base scenario; the same in every process."""

    plan: Plan
    scenario: Scenario
    sweep: Sweep
    document: Document

    def made(self, values: Values) -> Projection:
        """Project one run: what `project` gives with the values as overrides."""
        scenario, sweep = edited(self.plan, self.scenario, values), self.sweep
        return project(self.plan, scenario, horizon=sweep.horizon, as_of=sweep.as_of)

    def check(self) -> None:
        """Try every value, or both ends of a range, one at a time, before anything runs."""
        problems, sweep = list[str](), self.sweep
        if sweep.draws is not None:
            problems += self.wrong(lambda: checked_draws(sweep.draws or 0, MOST_HELD))
        for number, values in enumerate(sweep.list[:MOST_TRIED]):
            problems += self._refused(number, values)
        beside = {key: values[0] for key, values in sweep.axes.items()}
        if beside and self._refused(0, beside):
            whole, beside = beside, {}
            for key, value in whole.items():
                found = self._refused(0, {**beside, key: value})
                problems += found
                beside |= {} if found else {key: value}
        rest = [(key, value) for key, values in sweep.axes.items() for value in values[1:]]
        for key, value in rest[:MOST_TRIED]:
            problems += self._refused(0, {**beside, key: value})
        raise_all(grouped(problems))

    def _refused(self, number: int, values: Values) -> list[str]:
        return [self.placed(one, number, values) for one in self.wrong(lambda: self.made(values))]

    def wrong(self, call: Callable[[], object]) -> list[str]:
        """Give what is wrong with a call; what the sweep says of horizon and the like has a line there."""
        try:
            call()
        except ModelError as error:
            return located(self.document, error.problems)
        return []

    def placed(self, problem: str, number: int, values: Values) -> str:
        """Say where in sweep.yaml what `--set` would refuse was set."""
        found = re.match(rf"{OPTION}: (growth\.)?([\w.]+)", problem)
        if not found:
            return problem
        series = found[2].partition(".")[0]
        own = [key for key in values if key == found[2]] or [key for key in values if _series(key) == series]
        if not own:
            return problem
        key, path = own[0], ("list", number, own[0])
        if key in self.sweep.vary:
            given = self.sweep.vary[key]
            at = (given.index(values[key]),) if isinstance(given, tuple) else ()
            path = ("vary", key, *at)
        said = ", ".join(f"{one}={flow(values[one])}" for one in own)
        return problem.replace(OPTION, f"{self.document.at(path)}: {said}", 1)

    def frame(self, runs: Sequence[Run]) -> tuple[pd.DataFrame, list[str]]:
        """Make the rows of some runs, and tell what is wrong with the others."""
        made, problems = list[tuple[Run, Projection]](), list[str]()
        for number, values in runs:
            try:
                made.append(((number, values), self.made(values)))
            except ModelError as error:
                problems += (self.placed(one, number - 1, values) for one in error.problems)
        return self._rows(made) if made else pd.DataFrame(), problems

    def _rows(self, made: Sequence[tuple[Run, Projection]]) -> pd.DataFrame:
        first, several = made[0][1], len(made)
        cells = [(kpi, year) for kpi in self.plan.kpis for year in first.years]
        aims = [(cells.index((kpi.id, aim.year)), kpi, aim) for kpi, aim in first.targets]
        value, gap, chance = (np.full((several, len(cells)), math.nan) for _ in range(3))
        verdict = np.full((several, len(cells)), None, dtype=object)
        for row, (_, one) in enumerate(made):
            value[row] = [one.value(*cell) for cell in cells]
            chances = self._chances(one)
            for place, kpi, aim in aims:
                known, found = one.settled.get(cells[place]), float(value[row, place])
                gap[row, place] = kpi.gap(aim, found)
                verdict[row, place] = str(known or kpi.outcome(aim, found))
                chance[row, place] = chances.get(cells[place], math.nan)
        target = np.full(len(cells), math.nan)
        target[[place for place, _, _ in aims]] = [aim.value for _, _, aim in aims]
        status = ["observed" if year <= first.paths.anchor(kpi) else "projected" for kpi, year in cells]
        given = {key: self._column(key, [values for (_, values), _ in made]) for key in self.sweep.keys}
        columns: dict[str, Any] = {
            "run": np.repeat([number for (number, _), _ in made], len(cells)),
            **{key: np.repeat(column, len(cells)) for key, column in given.items()},
            "scenario": self.scenario.id,
            "kpi": np.tile(np.array([kpi for kpi, _ in cells], dtype=object), several),
            "year": np.tile([year for _, year in cells], several),
            "value": value.ravel(),
            "status": np.tile(np.array(status, dtype=object), several),
            "target": np.tile(target, several),
            "gap": gap.ravel(),
            "verdict": verdict.ravel(),
        }
        return pd.DataFrame(columns | ({"probability": chance.ravel()} if self.sweep.draws else {}))

    def _chances(self, made: Projection) -> dict[tuple[str, int], float]:
        if not self.sweep.draws or unknown_spread(made):
            return {}
        found = simulate(made, draws=self.sweep.draws, seed=self.sweep.seed).probabilities
        return {(one.kpi, one.target_year): one.probability for one in found.itertuples()}

    def _column(self, key: str, values: Sequence[Values]) -> Any:
        """Give an assumption's values as numbers, or all as text where one is none."""
        if key in self.sweep.numeric:
            return np.array([one.get(key, math.nan) for one in values], dtype=float)
        told = [one.get(key) for one in values]
        return np.array([one if one is None or isinstance(one, str) else flow(one) for one in told], object)


def located(document: Document, problems: Iterable[str]) -> list[str]:
    """Put the line of a sweep before what is wrong with its horizon, say."""
    heads = {one: one.split(":")[0].replace(" ", "_") for one in problems}
    return [f"{document.at([key])}: {one}" if key in document.data else one for one, key in heads.items()]


def grouped(problems: Iterable[str]) -> list[str]:
    """Tell mistakes that differ in their numbers only once, and how many more there are."""
    found = dict[str, list[str]]()
    for one in dict.fromkeys(problems):
        where, _, rest = one.partition(": ")
        found.setdefault(f"{where} {NUMBER.sub('', rest)}", []).append(one)
    return [own[0] + (f" (and {len(own) - 1} more)" if own[1:] else "") for own in found.values()]


def _series(key: str) -> str:
    return key.partition(".")[0]


@lru_cache(maxsize=2)
def swept(pack: Pack, text: str, name: str) -> Swept:
    """Open a sweep, once a process."""
    document = parse(text, name)
    sweep = read(document)
    plan, scenario = opened(pack)
    if sweep.extreme:
        scenario = scenario.model_copy(update={"extreme": True})
    return Swept(plan, scenario, sweep, document)
