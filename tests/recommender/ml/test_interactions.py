from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.interactions import NO_TIME, About, Catalogue, History, Interactions, Vocabulary

ids = st.integers(min_value=-(2**40), max_value=2**40)
stars = st.sampled_from([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, float("nan")])
pairs = st.lists(
    st.tuples(st.integers(0, 9), st.integers(100, 109), stars), max_size=40, unique_by=lambda row: row[:2]
)


def interactions(rows: list[tuple[int, int, float]]) -> Interactions:
    users, films, ratings = zip(*rows, strict=True) if rows else ((), (), ())
    return Interactions.of(users, films, ratings, items=Vocabulary.of(range(100, 110)))


@given(st.lists(ids))
def test_a_vocabulary_finds_the_row_of_every_id_it_was_made_of(known: list[int]) -> None:
    vocabulary = Vocabulary.of(known)
    assert vocabulary.ids[vocabulary.rows(known)].tolist() == known
    assert len(vocabulary) == len(set(known))


@given(st.lists(ids), st.lists(ids))
def test_a_vocabulary_answers_minus_one_for_what_it_does_not_know(known: list[int], asked: list[int]) -> None:
    rows = Vocabulary.of(known).rows(asked)
    assert [row == -1 for row in rows] == [one not in set(known) for one in asked]


@given(st.lists(ids, max_size=30))
def test_a_vocabulary_does_not_depend_on_the_order_of_its_ids(known: list[int]) -> None:
    assert Vocabulary.of(known).ids.tolist() == Vocabulary.of(known[::-1]).ids.tolist() == sorted(set(known))


@given(st.lists(st.tuples(st.integers(0, 20), stars), max_size=40))
def test_a_history_keeps_the_last_word_on_every_known_film(rows: list[tuple[int, float]]) -> None:
    vocabulary = Vocabulary.of(range(0, 21, 2))
    mine = History.of(vocabulary, [film for film, _ in rows], [rating for _, rating in rows])
    last = {film: rating for film, rating in rows if film % 2 == 0}
    kept = dict(zip(vocabulary.ids[mine.item].tolist(), mine.rating.tolist(), strict=True))
    assert kept.keys() == last.keys()
    np.testing.assert_array_equal([kept[film] for film in last], list(last.values()))
    assert len(mine) == len(last)


@given(st.lists(st.tuples(st.integers(0, 20), stars), max_size=40, unique_by=lambda row: row[0]))
def test_a_history_keeps_its_order_and_forgets_one_film(rows: list[tuple[int, float]]) -> None:
    vocabulary = Vocabulary.of(range(21))
    mine = History.of(vocabulary, [film for film, _ in rows], [rating for _, rating in rows])
    assert mine.item.tolist() == [film for film, _ in rows]
    assert mine.without(7).item.tolist() == [film for film, _ in rows if film != 7]
    assert mine.rated.item.tolist() == [film for film, rating in rows if rating == rating]


@given(pairs)
def test_the_histories_of_all_users_are_the_interactions(rows: list[tuple[int, int, float]]) -> None:
    data = interactions(rows)
    told = [
        (int(data.users.ids[user]), int(data.items.ids[item]), str(rating))
        for user in range(data.n_users)
        for item, rating in zip(data.history(user).item, data.history(user).rating.tolist(), strict=True)
    ]
    assert sorted(told) == sorted((user, film, str(rating)) for user, film, rating in rows)


@given(pairs)
def test_the_matrix_holds_every_interaction_once(rows: list[tuple[int, int, float]]) -> None:
    data = interactions(rows)
    assert data.by_user.shape == (data.n_users, 10)
    assert data.by_user.nnz == len(rows)
    np.testing.assert_array_equal(data.by_user.toarray()[data.user, data.item], data.rating)


@given(pairs)
def test_taking_a_part_keeps_the_vocabularies(rows: list[tuple[int, int, float]]) -> None:
    data = interactions(rows)
    part = data.take(np.arange(len(data)) % 2 == 0)
    assert len(part) == (len(data) + 1) // 2
    assert part.users is data.users
    assert part.items is data.items
    assert not np.isnan(data.rated.rating).any()


def test_without_times_every_interaction_is_undated() -> None:
    data = interactions([(1, 100, 4.0)])
    assert data.time.tolist() == [NO_TIME]
    assert not data.is_timed
    assert Interactions.of([1], [100], [4.0], [1_000_000_000]).is_timed


def test_a_rated_film_outside_the_vocabulary_is_refused_by_its_id() -> None:
    with pytest.raises(ValueError, match="Film 7 was rated but is not in the vocabulary"):
        Interactions.of([1], [7], [4.0], items=Vocabulary.of([8]))


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        Interactions.of([1, 2], [7, 8], [4.0])
    with pytest.raises(ValueError, match="do not match"):
        History.of(Vocabulary.of([7, 8]), [7, 8], [4.0])


def test_a_catalogue_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 films in the catalogue, 1 in the vocabulary"):
        Interactions.of([1], [7], [4.0], catalogue=Catalogue.blank(3))


def test_a_catalogue_is_taken_row_by_row() -> None:
    years = np.array([1994, 1995, 1996], np.int16)
    whole = Catalogue(["A", "B", "C"], ["a", "b", "c"], [("x",), (), ("y",)], [(), ("P",), ()], years)
    part = whole.take([2, 0])
    assert (part.titles, part.texts, part.genres) == (["C", "A"], ["c", "a"], [("y",), ("x",)])
    assert part.years.tolist() == [1996, 1994]
    assert len(part) == 2


def test_what_is_known_of_a_person_goes_with_its_history() -> None:
    writer = About(occupation="writer")
    data = Interactions.of([1, 2, 1], [100, 100, 101], [4.0, 3.0, np.nan], people={1: writer})
    assert data.people == [writer, About()]
    mine = data.take(np.array([0, 2])).rated.history(0)
    assert mine.about is writer
    assert mine.rated.without(0).about is writer
    assert Interactions.of([1], [100], [4.0]).history(0).about is None


def test_people_who_are_not_the_users_are_refused() -> None:
    data = interactions([(1, 100, 4.0)])
    with pytest.raises(ValueError, match="2 people are described, 1 users are known"):
        replace(data, people=[About(), About()])
