"""The first minutes of newcomers: lists after 5, 10 and 15 cards, by how the cards are chosen.

    python -m tests.bench.cards DATASET [--seed 0] [--half report] [--people N] [--json RESULT]

A share of the people is held out whole; the models learn from the others. Of each newcomer's films a random
half can be asked about, the rest is what a list should find. A card about any other film is answered "haven't
seen it", even where it waits among what is to be found. Lists rank all films but the half that can be asked
about, so that no rule gains by clearing films out of the way. Settings were chosen on the newcomers of the
half "validation"; the other half is reported. Every figure is the mean over people of the mean over their
splits.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.ml.answers import top_items
from recommender.ml.cards import Answers, Deck
from recommender.ml.contract import Recommender
from recommender.ml.interactions import NO_TIME, History, Interactions
from recommender.ml.list_blend import ListBlend
from recommender.ml.metrics.lists import ndcg
from recommender.ml.movielens import open_dataset
from recommender.ml.splits import Split, cold_user_split, per_user_split
from recommender.ml.svdpp import SVDPlusPlus
from tests.bench import results
from tests.bench.sections import table

NEWCOMERS = {"ml-1m": 0.2}  # a fifth of many people; of few a larger share
OF_FEW = 0.4
STEPS = (5, 10, 15)
TOP = 10
SPLITS = 4
RULES = ("chosen", "popular", "random", "random of the 400 best known")
COUNTS = ("cards shown", "ratings given")

Figures = NDArray[
    np.float64
]  # (splits, people, steps, 3): NDCG, squared error of the stars, cards or ratings


class Person(NamedTuple):
    """A newcomer in one split: stars by film row of what can be asked about, and what a list should find."""

    stars: dict[int, float]
    held_out: History

    def answered(self, films: list[int]) -> History:
        stars = np.array([self.stars[film] for film in films], np.float32)
        return History(np.array(films, np.int64), stars, np.full(len(films), NO_TIME))


class Models(NamedTuple):
    lists: Recommender
    stars: Recommender
    deck: Deck
    counts: NDArray[np.float64]


def fitted(train: Interactions, seed: int) -> Models:
    counts = np.bincount(train.item, minlength=train.n_items).astype(np.float64)
    stars = SVDPlusPlus().fit(train, seed=seed)
    return Models(ListBlend().fit(train, seed=seed), stars, Deck(stars.Q_, counts), counts)


def cards(rule: str, models: Models, person: Person, seed: int) -> Iterator[int]:
    """Film rows in the order in which they are asked about."""
    if rule == "chosen":
        yield from chosen(models.deck, person)
        return
    known = np.argsort(-models.counts, kind="stable")[: int((models.counts > 0).sum())]
    if rule != "popular":
        among = len(known) if rule == "random" else len(models.deck.films)
        known = np.random.default_rng(seed).permutation(known[:among])
    yield from known.tolist()


def chosen(deck: Deck, person: Person) -> Iterator[int]:
    rated: list[int] = []
    unseen: list[int] = []
    while len(order := deck.order(Answers.of(rated, unseen), 1)):
        film = int(order[0])
        (rated if film in person.stars else unseen).append(film)
        yield film


def asked(rule: str, models: Models, person: Person, seed: int) -> dict[str, NDArray[np.float64]]:
    """(steps, 3) after so many cards and after so many ratings; NaN where the answers ran out."""
    found = {count: np.full((len(STEPS), 3), np.nan) for count in COUNTS}
    rated: list[int] = []
    judgements = {0: judged(models, person, rated)}  # by the number of ratings
    for shown, film in enumerate(cards(rule, models, person, seed), start=1):
        is_seen = film in person.stars
        rated += [film] if is_seen else []
        is_asked = shown in STEPS or (is_seen and len(rated) in STEPS)
        if is_asked and len(rated) not in judgements:
            judgements[len(rated)] = judged(models, person, rated)
        if shown in STEPS:
            found["cards shown"][STEPS.index(shown)] = *judgements[len(rated)], len(rated)
        if is_seen and len(rated) in STEPS:
            found["ratings given"][STEPS.index(len(rated))] = *judgements[len(rated)], shown
        if shown >= STEPS[-1] and len(rated) >= min(STEPS[-1], len(person.stars)):
            break
    return found


def judged(models: Models, person: Person, rated: list[int]) -> tuple[float, float]:
    history, wanted = person.answered(rated), person.held_out
    answerable = np.fromiter(person.stars, np.int64, len(person.stars))
    first = top_items(models.lists.score(history), answerable, TOP)
    found = ndcg(np.isin(first, wanted.item)[None], np.array([len(wanted)]))[0]
    said = np.clip(models.stars.score(history)[wanted.item], 0.5, 5)
    return float(found), float(np.mean(np.square(said - wanted.rating)))


def measured(
    models: Models, newcomers: list[Split], users: list[int], seed: int
) -> dict[str, dict[str, Figures]]:
    """By count and rule."""
    found: dict[str, dict[str, list]] = {count: {rule: [] for rule in RULES} for count in COUNTS}
    for split_number, split in enumerate(newcomers):
        people = [person_of(split, user) for user in users]
        for rule in RULES:
            seeds = range(seed + split_number * len(users), seed + (split_number + 1) * len(users))
            each = [asked(rule, models, *one) for one in zip(people, seeds, strict=True)]
            for count in COUNTS:
                found[count][rule].append([one[count] for one in each])
    return {count: {rule: np.array(all_) for rule, all_ in by.items()} for count, by in found.items()}


def person_of(split: Split, user: int) -> Person:
    askable = split.train.history(user)
    stars = dict(zip(askable.item.tolist(), askable.rating.tolist(), strict=True))
    return Person(stars, split.test.history(user))


def mean_and_half(per_person: NDArray[np.float64]) -> list[float]:
    """The mean and half of its 95 % interval."""
    return [float(per_person.mean()), float(1.96 * per_person.std(ddof=1) / np.sqrt(len(per_person)))]


def summary(by_rule: dict[str, Figures]) -> dict[str, object]:
    """Over the people whose answers sufficed for every step of every rule."""
    everything = np.stack(list(by_rule.values()))
    whole = ~np.isnan(everything).any(axis=(0, 1, 3, 4))
    person = {rule: figures[:, whole].mean(axis=0) for rule, figures in by_rule.items()}
    rules = {
        rule: {
            "ndcg": [mean_and_half(figures[:, step, 0]) for step in range(len(STEPS))],
            "rmse": np.sqrt(figures[:, :, 1].mean(axis=0)).tolist(),
            "other": figures[:, :, 2].mean(axis=0).tolist(),
            "behind": [
                mean_and_half(person["chosen"][:, step, 0] - figures[:, step, 0])
                for step in range(len(STEPS))
            ],
        }
        for rule, figures in person.items()
    }
    return {"people": int(whole.sum()), "rules": rules}


def tables(by_set: Mapping[str, dict]) -> str:
    """For docs/serving.md: the lists after so many cards, a column for each data set."""
    shown = {name: found[COUNTS[0]] for name, found in by_set.items()}
    header = ["cards", *(f"{name}, {found['people']} people" for name, found in shown.items())]
    rows = [[rule, *(_lists_after(rule, found["rules"][rule]) for found in shown.values())] for rule in RULES]
    return table(header, rows, words=len(header))


def _lists_after(rule: str, figures: dict) -> str:
    """What chosen cards are held against are the popular ones: only theirs are close."""
    means = " / ".join(_short(f"{mean:.4f}") for mean, _ in figures["ndcg"])
    behind = ", ".join(_short(f"{mean:+.4f} ± {half:.4f}") for mean, half in figures["behind"])
    return f"{means} ({behind})" if rule == "popular" else means


def _short(figures: str) -> str:
    return figures.replace("0.", ".")


def details(count: str, found: dict) -> str:
    other = COUNTS[1 - COUNTS.index(count)]
    heads = [f"NDCG@{TOP} after {step}" for step in STEPS]
    header = ["cards", *heads, "chosen is better by", "RMSE of stars", other]
    rows = [[rule, *_row(rule, figures)] for rule, figures in found["rules"].items()]
    text = table(header, rows, words=len(header))
    return f"\nAfter so many **{count}**, {found['people']} newcomers:\n\n{text}"


def _row(rule: str, figures: dict) -> list[str]:
    lists = [f"{mean:.4f} ± {half:.4f}" for mean, half in figures["ndcg"]]
    behind = ", ".join(f"{mean:+.4f} ± {half:.4f}" for mean, half in figures["behind"])
    stars = " / ".join(f"{value:.4f}" for value in figures["rmse"])
    others = " / ".join(f"{value:.1f}" for value in figures["other"])
    return [*lists, "" if rule == "chosen" else behind, stars, others]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--half", choices=("report", "validation"), default="report")
    parser.add_argument("--people", type=int, help="so many of that half, all where left out")
    parser.add_argument("--splits", type=int, default=SPLITS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    data = open_dataset(options.dataset).interactions()
    share = next(
        (share for name, share in NEWCOMERS.items() if options.dataset.name.startswith(name)), OF_FEW
    )
    parted = cold_user_split(data, share, options.seed)
    models = fitted(parted.train, options.seed)
    newcomers = [per_user_split(parted.test, 0.5, options.seed + number) for number in range(options.splits)]
    users = np.unique(parted.test.user)[options.half == "report" :: 2][: options.people].tolist()
    found = {count: summary(by) for count, by in measured(models, newcomers, users, options.seed).items()}
    for count in COUNTS:
        print(details(count, found[count]))
    results.keep(found, options.json)


if __name__ == "__main__":
    main()
