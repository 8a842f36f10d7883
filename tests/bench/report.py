"""docs/benchmarks.md from the figures of one run; it measures nothing and knows no figure of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from tests.bench import aims
from tests.bench.results import Figures

NOTHING = "–"
NAMES = {
    "ours": "**Marquee**",
    "peers.surprise": "Surprise",
    "peers.implicit": "implicit",
    "peers.lenskit": "LensKit",
    "peers.cornac": "Cornac",
    "peers.myfm": "myfm",
}
# Columns and where their figures come from, with the digits after the point.
STARS = {
    "RMSE": "rmse:4",
    "MAE": "mae:4",
    "fit s": "fit_seconds:2",
    "predictions/s": "per_second:0",
    "peak MiB, fit": "fit_peak_mib:0",
    "peak MiB": "peak_mib:0",
    "not predicted": "replaced:0",
}
LISTS = {
    "NDCG@10": "ndcg:4",
    "recall@10": "recall:4",
    "coverage": "coverage:2",
    "fit s": "fit_seconds:2",
    "ms a user": "ms_per_user:2",
    "peak MiB, fit": "fit_peak_mib:0",
    "peak MiB": "peak_mib:0",
}


def page(found: Figures) -> str:
    """`found`: machine, data, missing, and the results by part and step."""
    parts = [
        "# Benchmarks",
        INTRODUCTION,
        machine(found["machine"]),
        "## What was aimed at\n\n" + aims_table(aims.all_of(found)),
        stars(found),
        lists(found),
        batch(found["data"], found["batch"]),
        speed(found["speed"]),
        importing(found["importing"]),
        costs(found),
        notes(found),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


INTRODUCTION = """
Written by `make bench`, which measures Marquee's models beside Surprise, implicit, LensKit, Cornac and
myfm on the same split in the same run. Every figure was measured on the machine described here; none is
copied from a publication.

