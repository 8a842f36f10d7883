"""What Lighthouse says about a site that is running, into docs/lighthouse.md.

    python -m tests.bench.lighthouse http://localhost:8000 --film /films/1/ --profile /people/anouk/

Lighthouse is a Node program and no part of this project: `npm install lighthouse` in any folder, and name
that folder with --modules; without it, `npx lighthouse` is tried. CHROME_PATH names the browser.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPORT = Path(__file__).resolve().parents[2] / "docs" / "lighthouse.md"
AIM = 95
# A busy machine now and then loses the trace of a page.
ATTEMPTS = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = {
    "first-contentful-paint": "First paint",
    "largest-contentful-paint": "Largest paint",
    "total-blocking-time": "Blocked",
    "cumulative-layout-shift": "Shift",
    "total-byte-weight": "Weight",
}
PRESETS = {"mobile": [], "desktop": ["--preset=desktop"]}


@dataclass(frozen=True)
class Result:
    page: str
    preset: str
    scores: dict[str, int]
    figures: dict[str, str]
    below: list[str]
    versions: str


def main() -> int:
    options = _options()
    pages = {"home": "/", "film": options.film, "search": options.search, "profile": options.profile}
    program = _program(options.modules)
    results = [
        _median([_measured(program, page, options.site + path, preset) for _ in range(options.runs)])
        for preset in PRESETS
        for page, path in pages.items()
    ]
    REPORT.write_text(_report(results, options.runs), encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))
    return 0 if all(min(result.scores.values()) >= AIM for result in results) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site", help="where the site runs, with no slash at the end")
    parser.add_argument("--film", required=True, help="address of a film's page")
    parser.add_argument("--profile", required=True, help="address of a profile with a diary")
    parser.add_argument("--search", default="/search/?q=godfather")
    parser.add_argument("--modules", type=Path, help="the folder that Lighthouse was installed in")
    parser.add_argument(
        "--runs", type=int, default=1, help="how often each page is measured; the median counts"
    )
    return parser.parse_args()


def _program(folder: Path | None) -> list[str]:
    if folder:
        return [str(folder / "node_modules" / ".bin" / "lighthouse")]
    if installed := shutil.which("lighthouse"):
        return [installed]
    if shutil.which("npx"):
        return ["npx", "--yes", "lighthouse"]
    sys.exit("Lighthouse is not here: install Node, then `npm install lighthouse`, and name the folder.")


def _measured(program: list[str], page: str, address: str, preset: str) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        flags = ["--output=json", f"--output-path={told}", "--quiet", *PRESETS[preset]]
        flags.append("--chrome-flags=--headless=new --no-sandbox --disable-gpu")
        for attempt in range(ATTEMPTS):
            done = subprocess.run([*program, address, *flags], check=False, env=_environment(), timeout=300)
            if done.returncode == 0:
                break
            print(f"{page}, {preset}: attempt {attempt + 1} of {ATTEMPTS} came to nothing", file=sys.stderr)
        return _read(json.loads(told.read_text(encoding="utf-8")), page, preset)


def _environment() -> dict[str, str]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    return {"CHROME_PATH": chromium} | dict(os.environ)


def _read(told: dict[str, Any], page: str, preset: str) -> Result:
    audits = told["audits"]
    scores = {name: round(100 * told["categories"][name]["score"]) for name in CATEGORIES}
    shown = (audits[name].get("displayValue", "0") for name in FIGURES)
    figures = dict(zip(FIGURES, (figure.removeprefix("Total size was ") for figure in shown), strict=True))
    chromium = told["environment"]["hostUserAgent"].partition("Chrome/")[2].split(" ")[0]
    versions = f"Lighthouse {told['lighthouseVersion']}, Chromium {chromium}"
    return Result(page, preset, scores, figures, list(_below(told)), versions)


def _below(told: dict[str, Any]) -> Iterator[str]:
    """Audits that cost points, in every category."""
    for name in CATEGORIES:
        for part in told["categories"][name]["auditRefs"]:
            audit = told["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"{audit['title']} ({audit.get('displayValue') or name})"


def _median(results: list[Result]) -> Result:
    middle = statistics.median_low(result.scores["performance"] for result in results)
    return next(result for result in results if result.scores["performance"] == middle)


def _report(results: list[Result], runs: int) -> str:
    heads = ["Page", "Screen", "Performance", "Accessibility", "Best practices", "SEO", *FIGURES.values()]
    rows = [
        [result.page, result.preset, *map(str, result.scores.values()), *result.figures.values()]
        for result in results
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])
    costs = [f"- {one.page}, {one.preset}: {'; '.join(one.below)}" for one in results if one.below]
    return TEXT.format(
        versions=results[0].versions,
        machine=f"{os.cpu_count()} cores, {platform.machine()}",
        runs=f"{runs} runs" if runs > 1 else "one run",
        command=" ".join(["python -m tests.bench.lighthouse", *_repeatable(sys.argv[1:])]),
        aim=AIM,
        table=table,
        costs="\n".join(costs) or "Nothing.",
    )


def _repeatable(asked: list[str]) -> list[str]:
    """Where somebody keeps Lighthouse is theirs."""
    return [
        "FOLDER" if before == "--modules" else part for before, part in zip(["", *asked], asked, strict=False)
    ]


TEXT = """# Lighthouse

Aim: at least {aim} in every category on the front page, a film, a search and a profile. Measured with
{versions} on a machine of {machine}; {runs} of each page, the median of performance where there are
several. "Mobile" is Lighthouse's own slow telephone (four times slower processor, 1.6 Mbit/s), "desktop"
its desktop preset.

{table}

What costs points:

{costs}

Again, beside a running site:

```
{command}
```

The weight of scripts and style sheets and the layout shift of every page are held by
`tests/browser/test_page_weight.py`.
"""


if __name__ == "__main__":
    sys.exit(main())
