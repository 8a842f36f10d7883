import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest

from recommender.ml import artefact, registry
from recommender.ml.artefact import DamagedArtefact
from recommender.ml.bias import Bias, BiasConfig
from recommender.ml.contract import Arrays, Recommender
from recommender.ml.interactions import History, Interactions
from recommender.ml.plain import from_plain
from recommender.ml.popularity import Popularity
from recommender.ml.svdpp import TUNED, SVDPlusPlus
from tests.recommender.ml import samples

DATA = samples.made_up_stars()


@pytest.fixture(scope="module")
def models() -> dict[str, Recommender]:
    few = replace(TUNED, n_factors=4, n_epochs=2)
    fresh: dict[str, Recommender] = {"svdpp": SVDPlusPlus(few), "bias": Bias(BiasConfig(item_damping=3.0))}
    return {name: model.fit(DATA, seed=1) for name, model in fresh.items()}


@pytest.fixture
def folder(tmp_path: Path, models: dict[str, Recommender]) -> Path:
    stored = tmp_path / "versions" / "one"
    metrics = {"bias": {"rmse": 0.9}}
    artefact.write(stored, models=models, items=DATA.items, seed=1, metrics=metrics, fingerprint="abc")
    return stored


def arrays_of(folder: Path) -> list[Path]:
    return sorted((folder / "arrays").iterdir())


def alter_byte(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)


def test_a_bundle_opens_as_it_was_written(folder: Path, models: dict[str, Recommender]) -> None:
    opened = artefact.open_bundle(folder)
    assert opened.models.keys() == models.keys()
    for name, model in models.items():
        assert opened.models[name].config == model.config
        for key, array in model.state().items():
            np.testing.assert_array_equal(opened.models[name].state()[key], array)
    np.testing.assert_array_equal(opened.items.ids, DATA.items.ids)


def test_the_manifest_tells_where_the_models_come_from(folder: Path) -> None:
    manifest = artefact.read_manifest(folder)
    assert (manifest.seed, manifest.fingerprint) == (1, "abc")
    assert manifest.models["bias"].metrics == {"rmse": 0.9}
    assert manifest.models["bias"].config["item_damping"] == 3.0
    assert {"python", "numpy", "scipy"} <= manifest.libraries.keys()
    assert {folder / file for file in manifest.files} == set(arrays_of(folder))


def test_arrays_are_opened_by_memory_map_and_cannot_be_changed(folder: Path) -> None:
    model = artefact.open_bundle(folder).models["svdpp"]
    assert isinstance(model, SVDPlusPlus)
    assert isinstance(model.Q_.base, np.memmap)
    assert not model.Q_.flags.writeable


def test_equal_arrays_of_several_models_are_stored_once(
    tmp_path: Path, models: dict[str, Recommender]
) -> None:
    twice = {"first": models["bias"], "second": models["bias"]}
    artefact.write(tmp_path / "twice", models=twice, items=DATA.items, seed=1)
    assert len(arrays_of(tmp_path / "twice")) == 3
    assert artefact.open_bundle(tmp_path / "twice").models.keys() == twice.keys()


def test_tables_open_beside_the_models(tmp_path: Path, models: dict[str, Recommender]) -> None:
    tables = {"map": {"place": np.eye(3, dtype=np.float32), "names": np.array([b"north", b"south"])}}
    artefact.write(tmp_path / "tabled", models=models, items=DATA.items, seed=1, tables=tables)
    opened = artefact.open_bundle(tmp_path / "tabled").tables["map"]
    assert opened.keys() == tables["map"].keys()
    for name, array in tables["map"].items():
        np.testing.assert_array_equal(opened[name], array)
        assert not opened[name].flags.writeable


def test_an_altered_table_is_named(tmp_path: Path) -> None:
    tabled = tmp_path / "tabled"
    artefact.write(tabled, models={}, items=DATA.items, seed=1, tables={"map": {"place": np.eye(3)}})
    altered = max(arrays_of(tabled), key=lambda path: np.load(path).ndim)
    alter_byte(altered, -1)
    with pytest.raises(DamagedArtefact, match=f"{altered.name} was altered"):
        artefact.open_bundle(tabled)


def test_a_bundle_of_before_there_were_tables_opens(folder: Path) -> None:
    manifest = folder / artefact.MANIFEST
    plain = json.loads(manifest.read_text())
    del plain["tables"], plain["digest"]
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    manifest.write_text(json.dumps({**plain, "digest": digest}))
    assert artefact.open_bundle(folder).tables == {}


def test_arrays_without_entries_survive(tmp_path: Path) -> None:
    nobody = Interactions.of([], [], [])
    artefact.write(
        tmp_path / "empty",
        models={"popularity": Popularity().fit(nobody, seed=0)},
        items=nobody.items,
        seed=0,
    )
    opened = artefact.open_bundle(tmp_path / "empty")
    assert opened.models["popularity"].score(History.empty()).shape == (0,)
    assert len(opened.items) == 0


def test_an_altered_array_is_named(folder: Path) -> None:
    altered = arrays_of(folder)[0]
    alter_byte(altered, -1)
    with pytest.raises(DamagedArtefact, match=f"{altered.name} was altered"):
        artefact.open_bundle(folder)


def test_a_shortened_array_is_named_even_without_verification(folder: Path) -> None:
    shortened = arrays_of(folder)[0]
    shortened.write_bytes(shortened.read_bytes()[:-4])
    with pytest.raises(DamagedArtefact, match=f"{shortened.name} has .* bytes instead of"):
        artefact.open_bundle(folder, verify=False)


