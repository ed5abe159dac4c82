from .errors import ModelError as ModelError
from .evaluation.assessment import assess as assess
from .evaluation.backtest import hindsight as hindsight
from .evaluation.scores import league as league
from .plan.assumptions import assumptions as assumptions
from .plan.assumptions import changed_assumptions as changed_assumptions
from .plan.load import find_scenario as find_scenario
from .plan.load import load as load
from .plan.outturns import known as known
from .plan.outturns import vintages as vintages
from .plan.schema import Kpi as Kpi
from .plan.schema import Plan as Plan
from .plan.schema import Scenario as Scenario
from .projection.goal_seek import goal_seek as goal_seek
from .projection.projection import Comparison as Comparison
from .projection.projection import Projection as Projection
from .projection.projection import compare as compare
from .projection.projection import project as project
from .projection.required import efforts as efforts
from .projection.required import required_growth as required_growth
from .projection.required import year_reached as year_reached
from .uncertainty.ensemble import Ensemble as Ensemble
from .uncertainty.ensemble import simulate as simulate
from .uncertainty.streamed import summarise as summarise

__all__ = [
    "Comparison",
    "Ensemble",
    "Kpi",
    "ModelError",
    "Plan",
    "Projection",
    "Scenario",
    "assess",
    "assumptions",
    "changed_assumptions",
    "compare",
    "efforts",
    "find_scenario",
    "goal_seek",
    "hindsight",
    "known",
    "league",
    "load",
    "project",
    "required_growth",
    "simulate",
    "summarise",
    "vintages",
    "year_reached",
]
