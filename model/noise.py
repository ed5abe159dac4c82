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
    """Turn uniform levels into cumulated growth shocks.

    Parameters
    ----------
    levels : ndarray, shape (years, kpis, draws)
        Levels in (0, 1), independent of each other. They are overwritten.
    scale : ndarray, shape (years, kpis)
        Standard deviation of each year's own shock; 0 where a year is known.
    factor : ndarray, shape (kpis, kpis), optional
        Lower triangular factor of the correlation between KPIs (a Gaussian copula).
    persistence : float
        Share of a year's shock that the next year inherits, in [0, 1): AR(1) that starts from no shock.

    Returns
    -------
    ndarray, shape (years, kpis, draws)
        Sum of the shocks up to each year, of the log or logit; its median is zero.

    Notes
    -----
    With ``e_t = rho e_{t-1} + eta_t`` and ``e_0 = 0`` the standard deviation after h years is
    ``sigma / (1 - rho) * sqrt(sum_j (1 - rho^j)^2)``.

    Examples
    --------
    >>> levels = np.full((2, 1, 1), 0.975)
    >>> shocks(levels, np.full((2, 1), 0.1)).ravel().round(3).tolist()
    [0.196, 0.392]
    >>> levels = np.full((2, 1, 1), 0.975)
    >>> shocks(levels, np.full((2, 1), 0.1), persistence=0.5).ravel().round(3).tolist()
    [0.196, 0.49]
    """
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
