"""What is known as of each year, looked up once: the cheap path of trajectories rests on it."""

from __future__ import annotations

from model.continuation import Facts
from model.projection import as_of_year
from model.schema import Plan, Scenario
from model.trajectories import Paths, facts_of, trajectories


class Knowledge:
    """The figures of a plan as trajectories need them.

    Parameters
    ----------
    plan : Plan
        A plan pack; its figures do not change.

    Examples
    --------
    >>> from model import load, project
    >>> plan = load()
    >>> paths = Knowledge(plan).paths(plan.scenarios["baseline"], plan.horizon)
    >>> float(paths.values["core_share"][-1]) == project(plan).value("core_share", plan.horizon)
    True
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._facts: dict[int, Facts] = {}
        self._years: dict[int | str | None, int] = {}

    @property
    def base(self) -> Facts:
        """What is known in the base year."""
        return self.facts(self.plan.base_year)

    def facts(self, year: int) -> Facts:
        """Give what is known as of a year (`model.trajectories.facts_of`)."""
        if year not in self._facts:
            self._facts[year] = facts_of(self.plan, year)
        return self._facts[year]

    def seen(self, scenario: Scenario) -> int:
        """Give the as-of year of a scenario; the figures, which limit it, are asked once."""
        if scenario.as_of not in self._years:
            self._years[scenario.as_of] = as_of_year(self.plan, scenario, None)
        return self._years[scenario.as_of]

    def paths(self, scenario: Scenario, last: int) -> Paths:
        """Make the trajectories of a scenario, the same as `model.projection.paths_of` gives.

        Parameters
        ----------
        scenario : Scenario
            A scenario.
        last : int
            Last year.

        Returns
        -------
        Paths
        """
        seen = self.seen(scenario)
        first = trajectories(self.plan, scenario, last=last, facts=self.base)
        if seen == self.plan.base_year:
            return first
        return trajectories(self.plan, scenario, last=last, facts=self.facts(seen), solved=first.solved)
