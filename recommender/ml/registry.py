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
    "embedding-dot": "recommender.ml.embedding_dot:EmbeddingDot",
    "genre-content": "recommender.ml.genre_content:GenreContent",
    "hybrid": "recommender.ml.hybrid:Hybrid",
    "ials": "recommender.ml.ials:ImplicitALS",
    "item-autoencoder": "recommender.ml.item_autoencoder:ItemAutoencoder",
    "item-cf": "recommender.ml.neighbours:ItemCF",
    "item-knn": "recommender.ml.item_knn:ItemKNN",
    "like-network": "recommender.ml.like_network:LikeNetwork",
    "liked-ranker": "recommender.ml.list_ranker:LikedRanker",
    "list-blend": "recommender.ml.list_blend:ListBlend",
    "list-ranker": "recommender.ml.list_ranker:ListRanker",
    "mf": "recommender.ml.mf:MatrixFactorisation",
    "mult-vae": "recommender.ml.mult_vae:MultVAE",
    "ncf": "recommender.ml.ncf:NeuralCF",
    "next-film": "recommender.ml.next_film:NextFilm",
    "pearson-cf": "recommender.ml.pearson_cf:PearsonCF",
    "ordinal-svdpp": "recommender.ml.ordinal:OrdinalSVDPlusPlus",
    "popularity": "recommender.ml.popularity:Popularity",
    "sparse-ease": "recommender.ml.sparse_ease:SparseEase",
    "star-blend": "recommender.ml.star_blend:StarBlend",
    "svd": "recommender.ml.svd:DemeanedSVD",
    "svdpp": "recommender.ml.svdpp:SVDPlusPlus",
    "twin-autoencoders": "recommender.ml.twin:TwinAutoencoders",
    "user-autoencoder": "recommender.ml.user_autoencoder:UserAutoencoder",
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
