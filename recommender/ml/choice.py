"""What a person's choice of films tells of their taste, whatever stars they gave.

A film's audience has a mean taste g_i. With y the mean of g over the n films that a person chose, and z a
taste, the best linear guess is

    E[z | y] = cov(z, y) (V + W / n)^-1 (y - mean y)      V = cov(y) over people
             = D sum over the films of (g_i - mean y) B / (n + doubt)

W is how g varies within one person's films, on average: W / n is the chance in few of them. B are the
directions in which both are diagonal, W B = V B diag(doubt) and B'VB = I, and D = cov(z, y) B. So in every
direction the choice weighs n / (n + doubt), and a short history moves the guess little. The mean of z is
taken as nought, as in its prior. It is the credibility of Buehlmann and Straub, "Glaubwuerdigkeit fuer
Schadensaetze" (1970), in many dimensions; that a choice is evidence is the idea of Koren's SVD++ (KDD 2008).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
DAMPING = 20.0  # people of no particular taste in every audience
LEAST = 1e-6


class Choice(NamedTuple):
    """films (n_items, k): (g - mean y) B; D (k, k); doubt (k,), films at which a choice weighs half."""

    films: Floats
    D: Floats
    doubt: Floats

    def taste(self, items: NDArray[np.int64]) -> Doubles:
        """(k,) the taste expected of a person who chose these films; nought for none."""
        return np.asarray(self.D @ (self.films[items].sum(axis=0) / (len(items) + self.doubt)), np.float64)

    def shares(self, items: NDArray[np.int64], direction: Doubles) -> Doubles:
        """(len(items),) what each film adds to direction . taste; they sum to it."""
        return np.asarray(self.films[items] @ (self.D.T @ direction / (len(items) + self.doubt)))


def learn_choice(chosen: sparse.csr_array, tastes: Doubles) -> Choice:
    """From who chose what, (n_users, n_items) of ones, and the tastes (n_users, k) of the same people.

    Nobody is foretold by their own part in the audiences of their films: it is left out.
    """
    n_people, k = tastes.shape
    averaging = chosen / np.asarray(chosen.sum(axis=1))[:, None]
    weight = 1 / (chosen.sum(axis=0) + DAMPING)
    g = np.asarray(chosen.T @ tastes) * weight[:, None]
    y = np.asarray(averaging @ g)
    others = _centred(y - np.asarray(averaging @ weight)[:, None] * tastes)
    V = others.T @ others / n_people
    W = (g.T * averaging.sum(axis=0)) @ g / n_people - y.T @ y / n_people
    # As much doubt as directions that are learned have for so many people.
    V += np.diag(k / n_people * np.diag(V + W) + LEAST)
    doubt, B = linalg.eigh(W, V)
    D = _centred(tastes).T @ others @ B / n_people
    return Choice(*(of.astype(np.float32) for of in ((g - y.mean(axis=0)) @ B, D, np.maximum(doubt, LEAST))))


def _centred(x: Doubles) -> Doubles:
    return np.asarray(x - np.mean(x, axis=0))
