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
from model import backtest, compare, project, required_growth
from model.growth.curves import CURVES
from model.growth.distributions import DISTRIBUTIONS
from model.growth.shocks import SHOCKS
from model.plan.assumptions import assumptions

PACKAGE = Path(model.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "shipped" not in path.parts)


def strings(code):
    """Every string of a module but its docstrings."""
    tree = ast.parse(code)
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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_kpi_year_or_unit_of_the_plan_stands_in_the_code_and_no_module_grows_long(plan, path):
    code = path.read_text(encoding="utf-8")
    assert len(code.splitlines()) <= 300
    years = {str(year) for year in range(plan.base_year, plan.target_year + 1)}
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    assert not years & {token.string for token in tokens if token.type == tokenize.NUMBER}
    units = {series.unit.en for series in plan.series.values()} | {"yuan", "trillion"}
    for text in strings(code):
        assert not re.search(rf"\b({'|'.join(sorted(years))})\b", text), text
        for name in plan.series:
            # "population" is a word as well as a series; it may stand in a sentence, not as an id.
            assert text != name, text
            assert name == "population" or name not in text, text
        assert not any(unit in text for unit in units), text


def test_the_door_has_few_names_in_order_and_opening_it_imports_no_charts_and_no_notebooks():
    assert list(model.__all__) == sorted(model.__all__)
    assert len(model.__all__) <= 17
    assert all(getattr(model, name).__doc__ for name in model.__all__)
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
    ceilings = project(coast, "steady").ceilings.query("kpi == 'boats'")["ceiling"]
    assert ceilings.iloc[:2].to_list() == pytest.approx([945, 945 * (945 / 900) ** 0.89])
    gaps = [
        judge(coast, name).query("target_year == 2018 and kpi == 'outage_hours'")["gap"].iloc[0]
        for name in ("storm", "steady")
    ]
    assert gaps[0] < gaps[1] < 0, "a storm raises what should be low"


@pytest.mark.parametrize("name", [*CURVES, *DISTRIBUTIONS, *SHOCKS])
def test_every_formula_is_documented_with_an_example(name):
    told = {**CURVES, **DISTRIBUTIONS, **SHOCKS}[name].__doc__
    for section in ("Parameters\n", "Examples\n", ">>> "):
        assert section in told


def test_no_function_changes_the_plan_it_is_given(plan):
    before, scenario = plan.outturns.copy(), plan.scenarios["accelerated"].model_dump()
    judge(plan, "accelerated", as_of="latest", overrides=["software_revenue.rate=0.2"], draws=64)
    backtest(plan, ["baseline"])
    pd.testing.assert_frame_equal(plan.outturns, before)
    assert plan.scenarios["accelerated"].model_dump() == scenario
