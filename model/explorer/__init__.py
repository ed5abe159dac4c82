"""The whole model under sliders: the picture follows the hand.

At home: controls, edits, the page and its server. Not at home: any number or word of its own.
Nothing that needs Jupyter is imported before it is called for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
