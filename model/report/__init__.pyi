from . import charts as charts
from . import tables as tables
from . import text as text
from .pages import chapters as chapters
from .pages import overview as overview
from .report import Comparison as Comparison
from .report import Report as Report

__all__ = ["Comparison", "Report", "chapters", "charts", "overview", "tables", "text"]
