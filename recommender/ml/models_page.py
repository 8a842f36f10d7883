"""The page about the models: what is claimed of each, what was measured here, and what to think of it.

Words come from a TOML file, figures from kept measurements alone. A paragraph names a figure by its place:
{honest:RMSE} is that of the first preset of the row's first honest table, {same2:NDCG@10:ease} that of ease
in the second table by the document's own protocol, {same2:RMSE:mf:document} that of mf in this form.
What nobody measured says so.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Self

from recommender.ml.best_of_all import best_of_all
from recommender.ml.evaluate import Measured, combined
from recommender.ml.evaluation_report import COSTS, cell, columns, costs, label, markdown_rows
from recommender.ml.plots import picture
from recommender.ml.protocols import PROTOCOLS
from recommender.ml.results import LIBRARIES, Result, form

MISSING = "not measured yet"
GENERATED = "<!-- Made by `python -m recommender.ml report`; edit docs/measured/rows.toml instead. -->"
# A page has room for the figures that tell models apart; the files have them all.
_ONLY_IN_FILES = re.compile(
    r"P@|MAP@|MRR@|F1|R@\d+ liked|hit@\d+( liked)?$|precision|recall|majority|.* 3\.5$|"
    r"ARP|users |.*, width|replaced"
)
_LEADING = (
    (re.compile("RMSE( K=10)?"), 1),
    (re.compile(r"NDCG@\d+( K=10)?"), -1),
    (re.compile("AUC films"), -1),
)
_PLACE = re.compile(r"\{(same|honest)(\d*):([^:{}]+)(?::([^:{}]+))?(?::(document|tuned))?\}")


class BadTexts(Exception):
    """Texts or measurements that make no page; the message is one sentence."""


@dataclass(frozen=True)
class Query:
    """One table of a row: some presets in some forms on one data set by one protocol."""

    data: str
    protocol: str
    presets: Sequence[str]
    show: Sequence[str]
    forms: Sequence[str] = ("document", "tuned")


@dataclass(frozen=True)
class Row:
    """A row of the reference. The notes say what no table can: why there is none, or how to read it."""

    key: str
    system: str
    claimed: str
    protocol: str
    judgement: str
    leak: str = ""
    same: Sequence[Query] = ()
    same_note: str = ""
    honest: Sequence[Query] = ()
    honest_note: str = ""


@dataclass(frozen=True)
class Texts:
    intro: str
    repeat: str
    rows: Sequence[Row]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises BadTexts."""
        try:
            content = tomllib.loads(path.read_text("utf-8"))
            rows = [_row(**row) for row in content["row"]]
            return cls(content["intro"].strip(), content["repeat"].strip(), rows)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadTexts(f"{path} has not the texts of a page: {error}.") from error


def _row(same: Sequence[Any] = (), honest: Sequence[Any] = (), **words: str) -> Row:
    stripped = {name: value.strip() for name, value in words.items()}
    return Row(same=[Query(**one) for one in same], honest=[Query(**one) for one in honest], **stripped)


class Found(NamedTuple):
    """One preset in one form, over its seeds."""

    line: Measured
    seeds: Sequence[int]

    @property
    def seeds_said(self) -> str:
        return ", ".join(map(str, self.seeds))


class Measurements:
    """What is kept, by data set, protocol, preset and form. Raises BadTexts where it does not fit."""

    def __init__(self, results: Sequence[Result]) -> None:
        self.results = sorted(results, key=_place)
        self._found = {place: _found(list(same)) for place, same in groupby(self.results, key=_line_of)}
        hashes = {(result.key.data, result.key.data_sha256) for result in results}
        for data in {data for data, _ in hashes}:
            if sum(data == other for other, _ in hashes) > 1:
                raise BadTexts(
                    f"Measurements of two different data sets are called {data}; keep one of them."
                )

    def find(self, data: str, protocol: str, preset: str, shape: str) -> Found | None:
        return self._found.get((data, protocol, preset, shape))

    def tables(self) -> Iterator[tuple[Result, list[Found]]]:
        """Of each data set and protocol one result, for its sizes, and all lines, the best first."""
        for place, results in groupby(self.results, key=lambda result: result.key[:1] + result.key[2:3]):
            found = [found for at, found in self._found.items() if at[:2] == place]
            yield next(results), sorted(found, key=lambda one: _rank(one.line))


