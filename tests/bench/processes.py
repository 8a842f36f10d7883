"""A fresh process for everything measured, under the Python that has the library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.results import Figures
from tests.recommender.ml.real_data import REPOSITORY

PEERS_PYTHON = REPOSITORY / "var" / "bench-venv" / "bin" / "python"
LIMIT_SECONDS = 3600
# implicit runs threads of its own, which those of the linear algebra under it would fight for the cores.
SURROUNDINGS = {"peers.implicit": {"OPENBLAS_NUM_THREADS": "1"}}


def run(module: str, *arguments: str, library: str = "ours") -> str:
    """Empty where `python -m tests.bench.MODULE` went well, else why not, in one line."""
    python = sys.executable if library == "ours" else str(PEERS_PYTHON)
    command = [python, "-W", "ignore", "-m", f"tests.bench.{module}", *arguments]
    environment = os.environ | SURROUNDINGS.get(library, {})
    try:
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {LIMIT_SECONDS // 60} minutes"
    if not done.returncode:
        return ""
    return f"failed: {(done.stderr.strip().splitlines() or [f'exit {done.returncode}'])[-1][:200]}"


def figures(module: str, *arguments: str) -> Figures:
    """What a command of the bench leaves with --json; where it fails there is nothing to publish."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "figures.json"
        command = [sys.executable, "-m", f"tests.bench.{module}", *arguments, "--json", str(kept)]
        subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
        found: Figures = json.loads(kept.read_text())
        return found


def folder_for(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
