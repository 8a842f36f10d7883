"""When to stop learning: as soon as a part of the data that is not learned from says so.

Prechelt, "Early stopping, but when?" (1998): after `patience` checks in a row without a better loss, the
state of the best check is the one to keep.
"""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")


class EarlyStopping(Generic[State]):
    """Keeps the best state seen; a patience of 0 never stops and keeps the last one.

    `State` is what the caller needs to go back to that check; it must not be changed in place afterwards.
    """

    def __init__(self, patience: int) -> None:
        if patience < 0:
            raise ValueError(f"Patience is a number of checks from 0, not {patience}.")
        self.patience = patience
        self.best_loss = float("inf")
        self.best: State | None = None
        self.checks = 0
        self.best_check = 0

    def stops(self, loss: float, state: State) -> bool:
        """Take note of one check; True when learning shall end. A loss that is NaN is never better."""
        self.checks += 1
        if self.patience == 0 or self.best is None or loss < self.best_loss:
            self.best_loss, self.best, self.best_check = loss, state, self.checks
        return self.patience > 0 and self.checks - self.best_check >= self.patience
