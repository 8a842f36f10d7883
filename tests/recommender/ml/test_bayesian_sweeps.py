"""How many sweeps the Gibbs sampler takes."""

from __future__ import annotations

from recommender.ml.bayesian import BayesianConfig


def test_fewer_ratings_take_fewer_sweeps_and_a_rehearsal_half_of_them() -> None:
    config = BayesianConfig(n_sweeps=110, n_burn_in=4)
    assert [config.for_ratings(n).n_sweeps for n in (10, 80_000, 10**6, 10**7)] == [30, 59, 110, 110]
    assert BayesianConfig(n_sweeps=20).for_ratings(10).n_sweeps == 20
    assert (config.half.n_sweeps, config.half.n_burn_in) == (55, 2)
