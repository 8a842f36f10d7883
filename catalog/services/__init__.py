"""All that changes what people do with films: keyword-only, atomic, and a film's counts follow."""

from catalog.services.diary import log_watch, remove_watch
from catalog.services.marks import add_to_watchlist, hide, leave_out, remove_from_watchlist, unhide, use_again
from catalog.services.ratings import rate, refresh_counts, remove_rating
from catalog.services.reviews import remove_review, write_review

__all__ = [
    "add_to_watchlist",
    "hide",
    "leave_out",
    "log_watch",
    "rate",
    "refresh_counts",
    "remove_from_watchlist",
    "remove_rating",
    "remove_review",
    "remove_watch",
    "unhide",
    "use_again",
    "write_review",
]
