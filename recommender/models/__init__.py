from recommender.models.preferences import Preferences
from recommender.models.versions import ModelVersion, TrainingRun

__all__ = ["ModelVersion", "Preferences", "TrainingRun"]
