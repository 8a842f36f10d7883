"""Measures the models from the command line: `python -m recommender.ml evaluate --help`. Needs no Django."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from recommender.ml.evaluate import PROTOCOLS, Task, measure_apart, task
from recommender.ml.evaluation_report import append_predictions, as_json, table
from recommender.ml.movielens import UnreadableDataset, open_dataset
from recommender.ml.registry import CLASSES


class Refused(Exception):
    """What was asked cannot be done; the message is one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0, 1 where a model failed, 2 where what was asked cannot be done."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        print("\n".join(sorted(CLASSES)))
        return 0
    try:
        return _evaluate(asked)
    except (Refused, UnreadableDataset) as refusal:
        print(refusal, file=sys.stderr)
        return 2


def _evaluate(asked: argparse.Namespace) -> int:
    names = _models(asked.models)
    _check(asked)
    work = _task(asked)
    if asked.predictions:
        asked.predictions.write_text("")
    measured = []
    for name in names:
        measured.append(measure_apart(name, work))
        if asked.predictions:
            append_predictions(asked.predictions, work, measured[-1])
    print(table(work, measured))
    if asked.json:
        asked.json.write_text(as_json(work, measured))
    return int(any(line.note.startswith("failed") for line in measured))


def _task(asked: argparse.Namespace) -> Task:
    dataset = open_dataset(asked.data)
    data = dataset.interactions()
    if dataset.problem_count:
        file, row, reason = dataset.problems[0]
        print(f"{dataset.problem_count:,} rows skipped, first {file} row {row}: {reason}.", file=sys.stderr)
    try:
        return task(dataset.name, data, asked.protocol, seed=asked.seed, top=asked.top)
    except ValueError as error:
        raise Refused(str(error)) from error


def _models(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()] or sorted(CLASSES)
    for name in names:
        if name not in CLASSES:
            raise Refused(f"There is no model named {name!r}; known are {', '.join(sorted(CLASSES))}.")
    return names


def _check(asked: argparse.Namespace) -> None:
    if not asked.data:
        raise Refused("Name a data set with --data, a MovieLens folder or zip.")
    if asked.protocol not in PROTOCOLS:
        raise Refused(f"There is no protocol named {asked.protocol!r}; known are {', '.join(PROTOCOLS)}.")
    if asked.top < 1:
        raise Refused(f"A list has at least one film, not {asked.top}.")
    if asked.seed < 0:
        raise Refused(f"A seed is a whole number from 0, not {asked.seed}.")
    for path in (asked.json, asked.predictions):
        if path and (path.is_dir() or not path.absolute().parent.is_dir()):
            raise Refused(f"{path} cannot be written: name a file in a folder that exists.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m recommender.ml", description="The models from the command line."
    )
    evaluate = parser.add_subparsers(required=True).add_parser(
        "evaluate", help="measure models on a data set"
    )
    evaluate.add_argument("--data", type=Path, help="a MovieLens folder or zip of any generation")
    evaluate.add_argument("--protocol", default="random90", help=f"one of {', '.join(PROTOCOLS)}")
    evaluate.add_argument("--models", default="", help="names with commas between; all where left out")
    evaluate.add_argument("--seed", type=int, default=0)
    evaluate.add_argument("--top", type=int, default=10, help="films in a list")
    evaluate.add_argument("--json", type=Path, help="write the table as JSON")
    evaluate.add_argument("--predictions", type=Path, help="write every prediction or list as CSV")
    evaluate.add_argument("--list", action="store_true", help="show the names of the models and stop")
    return parser


if __name__ == "__main__":
    sys.exit(main())
