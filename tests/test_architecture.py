"""The walls of the house that import-linter cannot see."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("moviesite", "accounts", "catalog", "recommender")
OUR_FILES = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "misc", "manager"}


def test_no_file_is_named_after_nothing():
    assert [
        path for path in OUR_FILES if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES
    ] == []


def test_no_file_grows_past_four_hundred_lines():
    everything = [*OUR_FILES, *(ROOT / "tests").rglob("*.py")]
    assert [path for path in everything if len(path.read_text().splitlines()) > 400] == []


def test_tests_never_replace_our_own_code():
    """monkeypatch and settings may change the environment, never a function of the project."""
    sources = {
        path: path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)
    }
    assert [path for path, text in sources.items() if "unittest.mock" in text or "mocker" in text] == []


@pytest.mark.parametrize("library", ["torch", "numba", "sklearn", "pandas"])
def test_the_site_starts_without_the_training_libraries(library):
    """Checked in a fresh process, because the tests themselves import everything."""
    code = (
        "import sys, django; django.setup();"
        "import moviesite.urls, recommender.services, recommender.templatetags.recommendations;"
        f"sys.exit({library!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_models_import_torch_only_inside_functions():
    top_level = {
        path.name: [
            node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        for path in (ROOT / "recommender" / "ml").glob("*.py")
        if not path.stem.endswith("_training") and path.stem != "torch_device"
    }
    importing = [
        name
        for name, nodes in top_level.items()
        for node in nodes
        if "torch" in {alias.name.partition(".")[0] for alias in node.names} | {getattr(node, "module", None)}
    ]
    assert importing == []
