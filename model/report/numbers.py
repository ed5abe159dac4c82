"""Print numbers: rounded to the stated precision, with unit and sign as economists read them."""

from __future__ import annotations

import math
from decimal import Decimal

from model.plan.schema import Kpi, Series
from model.report.words import say
from model.uncertainty.probability import likelihood

# More decimals than a person gives: the number was computed.
MOST_DIGITS = 6


def number(value: float, decimals: int, *, signed: bool = False, language: str = "en") -> str:
    """Print a number."""
    if not math.isfinite(value):
        return say("nothing", language)
    rounded = round(value, decimals) + 0.0
    printed = f"{abs(rounded):,.{decimals}f}"
    return ("−" if rounded < 0 else "+" if signed and rounded > 0 else "") + printed


def value(
    amount: float, series: Series, *, signed: bool = False, decimals: int | None = None, language: str = "en"
) -> str:
    """Print a value of a series to its stated precision, without its unit."""
    digits = series.decimals if decimals is None else decimals
    return number(amount, digits, signed=signed, language=language)


def target(amount: float, kpi: Kpi, year: int, *, language: str = "en") -> str:
    """Print a target with the digits it was given, or the plan prints; a range by its two ends."""
    declared = kpi.target(year)
    digits = max(_digits(amount), _digits(declared.precision) if declared is not None else 0)
    digits = digits if digits <= MOST_DIGITS else kpi.decimals
    if declared is not None and declared.low is not None and amount == declared.value:
        ends = [number(end, digits, language=language) for end in (declared.low, declared.high or 0.0)]
        return say("from_to", language, low=ends[0], high=ends[1])
    return number(amount, digits, language=language)


def quantity(printed: str, series: Series, *, language: str = "en") -> str:
    """Put the unit of a series behind a printed number."""
    if not series.unit.en:
        return printed
    return say("quantity", language, number=printed, unit=unit(series, language=language))


def gap(
    amount: float, kpi: Kpi, *, unit: bool = False, decimals: int | None = None, language: str = "en"
) -> str:
    """Print a gap to a target, with its sign; a share's is in percentage points."""
    printed = value(amount, kpi, signed=True, decimals=decimals, language=language)
    if not math.isfinite(amount):
        return printed
    if kpi.kind == "share":
        return say("points", language, number=printed)
    return quantity(printed, kpi, language=language) if unit else printed


def growth(rate: float, series: Series, *, signed: bool = False, language: str = "en") -> str:
    """Print growth a year: per cent of a level, percentage points of a share."""
    return _grown(rate, series, ("a_year", "points_a_year"), signed, language)


def rate(growth: float, series: Series, *, signed: bool = False, language: str = "en") -> str:
    """Print growth a year where the column says that it is one: per cent, or percentage points."""
    return _grown(growth, series, ("percent", "points"), signed, language)


def chance(probability: float, *, settled: str = "", language: str = "en") -> str:
    """Print a probability in whole per cent, never 0 or 100."""
    if settled:
        return say("settled", language, verdict=say(f"verdict_{settled}", language))
    if math.isnan(probability):
        return say("nothing", language)
    if probability < 0.01:
        return say("under", language, number=say("percent", language, number=number(1, 0)))
    if probability > 0.99:
        return say("over", language, number=say("percent", language, number=number(99, 0)))
    return say("percent", language, number=number(100 * probability, 0))


def likely(probability: float, *, settled: str = "", language: str = "en") -> str:
    """Print a probability in per cent and in words; nothing where there is none."""
    printed = chance(probability, settled=settled, language=language)
    if settled or math.isnan(probability):
        return printed
    words = say(f"likelihood_{likelihood(probability).replace(' ', '_')}", language)
    return say("chance", language, words=words, number=printed)


def unit(series: Series, *, language: str = "en") -> str:
    """Give the unit of a series; one without unit is an index."""
    return str(getattr(series.unit, language)) or say("unit_none", language)


def _digits(amount: float) -> int:
    """Count the decimals a number was given with."""
    exponent = Decimal(repr(float(amount))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _grown(rate: float, series: Series, forms: tuple[str, str], signed: bool, language: str) -> str:
    """Print growth in one of two forms: of a level, of a share."""
    if not math.isfinite(rate):
        return say("nothing", language)
    if series.kind == "share":
        return say(forms[1], language, number=number(rate, 2, signed=True, language=language))
    return say(forms[0], language, number=number(100 * rate, 1, signed=signed, language=language))
