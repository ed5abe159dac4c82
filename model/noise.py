"""From levels to growth shocks: standard normals, made to go together and to last.

Arrays are (draws, KPIs, years): one year is one column of the plan's KPIs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Values = NDArray[np.float64]


def shocks(
    levels: Values, scale: Values, *, factor: Values | None = None, persistence: float = 0.0
) -> Values:
    """Turn uniform levels into cumulated growth shocks."""
    normals: Values = special.ndtri(levels, out=levels)
    for year, sizes in enumerate(scale):
        mixed = normals[year] if factor is None else factor @ normals[year]
        mixed *= sizes[:, None]
        if year:
            last = normals[year - 1]
            # What lasts is the shock of the year before: the difference of the sums so far.
            before = normals[year - 2] if year > 1 else 0.0
            mixed += last + persistence * (last - before) if persistence else last
        normals[year] = mixed
    return normals
