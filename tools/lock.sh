#!/bin/sh
# Write requirements.lock and requirements-dev.lock from pyproject.toml, with hashes and without any host.
# Needs uv, which only whoever changes a dependency has to have. UPGRADE=1 takes newer versions.
set -eu
cd "$(dirname "$0")/.."

if ! command -v uv >/dev/null 2>&1; then
    echo "lock: uv is not on the PATH; install it (pip install uv) and run 'make lock' again." >&2
    exit 1
fi

# One version for every Python and system: results must not depend on which of them ran.
lock() {
    uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
        ${UPGRADE:+--upgrade} "$@" pyproject.toml >/dev/null
}

lock --output-file requirements.lock
lock --constraint requirements.lock --group dev --output-file requirements-dev.lock
echo "lock: wrote requirements.lock and requirements-dev.lock"
