"""Why a film is predicted to be liked: what the films of the visitor's history add to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from django.utils.translation import gettext as _

from catalog.decades import name_of_decade
from catalog.genres import genre_in_words
from catalog.models import Movie
from recommender.live import LiveModels
from recommender.ml.autoencoder import RatingAutoencoder
from recommender.ml.content import Content
from recommender.ml.interactions import History
from recommender.scoring import STARS, Floats, Rows, hybrid, kept
from recommender.telling import telling
from recommender.visitors import Visitor

if TYPE_CHECKING:
    from recommender.ml.content import SharedTerm

REASONS = 3
CONSIDERED = 60  # of the terms that two films share, the weightiest
# Words that a card has room for, films that may speak for it, and for how many others each may.
SHARED = 3
SPEAKERS = 5
SPEAKS_FOR = 2
LEAST_SPEAKING = 3.0  # stars
NO_TITLES: Mapping[int, str] = MappingProxyType({})
# What a list's films are owed to, by engine. EASE speaks for the blend of list models, of which it makes the
# most.
EXPLAINED = {
    "list-blend": "ease",
    **{
        name: name
        for name in ("hybrid", "ease", "svdpp", "autoencoder", "twin-autoencoders", "user-cf", "content")
    },
}


@dataclass(frozen=True)
class Reason:
    movie: Movie
    stars: float | None  # the visitor's own rating
    share: float  # stars that this film adds to the prediction


class Speaker(NamedTuple):
    film: int  # row
    title: str


def reasons_of(live: LiveModels, visitor: Visitor, row: int) -> list[Reason]:
    """The films of the history that add most to the predicted stars, the weightiest first."""
    history = visitor.history(live.items)
    weightiest = _weightiest(history, _added(live, history, row, "hybrid"))[:REASONS]
    found = [(int(live.items.ids[film]), share) for film, share in weightiest]
    movies = Movie.objects.for_cards().in_bulk([film for film, _ in found])
    return [Reason(movies[film], visitor.stars(film), share) for film, share in found if film in movies]


def main_reasons(
    live: LiveModels, visitor: Visitor, rows: Rows, engine: str, known: Mapping[int, str] = NO_TITLES
) -> dict[int, str]:
    """For each row the film of the history that speaks most for it; by content in a few shared words.

    `known` are titles that were read already, by id.
    """
    speaking = speakers_of(live, visitor, rows, engine, known)
    if engine != "content":
        return {row: _("because of %(title)s") % {"title": one.title} for row, one in speaking.items()}
    shared = _shared_with_speakers(live, speaking, known)
    told, alone = _("%(words)s, as in %(title)s"), _("because of %(title)s")
    return {
        row: (told if shared[row] else alone) % {"words": shared[row], "title": one.title}
        for row, one in speaking.items()
    }


def _shared_with_speakers(
    live: LiveModels, speaking: Mapping[int, Speaker], known: Mapping[int, str]
) -> dict[int, str]:
    """By row what it shares with the film that speaks for it: a decade where nothing else, "" for nothing."""
    titles = _titles((int(live.items.ids[row]) for row in speaking), known)
    return {
        row: shared_words(live, one.film, row, (one.title, titles.get(int(live.items.ids[row]), "")))
        for row, one in speaking.items()
    }


def speakers_of(
    live: LiveModels, visitor: Visitor, rows: Rows, engine: str, known: Mapping[int, str] = NO_TITLES
) -> dict[int, Speaker]:
    """For each row the film of the history that adds most to it, in one query for the titles not `known`."""
    speaking = speaking_rows(live, visitor, rows, engine)
    ids = {row: int(live.items.ids[film]) for row, film in speaking.items()}
    titles = _titles(ids.values(), known)
    return {row: Speaker(speaking[row], titles[film]) for row, film in ids.items() if film in titles}


def speaking_rows(live: LiveModels, visitor: Visitor, rows: Rows, engine: str) -> dict[int, int]:
    """For each row that of the film which adds most to it; none for an engine that explains nothing.

    One film speaks for two others at most, then the next best has its turn.
    """
    history = visitor.history(live.items)
    if not len(history) or not len(rows) or engine not in EXPLAINED:
        return {}
    # By row, once for these films: a page that is opened again owes its films to the same.
    those = blake2b(rows.tobytes(), digest_size=16).hexdigest()
    return kept(
        f"{live.version}:speaks:{engine}:{visitor.key}:{those}",
        lambda: _in_turn(_heard(live, history, rows, engine)),
        shelf="films",
    )


def _titles(films: Iterable[int], known: Mapping[int, str]) -> dict[int, str]:
    wanted = set(films)
    missing = wanted - known.keys()
    read = Movie.objects.filter(pk__in=missing).order_by().values_list("pk", "title") if missing else ()
    return {film: known[film] for film in wanted & known.keys()} | dict(read)


def shared_words(live: LiveModels, first: int, second: int, titles: Iterable[str] = ()) -> str:
    """At most SHARED people, words and genres that two rows have in common, else a decade, "" for nothing.

    `titles` are theirs, whose words a reason does not repeat.
    """
    terms = _terms(live, first, second)
    decades = [term for term in terms if term.block == "decades"]
    return _listed(telling(terms, titles)[:SHARED] or decades)


def why_alike(live: LiveModels, liked: int, title: str, films: Mapping[int, Movie]) -> dict[int, str]:
    """For films near a liked one what they share with it; if nothing that tells, it is the ratings."""
    same_people = _("loved by the same people")
    return {
        row: _listed(telling(_terms(live, liked, row), (title, film.title))[:SHARED]) or same_people
        for row, film in films.items()
    }


def _terms(live: LiveModels, first: int, second: int) -> list[SharedTerm]:
    return cast(Content, live.models["content"]).shared_terms(first, second, CONSIDERED)


def _listed(terms: Iterable[SharedTerm]) -> str:
    return ", ".join(map(_in_words, terms))


def _in_words(term: SharedTerm) -> str:
    if term.block == "genres":
        return genre_in_words(term.name)
    return name_of_decade(int(term.name[:-1])) if term.block == "decades" else term.name


def _in_turn(speakers: Mapping[int, Sequence[int]]) -> dict[int, int]:
    spoken: Counter[int] = Counter()
    chosen = {}
    for row, films in speakers.items():
        left = [film for film in films if spoken[film] < SPEAKS_FOR]
        if left:
            chosen[row] = left[0]
            spoken[left[0]] += 1
    return chosen


def _heard(live: LiveModels, history: History, rows: Rows, engine: str) -> dict[int, list[int]]:
    """By row those of the history that add most; what was disliked may weigh, but recommends nothing."""
    added = _added_to(live, history, rows, engine)
    added[history.rating < LEAST_SPEAKING] = 0
    return {
        row: [film for film, _ in _weightiest(history, added[:, place])]
        for place, row in enumerate(rows.tolist())
    }


def _weightiest(history: History, added: Floats) -> list[tuple[int, float]]:
    """Rows of the history that add something, with what each adds, the weightiest of them first."""
    order = np.argsort(-added, kind="stable")[:SPEAKERS]
    return [(int(history.item[place]), float(added[place])) for place in order if added[place] > 0]


def _added_to(live: LiveModels, history: History, rows: Rows, engine: str) -> Floats:
    """(len(history), len(rows)) what each film adds to each row."""
    speaker = live.models.get(EXPLAINED[engine])
    if isinstance(speaker, RatingAutoencoder):
        return speaker.contributions_to(history, rows)
    if isinstance(speaker, Content):
        likeness = (speaker.X_[history.item] @ speaker.X_[rows].T).toarray()
        return np.asarray(speaker.weights(history)[:, None] * likeness, np.float32)
    return np.column_stack([_added(live, history, row, engine) for row in rows.tolist()])


def _added(live: LiveModels, history: History, row: int, engine: str) -> Floats:
    """(len(history),) by the model that speaks for the engine; by predicted stars where it is not live."""
    speaker = live.models.get(EXPLAINED[engine])
    if speaker is None or engine == "hybrid":
        return hybrid(live).star_contributions(history, row)
    return speaker.contributions(history, row)


def stars_without(live: LiveModels, visitor: Visitor, reasons: Sequence[Reason], row: int) -> float | None:
    """The prediction if the first reason had never been rated; None without a reason."""
    if not reasons:
        return None
    left_out = visitor.history(live.items).without(int(live.items.rows([reasons[0].movie.pk])[0]))
    return float(np.clip(hybrid(live).stars_of(left_out, np.array([row])), *STARS)[0])
