from recommender.views.for_you import for_you

__all__ = ["for_you"]
