#!/bin/sh
# Puts a Chromium where the browser tests find it: Debian's as root, else the one that playwright keeps.
set -eu
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "== chromium"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
    .venv/bin/python -m playwright install chromium ||
        { echo "Install chromium with your package manager, then run this again."; exit 1; }
fi
