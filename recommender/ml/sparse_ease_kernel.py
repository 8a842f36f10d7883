"""Ridge regressions on neighbourhoods, compiled: one small system for each film.

A symmetric matrix G of products between n films is kept as

    G_ij = e_i e_j + excess_ij

where e_i e_j is what films that have nothing to do with each other would share, and the excess is kept for
the strongest pairs alone: partner (n, k) int32, the films j with the largest excess_ij^2 / (excess_jj +
lambda), strongest first and -1 where there are no more, and excess (n, k) float32 beside it. own (n,) is
excess_ii.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]
Starts = NDArray[np.integer]

compiled = numba.njit(cache=True)


@compiled
def strongest_products(
    first: int,
    by_user: tuple[Starts, Rows, Floats],
    by_film: tuple[Starts, Rows, Floats],
    expected: Floats,
    own: Floats,
    regularisation: float,
    partner: Rows,
    excess: Floats,
) -> None:
    """Fill the rows of films first, first + 1, ...; O(sum over a film's people of what they watched).

    The weights X by user and by film, each as starts, columns and values of compressed rows, all above 0.
    """
    starts, films, weights = by_user
    film_starts, people, given = by_film
    total = np.zeros(len(own), np.float32)
    found = np.empty(len(own), np.int32)
    for row in range(len(partner)):
        i = first + row
        n_found = 0
        for n in range(film_starts[i], film_starts[i + 1]):
            u = people[n]
            for at in range(starts[u], starts[u + 1]):
                j = films[at]
                if total[j] == 0:
                    found[n_found] = j
                    n_found += 1
                total[j] += given[n] * weights[at]
        others = found[:n_found][found[:n_found] != i]
        more = total[others] - expected[i] * expected[others]
        keep_strongest(others, more, own, regularisation, partner[row], excess[row])
        total[found[:n_found]] = 0


@compiled
def keep_strongest(
    films: Rows, more: Floats, own: Floats, regularisation: float, partner: Rows, excess: Floats
) -> None:
    """Fill one row of partner and excess from the films whose excess is `more`."""
    strength = more * more / (own[films] + regularisation)
    contenders = np.arange(len(films))
    surplus = len(films) - len(partner)
    if surplus > 0:
        # Films of one and the same person are equal by the thousand: only as many as have room are sorted.
        least = np.partition(strength, surplus)[surplus]
        above = np.flatnonzero(strength > least)
        equal = np.flatnonzero(strength == least)[: len(partner) - len(above)]
        contenders = np.concatenate((above, equal))
    order = contenders[np.argsort(-strength[contenders], kind="mergesort")[: len(partner)]]
    partner[:] = -1
    excess[:] = 0
    for place, n in enumerate(order):
        partner[place] = films[n]
        excess[place] = more[n]


@compiled
def solve_neighbourhoods(
    neighbour: Rows,
    target: Floats,
    partner: Rows,
    excess: Floats,
    expected: Floats,
    own: Floats,
    regularisation: float,
) -> Floats:
    """(n, m) weights b of the neighbours S of films: (G_SS + lambda I) b = t for each row t of target.

    neighbour (n, m) has -1 where there are no more; an excess that is not kept counts as nought.
    """
    place = np.full(len(own), -1, np.int32)
    weight = np.zeros(neighbour.shape, np.float32)
    for row in range(len(neighbour)):
        S = neighbour[row][neighbour[row] >= 0]
        if len(S):
            place[S] = np.arange(len(S)).astype(np.int32)
            system = among(S, place, partner, excess, expected)
            for a in range(len(S)):
                system[a, a] = expected[S[a]] ** 2 + own[S[a]] + regularisation
            weight[row, : len(S)] = np.linalg.solve(system, target[row, : len(S)].copy())
            place[S] = -1
    return weight


@compiled
def among(S: Rows, place: Rows, partner: Rows, excess: Floats, expected: Floats) -> Floats:
    """(len(S), len(S)) G between the films of S, each at its place; the diagonal is of no use."""
    system = np.outer(expected[S], expected[S])
    for a in range(len(S)):
        for n in range(partner.shape[1]):
            j = partner[S[a], n]
            if j < 0:
                break
            b = place[j]
            if b >= 0:
                system[a, b] = system[b, a] = expected[S[a]] * expected[j] + excess[S[a], n]
    return system
