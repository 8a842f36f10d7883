"""The models by name; a class is imported when it is asked for, with the libraries it needs."""

from __future__ import annotations

from importlib import import_module

from recommender.ml.contract import Recommender

CLASSES = {
    "autoencoder": "recommender.ml.autoencoder:RatingAutoencoder",
    "bias": "recommender.ml.bias:Bias",
    "content": "recommender.ml.content:Content",
    "hybrid": "recommender.ml.hybrid:Hybrid",
    "popularity": "recommender.ml.popularity:Popularity",
    "svdpp": "recommender.ml.svdpp:SVDPlusPlus",
    "weighted-rating": "recommender.ml.weighted_rating:WeightedRating",
}


def model_class(name: str) -> type[Recommender]:
    """The class registered under `name`. Raises KeyError for a name that is not registered."""
    if name not in CLASSES:
        raise KeyError(f"There is no model named {name!r}; known are {', '.join(sorted(CLASSES))}.")
    module, _, attribute = CLASSES[name].partition(":")
    found: type[Recommender] = getattr(import_module(module), attribute)
    return found
