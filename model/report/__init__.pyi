from . import charts as charts
from . import tables as tables
from . import text as text
from .charts import chapters as chapters
from .report import Comparison as Comparison
from .report import Report as Report
from .tiles import overview as overview

__all__ = ["Comparison", "Report", "chapters", "charts", "overview", "tables", "text"]
