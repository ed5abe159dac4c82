from .inputs import assumptions as assumptions
from .inputs import changed_assumptions as changed_assumptions
from .inputs import coherence as coherence
from .inputs import sources as sources
from .inputs import verdict_matrix as verdict_matrix
from .targets import assessment as assessment
from .targets import goal_seek as goal_seek
from .targets import progress_rules as progress_rules
from .targets import projection as projection
from .targets import required as required
from .targets import required_growth as required_growth
from .targets import reviews as reviews
from .targets import scenarios as scenarios
from .targets import targets as targets
from .targets import verdicts as verdicts
from .uncertainty import as_of as as_of
from .uncertainty import dependence as dependence
from .uncertainty import growth_uncertainty as growth_uncertainty
from .uncertainty import probabilities as probabilities
from .uncertainty import scores as scores

__all__ = [
    "as_of",
    "assessment",
    "assumptions",
    "changed_assumptions",
    "coherence",
    "dependence",
    "goal_seek",
    "growth_uncertainty",
    "probabilities",
    "progress_rules",
    "projection",
    "required",
    "required_growth",
    "reviews",
    "scenarios",
    "scores",
    "sources",
    "targets",
    "verdict_matrix",
    "verdicts",
]
