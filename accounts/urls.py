from django.urls import path

from accounts.feeds import diary_feed
from accounts.link_cards import profile_card
from accounts.views import diary, favourites, following, lists, profile, settings

app_name = "accounts"
urlpatterns = [
    path("people/<str:username>/", profile.profile, name="profile"),
    path("people/<str:username>/diary/", diary.diary, name="diary"),
    path("people/<str:username>/diary/feed/", diary_feed, name="diary-feed"),
    path("people/<str:username>/card/<slug:digest>.png", profile_card, name="profile-card"),
    path("people/<str:username>/diary/<int:year>/", diary.diary, name="diary-year"),
    path("people/<str:username>/diary/<int:year>/<int:month>/", diary.diary, name="diary-month"),
    path("people/<str:username>/ratings/", profile.ratings, name="ratings"),
    path("people/<str:username>/reviews/", profile.reviews, name="reviews"),
    path("people/<str:username>/lists/", lists.lists, name="lists"),
    path("people/<str:username>/block/", settings.block, name="block"),
    path("people/<str:username>/follow/", following.follow, name="follow"),
    path("people/<str:username>/following/", following.following, name="following"),
    path("people/<str:username>/followers/", following.followers, name="followers"),
    path("settings/", settings.settings, name="settings"),
    path("settings/favourites/", favourites.favourites, name="favourites"),
    path("settings/favourites/<int:pk>/", favourites.favourite, name="favourite"),
    path("settings/blocked/<int:pk>/remove/", settings.unblock, name="unblock"),
    path("settings/following.csv", following.following_file, name="following-file"),
    path("settings/following/<int:pk>/remove/", following.unfollow, name="unfollow"),
    path("settings/delete/", settings.delete, name="delete"),
    path("settings/<slug:section>/", settings.change, name="settings-change"),
]
