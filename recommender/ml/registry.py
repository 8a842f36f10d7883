"""The models by name; a class is imported when it is asked for, with the libraries it needs."""

from __future__ import annotations

from importlib import import_module

from recommender.ml.contract import Recommender

CLASSES = {
    "autoencoder": "recommender.ml.autoencoder:RatingAutoencoder",
    "bayesian-svdpp": "recommender.ml.bayesian:BayesianSVDPlusPlus",
    "bias": "recommender.ml.bias:Bias",
    "content": "recommender.ml.content:Content",
    "ease": "recommender.ml.ease:Ease",
    "hybrid": "recommender.ml.hybrid:Hybrid",
    "ials": "recommender.ml.ials:ImplicitALS",
    "item-cf": "recommender.ml.neighbours:ItemCF",
    "popularity": "recommender.ml.popularity:Popularity",
    "svdpp": "recommender.ml.svdpp:SVDPlusPlus",
    "user-cf": "recommender.ml.neighbours:UserCF",
    "weighted-rating": "recommender.ml.weighted_rating:WeightedRating",
}


def model_class(name: str) -> type[Recommender]:
    """The class registered under `name`. Raises KeyError for a name that is not registered."""
    if name not in CLASSES:
        raise KeyError(f"There is no model named {name!r}; known are {', '.join(sorted(CLASSES))}.")
    module, _, attribute = CLASSES[name].partition(":")
    found: type[Recommender] = getattr(import_module(module), attribute)
    return found
