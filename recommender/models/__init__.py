from recommender.models.preferences import Preferences
from recommender.models.together import Seat, WatchGroup
from recommender.models.versions import ModelVersion, TrainingRun

__all__ = ["ModelVersion", "Preferences", "Seat", "TrainingRun", "WatchGroup"]
