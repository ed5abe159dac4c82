"""Move a parameter, with what is uncertain about it."""

from __future__ import annotations

from typing import Any

from model.schema import Parameter

PLACED = ("low", "mode", "high", "mean", "median")


def moved(parameter: Parameter, value: float, width: float | None = None) -> Any:
    """Move a parameter so that its median is `value`; what is uncertain about it moves along."""
    given = parameter.arguments
    if width is not None:
        if width == 0:
            return value
        if "high" not in given:
            low, high = (float(f"{value + side * width:.12g}") for side in (-1, 1))
            return {"distribution": "triangular", "low": low, "mode": value, "high": high}
        middle, stretch = parameter.central, width / ((given["high"] - given["low"]) / 2)
        given = {name: middle + stretch * (one - middle) for name, one in given.items()}
    if parameter.distribution == "fixed":
        return value
    by = value - parameter.central
    # Twelve digits: what binary fractions leave behind has no place in a file.
    shifted = {name: float(f"{one + by:.12g}") if name in PLACED else one for name, one in given.items()}
    return {"distribution": parameter.distribution, **shifted}
