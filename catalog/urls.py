from django.urls import path

from catalog.views import browse, diary, films, home, marks, ratings, reviews, search

app_name = "catalog"
urlpatterns = [
    path("", home.home, name="home"),
    path("films/", browse.browse, name="browse"),
    path("search/", search.search, name="search"),
    path("films/<int:pk>/rate/", ratings.movie_rate, name="movie-rate"),
    path("films/hidden/", marks.hidden, name="hidden"),
    path("films/watchlist/", marks.watchlist, name="watchlist"),
    path("films/<int:pk>/hide/", marks.movie_hide, name="movie-hide"),
    path("films/<int:pk>/watchlist/", marks.movie_watchlist, name="movie-watchlist"),
    path("films/<int:pk>/use/", marks.movie_use, name="movie-use"),
    path("films/<int:pk>/log/", diary.movie_log, name="movie-log"),
    path("films/<int:pk>/review/", reviews.movie_review, name="movie-review"),
    path("films/<int:pk>/", films.movie, name="movie-by-id"),
    path("films/<int:pk>/<slug:slug>/", films.movie, name="movie"),
    path("diary/<int:pk>/remove/", diary.watch_remove, name="watch-remove"),
    path("reviews/<int:pk>/remove/", reviews.review_remove, name="review-remove"),
]
