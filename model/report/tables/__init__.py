"""The tables of a report, a module a subject.

At home: which columns and rows there are, one line a column. Not at home: computing.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
