"""The search for settings, by Optuna, on a validation part: no test part is ever looked at.

The protocol splits the data as it does for a measurement, and once more its training part; models are fitted
on the inner training part and asked about the inner test part. Trials are kept in a file, so that a search
can be stopped and goes on where it was. The first trial has the settings as they are.

Akiba and others, "Optuna" (KDD 2019); its sampler is the tree-structured Parzen estimator of Bergstra and
others (NeurIPS 2011).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from recommender.ml.contract import Recommender
from recommender.ml.evaluate import Measured, Task, measure
from recommender.ml.interactions import Interactions
from recommender.ml.protocols import PROTOCOLS, Source

if TYPE_CHECKING:
    import optuna

NO_INNER_SPLIT = ("folds-100k", "leave-one-out")  # published parts, which cannot be split once more


class BadSearch(Exception):
    """What was asked cannot be searched; the message is one sentence."""


@dataclass(frozen=True)
class Range:
    """Of one setting, dots between the names where it is a setting of a part: "blend.ease_weight"."""

    name: str
    low: float
    high: float
    log: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """From "name=low:high" or "name=low:high:log". Raises BadSearch."""
        name, _, ends = text.partition("=")
        low, _, rest = ends.partition(":")
        high, _, scale = rest.partition(":")
        try:
            found = cls(name.strip(), float(low), float(high), scale == "log")
        except ValueError:
            raise BadSearch(f'{text!r} is no range: write "name=low:high" or "name=low:high:log".') from None
        if scale not in ("", "log") or not found.low < found.high or (found.log and found.low <= 0):
            raise BadSearch(f"{text!r} is no range: it rises, and a logarithmic one begins above nought.")
        return found

    def drawn(self, trial: optuna.Trial, now: Any) -> float:
        """A whole number where the setting is one now."""
        if isinstance(now, int):
            return trial.suggest_int(self.name, int(self.low), int(self.high), log=self.log)
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)


def setting(config: Any, name: str) -> Any:
    """Raises BadSearch for a setting that is not there or is no number."""
    first, _, rest = name.partition(".")
    if not is_dataclass(config) or first not in {field.name for field in fields(config)}:
        raise BadSearch(f"{type(config).__name__} has no setting named {first!r}.")
    value = getattr(config, first)
    if rest:
        return setting(value, rest)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadSearch(f"{first} is no number, so that it has no range.")
    return value


def with_setting(config: Any, name: str, value: float) -> Any:
    """A copy in which one setting, or one of a part, is another."""
    first, _, rest = name.partition(".")
    return replace(config, **{first: with_setting(getattr(config, first), rest, value) if rest else value})


def validation_task(name: str, data: Interactions, protocol: str, *, seed: int, top: int) -> Task:
    """The training part of a protocol, split once more by it. Raises BadSearch where it cannot be."""
    if protocol in NO_INNER_SPLIT or not PROTOCOLS[protocol].is_honest:
        raise BadSearch(f"{protocol} has no validation part inside its training part.")
    trials = PROTOCOLS[protocol].trials
    inner = trials(Source(name, trials(Source(name, data.rated, seed))[0].train, seed))
    return Task(name, protocol, seed, top, inner)


@dataclass(frozen=True)
class Search:
    """Of one model's settings by one figure; `file` keeps the trials, `say` is told of each."""

    model: type[Recommender]
    ranges: Sequence[Range]
    task: Task
    figure: str
    file: Path
    say: Callable[[str], None]

    def run(self, n_trials: int) -> dict[str, float]:
        """The best settings of `n_trials`, those of an earlier run among them. Raises BadSearch."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        now = {one.name: setting(self.model.Config(), one.name) for one in self.ranges}
        study = self._study()
        done = len(study.get_trials(states=(optuna.trial.TrialState.COMPLETE,)))
        if not study.trials:
            study.enqueue_trial(now)
        study.optimize(self._tried, max(n_trials - done, 0), catch=(ArithmeticError, ValueError))
        best: dict[str, float] = study.best_params
        return best

    def _study(self) -> optuna.Study:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        self.file.parent.mkdir(parents=True, exist_ok=True)
        storage = JournalStorage(JournalFileBackend(str(self.file)))
        name = f"{self.model.name}, {self.task.data}, {self.task.protocol}, {self.figure}"
        known = {study.study_name: study.n_trials for study in optuna.get_all_study_summaries(storage)}
        # Another seed for what follows: the same would draw the first trials again.
        sampler = optuna.samplers.TPESampler(seed=self.task.seed + known.get(name, 0))
        return optuna.create_study(
            storage=storage,
            study_name=name,
            sampler=sampler,
            direction="minimize" if self.figure.startswith(("RMSE", "MAE")) else "maximize",
            load_if_exists=True,
        )

    def _tried(self, trial: optuna.Trial) -> float:
        config = self.model.Config()
        for one in self.ranges:
            config = with_setting(config, one.name, one.drawn(trial, setting(config, one.name)))
        line = measure(self.model.name, self.task, config=config)
        value = self._value(line)
        said = ", ".join(f"{name} {chosen:.5g}" for name, chosen in trial.params.items())
        self.say(
            f"trial {trial.number + 1}: {self.figure} {value:.4f} in {line.fit_seconds:.1f} s with {said}"
        )
        return value

    def _value(self, line: Measured) -> float:
        if self.figure not in line.figures:
            known = ", ".join(line.figures) or line.note
            raise BadSearch(f"There is no figure {self.figure!r} of {line.preset}; there are {known}.")
        return line.figures[self.figure]
