from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("films/", views.browse, name="browse"),
    path("search/", views.search, name="search"),
    path("films/<int:pk>/rate/", views.movie_rate, name="movie-rate"),
    path("films/hidden/", views.hidden, name="hidden"),
    path("films/watchlist/", views.watchlist, name="watchlist"),
    path("films/<int:pk>/hide/", views.movie_hide, name="movie-hide"),
    path("films/<int:pk>/watchlist/", views.movie_watchlist, name="movie-watchlist"),
    path("films/<int:pk>/use/", views.movie_use, name="movie-use"),
    path("films/<int:pk>/log/", views.movie_log, name="movie-log"),
    path("films/<int:pk>/review/", views.movie_review, name="movie-review"),
    path("films/<int:pk>/", views.movie, name="movie-by-id"),
    path("films/<int:pk>/<slug:slug>/", views.movie, name="movie"),
    path("diary/<int:pk>/remove/", views.watch_remove, name="watch-remove"),
    path("reviews/<int:pk>/remove/", views.review_remove, name="review-remove"),
]
