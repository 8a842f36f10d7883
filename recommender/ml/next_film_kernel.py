"""The strongest entries of each row of a sparse matrix, compiled."""

from __future__ import annotations

from recommender.ml.sparse_ease_kernel import Floats, Rows, Starts, compiled, keep_strongest


@compiled
def strongest_entries(
    starts: Starts,
    films: Rows,
    values: Floats,
    own: Floats,
    regularisation: float,
    partner: Rows,
    excess: Floats,
) -> None:
    """Fill partner and excess (n, k) of sparse_ease_kernel from compressed rows."""
    for row in range(len(partner)):
        at = slice(starts[row], starts[row + 1])
        keep_strongest(films[at], values[at], own, regularisation, partner[row], excess[row])
