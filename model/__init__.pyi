from .errors import ModelError as ModelError
from .evaluation.assessment import assess as assess
from .evaluation.backtest import backtest as backtest
from .explorer.explorer import explore as explore
from .export.batch import render_reports as render_reports
from .plan.assumptions import assumptions as assumptions
from .plan.load import load as load
from .plan.outturns import outturns as outturns
from .plan.plan import Plan as Plan
from .plan.schema import Scenario as Scenario
from .projection.compare import compare as compare
from .projection.goal_seek import goal_seek as goal_seek
from .projection.projection import Projection as Projection
from .projection.projection import project as project
from .projection.required import required_growth as required_growth
from .uncertainty.ensemble import Ensemble as Ensemble
from .uncertainty.ensemble import simulate as simulate

__all__ = [
    "Ensemble",
    "ModelError",
    "Plan",
    "Projection",
    "Scenario",
    "assess",
    "assumptions",
    "backtest",
    "compare",
    "explore",
    "goal_seek",
    "load",
    "outturns",
    "project",
    "render_reports",
    "required_growth",
    "simulate",
]
