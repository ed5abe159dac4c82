"""Summaries: streamed ones agree with held ones within the error they state; nothing depends on the way."""

from itertools import combinations

import numpy as np
import pytest
from conftest import draw

from model import project
from model.errors import ModelError
from model.plan.plan import Correlated, Uncertainty
from model.report.language import ENGLISH
from model.uncertainty import probability
from model.uncertainty.probability import scaled
from model.uncertainty.sampling import sampling
from model.uncertainty.spread import persistence

WILD = (
    "software_revenue={curve: compound, rate: {distribution: uniform, low: 0.0, high: 0.2}}",
    "gdp_nominal={curve: compound, rate: {distribution: normal, mean: 0.07, sd: 0.02}}",
)


@pytest.fixture(scope="module", params=[(), WILD], ids=["certain parameters", "uncertain parameters"])
def both(plan, request):
    asked = {"draws": 2**15, "horizon": 2027, "overrides": request.param, "seed": 3}
    return draw(plan, "accelerated", **asked), draw(plan, "accelerated", **asked, held=2**10)


def test_streamed_quantiles_are_off_by_no_more_than_they_say_and_counts_not_at_all(plan, both):
    exact, streamed = both
    assert exact.error == 0.0
    widths = {one.kpi.id: one.width for one in streamed.bins}
    merged = exact.quantiles.merge(streamed.quantiles, on=["scenario", "kpi", "year", "quantile"])
    assert len(merged) == len(exact.quantiles)
    for name, part in merged.groupby("kpi"):
        kpi = plan.kpis[name]
        off = np.abs(scaled(kpi, part["value_x"].to_numpy()) - scaled(kpi, part["value_y"].to_numpy()))
        assert off.max() <= widths[name]
        assert 0.0 < widths[name] < 0.005
    assert streamed.probabilities.equals(exact.probabilities)
    assert streamed.first_years.equals(exact.first_years)


def test_a_known_year_has_its_value_at_every_quantile(plan):
    late = draw(plan, "baseline", as_of=2022, draws=2**14, held=2**10).quantiles
    known = late.query("kpi == 'software_revenue' and year == 2022")["value"].unique()
    assert known == pytest.approx([10.8126])


def test_the_result_depends_on_neither_threads_nor_blocks(plan):
    asked = {"draws": 2**16, "held": 2**10}
    one, two = draw(plan, "accelerated", **asked, workers=1), draw(plan, "accelerated", **asked)
    assert one.quantiles.equals(two.quantiles)
    assert one.probabilities.equals(two.probabilities)
    ready = sampling(project(plan, "accelerated"), seed=1)
    (whole,) = ready.blocks(1024, size=1024)
    parts = list(ready.blocks(1024, size=256))
    late = list(ready.blocks(256, size=256, start=768))
    for name in plan.kpis:
        joined = np.concatenate([part.kpis[name] for part in parts])
        assert joined == pytest.approx(whole.kpis[name], rel=1e-12)
        assert late[0].kpis[name] == pytest.approx(whole.kpis[name][768:], rel=1e-12)


def test_a_quantile_beyond_what_the_bins_hold_is_refused_not_guessed(plan, monkeypatch):
    monkeypatch.setattr(probability, "MARGIN", -0.45)
    with pytest.raises(ModelError, match="lies beyond what the first draws showed"):
        draw(plan, "baseline", draws=2**14, held=2**10).quantiles_at([0.5])


def test_what_was_repaired_or_streamed_is_remarked(plan):
    three = ("software_revenue", "online_retail", "ecommerce_transactions")
    every = [Correlated(between=pair, value=-0.9, source="A test") for pair in combinations(three, 2)]
    odd = plan.model_copy(update={"uncertainty": Uncertainty(correlation=tuple(every))})
    lasting, repaired = ENGLISH.sentences("remarks", draw(odd, draws=256))
    assert lasting.startswith("Of a year's growth shock 77 % lasts into the next year: measured")
    assert "fit no matrix; the nearest one is used" in repaired
    found = draw(plan, draws=2**14, held=2**10)
    _, streamed = ENGLISH.sentences("remarks", found)
    assert found.persistence == draw(plan, draws=2**10).persistence == persistence(plan)
    assert f"at most {100 * found.error:.2f} %" in streamed
    assert len(ENGLISH.sentences("remarks", draw(plan, draws=256))) == 1
