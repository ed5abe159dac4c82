from . import numbers as numbers
from . import style as style
from . import tables as tables
from . import words as words
from .answers import answer_data as answer_data
from .answers import answer_start as answer_start
from .answers import answer_targets as answer_targets
from .charts import comparison as comparison
from .charts import fan as fan
from .charts import gap as gap
from .charts import panels as panels
from .charts import trajectory as trajectory
from .output import each as each
from .output import figure as figure
from .output import table as table
from .output import text as text
from .report import Findings as Findings
from .report import Several as Several
from .report import findings as findings
from .report import several as several
from .tables.as_of import runs as runs
from .tables.as_of import then as then
from .tables.as_of import told as told
from .tables.as_of import told_table as told_table
from .tables.coherence import coherence as coherence
from .tables.inputs import answer as answer
from .tables.inputs import assumptions as assumptions
from .tables.inputs import changes as changes
from .tables.inputs import chapters as chapters
from .tables.inputs import conclusion as conclusion
from .tables.inputs import matrix as matrix
from .tables.inputs import method as method
from .tables.inputs import sources as sources
from .tables.inputs import verdict_table as verdict_table
from .tables.progress import reviews as reviews
from .tables.progress import rules as rules
from .tables.required import takes as takes
from .tables.scores import fared as fared
from .tables.scores import league as league
from .tables.scores import league_by_kpi as league_by_kpi
from .tables.scores import past as past
from .tables.targets import assessment as assessment
from .tables.targets import growth as growth
from .tables.targets import needs as needs
from .tables.targets import plan_table as plan_table
from .tables.targets import projection as projection
from .tables.targets import scenario_table as scenario_table
from .tables.uncertainty import chances as chances
from .tables.uncertainty import likelihoods as likelihoods
from .tables.uncertainty import likely as likely
from .tables.uncertainty import spread as spread
from .tables.uncertainty import together as together

__all__ = [
    "Findings",
    "Several",
    "answer",
    "answer_data",
    "answer_start",
    "answer_targets",
    "assessment",
    "assumptions",
    "chances",
    "changes",
    "chapters",
    "coherence",
    "comparison",
    "conclusion",
    "each",
    "fan",
    "fared",
    "figure",
    "findings",
    "gap",
    "growth",
    "league",
    "league_by_kpi",
    "likelihoods",
    "likely",
    "matrix",
    "method",
    "needs",
    "numbers",
    "panels",
    "past",
    "plan_table",
    "projection",
    "reviews",
    "rules",
    "runs",
    "scenario_table",
    "several",
    "sources",
    "spread",
    "style",
    "table",
    "tables",
    "takes",
    "text",
    "then",
    "together",
    "told",
    "told_table",
    "trajectory",
    "verdict_table",
    "words",
]
