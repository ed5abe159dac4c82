"""Executed notebooks become reports: PDF, HTML, and a manifest of what they were made from.

At home: kernels, documents, batches, files. Not at home: what a report says.
"""

import sys
from importlib import import_module

# What nbformat imports builds 38 parsers of web addresses, which no notebook asks for: two thirds of the
# time of a dry run. Their package is hidden while that is read.
_SYNTAX = "rfc3987_syntax"
if _SYNTAX not in sys.modules:
    sys.modules[_SYNTAX] = None  # type: ignore[assignment]
    import_module("nbformat")
    del sys.modules[_SYNTAX]
