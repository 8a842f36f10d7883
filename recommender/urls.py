from django.urls import path

from recommender import views
from recommender.views import preferences, start, taste
from recommender.views.how import how

app_name = "recommender"
urlpatterns = [
    path("for-you/", views.for_you, name="for-you"),
    path("for-you/steer/", views.steer, name="steer"),
    path("start/", start.deck, name="start"),
    path("start/<int:pk>/", start.answer, name="start-answer"),
    path("start/undo/", start.undo, name="start-undo"),
    path("for-you/settings/", preferences.settings, name="settings"),
    path("for-you/how/", how, name="how"),
    path("taste/", taste.taste, name="taste"),
    path("taste/findable/", taste.findable, name="taste-findable"),
]
