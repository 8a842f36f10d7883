from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("<str:username>/", views.profile, name="profile"),
    path("<str:username>/diary/", views.diary, name="diary"),
    path("<str:username>/ratings/", views.ratings, name="ratings"),
    path("<str:username>/reviews/", views.reviews, name="reviews"),
]
