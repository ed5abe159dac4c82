"""Published figures of one definition, year after year: what growth can be measured from."""

from __future__ import annotations

from model.figures import known
from model.memory import asked_once
from model.schema import Plan

# (value of the year before, value of the year), in the series' unit.
Step = tuple[float, float]


@asked_once
def steps(plan: Plan, *, as_of: int | None = None) -> dict[str, dict[int, Step]]:
    """Give the steps from one year to the next that published figures show."""
    seen = plan.base_year if as_of is None else as_of
    # Of a context series every definition counts; of a KPI only its own.
    kpis, every = known(plan, as_of=seen), known(plan, as_of=seen, every_series=True)
    chosen = [
        *kpis[kpis["kpi"].isin(list(plan.kpis))].itertuples(),
        *every[every["kpi"].isin(list(plan.context))].itertuples(),
    ]
    levels: dict[str, dict[str, dict[int, float]]] = {name: {} for name in plan.series}
    for row in chosen:
        if row.bound == "point" and row.verified != "unverified":
            levels[row.kpi].setdefault(row.series, {})[int(row.year)] = float(row.value)
    for name, kpi in plan.kpis.items():
        levels[name].setdefault(kpi.series, {})[kpi.base_year] = kpi.base
    before = {
        (row.kpi, row.series, int(row.year)): float(row.value)
        for row in known(plan, as_of=seen, basis="comparable").itertuples()
        if row.bound == "point"
    }
    return {
        name: {
            year: (before.get((name, label, year - 1), figures[year - 1]), value)
            for label, figures in levels[name].items()
            for year, value in sorted(figures.items())
            if year - 1 in figures
        }
        for name in plan.series
    }
