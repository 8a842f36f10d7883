"""What the models are meant to reach, held against what a run measured."""

from __future__ import annotations

from typing import NamedTuple

from tests.bench.results import Figures

TIMES_FASTER = 200
SAME_ERROR = 1e-4  # stars of RMSE
LIST_MS = 0.1
VISITOR_MS = 1.0
# They average over draws, or hold a model that does.
SLOW_BY_NATURE = ("bayesian-svdpp", "ordinal-svdpp", "star-blend", "list-ranker", "liked-ranker")
GIB = 1.5
OURS = "ours"


class Aim(NamedTuple):
    """`verdict` is "met", "not met", or "not measured"."""

    text: str
    measured: str
    verdict: str


def all_of(found: Figures) -> list[Aim]:
    return [
        svdpp_speed(found["stars"]),
        svdpp_error(found["stars"]),
        list_speed(found["batch"]),
        visitor_speed(found["speed"]),
        memory(found),
    ]


def svdpp_speed(stars: dict[str, Figures]) -> Aim:
    text = f"exact SVD++ with Surprise's settings fits {TIMES_FASTER} times as fast as Surprise's"
    pair = _svdpp_pair(stars)
    if pair is None:
        return _unknown(text)
    ours, theirs = (figures["fit_seconds"] for figures in pair)
    return _judged(
        text, f"{theirs:,.1f} s / {ours:.2f} s = {theirs / ours:,.0f}", theirs / ours >= TIMES_FASTER
    )


def svdpp_error(stars: dict[str, Figures]) -> Aim:
    text = "and has the same error, less than a ten-thousandth of a star apart"
    pair = _svdpp_pair(stars)
    if pair is None:
        return _unknown(text)
    ours, theirs = (figures["rmse"] for figures in pair)
    return _judged(text, f"RMSE {ours:.4f} and {theirs:.4f}", abs(ours - theirs) < SAME_ERROR)


def list_speed(batch: Figures) -> Aim:
    text = f"lists for everyone within {LIST_MS} ms a user"
    if "models" not in batch:
        return _unknown(text)
    slowest = max(figures["ms"] for figures in batch["models"].values())
    shown = ", ".join(f"{name} {figures['ms']:.3f}" for name, figures in batch["models"].items())
    return _judged(text, shown, slowest <= LIST_MS)


def visitor_speed(speed: dict[str, Figures]) -> Aim:
    text = (
        f"a history of 20 films folded in and scored within {VISITOR_MS:.0f} ms, but for Bayesian models and "
        "blends that hold one"
    )
    taken = {name: figures["lengths"]["20"] for name, figures in speed.items() if "lengths" in figures}
    judged = {name: figures for name, figures in taken.items() if name not in SLOW_BY_NATURE}
    if not judged:
        return _unknown(text)
    late = [f"{name} {ms[0]:.2f} / {ms[1]:.2f}" for name, ms in judged.items() if max(ms) >= VISITOR_MS]
    slowest = max(judged, key=lambda name: judged[name][1])
    shown = (
        "over it, median / 99th percentile: " + ", ".join(late)
        if late
        else f"slowest {slowest}: median {judged[slowest][0]:.2f}, 99th percentile {judged[slowest][1]:.2f}"
    )
    return _judged(text, shown, not late)


def memory(found: Figures) -> Aim:
    text = f"every model trains in less than {GIB} GiB"
    lines = [line for part in ("stars", "list", "fit") for line in found[part].values()]
    peaks = {line["title"]: line["fit_peak_mib"] for line in lines if _is_ours(line)}
    if not peaks:
        return _unknown(text)
    largest = max(peaks, key=lambda title: peaks[title])
    return _judged(text, f"largest {largest}, {peaks[largest]:,.0f} MiB", peaks[largest] < GIB * 1024)


def _svdpp_pair(stars: dict[str, Figures]) -> tuple[Figures, Figures] | None:
    pair = stars.get("svdpp-trained", {}), stars.get("surprise-svdpp", {})
    return pair if all("fit_seconds" in figures for figures in pair) else None


def _is_ours(line: Figures) -> bool:
    return line["library"] == OURS and "fit_peak_mib" in line


def _judged(text: str, shown: str, met: bool) -> Aim:
    return Aim(text, shown, "met" if met else "not met")


def _unknown(text: str) -> Aim:
    return Aim(text, "", "not measured")