def test_an_array_whose_header_was_altered_is_named_even_without_verification(folder: Path) -> None:
    altered = arrays_of(folder)[0]
    alter_byte(altered, 0)
    with pytest.raises(DamagedArtefact, match=f"{altered.name} is no readable array"):
        artefact.open_bundle(folder, verify=False)


def test_a_missing_array_is_named(folder: Path) -> None:
    missing = arrays_of(folder)[0]
    missing.unlink()
    with pytest.raises(DamagedArtefact, match=f"{missing.name} is missing"):
        artefact.open_bundle(folder)


def test_an_altered_manifest_is_noticed(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"item_damping": 3.0', '"item_damping": 4.0'))
    with pytest.raises(DamagedArtefact, match=r"manifest\.json was altered"):
        artefact.open_bundle(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": 1}', '{"format": 1, "digest": ""}'])
def test_a_manifest_that_makes_no_sense_is_named(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content)
    with pytest.raises(DamagedArtefact, match=r"manifest\.json is no readable manifest"):
        artefact.open_bundle(folder)


def sign_again(folder: Path, change: dict[str, Any]) -> None:
    path = folder / "manifest.json"
    plain = json.loads(path.read_text()) | change
    plain.pop("digest")
    path.write_text(json.dumps({**plain, "digest": artefact._digest(plain)}))


def test_a_format_of_the_future_is_named(folder: Path) -> None:
    sign_again(folder, {"format": 99})
    with pytest.raises(DamagedArtefact, match="has format 99, this version reads format 1"):
        artefact.open_bundle(folder)


def test_files_outside_the_folder_are_never_opened(folder: Path) -> None:
    sign_again(folder, {"files": {"../../secret.npy": {"sha256": "", "size": 1}}})
    with pytest.raises(DamagedArtefact, match="which is no array of this folder"):
        artefact.open_bundle(folder)


def test_arrays_that_the_manifest_does_not_list_are_never_opened(folder: Path) -> None:
    sign_again(folder, {"items": "../../secret.npy"})
    with pytest.raises(DamagedArtefact, match="which is no array of this folder"):
        artefact.open_bundle(folder)


def test_a_config_with_other_fields_is_named(folder: Path) -> None:
    stored = json.loads((folder / "manifest.json").read_text())["models"]
    stored["bias"]["config"].pop("n_rounds")
    sign_again(folder, {"models": stored})
    with pytest.raises(DamagedArtefact, match=r"describes bias wrongly: .* other fields: n_rounds"):
        artefact.open_bundle(folder)


def test_no_bundle_at_all_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no stored models"):
        artefact.open_bundle(tmp_path / "nowhere")


def test_a_bundle_is_never_written_over(folder: Path, models: dict[str, Recommender]) -> None:
    before = (folder / "manifest.json").read_bytes()
    with pytest.raises(FileExistsError, match="never written over"):
        artefact.write(folder, models=models, items=DATA.items, seed=2)
    assert (folder / "manifest.json").read_bytes() == before


@dataclass(frozen=True)
class NoConfig:
    pass


class Broken(Popularity):
    """A model whose state cannot be stored."""

    name: ClassVar[str] = "broken"
    Config: ClassVar[type] = NoConfig

    def state(self) -> dict[str, Any]:
        return {"good": np.zeros(3), "bad": np.array(["film", None], dtype=object)}

    @classmethod
    def from_state(cls, config: Any, arrays: Arrays) -> Self:
        raise NotImplementedError


def test_objects_are_refused_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.CLASSES, "broken", f"{__name__}:Broken")
    with pytest.raises(TypeError, match="'bad' of broken is an array of objects"):
        artefact.write(tmp_path / "broken", models={"broken": Broken()}, items=DATA.items, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_a_class_that_is_not_registered_is_refused(tmp_path: Path) -> None:
    class Disguised(Broken):
        name: ClassVar[str] = "bias"

    with pytest.raises(ValueError, match="Disguised is not the class registered as 'bias'"):
        artefact.write(tmp_path / "other", models={"bias": Disguised()}, items=DATA.items, seed=0)


def test_metrics_of_a_model_that_is_not_stored_are_refused(
    tmp_path: Path, models: dict[str, Recommender]
) -> None:
    with pytest.raises(ValueError, match="metrics of biass"):
        artefact.write(
            tmp_path / "one", models=models, items=DATA.items, seed=0, metrics={"biass": {"rmse": 1.0}}
        )


def test_the_same_models_get_the_same_file_names(tmp_path: Path, models: dict[str, Recommender]) -> None:
    for name in ("one", "two"):
        artefact.write(tmp_path / name, models=models, items=DATA.items, seed=1)
    one, two = ([path.name for path in arrays_of(tmp_path / name)] for name in ("one", "two"))
    assert one == two


def test_an_unknown_model_name_lists_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"no model named 'no-such-model'; known are .*svdpp"):
        registry.model_class("no-such-model")


@dataclass(frozen=True)
class Inner:
    rate: float = 0.5
    layers: tuple[int, ...] = (3, 2)


@dataclass(frozen=True)
class Outer:
    inner: Inner = Inner()
    maybe: Inner | None = None
    pair: tuple[str, Inner] = ("a", Inner(rate=2.0))
    by_name: dict[str, Inner] = field(default_factory=lambda: {"x": Inner(layers=())})


@pytest.mark.parametrize("config", [Outer(), Outer(maybe=Inner(rate=1.0)), Inner()])
def test_nested_configs_return_from_json(config: Any) -> None:
    plain = json.loads(json.dumps(artefact.asdict(config)))
    assert from_plain(type(config), plain) == config


def test_a_config_stored_as_a_list_is_refused() -> None:
    with pytest.raises(TypeError, match="stored as list"):
        from_plain(Inner, [1, 2])
