from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class RecommenderConfig(AppConfig):
    name = "recommender"

    def ready(self) -> None:
        from recommender import preferences

        user_logged_in.connect(preferences.adopt)
