"""What the cards of each row say: in a few words, what put this film into this row.

Each takes the films of a row by their rows in the models and leaves out those of which it has nothing to say.
They look at all films of a row at once, and none asks the database more than one question for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from catalog.decades import name_of_decade
from catalog.genres import genre_in_words
from catalog.models import Movie, WatchlistEntry
from recommender.ml.content import BLOCKS
from recommender.reasons import main_reasons, speakers_of
from recommender.scoring import Floats, Rows, kept
from recommender.similar import may_find_people, similar_people, willing_to_be_found

if TYPE_CHECKING:
    from accounts.models import User
    from recommender.ml.content import Content
    from recommender.ml.neighbours import UserCF
    from recommender.row_plans import Sight
    from recommender.visitors import Visitor

Films = Mapping[int, Movie]  # by row
Reasons = dict[int, str]

# Of the predicted stars the autoencoder makes the most, so that it speaks for them.
SPEAKS_FOR_STARS = "autoencoder"
# How much more a weekday than others suits a film that is said to suit it, in deviations of a place.
SUITS = 1.0
# Below this share of the films of a history a kind of film is rare in it.
RARE = 0.1
# Fewer people than this would be somebody.
SEVERAL = 2
NAMED_PEOPLE = 2


class Circle(NamedTuple):
    """The people whose films are most like a history's."""

    people: int
    share: float  # of the history's films that they have seen, on average
    seen_by: NDArray[np.int32]  # (n_items,) how many of them have seen each film


def circle_of(sight: Sight) -> Circle:
    return kept(f"{sight.live.version}:circle:{sight.visitor.key}", lambda: _circle(sight))


def _circle(sight: Sight) -> Circle:
    model, history = cast("UserCF", sight.live.models["user-cf"]), sight.visitor.history(sight.live.items)
    people, cosine = model.nearest(history)
    # Whoever has seen the very same films is most often the visitor, as they were at the training.
    others = cosine < 1 - 1e-9
    people, cosine = people[others], cosine[others]
    share = cosine * np.sqrt(model.by_user_.sizes[people] / max(len(history), 1))
    seen_by = model.by_user_.sum(people, np.ones(len(people)), len(sight.live.items))
    return Circle(len(people), float(share.mean()) if len(people) else 0.0, seen_by.astype(np.int32))


def why_people(sight: Sight) -> str:
    """What the row goes by; of people only those are named who agreed to be found, to whoever did too."""
    circle = sight.circle
    why = _("Seen by those whose shelves look most like yours")
    if circle.people >= SEVERAL:
        why = _("By %(people)d people like you: on average they have seen %(share)d%% of your films") % {
            "people": circle.people,
            "share": round(100 * circle.share),
        }
    names = names_of_alike(sight.member, sight.visitor) if sight.member else []
    return f"{why}. {_most_alike(names)}" if names else why


def _most_alike(names: list[str]) -> str:
    sentence = ngettext(
        "Of those who can be found, %(names)s rates most like you",
        "Of those who can be found, %(names)s rate most like you",
        len(names),
    )
    return sentence % {"names": get_text_list(names, _("and"))}


def names_of_alike(viewer: User, visitor: Visitor) -> list[str]:
    """The most alike first. Whom it may name is asked anew each time, who is alike once a history."""
    if not may_find_people(viewer):
        return []
    key = f"alike:{viewer.pk}:{visitor.key}"
    alike = kept(key, lambda: [one.person.pk for one in similar_people(viewer, visitor)])
    names = dict(willing_to_be_found(viewer).filter(pk__in=alike).values_list("pk", "username"))
    return [names[person] for person in alike if person in names][:NAMED_PEOPLE]


def of_people(sight: Sight, films: Films) -> Reasons:
    """How many; of one alone nothing is said, but which of the visitor's own films leads there."""
    seen_by, people = sight.circle.seen_by, sight.circle.people
    several = {row: int(seen_by[row]) for row in films if seen_by[row] >= SEVERAL}
    few = [row for row in films if row not in several]
    led = main_reasons(sight.live, sight.visitor, _rows(few), "user-cf", sight.titles)
    rare = dict.fromkeys(few, _("Rare on shelves like yours"))
    told = _("Seen by %(n)d of %(people)d people like you")
    return rare | led | {row: told % {"n": n, "people": people} for row, n in several.items()}


def of_list(sight: Sight, films: Films) -> Reasons:
    """Where the list of the visitor's engine chose."""
    return main_reasons(sight.live, sight.visitor, _rows(films), sight.steering.engine, sight.titles)


