from . import numbers as numbers
from . import tables as tables
from . import words as words
from .charts import comparison as comparison
from .charts import gap as gap
from .charts import panels as panels
from .charts import trajectory as trajectory
from .display import each as each
from .display import figure as figure
from .display import table as table
from .display import text as text
from .findings import findings as findings
from .findings import several as several

__all__ = ["comparison","each","figure","findings","gap", "numbers","panels","several","table","tables","text","trajectory", "words"]