Each line ran in a process of its own, one after the other, with as many threads as its library takes. The fit
is timed after a fit on a small sample, so that loading and compiling are not in it. Answers are asked
through the library's own interface: of Marquee as on the site, one history after the other, folded in without
training and scored at all films. Memory is the most that the process held, with the data and all libraries,
until the end of the fit and until the end of the answers. Errors are computed by the same code for everyone,
predictions clipped to the range of the training ratings, the training mean where a model says nothing.
Other libraries run with the settings named, theirs or well known ones: they may do better when tuned.
"""


def machine(about: Figures) -> str:
    versions = (f"{name} {version}" for name, version in about["ours"].items())
    theirs = (f"{name} {version}" for name, version in about["theirs"].items())
    return (
        "## The machine\n\n"
        f"- {about['processor']}, {about['cores']} cores, {about['memory_gib']:.0f} GiB of memory, "
        f"{about['system']}\n"
        f"- Python {about['python']}; Marquee with {', '.join(versions)}\n"
        f"- the others in an environment of their own, with {', '.join(theirs)}\n"
        f"- measured on {about['day']}; load when the run began: {about['load']:.1f}"
    )


def aims_table(judged: Iterable[aims.Aim]) -> str:
    rows = [[aim.text, aim.measured, aim.verdict] for aim in judged]
    return table(["aim", "measured", ""], rows)


def stars(found: Figures) -> str:
    rows = [[*who(line), *_numbers(line, *STARS.values())] for line in measured(found["stars"])]
    text = f"## Stars\n\n{found['data']['says']} A random tenth of all ratings is predicted (seed 0)."
    return f"{text}\n\n{table(['library', 'model', 'settings', *STARS], rows)}"


def lists(found: Figures) -> str:
    rows = [[*who(line), *_numbers(line, *LISTS.values())] for line in measured(found["list"])]
    text = (
        f"## Lists\n\n{found['data']['says']} Of each user a random fifth of the ratings is held out "
        "(seed 0), all of them relevant; ranked are all films not in the user's training part. "
        "implicit answers all users at once, Marquee here one after the other."
    )
    return f"{text}\n\n{table(['library', 'model', 'settings', *LISTS], rows)}"


def batch(data: Figures, found: Figures) -> str:
    if "note" in found:
        return ""
    rows = [
        [
            name,
            *_numbers(line, "ms:3", "implicit_ms:3"),
            f"{line['same']:.2%}",
            *_numbers(line, "fold_in_ms:2"),
        ]
        for name, line in found["models"].items()
    ]
    header = ["ranking", "Marquee ms a user", "implicit ms a user", "same film in the same place"]
    text = (
        f"## Lists of {found['top']} for everyone\n\n{data['says']} All users at once, without what they "
        "rated in training; Marquee's batch ranking, and implicit's `recommend` with the same factors of "
        "people and films. For EASE those are histories and weights: a film is a factor. Folding people in "
        "is not in the ranking and stands apart."
    )
    return f"{text}\n\n{table([*header, 'fold-in ms a user'], rows)}"


def speed(found: dict[str, Figures]) -> str:
    lines = {name: figures for name, figures in found.items() if "note" not in figures}
    if not lines:
        return ""
    first = next(iter(lines.values()))
    lengths = list(first["lengths"])
    header = ["model", *(f"{n} films, {what}" for n in lengths for what in ("median ms", "99th percentile"))]
    rows = [
        [name, *(f"{value:.2f}" for length in lengths for value in figures["lengths"][length])]
        for name, figures in lines.items()
    ]
    text = (
        "## One visitor\n\nMovieLens latest-small: a history folded in and scored at all "
        f"{first['n_items']:,} films, on one thread, with numpy alone."
    )
    return f"{text}\n\n{table(header, rows)}"


def importing(found: Figures) -> str:
    rows = [[name, *(f"{value:.1f}" for value in taken)] for name, taken in found["databases"].items()]
    text = f"## Import\n\n`manage.py load_movielens` with {found['data']}, start to end."
    return f"{text}\n\n{table(['database', 'first time, s', 'again, s'], rows)}"


def costs(found: Figures) -> str:
    lines = measured(found["fit"])
    rows = [
        [line["title"], *_numbers(line, "fit_seconds:1", "fit_peak_mib:0")]
        for line in sorted(lines, key=lambda line: str(line["title"]))
    ]
    if not rows:
        return ""
    text = f"## Training the other models\n\n{found['data']['says']} Fitted on all ratings."
    return f"{text}\n\n{table(['model', 'fit s', 'peak MiB'], rows)}"


def notes(found: Figures) -> str:
    lines = [
        f"- {NAMES.get(line.get('library', ''), '')} {line.get('title', name)}: {line['note']}".replace(
            "  ", " "
        )
        for part in ("stars", "list", "fit", "speed")
        for name, line in found[part].items()
        if "note" in line
    ]
    if "note" in found["batch"]:
        lines.append(f"- lists for everyone: {found['batch']['note']}")
    lines += [f"- {name} is not there yet" for name in found["missing"]]
    return "## Not measured\n\n" + "\n".join(lines) if lines else ""


def _called(name: str, line: Figures) -> str:
    return f"{NAMES[line['library']]} {line['title']}" if "library" in line else f"speed of {name}"


def measured(steps: dict[str, Figures]) -> list[Figures]:
    return [figures for figures in steps.values() if "note" not in figures]


def who(line: Figures) -> list[str]:
    return [NAMES[line["library"]], line["title"], line["settings"]]


def _numbers(line: Figures, *wanted: str) -> list[str]:
    names = (name.split(":") for name in wanted)
    return [number(line.get(name), int(digits)) for name, digits in names]


def number(value: Any, digits: int) -> str:
    """With commas between thousands; a dash for nothing and for NaN."""
    if value is None or math.isnan(value):
        return NOTHING
    return f"{value:,.{digits}f}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown; columns whose cells are all figures stand to the right."""
    lines = [list(row) for row in rows]
    right = [bool(lines) and all(_is_figure(row[at]) for row in lines) for at in range(len(header))]
    rule = ["--:" if figures else "---" for figures in right]
    return "\n".join("| " + " | ".join(row) + " |" for row in [list(header), rule, *lines])


def _is_figure(cell: str) -> bool:
    return cell == NOTHING or cell.replace(",", "").replace(".", "").rstrip("%").isdigit()
