from . import numbers as numbers
from . import style as style
from . import tables as tables
from . import words as words
from .agreement import coherence as coherence
from .answers import answer_data as answer_data
from .answers import answer_start as answer_start
from .answers import answer_targets as answer_targets
from .charts import comparison as comparison
from .charts import gap as gap
from .charts import panels as panels
from .charts import trajectory as trajectory
from .display import each as each
from .display import figure as figure
from .display import table as table
from .display import text as text
from .fans import fan as fan
from .finding import Findings as Findings
from .finding import findings as findings
from .graded import reviews as reviews
from .graded import rules as rules
from .lessons import assessment as assessment
from .lessons import growth as growth
from .lessons import needs as needs
from .lessons import plan_table as plan_table
from .lessons import projection as projection
from .lessons import scenario_table as scenario_table
from .likelihood import chances as chances
from .likelihood import likelihoods as likelihoods
from .likelihood import likely as likely
from .likelihood import spread as spread
from .likelihood import together as together
from .pages import answer as answer
from .pages import assumptions as assumptions
from .pages import changes as changes
from .pages import chapters as chapters
from .pages import conclusion as conclusion
from .pages import matrix as matrix
from .pages import method as method
from .pages import sources as sources
from .pages import verdict_table as verdict_table
from .panel import handle_table as handle_table
from .panel import sliders as sliders
from .retold import runs as runs
from .retold import then as then
from .retold import told as told
from .retold import told_table as told_table
from .scored import fared as fared
from .scoring import league as league
from .scoring import league_by_kpi as league_by_kpi
from .scoring import past as past
from .side_by_side import Several as Several
from .side_by_side import several as several
from .taking import takes as takes

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
    "handle_table",
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
    "sliders",
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
