"""Learning ends when the validation part says so, and the best state is the one kept."""

from __future__ import annotations

import pytest

from recommender.ml.early_stopping import EarlyStopping


def checks(patience: int, losses: list[float]) -> tuple[EarlyStopping[int], list[bool]]:
    watch: EarlyStopping[int] = EarlyStopping(patience)
    return watch, [watch.stops(loss, number) for number, loss in enumerate(losses)]


def test_stops_after_so_many_checks_without_a_better_loss() -> None:
    watch, stopped = checks(2, [3.0, 2.0, 2.5, 2.0])
    assert stopped == [False, False, False, True]
    assert (watch.best, watch.best_loss) == (1, 2.0)


def test_a_better_loss_begins_the_count_anew() -> None:
    _, stopped = checks(2, [3.0, 3.1, 2.9, 3.0, 3.0])
    assert stopped == [False, False, False, False, True]


def test_without_patience_it_never_stops_and_keeps_the_last_state() -> None:
    watch, stopped = checks(0, [1.0, 2.0, 3.0])
    assert not any(stopped)
    assert watch.best == 2


def test_a_loss_that_is_not_a_number_is_never_the_best() -> None:
    watch, stopped = checks(1, [2.0, float("nan")])
    assert stopped == [False, True]
    assert watch.best == 0


def test_refuses_a_patience_below_nought() -> None:
    with pytest.raises(ValueError, match="from 0"):
        EarlyStopping(-1)
