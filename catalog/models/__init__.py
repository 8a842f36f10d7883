"""Films and what people do with them, one module a subject."""

from catalog.models.diary import Rating, RatingSource, Review, Watch, half_stars
from catalog.models.films import Credit, Genre, Movie, OtherTitle, Person
from catalog.models.hidden import HiddenFilm, UnusedFilm
from catalog.models.plots import Plot, PlotFetch, PlotPage, PlotProviderState
from catalog.models.watchlist import WatchlistEntry

__all__ = [
    "Credit",
    "Genre",
    "HiddenFilm",
    "Movie",
    "OtherTitle",
    "Person",
    "Plot",
    "PlotFetch",
    "PlotPage",
    "PlotProviderState",
    "Rating",
    "RatingSource",
    "Review",
    "UnusedFilm",
    "Watch",
    "WatchlistEntry",
    "half_stars",
]
