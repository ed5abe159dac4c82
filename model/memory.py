"""Remember what a pure function gave of a plan: plans are frozen, and the same few questions come often."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache, wraps
from operator import is_
from typing import Any, Concatenate, ParamSpec, TypeVar

from model.schema import Plan

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
MOST_KEPT = 256


def asked_once(
    function: Callable[Concatenate[Plan, Given], Answer],
) -> Callable[Concatenate[Plan, Given], Answer]:
    """Let a function of a plan's figures work each answer out once."""

    @lru_cache(maxsize=MOST_KEPT)
    def answered(figures: _Figures, given: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> Answer:
        return function(figures.plan, *given, **dict(named))

    @wraps(function)
    def asked(plan: Plan, /, *given: Given.args, **named: Given.kwargs) -> Answer:
        return deepcopy(answered(_Figures(plan), given, tuple(sorted(named.items()))))

    return asked


class _Figures:
    """The figures of a plan and the series they are of, told apart by identity: nothing changes them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.parts = (plan.outturns, plan.context_data, plan.kpis, plan.context)

    def __hash__(self) -> int:
        return hash((self.plan.base_year, *map(id, self.parts)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Figures) or self.plan.base_year != other.plan.base_year:
            return False
        return all(map(is_, self.parts, other.parts))
