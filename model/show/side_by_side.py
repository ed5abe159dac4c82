"""Several scenarios of one plan, asked of the model and kept side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.schema import Plan
from model.show.finding import REFERENCE, Findings, findings
from model.uncertainty import DRAWS, SEED


@dataclass(frozen=True)
class Several:
    """What the model finds for several scenarios of one plan."""

    each: tuple[Findings, ...]

    @property
    def first(self) -> Findings:
        """The first of them, for what they have in common."""
        return self.each[0]

    @property
    def reference(self) -> Findings:
        """The one others are told apart from: the baseline where it is among them, else the first."""
        return next((one for one in self.each if one.scenario.id == REFERENCE), self.first)


def several(
    plan: Plan,
    scenarios: Sequence[str] = (),
    *,
    horizon: int = 0,
    as_of: int | str = "",
    language: str = "en",
    overrides: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = SEED,
) -> Several:
    """Ask the model everything a comparison shows.

    Parameters
    ----------
    plan : Plan
        A plan pack.
    scenarios : sequence of str
        Names or paths; none: all of the plan, the baseline first.
    horizon, as_of, language
        As in `findings`.
    overrides : sequence of str
        Changed assumptions, the same in every scenario.
    draws, seed : int
        As in `findings`; scenarios share their random numbers.

    Returns
    -------
    Several

    Raises
    ------
    ModelError
        As `findings`.

    Examples
    --------
    >>> from model import load
    >>> several(load()).first.title
    'Baseline'
    """
    names = list(dict.fromkeys(scenarios)) or sorted(plan.scenarios, key=lambda name: name != REFERENCE)
    found = [
        findings(
            plan, name, horizon=horizon, as_of=as_of, language=language, overrides=overrides,
            draws=draws, seed=seed,
        )
        for name in names
    ]  # fmt: skip
    return Several(tuple(found))
