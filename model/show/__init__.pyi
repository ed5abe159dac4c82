from . import numbers as numbers
from . import tables as tables
from . import words as words

__all__ = ["numbers", "tables", "words"]
