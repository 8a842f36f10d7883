"""All that changes what people do with films: keyword-only, atomic, and a film's counts follow."""

from catalog.services.diary import SameDay, log_watch, remove_watch, update_watch
from catalog.services.log import ChangedMeanwhile, Entry, log_film
from catalog.services.marks import (
    add_to_watchlist,
    hide,
    leave_out,
    like,
    remove_from_watchlist,
    unhide,
    unlike,
    use_again,
)
from catalog.services.merging import CannotMerge, CannotUndo, merge_films, undo_merge
from catalog.services.ratings import rate, refresh_counts, remove_rating
from catalog.services.reviews import (
    AlreadyDecided,
    OwnReview,
    TooManyReports,
    dismiss_reports,
    keep_wording,
    like_review,
    put_up_again,
    remove_review,
    report_review,
    take_down,
    unlike_review,
    write_review,
)
from catalog.services.undo import ChangedSince, Standing, put_back, standing

__all__ = [
    "AlreadyDecided",
    "CannotMerge",
    "CannotUndo",
    "ChangedMeanwhile",
    "ChangedSince",
    "Entry",
    "OwnReview",
    "SameDay",
    "Standing",
    "TooManyReports",
    "add_to_watchlist",
    "dismiss_reports",
    "hide",
    "keep_wording",
    "leave_out",
    "like",
    "like_review",
    "log_film",
    "log_watch",
    "merge_films",
    "put_back",
    "put_up_again",
    "rate",
    "refresh_counts",
    "remove_from_watchlist",
    "remove_rating",
    "remove_review",
    "remove_watch",
    "report_review",
    "standing",
    "take_down",
    "undo_merge",
    "unhide",
    "unlike",
    "unlike_review",
    "update_watch",
    "use_again",
    "write_review",
]
