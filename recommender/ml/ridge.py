"""Ridge regression through the smaller of its two systems: as many equations as ratings, or as factors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def ridge(A: Doubles, e: Doubles, penalty: float) -> Doubles:
    """A'(AA' + penalty I)^-1 e, equal to (A'A + penalty I)^-1 A'e; A (n, k), e (n,), the result (k,)."""
    n_rows, n_columns = A.shape
    if n_rows < n_columns:
        return np.asarray(A.T @ np.linalg.solve(A @ A.T + penalty * np.eye(n_rows), e))
    return np.asarray(np.linalg.solve(A.T @ A + penalty * np.eye(n_columns), A.T @ e))


def ridge_weights(A: Doubles, f: Doubles, penalty: float) -> Doubles:
    """(AA' + penalty I)^-1 A f, equal to A (A'A + penalty I)^-1 f: what each row counts for f (k,)."""
    n_rows, n_columns = A.shape
    if n_rows < n_columns:
        return np.asarray(np.linalg.solve(A @ A.T + penalty * np.eye(n_rows), A @ f))
    return np.asarray(A @ np.linalg.solve(A.T @ A + penalty * np.eye(n_columns), f))
