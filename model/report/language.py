"""One language: its words, its numbers, and its sentences (`words.yaml`, `sentences/`)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from model.errors import ModelError, mistake, near
from model.evaluation.assessment import Verdict
from model.plan.outturns import Mark, Outcome
from model.plan.plan import Kpi, Series
from model.plan.reading import parse
from model.plan.schema import Text
from model.report import fonts
from model.uncertainty.probability import likelihood

LANGUAGES = ("en", "zh")
# In which typeface charts and documents are set, where it is not the one of the house.
FACES = {"zh": fonts.FAMILY}
FILE = "words.yaml"
JOINT = re.compile(r"(?<=[\u3000-\u303f\uff00-\uffef])\s+|\s+(?=[\u3000-\u303f\uff00-\uffef])")
# More decimals than a person gives: the number was computed. A miss is never printed as nothing.
MOST_DIGITS, MOST_DECIMALS = 6, 9


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    text = (Path(__file__).parent / FILE).read_text(encoding="utf-8")
    return cast("Mapping[str, Mapping[str, str]]", parse(text, FILE).data)


class Language:
    """What the suite prints, in one language."""

    def __init__(self, id: str = "en") -> None:
        if id not in LANGUAGES:
            raise ModelError(mistake("language", "", f"unknown language {id!r}", near(id, LANGUAGES)))
        self.id, self.face = id, FACES.get(id, "")

    def say(self, key: str, **values: object) -> str:
        """Give a text of the catalogue, its placeholders filled."""
        entry = catalogue().get(key)
        if entry is None:
            raise ModelError(mistake(FILE, key, "unknown key", near(key, catalogue())))
        try:
            return entry[self.id].format(**values)
        except KeyError as error:
            wrong = f"the placeholder {error} is left open"
            raise ModelError(mistake(FILE, key, wrong, "give it")) from error

    def word(self, kind: str, value: object) -> str:
        """Give the word for one of a kind: an outcome, a mark, a basis."""
        return self.say(f"{kind}_{str(value).replace(' ', '_')}")

    def of(self, text: Text | None) -> str:
        """Give a text; where lines of it were joined at a full-width mark, no space is left."""
        return "" if text is None else JOINT.sub("", str(getattr(text, self.id)))

    def listed(self, items: Sequence[str]) -> str:
        """Join items as a sentence lists them."""
        if len(items) < 2:
            return "".join(items)
        return self.say("list_two", first=self.say("list_comma").join(items[:-1]), last=items[-1])

    def joined(self, items: Sequence[str]) -> str:
        return self.say("list_semicolon").join(items)

    def paragraph(self, said: Sequence[str]) -> str:
        """Set sentences one after the other."""
        return ("" if self.id == "zh" else " ").join(said)

    def slashed(self, items: Sequence[str]) -> str:
        return self.say("slash").join(items)

    def sentences(self, macro: str, *given: Any, **named: Any) -> list[str]:
        """Give the sentences of a macro, a line each."""
        said = getattr(_templates(self.id), macro)(*given, **named)
        return [" ".join(line.split()) for line in str(said).splitlines() if line.strip()]

    # Names

    def title(self, series: Series) -> str:
        """Title of a series; the short one of a KPI."""
        return self.of(series.short_title if isinstance(series, Kpi) else series.title)

    def target_name(self, kpi: Kpi | None, year: int) -> str:
        """Name a target by its KPI, and its year where the KPI has several; none: all of them."""
        if kpi is None:
            return self.say("all_targets")
        return self.title(kpi) if len(kpi.targets) < 2 else self.titled(self.title(kpi), year)

    def name(self, kpi: Kpi, year: int | None = None) -> str:
        """Name a KPI, or one of its targets, as it stands within a sentence."""
        title = lowered(self.title(kpi))
        return title if year is None or len(kpi.targets) < 2 else self.titled(title, year)

    def titled(self, title: object, unit: object) -> str:
        return self.say("titled", title=title, unit=unit)

    def with_unit(self, series: Series, *, long: bool = False) -> str:
        return self.titled(self.of(series.title) if long else self.title(series), self.unit(series))

    def unit(self, series: Series) -> str:
        """Give the unit of a series; one without unit is an index."""
        return self.of(series.unit) or self.say("unit_none")

    # Numbers

    @property
    def nothing(self) -> str:
        """What stands where there is no number."""
        return self.say("nothing")

    def number(self, value: float, decimals: int, *, signed: bool = False) -> str:
        if not math.isfinite(value):
            return self.nothing
        rounded = round(value, decimals) + 0.0
        sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else ""
        parted = f"{sign}{abs(rounded):,.{decimals}f}"
        return parted if self.id == "en" else parted.replace(",", "")

    def scaled(self, amount: float, series: Series) -> float:
        """Give a value of a series in the unit in which it is printed."""
        places = self.places(series)
        return amount * 10.0**places if places >= 0 else amount / 10.0**-places

    def decimals(self, series: Series) -> int:
        """Give the decimals of a printed value: none is lost where its unit is larger."""
        return max(0, series.decimals - self.places(series))

    def rounded(self, amount: float, series: Series) -> float:
        """Give a value as it is printed, for the figures behind a chart."""
        return round(self.scaled(amount, series), self.decimals(series)) + 0.0

    def exact(self, value: float, *, signed: bool = False) -> str:
        """Print a number with the digits it was given, six at most."""
        rounded = float(f"{value:.{MOST_DIGITS}g}")
        return self.number(rounded, _digits(rounded), signed=signed)

    def value(self, amount: float, series: Series, *, decimals: int | None = None) -> str:
        """Print a value of a series to its stated precision, without its unit."""
        digits = self.decimals(series) if decimals is None else decimals
        return self.number(self.scaled(amount, series), digits)

    def tick(self, amount: float, series: Series) -> str:
        """Print a round value of a series, such as stands at an axis, with no more decimals than it needs."""
        return self.value(amount, series, decimals=MOST_DECIMALS).rstrip("0").rstrip(".")

    def quantity(self, amount: float | str, series: Series) -> str:
        printed, unit = amount if isinstance(amount, str) else self.value(amount, series), self.unit(series)
        # A unit that a plan gives in one language only is not glued to the number.
        unit = f" {unit}" if self.id == "zh" and unit[0].isascii() and unit[0].isalpha() else unit
        return self.say("quantity", number=printed, unit=unit) if series.unit.en else printed

    def target(self, amount: float, kpi: Kpi, year: int) -> str:
        """Print a target with the digits it was given, or the plan prints; a range by its two ends."""
        declared, plain = kpi.target(year), not self.places(kpi)
        digits = _digits(self.scaled(amount, kpi))
        digits = max(digits, _digits(declared.precision) if declared is not None and plain else 0)
        digits = digits if digits <= MOST_DIGITS else self.decimals(kpi)
        if declared is not None and declared.low is not None and amount == declared.value:
            ends = (declared.low, declared.high or 0.0)
            low, high = (self.value(end, kpi, decimals=digits) for end in ends)
            return self.say("from_to", low=low, high=high)
        return self.value(amount, kpi, decimals=digits)

    def growth(self, rate: float, series: Series) -> str:
        """Print growth a year: per cent of a level, percentage points of a share."""
        return self._grown(rate, series, "a_year", "points_a_year", spoken=True)

    def rate(self, rate: float, series: Series) -> str:
        """Print growth a year where the column says that it is one."""
        return self._grown(rate, series, "percent", "points")

    def added(self, addition: float, kpi: Kpi, form: str = "points", *, signed: bool = True) -> str:
        """Print what is added to growth, in percentage points a year: to a level's rate, or to a share."""
        if math.isnan(addition):
            return self.nothing
        points, decimals = (addition, 2) if kpi.kind == "share" else (100.0 * addition, 1)
        return self.say(form, number=self.number(points, decimals, signed=signed))

    def percent(self, share: float, decimals: int = 0, *, signed: bool = False) -> str:
        return self.say("percent", number=self.number(100 * share, decimals, signed=signed))

    def chance(self, probability: float, settled: Outcome | str | None = None) -> str:
        """Print a probability in whole per cent, never 0 or 100; or what has been settled."""
        if settled:
            return self.say("settled", verdict=self.word("verdict", settled))
        if math.isnan(probability):
            return self.nothing
        if probability < 0.01:
            return self.say("under", number=self.percent(0.01))
        return (
            self.say("over", number=self.percent(0.99)) if probability > 0.99 else self.percent(probability)
        )

    def likely(self, probability: float, settled: Outcome | str | None = None) -> str:
        """Print a probability in per cent and in words; nothing where there is none."""
        printed = self.chance(probability, settled)
        if settled or math.isnan(probability):
            return printed
        return self.say("chance", words=self.word("likelihood", likelihood(probability)), number=printed)

    def needed(self, first: float, average: float, kpi: Kpi) -> str:
        """Print the growth that meets a target; where growth fades, at first and on average."""
        printed = self.growth(average, kpi)
        if math.isnan(first):
            return printed
        return self.say("growth_fading", first=self.rate(first, kpi), average=printed)

    # Verdicts

    def verdict(self, one: Verdict) -> str:
        """Say a verdict, with the marks a reader must know."""
        said = self.word("verdict", one.outcome)
        notes = self.joined([self.word("note", note) for note in one.notes])
        return self.say("verdict_noted", verdict=said, notes=notes) if notes else said

    def value_of(self, one: Verdict) -> str:
        """Print the value judged, with as many digits as a miss needs, and its sign if unverified."""
        printed = self.value(one.value, one.kpi, decimals=self._seen(one))
        return self.say("sign_unverified", number=printed) if Mark.UNVERIFIED in one.marks else printed

    def gap_of(self, one: Verdict) -> str:
        """Print the gap, with its sign: a miss never as nothing; a share's is in percentage points."""
        printed = self.number(self.scaled(one.gap, one.kpi), self._seen(one), signed=True)
        points = one.kpi.kind == "share" and math.isfinite(one.gap)
        return self.say("points", number=printed) if points else printed

    def size_of(self, one: Verdict) -> str:
        printed = self.value(abs(one.gap), one.kpi, decimals=self._seen(one))
        if one.kpi.kind == "share" or not math.isfinite(one.gap):
            return self.say("points", number=printed) if math.isfinite(one.gap) else printed
        return self.quantity(printed, one.kpi)

    def required_of(self, one: Verdict, *, plain: bool = False) -> str:
        """Print the growth that would meet the target; that none is needed, unless only growth is wanted."""
        printed = self.needed(one.first, one.required, one.kpi)
        return self.say("required_none", growth=printed) if one.already_met and not plain else printed

    def _seen(self, one: Verdict) -> int:
        digits, missed = self.decimals(one.kpi), one.outcome in (Outcome.MISSED, Outcome.NEARLY)
        while missed and digits < MOST_DECIMALS and not round(self.scaled(one.gap, one.kpi), digits):
            digits += 1
        return digits

    def places(self, series: Series) -> int:
        """By how many places the printed unit moves the decimal point: decided here and nowhere else."""
        return series.unit.zh_places if self.id == "zh" else 0

    def _grown(self, rate: float, series: Series, level: str, share: str, *, spoken: bool = False) -> str:
        if not math.isfinite(rate):
            return self.nothing
        kind = "share" if series.kind == "share" else "level"
        amount, decimals = (rate, 2) if kind == "share" else (100 * rate, 1)
        printed = self.number(amount, decimals, signed=kind == "share")
        if spoken and round(amount, decimals):
            # Chinese says in words that a level grows and a share rises.
            size, way = self.number(abs(amount), decimals), f"up_{kind}" if amount > 0 else f"down_{kind}"
            printed = self.say(way, number=size)
        return self.say(share if kind == "share" else level, number=printed)


ENGLISH = Language()


@cache
def _templates(id: str) -> Any:
    """Read the sentences of a language; they know its words, names and numbers, and nothing else."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "sentences"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language = Language(id)
    known = {name: getattr(language, name) for name in dir(Language) if not name.startswith("_")}
    environment.globals |= known | {"finite": math.isfinite, "lowered": lowered}
    return environment.get_template(f"{id}.j2").module


def lowered(words: str) -> str:
    """Begin words in lower case, unless the first has a capital of its own."""
    head = words.split(" ")[0]
    own = sum(sign.isupper() for sign in head) > 1 or (len(head) > 1 and "-" in head and head[0] == "E")
    return words if own else words[:1].lower() + words[1:]


def _digits(amount: float) -> int:
    """Count the decimals a number was given with."""
    exponent = Decimal(repr(float(amount))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
