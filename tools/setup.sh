#!/bin/sh
# Build .venv in the project's root from requirements-dev.lock; do nothing when it is up to date.
# FULLCOURT_PYTHON may name the interpreter to use.
set -eu
cd "$(dirname "$0")/.."

LOCK=requirements-dev.lock
STAMP=.venv/.fullcourt-stamp
PIP_QUIETLY="--quiet --disable-pip-version-check --no-input"

# The stamp holds the folder too: a .venv that was copied or moved has scripts that name its old place.
wanted() {
    echo "$PWD"
    cksum "$LOCK" pyproject.toml
}

new_enough() {
    # Run it: a version switcher may put a name on the PATH that starts nothing.
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for name in ${FULLCOURT_PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if new_enough "$name"; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$(wanted)" ] && new_enough .venv/bin/python; then
    exit 0
fi

if ! new_enough .venv/bin/python || { [ -f "$STAMP" ] && [ "$(head -n 1 "$STAMP")" != "$PWD" ]; }; then
    if ! PYTHON=$(find_python); then
        echo "setup: no Python 3.11 or newer found (looked for: ${FULLCOURT_PYTHON:-python3.13 python3.12 python3.11 python3})." >&2
        echo "setup: install one, or name it: make setup FULLCOURT_PYTHON=/path/to/python3" >&2
        exit 1
    fi
    echo "setup: making .venv with $("$PYTHON" --version 2>&1) ($PYTHON)"
    if ! "$PYTHON" -m venv --clear .venv; then
        echo "setup: $PYTHON cannot make a virtual environment (on Debian and Ubuntu: install python3-venv)." >&2
        exit 1
    fi
fi

# The stamp goes first and comes back last, so that an interrupted install is done again.
rm -f "$STAMP"
echo "setup: installing the locked dependencies ($LOCK); the first time takes a minute or two"
# shellcheck disable=SC2086
.venv/bin/python -m pip install $PIP_QUIETLY --require-hashes --requirement "$LOCK"
echo "setup: installing fullcourt itself, editable"
# shellcheck disable=SC2086
.venv/bin/python -m pip install $PIP_QUIETLY --no-deps --no-build-isolation --editable .
wanted >"$STAMP"
echo "setup: ready (.venv/bin/fullcourt)"
