"""Which film a newcomer is asked about next."""

import numpy as np
import pytest

from recommender.ml.cards import Answers, CardsConfig, Deck

NOTHING = Answers.of([], [])
AXES = np.eye(3)


def three_tastes(noise=0.05, films_each=10):
    """Factors of films along three axes, film 0, 3, 6, ... along the first."""
    random = np.random.default_rng(0)
    near = random.normal(0, noise, (3 * films_each, 3))
    return np.tile(AXES, (films_each, 1)) + near


def equally_known(n):
    return np.full(n, 100.0)


def test_the_cards_spread_over_the_tastes_there_are():
    deck, rated = Deck(three_tastes(), equally_known(30)), []
    for _ in range(6):
        rated.append(int(deck.order(Answers.of(rated, []), 1)[0]))
    assert {film % 3 for film in rated[:3]} == {0, 1, 2}
    assert {film % 3 for film in rated[3:]} == {0, 1, 2}


def test_of_two_films_that_tell_the_same_the_better_known_is_asked_about():
    counts = equally_known(30)
    counts[12] = 150
    assert Deck(np.tile(AXES, (10, 1)), counts).order(NOTHING, 1) == [12]


def test_a_film_that_hardly_anybody_saw_is_no_card_however_much_it_would_tell():
    Q, counts = three_tastes(), equally_known(30)
    Q[5], counts[5] = [9, 9, 9], 0
    deck = Deck(Q, counts)
    assert 5 not in deck.films
    assert len(deck.order(NOTHING, 60)) == 29


def test_only_the_best_known_films_are_cards():
    deck = Deck(three_tastes(), np.arange(30.0), CardsConfig(n_cards=4))
    assert deck.films.tolist() == [29, 28, 27, 26]


def test_an_answered_card_does_not_come_again_and_the_deck_runs_out():
    deck = Deck(three_tastes(), equally_known(30))
    answers = Answers.of([0, 1], [2])
    assert not {0, 1, 2} & set(deck.order(answers, 30).tolist())
    assert not len(deck.order(Answers.of(list(range(20)), list(range(20, 30))), 1))


def test_what_a_card_is_worth_is_the_variance_that_stars_for_it_take_away():
    config = CardsConfig(power=0)
    deck = Deck(three_tastes(noise=0.3), np.arange(1.0, 31.0), config)
    a = np.column_stack([np.full(30, config.bias), deck.Q])

    def summed_variance(rated):
        C = np.linalg.inv(a[rated].T @ a[rated] + config.precision * np.eye(4))
        return deck.s @ np.einsum("nf,fg,ng->n", a[deck.films], C, a[deck.films])

    value = deck.values(Answers.of([4, 7], []))
    for place in (0, 5, 20):
        film = int(deck.films[place])
        taken = summed_variance([4, 7]) - summed_variance([4, 7, film])
        assert value[place] == pytest.approx(taken)


def test_who_saw_a_film_probably_saw_its_neighbours_and_who_did_not_probably_not():
    deck = Deck(three_tastes(), equally_known(30))
    chance = dict(zip(deck.films.tolist(), deck.chances_now(Answers.of([0], [1])), strict=True))
    assert chance[3] > chance[5] > chance[4]


def test_haven_t_seen_it_leads_to_another_kind_of_film():
    deck = Deck(three_tastes(noise=0.001), equally_known(30))
    first = int(deck.order(NOTHING, 1)[0])
    second = int(deck.order(Answers.of([], [first]), 1)[0])
    assert second % 3 != first % 3


def test_every_rating_makes_the_guesses_surer_and_the_later_ones_less_so():
    deck = Deck(three_tastes(), equally_known(30))
    spreads = [deck.spread(np.arange(n)) for n in range(20)]
    steps = -np.diff(spreads)
    assert (steps > 0).all()
    assert steps[:3].mean() > 4 * steps[-3:].mean()
    assert spreads[-1] > 1


def test_a_card_tells_most_about_the_films_of_its_kind():
    deck = Deck(three_tastes(), equally_known(30))
    told = deck.taught(4, Answers.of([7], []), 3)
    assert len(told) == 3
    assert {film % 3 for film in told.tolist()} == {1}
    assert not {4, 7} & set(told.tolist())


def test_films_without_factors_are_asked_about_last_and_break_nothing():
    Q = three_tastes()
    Q[0] = 0
    deck = Deck(Q, equally_known(30))
    assert deck.order(Answers.of([1], [2]), 30)[-1] == 0
    assert len(deck.taught(0, NOTHING, 3)) == 0
