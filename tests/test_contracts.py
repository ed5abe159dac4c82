"""What the rooms of the house promise each other: a plan is data, words live in one place, doors are few."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pandas as pd
import pytest
from conftest import judge, seek

import model
from model import compare, project, required_growth
from model.growth.curves import CURVES
from model.growth.distributions import DISTRIBUTIONS
from model.growth.shocks import SHOCKS
from model.plan.assumptions import assumptions

PACKAGE = Path(model.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "shipped" not in path.parts)


def strings(path):
    """Every string of a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    doc = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in doc:
            yield node.value


def numbers(path):
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.NUMBER:
            yield token.string


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_kpi_year_or_unit_of_the_plan_stands_in_the_code(plan, path):
    years = {str(year) for year in range(plan.base_year, plan.target_year + 1)}
    assert not years & set(numbers(path))
    units = {series.unit.en for series in plan.series.values()} | {"yuan", "trillion"}
    for text in strings(path):
        assert not re.search(rf"\b({'|'.join(sorted(years))})\b", text), text
        for name in plan.series:
            # "population" is a word as well as a series; it may stand in a sentence, not as an id.
            assert text != name, text
            assert name == "population" or name not in text, text
        assert not any(unit in text for unit in units), text


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_grows_beyond_one_idea(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_door_has_few_names_in_order():
    assert list(model.__all__) == sorted(model.__all__)
    assert len(model.__all__) <= 17
    for name in model.__all__:
        assert getattr(model, name).__doc__


def test_opening_the_door_imports_no_charts_and_no_notebooks():
    code = (
        "import sys, model; model.load(); model.project; model.assess\n"
        "heavy = {'matplotlib', 'ipywidgets', 'IPython', 'papermill', 'nbconvert'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_another_plan_opens_without_a_line_of_code(coast):
    assert (coast.base_year, coast.target_year) == (2010, 2018)
    assert list(coast.kpis) == ["outage_hours", "berth_share", "boats"]
    assert set(judge(coast, "steady")["kpi"]) == set(coast.kpis)
    assert project(coast, "steady", as_of="latest").as_of == 2018
    assert required_growth(coast, "outage_hours", target_year=2014) == pytest.approx((25 / 40) ** 0.25 - 1)
    assert seek(coast, "steady", "outage_hours").value == pytest.approx((10 / 40) ** 0.125 - 1)
    assert not compare(coast, "steady", "storm").numbers.empty
    assert not assumptions(coast.scenarios["storm"]).empty


def test_another_plans_ceiling_goes_on_from_its_own_history(coast):
    ceilings = project(coast, "steady").ceilings.query("kpi == 'boats'")["ceiling"]
    assert ceilings.iloc[0] == 945
    assert ceilings.iloc[1] == pytest.approx(945 * (945 / 900) ** 0.89)


def test_a_storm_raises_what_should_be_low_and_its_gap_worsens(coast):
    calm = judge(coast, "steady").query("target_year == 2018 and kpi == 'outage_hours'")["gap"]
    storm = judge(coast, "storm").query("target_year == 2018 and kpi == 'outage_hours'")["gap"]
    assert storm.iloc[0] < calm.iloc[0] < 0


@pytest.mark.parametrize(
    "functions", [CURVES, DISTRIBUTIONS, SHOCKS], ids=["curves", "distributions", "shocks"]
)
def test_every_formula_is_documented_with_an_example(functions):
    for name, function in functions.items():
        for section in ("Parameters\n", "Examples\n", ">>> "):
            assert section in function.__doc__, f"{name}: {section}"


def test_no_function_changes_the_plan_it_is_given(coast):
    before = coast.outturns.copy()
    judge(coast, "storm", as_of="latest", overrides=["boats.rate=0.2"])
    pd.testing.assert_frame_equal(coast.outturns, before)
