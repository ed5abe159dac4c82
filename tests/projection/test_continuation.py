"""How a series goes on that no scenario speaks of."""

import numpy as np
import pytest

from model.plan.outturns import last_growth
from model.projection.trajectories import DAMPING, continued


@pytest.fixture
def population(plan):
    return plan.context["population"]


@pytest.mark.parametrize(
    ("figures", "growth"),
    [
        ([(2015, 100.0, "old"), (2016, 130.0, "old"), (2019, 200.0, ""), (2020, 202.0, "")], 1.01),
        ([(2018, 100.0, "old"), (2019, 101.0, "old"), (2020, 150.0, "")], 1.01),
        ([(2018, 100.0, ""), (2020, 121.0, "")], 1.1),
    ],
)
def test_growth_is_a_years_growth_of_the_latest_definition_with_two_figures(population, figures, growth):
    assert last_growth(population, {"population": figures}) == pytest.approx(np.log(growth))


def test_one_figure_stays_where_it_is(population):
    facts = {"population": [(2020, 150.0, "")]}
    assert last_growth(population, facts) is None
    assert continued([2020, 2021, 2025], 150.0, 0.0).tolist() == [150.0] * 3


def test_under_a_ceiling_the_odds_go_on_and_the_ceiling_holds(plan):
    users = plan.context["internet_users"]
    facts = {
        "internet_users": [(2019, 60.0, ""), (2020, 70.0, "")],
        "population": [(2019, 100.0, ""), (2020, 100.0, "")],
    }
    path = continued(range(2020, 2060), 70.0, last_growth(users, facts), np.full(40, 100.0))
    odds = path / (100.0 - path)
    first = np.log((70 / 30) / (60 / 40))
    assert np.log(odds[1] / odds[0]) == pytest.approx(first * DAMPING)
    assert (path < 100.0).all()
