from recommender.views.picks import for_you, steer

__all__ = ["for_you", "steer"]
