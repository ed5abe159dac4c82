"""Say what would have to be true for a national plan to be met.

Five verbs: `load` a plan pack, `project` a scenario, `simulate` it, `assess` it, show it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
