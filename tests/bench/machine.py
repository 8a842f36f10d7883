"""The machine and the libraries that figures were measured with; no names, no paths."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.processes import PEERS_PYTHON
from tests.bench.results import Figures

OUR_LIBRARIES = ("numpy", "scipy", "numba", "torch")
THEIR_LIBRARIES = ("scikit-surprise", "implicit", "lenskit", "cornac", "myfm", "numpy", "torch")


def describe() -> Figures:
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "ours": versions(sys.executable, OUR_LIBRARIES),
        "theirs": versions(str(PEERS_PYTHON), THEIR_LIBRARIES),
    }


def versions(python: str, names: tuple[str, ...]) -> dict[str, str]:
    """Of the libraries that this Python has, without importing them."""
    script = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    found = subprocess.run([python, "-c", script, *names], check=True, capture_output=True, text=True)
    return dict(zip(names, found.stdout.split(), strict=True))


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    named = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    family, model = (
        re.search(rf"^{word}\s*: (\d+)$", text, re.MULTILINE) for word in ("cpu family", "model")
    )
    kind = f" (family {family[1]}, model {model[1]})" if family and model else ""
    return (named[1].strip() if named else platform.processor()) + kind
