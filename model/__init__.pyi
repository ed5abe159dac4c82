from .assessment import assess as assess
from .assumptions import assumptions as assumptions
from .assumptions import changed_assumptions as changed_assumptions
from .comparison import Comparison as Comparison
from .comparison import compare as compare
from .efforts import efforts as efforts
from .errors import ModelError as ModelError
from .figures import known as known
from .figures import vintages as vintages
from .goals import required_growth as required_growth
from .goals import year_reached as year_reached
from .hindsight import hindsight as hindsight
from .inputs import find_scenario as find_scenario
from .inputs import load as load
from .league import league as league
from .projection import Projection as Projection
from .projection import project as project
from .schema import Kpi as Kpi
from .schema import Plan as Plan
from .schema import Scenario as Scenario
from .seeking import goal_seek as goal_seek
from .summaries import summarise as summarise
from .uncertainty import Ensemble as Ensemble
from .uncertainty import simulate as simulate

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
