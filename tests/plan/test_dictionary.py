"""The data dictionary quotes, counts and names what the data pack holds."""

import io
import re

import pandas as pd
from data_pack import COLUMNS, CONTEXT, FIGURES, OUTTURNS, PROSE, README, SERIES, one, preferred

from model.plan.records import json_schema


def quoted():
    """The rows of every table of the README that quotes figures of the pack."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", README, re.MULTILINE):
        table = pd.read_csv(io.StringIO(block), sep="|", dtype=str, keep_default_na=False)
        table = table.rename(columns=str.strip).map(str.strip).iloc[1:]
        if {"kpi", "period_end", "value", "published"} <= set(table.columns):
            found += table[[name for name in table.columns if name in COLUMNS]].to_dict("records")
    return found


def test_every_figure_tabled_in_the_dictionary_is_one_row_of_the_data():
    figures = quoted()
    assert len(figures) > 30
    for figure in figures:
        matches = FIGURES
        for column, wanted in figure.items():
            matches = matches[matches[column] == wanted]
        assert len(matches) == 1, figure


def test_the_dictionary_counts_the_rows_lists_the_unverified_and_names_every_column_series_and_label():
    assert f"{len(OUTTURNS)} published figures of the eight KPIs" in PROSE
    assert f"{len(CONTEXT)} published figures of denominators" in PROSE
    section = README.split("## Unverified figures")[1].split("\n## ")[0]
    for row in FIGURES[FIGURES.verified == "unverified"].itertuples():
        assert f"| {row.kpi} | {row.period_end} | {row.basis} | {row.value} |" in section
    for name in [*COLUMNS, *SERIES, *(label for label in FIGURES.series.unique() if label)]:
        assert name in PROSE, name


def test_the_worked_example_of_online_retail_agrees_with_the_data():
    chain = re.search(r"11\.7601((?: x 1\.\d+){5})", PROSE)
    assert chain is not None
    product = one("online_retail", "2020", basis="published").number
    for factor in re.findall(r"1\.\d+", chain[1]):
        product *= float(factor)
    assert round(product, 4) == one("online_retail", "2025", basis="chained").number
    printed = one("online_retail", "2025", basis="published").number
    assert f"2025 is {printed:.2f} and misses 17" in PROSE
    assert f"chained it is {product:.2f} and meets it" in PROSE
    growth = 100 * (printed / one("online_retail", "2024", basis="published").number - 1)
    assert f"The level rose by {growth:.1f} % in 2025" in PROSE


def test_the_percentages_quoted_on_e_commerce_and_gdp_agree_with_the_data():
    before, then, now = (preferred("ecommerce_transactions", year).number for year in (2023, 2024, 2025))
    assert f"a level {100 * (1 - then / before):.1f} % lower" in PROSE
    assert f"{100 * (now / then - 1):.1f} % above the level printed for 2024" in PROSE
    last = one("gdp_nominal", "2022", status="final").number
    first_print = one("gdp_nominal", "2023", status="preliminary").number
    census = one("gdp_nominal", "2023", status="revised").number
    artefact, growth, revision = (
        100 * (a / b - 1) for a, b in ((census, last), (first_print, last), (census, first_print))
    )
    assert f"{artefact:.1f} %, against {growth:.1f} %" in PROSE
    assert f"({revision:.1f} %)" in PROSE


def described():
    """The keys of the tables about plan.yaml and scenario files."""
    section = README.split("## What plan.yaml says")[1].split("\n## ")[0]
    keys = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {one.strip("`") for line in keys for one in line.split(", ")}


def test_the_dictionary_describes_every_key_of_a_plan_and_no_other():
    made = [json_schema(kind) for kind in ("plan", "scenario")]
    records = [one for schema in made for one in (schema, *schema["$defs"].values()) if "properties" in one]
    generated = ("Parameter_", "Growth_", "Shock_")
    plain = [one for one in records if not one["title"].startswith(generated)]
    common = {"reread", "reach"}  # of the rest, the arguments of curves, shapes and distributions
    known = {key for one in plain for key in one["properties"]} | common
    assert described() | {"en", "zh", "between"} == known
    growth = next(one for one in records if one["title"] == "Growth_linear")
    assert common < set(growth["properties"])
