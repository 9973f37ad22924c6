"""What a backup folder holds, and how a file in it is checked.

backups/<id>/manifest.json      written last: without it there is no backup
backups/<id>/ledger.db, catalog.db, fullcourt.toml, ...
archive/..., lake/...           shared by all backups: files that never change once written
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec

from fullcourt.errors import FullcourtError, Terminal

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 1024 * 1024


class BackupBroken(Terminal, FullcourtError):
    """A backup is not there, not whole, or not of a form this release reads."""


class BackupFile(msgspec.Struct, frozen=True):
    """One file. `path`: below the home; `is_shared`: kept once for all backups. Size in bytes."""

    path: str
    size: int
    sha256: str
    is_shared: bool


class BackupManifest(msgspec.Struct, frozen=True):
    """A whole backup. `made_at` is UTC by the machine's clock, `home_at` the home's own instant."""

    format: int
    backup_id: str
    made_at: datetime
    home_at: datetime
    home: str
    release: str
    duckdb: str
    ledger_revision: str
    lake_version: int
    snapshot_id: int
    bodies_absent: int
    """Good bodies of the ledger's index that the archive itself no longer has."""
    left_out: tuple[str, ...]
    """Files of the home that are in no backup (secrets, locks)."""
    files: tuple[BackupFile, ...]

    def place_of(self, root: Path, file: BackupFile) -> Path:
        """Where a file lies in the backup folder."""
        return root / file.path if file.is_shared else folder_of(root, self.backup_id) / file.path


def folder_of(root: Path, backup_id: str) -> Path:
    """The folder of what is one backup's own."""
    return root / "backups" / backup_id


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes as they are on the disk."""
    found = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def read_manifest(root: Path, backup_id: str | None = None) -> BackupManifest:
    """The manifest of a backup; of the newest one when none is named.

    Raises:
        BackupBroken: there is none, or it cannot be read.
    """
    known = sorted(path.parent.name for path in (root / "backups").glob(f"*/{MANIFEST}"))
    if not known:
        raise BackupBroken(
            f"{root}: no backup here.", next_step="name the folder `fullcourt backup` wrote into"
        )
    chosen = backup_id or known[-1]
    if chosen not in known:
        raise BackupBroken(
            f"{root}: no backup {chosen!r}.", next_step=f"there are: {', '.join(known[-5:])}"
        )
    path = folder_of(root, chosen) / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=BackupManifest)
    except msgspec.DecodeError as error:
        raise BackupBroken(
            f"{path}: not the manifest of a backup ({error}).",
            next_step="use an earlier one with --backup",
        ) from error
    if manifest.format != FORMAT:
        raise BackupBroken(
            f"{path}: format {manifest.format}, this release reads {FORMAT}.",
            next_step="restore it with the release that wrote it",
        )
    for file in manifest.files:
        place = Path(file.path)
        if place.is_absolute() or ".." in place.parts:
            raise BackupBroken(
                f"{path}: file {file.path!r} leads out of the home.",
                next_step="do not use this backup: somebody has changed it",
            )
    return manifest


def broken_files(root: Path, manifest: BackupManifest) -> tuple[str, ...]:
    """What is wrong with a backup's files, each named; empty: nothing. Reads every byte."""
    found = []
    for file in manifest.files:
        path = manifest.place_of(root, file)
        if not path.is_file():
            found.append(f"{path}: is not there")
        elif (size := path.stat().st_size) != file.size:
            found.append(f"{path}: {size} bytes instead of {file.size}")
        elif hash_of(path) != file.sha256:
            found.append(f"{path}: its content has changed (SHA-256)")
    return tuple(found)