def _line_of(result: Result) -> tuple[str, str, str, str]:
    return result.key.data, result.key.protocol, result.key.preset, result.key.form


def _place(result: Result) -> tuple[tuple[str, str, str, str], int]:
    return _line_of(result), result.key.seed


def _found(results: Sequence[Result]) -> Found:
    first = results[0].key
    if any(result.key.config != first.config or result.key.top != first.top for result in results):
        raise BadTexts(
            f"{first.preset} ({first.form}) on {first.data} by {first.protocol} was measured with different "
            "settings over its seeds; measure it again."
        )
    runs = [result.measured for result in results]
    return Found(runs[0] if len(runs) == 1 else combined(runs), [result.key.seed for result in results])


def _rank(line: Measured) -> tuple[bool, float, str]:
    """The lowest error first, or the best list; those with neither last."""
    for leading, sign in _LEADING:
        for name, value in line.figures.items():
            if leading.fullmatch(name) and math.isfinite(value):
                return sign < 0, sign * value, label(line)
    return True, math.inf, label(line)


class Page(NamedTuple):
    """The text, and SVG pictures by file name."""

    text: str
    pictures: Mapping[str, str]


def make_page(results: Sequence[Result], texts: Texts, plots: str) -> Page:
    """`plots` is the folder of the pictures as seen from the page."""
    measurements = Measurements(results)
    pictures = {
        _picture_name(one): picture(f"{one.key.data}, {one.key.protocol}", [at.line for at in found])
        for one, found in measurements.tables()
    }
    parts = [
        GENERATED,
        "# The models: claimed and measured",
        texts.intro,
        *_conditions(measurements.results),
        *best_of_all(measurements.results),
        *_leaks(texts.rows),
        "## Row by row",
        *(part for row in texts.rows for part in _section(row, measurements)),
        "## All measurements",
        *(part for one, found in measurements.tables() for part in _table(one, found, plots)),
        "## To measure again",
        texts.repeat,
    ]
    return Page("\n\n".join(parts) + "\n", pictures)


def write_page(results: Sequence[Result], texts: Path, out: Path, plots: Path) -> None:
    """Write the page and its pictures; pictures of former pages in the same folder go."""
    page = make_page(results, Texts.read(texts), Path(os.path.relpath(plots, out.parent)).as_posix())
    plots.mkdir(parents=True, exist_ok=True)
    for former in plots.glob("*.svg"):
        if former.name not in page.pictures:
            former.unlink()
    for file, text in page.pictures.items():
        (plots / file).write_text(text, "utf-8")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page.text, "utf-8")


def _conditions(results: Sequence[Result]) -> list[str]:
    """The data sets and the machines of all measurements."""
    if not results:
        return [f"Nothing: {MISSING}."]
    latest = {result.key.data: result for result in results}
    sets = [["data set", "ratings", "users", "films", "SHA-256 of its content"]]
    for data, result in latest.items():
        sets.append([data, *_counts(result), f"`{result.key.data_sha256[:12]}`"])
    machines = sorted({_machine(result.machine) for result in results})
    return [markdown_rows(sets), "Measured on:", "\n".join(f"- {machine}" for machine in machines)]


def _counts(result: Result) -> list[str]:
    return [f"{result.sizes[name]:,}" for name in ("n_ratings", "n_users", "n_items")]


def _machine(told: Mapping[str, Any]) -> str:
    libraries = ", ".join(f"{name} {told[name]}" for name in LIBRARIES)
    computer = f"{told['cpu']}, {told['cores']} cores, threads: {told['threads']}"
    return f"{computer}, Python {told['python']}, {libraries}"


def _leaks(rows: Sequence[Row]) -> list[str]:
    leaky = [f"- **{row.key} {row.system}.** {row.leak}" for row in rows if row.leak]
    return ["## What the documents' own measurements leak or leave out", "\n".join(leaky)] if leaky else []


