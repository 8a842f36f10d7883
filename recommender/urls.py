from django.urls import path

from recommender import views
from recommender.views import preferences, start, taste, together
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
    path("together/", together.groups, name="together"),
    path("together/join/<slug:link>/", together.join, name="together-join"),
    path("together/<int:pk>/", together.group, name="together-group"),
    path("together/<int:pk>/wishes/", together.wishes, name="together-wishes"),
    path("together/<int:pk>/veto/<int:film>/", together.veto, name="together-veto"),
    path("together/<int:pk>/cards/", together.cards, name="together-cards"),
    path("together/<int:pk>/cards/<int:film>/", together.card, name="together-card"),
    path("together/<int:pk>/leave/", together.leave, name="together-leave"),
    path("together/<int:pk>/seats/<int:seat>/remove/", together.seat_remove, name="together-seat-remove"),
    path("together/<int:pk>/link/", together.link_remake, name="together-link"),
    path("together/<int:pk>/delete/", together.group_delete, name="together-delete"),
]
