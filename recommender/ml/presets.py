"""The recommenders by name: what a document prints for each, and the tuned form that the site uses.

A preset names a registered model. Its tuned form is the default of that model's Config; the document's own
configuration is a constant of the model's module, DOCUMENT where there is no reason for another name.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from recommender.ml.contract import Recommender
from recommender.ml.registry import CLASSES, model_class


@dataclass(frozen=True)
class Preset:
    """`rows` of docs/models.md that it stands for; `document` is the constant with the published settings."""

    name: str
    model: str
    rows: tuple[str, ...]
    document: str = "DOCUMENT"

    def config(self, *, tuned: bool) -> Any:
        kind = model_class(self.model)
        if tuned:
            return kind.Config()
        module = import_module(CLASSES[self.model].partition(":")[0])
        return getattr(module, self.document)

    def build(self, *, tuned: bool) -> Recommender:
        """A fresh model, not fitted."""
        return model_class(self.model)(self.config(tuned=tuned))


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("svdpp", "svdpp", ("B1",)),
        Preset("ncf", "ncf", ("B2",)),
        Preset("content", "content", ("B3",)),
        Preset("hybrid", "hybrid", ("B4",)),
        Preset("weighted-rating", "weighted-rating", ("B5",)),
        Preset("twin-autoencoders", "twin-autoencoders", ("A3", "A4", "A5", "A6", "A7", "A8")),
        Preset("user-cf", "user-cf", ("A1",), document="USER_DOCUMENT"),
        Preset("item-cf", "item-cf", ("A2",), document="ITEM_DOCUMENT"),
        Preset("item-autoencoder", "item-autoencoder", ("C1",)),
        Preset("mf", "mf", ("C2",)),
        Preset("item-knn", "item-knn", ("C3",)),
        Preset("user-autoencoder", "user-autoencoder", ("C4",)),
        Preset("like-network", "like-network", ("D1",)),
        Preset("genre-content", "genre-content", ("E1",)),
        Preset("pearson-cf", "pearson-cf", ("E2",)),
        Preset("svd", "svd", ("E3",)),
        Preset("embedding-dot", "embedding-dot", ("E4",)),
        Preset("ease", "ease", ("F1",)),
        Preset("mult-vae", "mult-vae", ("F2",)),
        Preset("ials", "ials", ("F3",)),
        Preset("autorec", "autoencoder", ("F4",)),
        Preset("popularity", "popularity", ("F5",)),
        Preset("bias", "bias", ("F5",)),
        Preset("star-blend", "star-blend", ("F6", "F9")),
        Preset("list-blend", "list-blend", ("F6",)),
        Preset("list-ranker", "list-ranker", ("F6",)),
        Preset("liked-ranker", "liked-ranker", ("F6",), document="LIKED_DOCUMENT"),
        Preset("bayesian-svdpp", "bayesian-svdpp", ("F7",)),
        Preset("ordinal-svdpp", "ordinal-svdpp", ("F7",)),
        Preset("sparse-ease", "sparse-ease", ("F8",)),
        Preset("next-film", "next-film", ()),
    )
}


def preset(name: str) -> Preset:
    """Raises KeyError, with the names there are, for one that is not known."""
    if name not in PRESETS:
        raise KeyError(f"There is no preset named {name!r}; known are {', '.join(PRESETS)}.")
    return PRESETS[name]
