"""Mult-VAE and Mult-DAE: an autoencoder whose output is a share of attention for each film.

    x       weights of the history, scaled to length 1
    h       = tanh(x W1 + b1)                   n_hidden units; left out where that is 0
    z       = h W2 + b2                         n_latent units; tanh of it in the DAE
    g       = tanh(z W3 + b3)                   n_hidden units; left out where that is 0
    score   = g W4 + b4                         logits of a softmax over all films

    maximise  sum over i of w_i log softmax(score)_i - beta KL(q(z | x) || N(0, I))

While learning, part of x is dropped, and z of the VAE is drawn from N(z, exp(h Wv + bv)); scoring takes its
mean. beta rises from nought to its cap over anneal_steps batches. The DAE has no KL term. Trained in
mult_vae_training.py.

Source: Liang et al., "Variational Autoencoders for Collaborative Filtering" (WWW 2018). From Shenbin et al.,
"RecVAE" (WSDM 2020), comes the beta that grows with a history's size (beta_per_film).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.ease import Weighting, check_weighting, watch_weights
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class MultVaeConfig:
    """The DAE without hidden layers did best for its cost on a validation part of MovieLens 100K.

    That was by the mean of NDCG@10 over all films held out and over those of 4 stars or more, among VAE and
    DAE with weight decays of .01 to .3.
    """

    variational: bool = False  # the VAE, else the DAE
    n_hidden: int = 0
    n_latent: int = 200
    dropout: float = 0.5  # share of the history that is hidden while learning
    beta: float = 0.2  # cap of the weight of KL
    beta_per_film: float = 0.0  # is added for each film of a history
    anneal_steps: int = 2_000  # batches until beta reaches its cap
    weight_decay: float = 0.1  # penalty on squared weights, for 1 / batch_size of the loss
    learning_rate: float = 1e-3
    batch_size: int = 100  # people
    n_epochs: int = 100
    weighting: Weighting = "stars"
    unrated_weight: float = 0.6
    patience: int = (
        5  # checks without a better NDCG@10 on held-out films; 0 learns all epochs from everything
    )
    check_every: int = 4  # epochs
    validation_share: float = 0.05  # of the interactions, where patience is above 0

    def __post_init__(self) -> None:
        if min(self.n_latent, self.batch_size, self.n_epochs, self.check_every, self.anneal_steps) < 1:
            raise ValueError(
                "Mult-VAE needs at least one latent unit, person a batch, epoch, check and annealing step."
            )
        if self.n_hidden < 0 or min(self.beta, self.beta_per_film, self.weight_decay) < 0:
            raise ValueError("Sizes and penalties of Mult-VAE are not below nought.")
        if not 0 <= self.dropout < 1 or not 0 < self.validation_share < 1:
            raise ValueError("Dropout lies from 0 to below 1, the validation share between 0 and 1.")
        if self.learning_rate <= 0 or self.patience < 0:
            raise ValueError("Mult-VAE needs a learning rate above nought and no negative patience.")
        check_weighting(self.weighting)


# As published for MovieLens 20M: 600-200-600, dropout of .5, beta up to .2 in 200,000 steps, batches of 500,
# the best of 200 epochs on validation, which is judged by NDCG@10 here.
DOCUMENT = MultVaeConfig(
    variational=True,
    n_hidden=600,
    n_latent=200,
    dropout=0.5,
    beta=0.2,
    anneal_steps=200_000,
    weight_decay=0.0,
    learning_rate=1e-3,
    batch_size=500,
    n_epochs=200,
    weighting="ones",
    unrated_weight=1.0,
    patience=200,
    check_every=1,
)

LAYERS = ("encoder", "latent", "decoder", "output")  # 1 to 4 of the formula


class MultVAE(Recommender):
    """A list model; one pass of a history through the network."""

    name: ClassVar[str] = "mult-vae"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = MultVaeConfig

    # Weights (in, out) and biases (out,) as "<layer>" and "<layer>_bias"; those of and to the films are
    # "encoder" or "latent" (n_items, units), "output" (n_items, units) and "output_bias" (n_items,).
    network_: dict[str, Floats]

    def __init__(self, config: MultVaeConfig | None = None) -> None:
        self.config: MultVaeConfig = config or MultVaeConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from ratings and unrated watches. Raises ValueError where nobody watched anything."""
        # Torch is a library of training; scoring, and with it the site, does without.
        from recommender.ml.mult_vae_training import train

        if not len(data):
            raise ValueError("Mult-VAE needs at least one film that somebody watched.")
        self.network_ = train(data, self.config, seed=seed, progress=progress, start=start)
        never_watched = np.bincount(data.item, minlength=data.n_items) == 0
        self.network_["output_bias"][never_watched] = np.nan
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> Floats:
        """(n_items,) logits, those of the biases for an empty history; NaN for films that nobody watched."""
        return np.asarray(self.network_["output"] @ self._code(history) + self.network_["output_bias"])

    def _code(self, history: History) -> Floats:
        """(units,) g of the formula."""
        network, first = self.network_, "encoder" if self.config.n_hidden else "latent"
        code = self._input(history) @ network[first][history.item] + network[f"{first}_bias"]
        if self.config.n_hidden:
            code = np.tanh(code) @ network["latent"] + network["latent_bias"]
        if not self.config.variational:
            code = np.tanh(code)
        if self.config.n_hidden:
            code = np.tanh(code @ network["decoder"] + network["decoder_bias"])
        return np.asarray(code, np.float32)

    def _input(self, history: History) -> Floats:
        w = watch_weights(history.rating, self.config.weighting, self.config.unrated_weight)
        return np.asarray(w / max(float(np.linalg.norm(w)), 1e-12), np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) what the score would lose without each film; 0 where there is no score."""
        output, bias = self.network_["output"][item], self.network_["output_bias"][item]
        lost = [self._code(history) - self._code(history.without(int(row))) for row in history.item]
        share = np.array(lost, np.float32).reshape(len(history), len(output)) @ output
        return np.asarray(share if np.isfinite(bias) else np.zeros_like(share))

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the rows of W4; NaN for films that nobody watched."""
        output = self.network_["output"]
        length: Floats = np.linalg.norm(output, axis=1)
        length[np.isnan(self.network_["output_bias"])] = np.nan
        return np.asarray(output @ output[item] / np.maximum(length * length[item], 1e-12), np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """Weights and biases by layer, float32; see `network_`. What the variance of z needs is not kept."""
        return dict(self.network_)

    @classmethod
    def from_state(cls, config: MultVaeConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.network_ = {name: arrays[name] for name in arrays}
        return model
