"""Films and what people do with them, one module a subject."""

from catalog.models.diary import Rating, RatingSource, Review, Tag, Watch, half_stars
from catalog.models.films import Credit, Genre, Keyword, Movie, OtherTitle, Person
from catalog.models.hidden import HiddenFilm, UnusedFilm
from catalog.models.likes import LikedFilm, ReviewLike
from catalog.models.lists import FilmList, ListEntry
from catalog.models.merges import FilmMerge
from catalog.models.moderation import ReviewReport, ReviewRevision
from catalog.models.pictures import PosterPicture
from catalog.models.plots import Plot, PlotFetch, PlotPage, PlotProviderState
from catalog.models.watchlist import WatchlistEntry

__all__ = [
    "Credit",
    "FilmList",
    "FilmMerge",
    "Genre",
    "HiddenFilm",
    "Keyword",
    "LikedFilm",
    "ListEntry",
    "Movie",
    "OtherTitle",
    "Person",
    "Plot",
    "PlotFetch",
    "PlotPage",
    "PlotProviderState",
    "PosterPicture",
    "Rating",
    "RatingSource",
    "Review",
    "ReviewLike",
    "ReviewReport",
    "ReviewRevision",
    "Tag",
    "UnusedFilm",
    "Watch",
    "WatchlistEntry",
    "half_stars",
]
