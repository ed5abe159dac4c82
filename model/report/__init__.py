"""Findings in, pictures, tables and sentences out, in one language.

At home: words, number formats, charts, tables. Not at home: formulas, files, pages.
Nothing that needs matplotlib or IPython is imported before it is called for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
