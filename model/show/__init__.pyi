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
from .finding import Findings as Findings
from .finding import findings as findings
from .lessons import assessment as assessment
from .lessons import growth as growth
from .lessons import needs as needs
from .lessons import plan_table as plan_table
from .lessons import projection as projection
from .lessons import scenario_table as scenario_table
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
from .side_by_side import Several as Several
from .side_by_side import several as several

__all__ = [
    "Findings",
    "Several",
    "answer",
    "answer_data",
    "answer_start",
    "answer_targets",
    "assessment",
    "assumptions",
    "changes",
    "chapters",
    "coherence",
    "comparison",
    "conclusion",
    "each",
    "figure",
    "findings",
    "gap",
    "growth",
    "handle_table",
    "matrix",
    "method",
    "needs",
    "numbers",
    "panels",
    "plan_table",
    "projection",
    "scenario_table",
    "several",
    "sliders",
    "sources",
    "style",
    "table",
    "tables",
    "text",
    "trajectory",
    "verdict_table",
    "words",
]