def of_evening(sight: Sight, lift: Floats | None, films: Films) -> Reasons:
    """What the evening had to do with it; a film that it neither lifted nor had to fit is owed to taste."""
    lifted = {row for row in films if lift is not None and lift[row] >= SUITS}
    day = date_format(sight.now, "l")
    if sight.evening is None:
        others = {row: film for row, film in films.items() if row not in lifted}
        better = _("Goes down better on a %(day)s") % {"day": day}
        return of_list(sight, others) | dict.fromkeys(lifted, better)
    fits, both = (
        _("Fits your %(day)ss: %(minutes)d minutes"),
        _("%(minutes)d minutes, and better on a %(day)s"),
    )
    return {
        row: (both if row in lifted else fits) % {"day": day, "minutes": sight.facts.runtime[row]}
        for row in films
    }


def of_watchlist(sight: Sight, films: Films) -> Reasons:
    if sight.member is None:
        return {}
    ids = {film.pk: row for row, film in films.items()}
    entries = WatchlistEntry.objects.filter(user=sight.member, movie__in=ids).order_by()
    return {
        ids[film]: _("On your list since %(month)s") % {"month": _month(sight, timezone.localtime(added))}
        for film, added in entries.values_list("movie_id", "added_at")
    }


def _month(sight: Sight, moment: datetime) -> str:
    return date_format(moment, "F" if moment.year == sight.now.year else "F Y")


def of_gems(sight: Sight, films: Films) -> Reasons:
    speaking = speakers_of(sight.live, sight.visitor, _rows(films), SPEAKS_FOR_STARS, sight.titles)
    ratings = {row: film.ratings_count for row, film in films.items()}
    alone = {
        row: ngettext("%(n)d rating here", "%(n)d ratings here", n) % {"n": n} for row, n in ratings.items()
    }
    told = _("%(ratings)s; %(title)s speaks for it")
    return alone | {row: told % {"ratings": alone[row], "title": one.title} for row, one in speaking.items()}


def of_new(sight: Sight, films: Films) -> Reasons:
    speaking = speakers_of(sight.live, sight.visitor, _rows(films), sight.steering.engine, sight.titles)
    told, alone = _("From %(year)d; %(title)s speaks for it"), _("From %(year)d")
    return {
        row: told % {"year": film.year, "title": speaking[row].title}
        if row in speaking
        else alone % {"year": film.year}
        for row, film in films.items()
        if film.year
    }


def of_plot(sight: Sight, films: Films) -> Reasons:
    chosen = dict.fromkeys(films, _("Chosen by story, genre and people"))
    return chosen | main_reasons(sight.live, sight.visitor, _rows(films), "content", sight.titles)


def of_chart(films: Films) -> Reasons:
    return {
        row: ngettext("Highly rated by %(n)d person", "Highly rated by %(n)d people", film.ratings_count)
        % {"n": film.ratings_count}
        for row, film in films.items()
        if film.ratings_count
    }


def of_departure(sight: Sight, films: Films) -> Reasons:
    """The genre, or else the decade, of which the history has least."""
    content, rows = cast("Content", sight.live.models["content"]), _rows(films)
    key = f"{sight.live.version}:kinds:{sight.visitor.key}"
    shares = kept(key, lambda: _shares(content, sight.visitor.history(sight.live.items).item))
    far = dict.fromkeys(films, _("Far from all that you liked"))
    by_kind = {kind: _rarest(content, kind, rows, share) for kind, share in shares.items()}
    return far | by_kind["decades"] | by_kind["genres"]


def _shares(content: Content, history: Rows) -> dict[str, NDArray[np.float64]]:
    """By kind, of each decade and each genre: the share of the history's films that have it."""
    has = content.X_[history] > 0
    found = np.asarray(has.sum(axis=0)).ravel() / max(len(history), 1)
    return {kind: found[_columns(content, kind)] for kind in ("decades", "genres")}


def _columns(content: Content, block: str) -> slice:
    return slice(*content.starts_[BLOCKS.index(block) :][:2])


def _rarest(content: Content, block: str, rows: Rows, share: NDArray[np.float64]) -> Reasons:
    """Of films with one that is rare in the history, the rarest of their genres or decades."""
    if not len(share):
        return {}
    columns = _columns(content, block)
    shares = np.where(content.X_[rows][:, columns].toarray() > 0, share, np.inf)
    rarest, least = shares.argmin(axis=1).tolist(), shares.min(axis=1).tolist()
    return {
        row: _departure(_kind(block, content.names_[columns.start + kind].decode()), known)
        for row, kind, known in zip(rows.tolist(), rarest, least, strict=True)
        if known < RARE
    }


def _departure(kind: str, share: float) -> str:
    told = _("Rare among your films: %(kind)s") if share else _("New among your films: %(kind)s")
    return told % {"kind": kind}


def _kind(block: str, name: str) -> str:
    return name_of_decade(int(name[:-1])) if block == "decades" else genre_in_words(name)


def _rows(films: Films | list[int]) -> Rows:
    return np.fromiter(films, np.int64, len(films))
