"""The fingerprint of the code and configuration that runs (law 11: not what a label says)."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import fullcourt


@cache
def code_fingerprint() -> str:
    """Twelve hex digits over every source and SQL file of the package that is executing."""
    root = Path(fullcourt.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".sql")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def run_fingerprint(settings_file: Path) -> str:
    """`code+configuration`: the code's fingerprint and that of the home's settings."""
    settings = hashlib.sha256(settings_file.read_bytes()).hexdigest()[:8]
    return f"{code_fingerprint()}+{settings}"
