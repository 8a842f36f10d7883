"""Every preset builds in both forms, and the published form says what its document prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from recommender.ml.bias import LEFT_OUT, UNDAMPED
from recommender.ml.presets import PRESETS, Preset, preset
from recommender.ml.registry import CLASSES, model_class

REGISTERED = [found for found in PRESETS.values() if found.model in CLASSES]

# The figures that the documents, or the papers where there is no document, print.
PRINTED: dict[str, dict[str, Any]] = {
    # The defaults of Surprise's SVDpp, which document B calls without arguments.
    "svdpp": {
        "n_factors": 20,
        "n_epochs": 20,
        "learning_rate": 0.007,
        "learning_rate_decay": 1.0,
        "regularisation": 0.02,
        "implicit_regularisation": 0.02,
        "initial_sd": 0.1,
    },
    # TfidfVectorizer(analyzer='word', ngram_range=(1, 2), min_df=0, stop_words='english'); 30 nearest.
    "content": {
        "words_weight": 1.0,
        "genres_weight": 0.0,
        "people_weight": 0.0,
        "decades_weight": 0.0,
        "min_films": 1,
        "sublinear_tf": False,
        "n_reranked": 30,
        "votes_percentile": 60.0,
    },
    "hybrid": {
        "n_neighbours": 30,
        "stars_weight": 1.0,
        "autoencoder_share": 0.0,
        "popularity_weight": 0.0,
        "nearness_weight": 0.0,
        "companions_weight": 0.0,
    },
    "weighted-rating": {"percentile": 60.0},  # vote_cnt.quantile(0.60)
    "user-cf": {"n_neighbours": 20, "exponent": 1.0},
    "item-cf": {"n_neighbours": 20, "exponent": 1.0},
    "genre-content": {"popularity_weight": 0.0},
    # 1 - pairwise_distances(train_data, metric='correlation'), over everyone.
    "pearson-cf": {
        "side": "user",
        "shrinkage": 0.0,
        "amplification": 1.0,
        "damping": 0.0,
        "positive_only": False,
        "item_damping": LEFT_OUT,
        "user_damping": UNDAMPED,
    },
    # svds(Ratings_demeaned, k = 50)
    "svd": {
        "n_factors": 50,
        "n_rounds": 0,
        "noise": 0.0,
        "item_damping": LEFT_OUT,
        "user_damping": UNDAMPED,
    },
    "ease": {"regularisation": 500.0, "weighting": "ones", "unrated_weight": 1.0},
    "ials": {
        "n_factors": 100,
        "n_epochs": 10,
        "unobserved_weight": 0.025,
        "frequency_exponent": 0.0,
        "weighting": "ones",
    },
    "autorec": {"n_hidden": 500, "item_damping": LEFT_OUT, "user_damping": LEFT_OUT},
    "popularity": {},
    "bias": {"item_damping": 25.0, "user_damping": 10.0, "n_rounds": 1},
    "bayesian-svdpp": {"n_factors": 64, "n_sweeps": 512},
}


def name_of(found: Preset) -> str:
    return found.name


def test_every_registered_model_has_a_preset() -> None:
    assert set(CLASSES) <= {found.model for found in PRESETS.values()}


@pytest.mark.parametrize("found", REGISTERED, ids=name_of)
@pytest.mark.parametrize("tuned", [True, False])
def test_a_preset_builds_a_model_of_its_name_in_both_forms(found: Preset, tuned: bool) -> None:
    model = found.build(tuned=tuned)
    assert type(model) is model_class(found.model)
    assert model.name == found.model
    assert model.config == found.config(tuned=tuned)


@pytest.mark.parametrize("found", REGISTERED, ids=name_of)
def test_the_tuned_form_is_the_default(found: Preset) -> None:
    assert found.config(tuned=True) == model_class(found.model).Config()


@pytest.mark.parametrize("name", PRINTED)
def test_the_published_form_has_the_figures_of_its_document(name: str) -> None:
    config = asdict(preset(name).config(tuned=False))
    printed = PRINTED[name]
    assert {field: config[field] for field in printed} == printed


def test_the_hybrid_of_the_document_is_made_of_the_parts_of_the_document() -> None:
    hybrid = asdict(preset("hybrid").config(tuned=False))
    assert hybrid["svdpp"] == asdict(preset("svdpp").config(tuned=False))
    words = asdict(preset("content").config(tuned=False))
    assert hybrid["content"] == {**words, "n_reranked": 0}


def test_popularity_and_the_weighted_rating_have_nothing_to_tune() -> None:
    same = {found.name for found in REGISTERED if found.config(tuned=True) == found.config(tuned=False)}
    assert {"popularity", "weighted-rating"} <= same


def test_a_name_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="svdpp"):
        preset("crystal-ball")
