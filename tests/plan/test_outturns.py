"""Which figure is preferred, and what was known when."""

import pytest

from model import outturns
from model.plan.outturns import COLUMNS


def value(plan, kpi, year, **asked):
    table = plan.figures.preferred(**asked)
    found = table[(table["kpi"] == kpi) & (table["year"] == year)]["value"].tolist()
    return found[0] if found else None


def test_a_figure_published_later_is_not_known(plan):
    assert value(plan, "iiot_penetration", 2021, as_of=2021) is None, "published in July 2022"
    assert value(plan, "iiot_penetration", 2021, as_of=2022) == 17.5
    assert value(plan, "ipv6_users", 2025, as_of=2025) == 865, "the reading of autumn; 869 came in July 2026"
    assert value(plan, "core_share", 2023, as_of=2023) == 10.0, "the census came in December 2024"
    assert value(plan, "core_share", 2023, as_of=2024) == 9.9
    assert value(plan, "gdp_nominal", 2020, as_of=2020) == 101.6, "the final figure came in December 2021"
    assert value(plan, "gdp_nominal", 2020, as_of=2021) == 101.36


def test_more_is_known_every_year_and_all_of_it_in_the_end(plan):
    counts = [len(plan.figures.vintages(as_of=year)) for year in range(2015, plan.figures.latest + 1)]
    assert counts == sorted(counts)
    assert counts[-1] == len(plan.outturns) + len(plan.context_data)
    assert counts[-2] < counts[-1]


def test_a_part_of_a_year_is_never_taken_for_the_year(plan):
    own = plan.outturns["kpi"] == "software_revenue"
    parts = plan.outturns[own & plan.outturns["period_end"].str.endswith("-11-30")]
    assert len(parts) == 3
    chosen = plan.figures.preferred(as_of=2026)
    assert not chosen.merge(parts[["kpi", "period_end"]], on=["kpi", "period_end"]).size


def test_three_counts_of_one_name_are_kept_apart(plan):
    assert value(plan, "egov_users", 2024, as_of=2026) is None, "the plan's own count ends in 2021"
    table = plan.figures.preferred(as_of=2026, every_series=True)
    counts = table[(table["kpi"] == "egov_users") & (table["year"] == 2020)].set_index("series")["value"]
    assert dict(counts) == {"hub platform": 400, "integrated platform": 809, "netizen survey": 843}


def test_another_basis_can_be_asked_for(plan):
    assert value(plan, "online_retail", 2025, as_of=2026, basis="chained") == 18.0334
    assert value(plan, "online_retail", 2021, as_of=2026, basis="comparable") == 13.2596


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"verified": "seen", "basis": "chained"}, {"verified": "unverified", "basis": "published"}),
        ({"basis": "published", "bound": "lower"}, {"basis": "comparable", "bound": "point"}),
        ({"bound": "point", "status": "secondary"}, {"bound": "lower", "status": "final"}),
        ({"status": "final", "published": "2014-01-02"},
         {"status": "preliminary", "published": "2015-01-01"}),
        ({"status": "preliminary"}, {"status": "derived"}),
        ({"status": "derived"}, {"status": "secondary"}),
        ({"published": "2015-01-01"}, {"published": "2014-06-01"}),
        ({"status": "revised", "published": "2015-01-01"}, {"status": "final", "published": "2014-06-01"}),
    ],
    ids=lambda row: " ".join(row.values()),
)  # fmt: skip
def test_the_written_rule_prefers(plan, better, worse):
    row = plan.outturns.iloc[0].to_dict() | {
        "kpi": "software_revenue", "series": "", "basis": "published", "period_start": "2013-01-01",
        "period_end": "2013-12-31", "bound": "point", "status": "final", "verified": "seen",
        "published": "2014-02-01", "year": 2013,
    }  # fmt: skip
    rows = [row | better | {"value": 1.0}, row | worse | {"value": 2.0}]
    for order in (rows, rows[::-1]):
        figures = plan.outturns.iloc[:0]
        figures = figures.assign(year=figures["year"].astype(int))
        two = plan.model_copy(update={"outturns": type(figures)(order), "context_data": figures})
        assert value(two, "software_revenue", 2013, as_of=2030) == 1.0


def test_what_is_given_has_the_agreed_columns_and_can_be_changed_without_changing_what_is_known(plan):
    first = outturns(plan, as_of=2022)
    assert tuple(first.columns) == tuple(plan.outturns.columns) == (*COLUMNS, "year")
    first["value"] = 0.0
    assert (outturns(plan, as_of=2022)["value"] > 0).all()


def test_another_pack_of_figures_is_asked_anew(plan):
    everything = plan.figures.preferred(as_of=2022)
    cut = plan.model_copy(update={"outturns": plan.outturns[plan.outturns["year"] < 2022]})
    assert len(cut.figures.preferred(as_of=2022)) < len(everything)
    other = plan.kpis["software_revenue"].model_copy(update={"series": "x"})
    renamed = plan.model_copy(update={"kpis": {**plan.kpis, other.id: other}}).figures.preferred(as_of=2022)
    assert "software_revenue" not in set(renamed["kpi"])
