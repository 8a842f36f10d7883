"""The models from the command line: `python -m recommender.ml evaluate --help`. Needs no Django."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from recommender.ml.campaign import BadPlan, Bench, Step, is_built, read_plan, settings
from recommender.ml.evaluate import Measured, Task, combined
from recommender.ml.evaluation_report import (
    append_predictions,
    as_json,
    markdown,
    table,
)
from recommender.ml.models_page import BadTexts, write_page
from recommender.ml.movielens import UnreadableDataset, open_dataset
from recommender.ml.plots import picture
from recommender.ml.presets import PRESETS
from recommender.ml.protocols import PROTOCOLS
from recommender.ml.registry import CLASSES, model_class
from recommender.ml.results import DamagedResult, Store
from recommender.ml.tuning import BadSearch, Range, Search, validation_task

RESULTS = Path("var/results")
PUBLISHED = Path("docs/measured")
PAGE = Path("docs/models.md")
TRIALS = Path("var/tuning.journal")


class Refused(Exception):
    """What was asked cannot be done; the message is one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0, 1 where a model failed, 2 where what was asked cannot be done, 130 for Ctrl-C."""
    asked = _parser().parse_args(arguments)
    try:
        answer: int = asked.do(asked)
        return answer
    except (Refused, UnreadableDataset, BadPlan, BadTexts, BadSearch, DamagedResult) as refusal:
        _say(str(refusal))
        return 2
    except KeyboardInterrupt:
        _say("Stopped. What was measured is kept; the same command goes on from here.")
        return 130


def _evaluate(asked: argparse.Namespace) -> int:
    if asked.list:
        print("\n".join(sorted(CLASSES)))
        return 0
    forms = _forms(asked)
    _check(asked)
    seeds = range(asked.seed, asked.seed + asked.repeat)
    bench = _bench(asked)
    runs: dict[tuple[str, bool], list[Measured]] = {form: [] for form in forms}
    for seed in seeds:
        work = _task(bench, asked.protocol, seed, asked.top)
        for preset, tuned in forms:
            run = bench.measured(Step(bench.name, asked.protocol, preset, tuned, seed, asked.top))
            runs[preset, tuned].append(run)
            if asked.predictions:
                append_predictions(asked.predictions, work, run)
    lines = [found[0] if len(found) == 1 else combined(found) for found in runs.values()]
    print(table(work, lines, seeds))
    _write(asked, work, lines, seeds)
    return int(any(line.note.startswith("failed") for line in lines))


def _write(asked: argparse.Namespace, work: Task, lines: list[Measured], seeds: range) -> None:
    if asked.json:
        asked.json.write_text(as_json(work, lines, seeds), "utf-8")
    if asked.markdown:
        asked.markdown.write_text(markdown(work, lines, seeds), "utf-8")
    if asked.plot:
        asked.plot.write_text(picture(f"{work.data}, {work.protocol}", lines), "utf-8")


def _bench(asked: argparse.Namespace) -> Bench:
    # Models by name are measured each time, as they may be being worked on; presets are kept.
    folder = asked.results or (RESULTS if asked.preset else None)
    store = Store(folder, _say) if folder else None
    again = asked.again or bool(asked.predictions)
    if asked.predictions:
        asked.predictions.write_text("")
    return _open(asked.data, store, again)


def _open(path: Path, store: Store | None, again: bool) -> Bench:
    dataset = open_dataset(path)
    data = dataset.interactions()
    if dataset.problem_count:
        file, row, reason = dataset.problems[0]
        _say(f"{dataset.problem_count:,} rows skipped, first {file} row {row}: {reason}.")
    return Bench(dataset.name, path, data, store, _say, again)


def _task(bench: Bench, protocol: str, seed: int, top: int) -> Task:
    try:
        return bench.task(protocol, seed, top)
    except ValueError as error:
        raise Refused(str(error)) from error


def _forms(asked: argparse.Namespace) -> list[tuple[str, bool]]:
    """What shall be measured: names of presets or models, and whether tuned."""
    if asked.preset and asked.models:
        raise Refused("Name models with --models or presets with --preset, not both.")
    if not asked.preset:
        names = _names(asked.models, sorted(CLASSES), {*CLASSES, *PRESETS}, "model")
        return [(name, True) for name in names]
    names = _names(asked.preset, [], set(PRESETS), "preset")
    for name in names:
        _settings_exist(name, asked.tuned)
    return [(name, asked.tuned) for name in names]


def _names(text: str, otherwise: list[str], known: set[str], what: str) -> list[str]:
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip())) or otherwise
    for name in names:
        if name not in known:
            raise Refused(f"There is no {what} named {name!r}; known are {', '.join(sorted(known))}.")
        if not is_built(name):
            raise Refused(f"The model of {name} is not part of this version.")
    return names


def _settings_exist(preset: str, tuned: bool) -> None:
    try:
        settings(preset, tuned=tuned)
    except LookupError as error:
        raise Refused(str(error.args[0])) from error


def _check(asked: argparse.Namespace) -> None:
    if not asked.data:
        raise Refused("Name a data set with --data, a MovieLens folder or zip.")
    if asked.protocol not in PROTOCOLS:
        raise Refused(f"There is no protocol named {asked.protocol!r}; known are {', '.join(PROTOCOLS)}.")
    if asked.top < 1:
        raise Refused(f"A list has at least one film, not {asked.top}.")
    if asked.seed < 0:
        raise Refused(f"A seed is a whole number from 0, not {asked.seed}.")
    if asked.repeat < 1:
        raise Refused(f"A measurement is done at least once, not {asked.repeat} times.")
    if asked.predictions and asked.repeat > 1:
        raise Refused(
            "Predictions are written for one seed, so --predictions and --repeat do not go together."
        )
    for path in (asked.json, asked.markdown, asked.plot, asked.predictions):
        if path and (path.is_dir() or not path.absolute().parent.is_dir()):
            raise Refused(f"{path} cannot be written: name a file in a folder that exists.")


def _campaign(asked: argparse.Namespace) -> int:
    steps = _wanted(asked)
    store = Store(asked.results, _say)
    failures = 0
    for name, group in groupby(steps, lambda step: step.data):
        bench = _open(asked.data / name, store, asked.again)
        for step in group:
            failures += _do(bench, step, asked.dry_run)
    print(f"{len(steps):,} measurements asked for, {failures:,} failed.")
    return int(failures > 0)


def _wanted(asked: argparse.Namespace) -> list[Step]:
    names = [name.strip() for name in asked.preset.split(",") if name.strip()]
    return [step for step in read_plan(asked.plan) if not names or step.preset in names]


def _do(bench: Bench, step: Step, dry_run: bool) -> bool:
    """One measurement of a campaign; True where it failed. One that fails does not end the others."""
    if not is_built(step.preset):
        _say(f"{step}: the model is not part of this version.")
        return True
    try:
        if bench.kept(step):
            return False
        print(f"{step} ...", flush=True)
        measured = None if dry_run else bench.measured(step)
    except (LookupError, ValueError) as error:
        _say(f"{step}: {error.args[0]}")
        return True
    if measured and measured.note:
        _say(f"{step}: {measured.note}")
    return bool(measured and measured.note.startswith("failed"))


def _report(asked: argparse.Namespace) -> int:
    results = list(Store(asked.results, _say))
    write_page(results, asked.texts, asked.out, asked.plots or asked.results / "plots")
    print(f"{asked.out} made from {len(results):,} measurements.")
    return 0


def _tune(asked: argparse.Namespace) -> int:
    (name,) = _names(asked.preset, [""], set(PRESETS), "preset")
    if asked.protocol not in PROTOCOLS:
        raise Refused(f"There is no protocol named {asked.protocol!r}; known are {', '.join(PROTOCOLS)}.")
    figure = asked.figure or ("RMSE" if PROTOCOLS[asked.protocol].job == "stars" else f"NDCG@{asked.top}")
    bench = _open(asked.data, None, True)
    work = validation_task(bench.name, bench.data, asked.protocol, seed=asked.seed, top=asked.top)
    ranges = [Range.read(text) for text in asked.vary]
    model = model_class(PRESETS[name].model)
    best = Search(model, ranges, work, figure, asked.trials_file, print).run(asked.trials)
    print("best: " + ", ".join(f"{setting}={value:.5g}" for setting, value in best.items()))
    return 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m recommender.ml", description="The models from the command line."
    )
    commands = parser.add_subparsers(required=True)
    _evaluate_options(commands.add_parser("evaluate", help="measure models on a data set"))
    _campaign_options(commands.add_parser("campaign", help="measure what a plan asks for and is not kept"))
    _report_options(commands.add_parser("report", help="write the page about the models"))
    _tune_options(commands.add_parser("tune", help="search for settings on a validation part"))
    return parser


def _evaluate_options(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--data", type=Path, help="a MovieLens folder or zip of any generation")
    option("--protocol", default="random90", help=f"one of {', '.join(PROTOCOLS)}")
    option("--models", default="", help="names with commas between; all where left out")
    option("--preset", default="", help="presets with commas between, with the settings of their document")
    option("--tuned", action="store_true", help="presets with the settings chosen here instead")
    option("--seed", type=int, default=0)
    option("--repeat", type=int, default=1, help="seeds in a row: the mean and its 95 %% interval")
    option("--top", type=int, default=10, help="films in a list")
    option("--results", type=Path, help=f"the folder of kept measurements, {RESULTS} for presets")
    option("--again", action="store_true", help="measure what is kept too")
    option("--json", type=Path, help="write the table as JSON")
    option("--markdown", type=Path, help="write the table as Markdown")
    option("--plot", type=Path, help="write a picture as SVG")
    option("--predictions", type=Path, help="write every prediction or list as CSV; measures anew")
    option("--list", action="store_true", help="show the names of the models and stop")
    parser.set_defaults(do=_evaluate)


def _campaign_options(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--data", type=Path, required=True, help="the folder with the data sets that the plan names")
    option("--plan", type=Path, default=PUBLISHED / "campaign.toml")
    option("--results", type=Path, default=PUBLISHED, help="the folder of kept measurements")
    option("--preset", default="", help="only these, with commas between")
    option("--again", action="store_true", help="measure what is kept too")
    option("--dry-run", action="store_true", help="say what is missing and measure nothing")
    parser.set_defaults(do=_campaign)


def _report_options(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--results", type=Path, default=PUBLISHED, help="the folder of kept measurements")
    option("--texts", type=Path, default=PUBLISHED / "rows.toml", help="what is said of each row")
    option("--out", type=Path, default=PAGE)
    option("--plots", type=Path, help="the folder for pictures; plots beside the results where left out")
    parser.set_defaults(do=_report)


def _tune_options(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--data", type=Path, required=True, help="a MovieLens folder or zip of any generation")
    option("--protocol", default="random90", help="by which the training part is split once more")
    option("--preset", required=True, help="the one whose tuned form is searched for")
    option("--vary", action="append", required=True, metavar="NAME=LOW:HIGH[:log]", help="may be repeated")
    option("--trials", type=int, default=30)
    option("--figure", default="", help="RMSE or NDCG@10 where left out")
    option("--seed", type=int, default=0)
    option("--top", type=int, default=10, help="films in a list")
    option("--trials-file", type=Path, default=TRIALS, help="what was tried, from where a search goes on")
    parser.set_defaults(do=_tune)


if __name__ == "__main__":
    sys.exit(main())
