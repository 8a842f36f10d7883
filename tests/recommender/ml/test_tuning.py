from pathlib import Path

import numpy as np
import pytest

from recommender.ml.__main__ import main
from recommender.ml.bias import Bias, BiasConfig
from recommender.ml.evaluate import Task
from recommender.ml.interactions import Interactions
from recommender.ml.list_blend import ListBlendConfig
from recommender.ml.splits import random_split
from recommender.ml.tuning import BadSearch, Range, Search, setting, validation_task, with_setting
from tests.recommender.ml import samples
from tests.recommender.ml.real_data import real_data

DAMPING = Range("user_damping", 1, 30, log=True)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.latest_small_cut()


@pytest.fixture(scope="module")
def work(data: Interactions) -> Task:
    return validation_task("cut", data, "random90", seed=3, top=10)


def pairs(data: Interactions) -> set[tuple[int, int]]:
    return set(zip(data.user.tolist(), data.item.tolist(), strict=True))


def search(work: Task, file: Path, said: list[str], figure: str = "RMSE") -> Search:
    return Search(Bias, [DAMPING], work, figure, file, said.append)


def test_no_rating_of_the_test_part_takes_part_in_a_search(data: Interactions, work: Task) -> None:
    outer = random_split(data.rated, 0.1, 3)
    inner = work.split
    assert not pairs(outer.test) & (pairs(inner.train) | pairs(inner.test))
    assert pairs(inner.train) | pairs(inner.test) == pairs(outer.train)
    assert not pairs(inner.train) & pairs(inner.test)


@pytest.mark.parametrize("protocol", ["folds-100k", "leave-one-out", "training-ratings"])
def test_protocols_without_an_inner_split_are_refused(data: Interactions, protocol: str) -> None:
    with pytest.raises(BadSearch, match="no validation part"):
        validation_task("cut", data, protocol, seed=0, top=10)


def test_the_first_trial_has_the_settings_as_they_are(work: Task, tmp_path: Path) -> None:
    said: list[str] = []
    best = search(work, tmp_path / "trials", said).run(1)
    assert best == {"user_damping": pytest.approx(BiasConfig().user_damping)}
    assert said[0].startswith("trial 1: RMSE 0.")


def test_a_search_finds_better_settings_than_bad_ones(work: Task, tmp_path: Path) -> None:
    said: list[str] = []
    search(work, tmp_path / "trials", said).run(8)
    errors = [float(sentence.split()[3]) for sentence in said]
    assert len(errors) == 8
    assert min(errors) <= errors[0] < max(errors)


def test_a_search_goes_on_where_it_was_stopped(work: Task, tmp_path: Path) -> None:
    first: list[str] = []
    second: list[str] = []
    search(work, tmp_path / "trials", first).run(3)
    search(work, tmp_path / "trials", second).run(5)
    assert [sentence.split(":")[0] for sentence in second] == ["trial 4", "trial 5"]
    drawn = {sentence.split(" with ")[1] for sentence in first + second}
    assert len(drawn) == 5


def test_a_figure_that_the_protocol_does_not_give_is_refused(work: Task, tmp_path: Path) -> None:
    with pytest.raises(BadSearch, match=r"no figure 'NDCG@10' of bias; there are RMSE"):
        search(work, tmp_path / "trials", [], "NDCG@10").run(1)


def test_a_setting_of_a_part_is_named_with_a_dot() -> None:
    config = with_setting(ListBlendConfig(), "ease.regularisation", 7.0)
    assert config.ease.regularisation == 7.0
    assert setting(config, "ease.regularisation") == 7.0
    assert config.watched == ListBlendConfig().watched


def test_whole_numbers_stay_whole() -> None:
    import optuna

    trial = optuna.create_study().ask()
    assert isinstance(Range("n_factors", 4, 64).drawn(trial, 32), int)
    assert isinstance(Range("noise", 0.1, 2.0).drawn(trial, 0.4), float)


@pytest.mark.parametrize(
    "text", ["damping", "damping=1", "damping=3:1", "damping=a:b", "d=1:2:cubic", "d=0:2:log"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(BadSearch, match="is no range"):
        Range.read(text)


def test_a_range_is_read_from_the_command_line() -> None:
    assert Range.read("item_damping=0.5:20:log") == Range("item_damping", 0.5, 20.0, log=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [("nothing", "no setting named 'nothing'"), ("ease", "is no number"), ("ease.weighting", "is no number")],
)
def test_settings_that_are_not_there_or_no_numbers_are_refused(name: str, message: str) -> None:
    with pytest.raises(BadSearch, match=message):
        setting(ListBlendConfig(), name)


def test_the_command_prints_the_best(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = real_data("ml-latest-small.zip").path
    options = ["--preset", "bias", "--vary", "user_damping=1:30:log", "--trials", "2"]
    assert main(["tune", "--data", str(path), *options, "--trials-file", str(tmp_path / "trials")]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 3
    assert np.isfinite(float(printed[-1].removeprefix("best: user_damping=")))


def test_the_command_refuses_an_unknown_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = real_data("ml-latest-small.zip").path
    options = ["--preset", "bias", "--vary", "speed=1:2", "--trials-file", str(tmp_path / "trials")]
    assert main(["tune", "--data", str(path), *options]) == 2
    assert "no setting named 'speed'" in capsys.readouterr().err