def _section(row: Row, measurements: Measurements) -> list[str]:
    return [
        f"### {row.key} {row.system}",
        f"**Claimed:** {row.claimed}  \n**Measured by:** {row.protocol}",
        *_part("The same protocol here", row.same_note, row.same, measurements),
        *_part("An honest protocol here", row.honest_note, row.honest, measurements),
        "**Judgement.** " + filled(row.judgement, row, measurements),
    ]


def _part(name: str, note: str, queries: Sequence[Query], measurements: Measurements) -> list[str]:
    answers = [part for query in queries for part in _answer(query, measurements)]
    return [f"**{name}.** {note}".strip(), *answers] if note or answers else []


def _answer(query: Query, measurements: Measurements) -> list[str]:
    asked = [(preset, shape) for preset in query.presets for shape in query.forms]
    found = {at: measurements.find(query.data, query.protocol, *at) for at in asked}
    what = f"`{query.data}`, `{query.protocol}`{_says(query.protocol)}"
    if not any(found.values()):
        return [f"{what}: {MISSING}."]
    rows = [["model", "form", "seed", *query.show, *COSTS]]
    for (preset, shape), one in found.items():
        if one:
            cells = [one.seeds_said, *(cell(one.line, figure) for figure in query.show), *costs(one.line)]
        else:
            cells = [MISSING, *["–"] * (len(query.show) + len(COSTS))]
        rows.append([preset, shape, *cells])
    return [f"{what}:", markdown_rows(rows)]


def _says(protocol: str) -> str:
    return f" ({PROTOCOLS[protocol].says})" if protocol in PROTOCOLS else ""


def filled(words: str, row: Row, measurements: Measurements) -> str:
    """The words with the figures they name. Raises BadTexts for a name that no query of the row has."""

    def figure(match: re.Match[str]) -> str:
        which, number, wanted, preset, named = match.groups()
        queries = row.same if which == "same" else row.honest
        at = int(number or 1) - 1
        if at >= len(queries) or (preset and preset not in queries[at].presets):
            raise BadTexts(f"The judgement of {row.key} names {match[0]}, which its tables do not have.")
        query = queries[at]
        shape = named or ("tuned" if which == "honest" and "tuned" in query.forms else query.forms[0])
        if shape not in query.forms:
            raise BadTexts(f"The judgement of {row.key} names {match[0]}, which its tables do not have.")
        found = measurements.find(query.data, query.protocol, preset or query.presets[0], shape)
        return cell(found.line, wanted) if found and wanted in found.line.figures else f"({MISSING})"

    return _PLACE.sub(figure, words)


def _table(one: Result, found: Sequence[Found], plots: str) -> list[str]:
    figures = [figure for figure in columns([line for line, _ in found]) if not _ONLY_IN_FILES.match(figure)]
    rows = [["model", "form", "seed", *figures, *COSTS]]
    for at in found:
        shown = (cell(at.line, figure) for figure in figures)
        rows.append([at.line.preset, form(at.line.tuned), at.seeds_said, *shown, *costs(at.line)])
    title = f"{one.key.data}, {one.key.protocol}"
    return [
        f"### {title}",
        f"Tested on {PROTOCOLS[one.key.protocol].says}; {_parts(one)}.",
        f"![{title}]({plots}/{_picture_name(one)})",
        markdown_rows(rows),
    ]


def _parts(one: Result) -> str:
    sizes = one.sizes
    trained = f"trained on {sizes['n_train']:,} ratings"
    trained = f"in the first of {sizes['n_fits']} {trained}" if sizes.get("n_fits", 1) > 1 else trained
    text = f"{trained}, asked for {sizes['n_test']:,} of {sizes['n_users_tested']:,} users"
    slices = (f"{name} {rows:,}" for name, rows in sizes.get("slices", {}).items())
    return ", of them ".join(part for part in (text, ", ".join(slices)) if part)


def _picture_name(one: Result) -> str:
    return f"{one.key.data}.{one.key.protocol}.svg"
