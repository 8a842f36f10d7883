"""How alike two people's tastes are, by the films that both rated.

    e_ui = r_ui - b_ui,    b_ui = m_i + b_u,    b_u = sum over i of (r_ui - m_i) / (n + BIAS_DAMPING)
    s_uv = sum e_ui e_vi / sqrt(sum e_ui^2  sum e_vi^2) * n / (n + SHRINKAGE)

over the n films i that u and v have in common; m_i is what a film is usually given. Pearson's correlation,
centred by the biases of film and person rather than by means, so that two who both love what everybody loves
are not alike for that. Few films prove little: the factor draws them to nought. Herlocker, Konstan, Borchers
and Riedl, "An Algorithmic Framework for Performing Collaborative Filtering" (1999), significance weighting;
in this form Bell and Koren, "Scalable Collaborative Filtering with Jointly Derived Neighborhood Interpolation
Weights" (2007).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BIAS_DAMPING = 5.0  # ratings
SHRINKAGE = 10.0  # k, in films
ENOUGH_IN_COMMON = 3
AGREEMENT = 1.0  # stars: two ratings that lie no further apart agree


class Alike(NamedTuple):
    likeness: float  # s, from -1 to 1
    agreed: int  # films rated alike
    common: int  # n


def alike(mine: Floats, theirs: Floats, usual: Floats) -> Alike:
    """Of the ratings (n,) in stars that two people gave the same films, in the same order.

    `usual` (n,) is what each film is given on average. The likeness of people with fewer than
    ENOUGH_IN_COMMON films, or of whom one always agrees with everybody, is nought.
    """
    n = len(mine)
    agreed = int((np.abs(mine - theirs) <= AGREEMENT).sum())
    if n < ENOUGH_IN_COMMON:
        return Alike(0.0, agreed, n)
    ours, other = _left_over(mine, usual), _left_over(theirs, usual)
    spread = float(np.sqrt((ours @ ours) * (other @ other)))
    correlation = float(ours @ other) / spread if spread > 0 else 0.0
    return Alike(correlation * n / (n + SHRINKAGE), agreed, n)


def usual_stars(total: NDArray[Any], count: NDArray[Any]) -> Floats:
    """(n,) means m of films from their sums of stars and numbers of ratings, drawn to the mean of all."""
    mean = total.sum() / max(float(count.sum()), 1.0)
    return np.asarray((total + BIAS_DAMPING * mean) / (count + BIAS_DAMPING), np.float32)


def _left_over(stars: Floats, usual: Floats) -> Floats:
    above = stars - usual
    return np.asarray(above - above.sum() / (len(above) + BIAS_DAMPING), np.float32)
