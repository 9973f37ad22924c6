"""A backup: a consistent copy of a home while others may work on it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import msgspec

from fullcourt import __version__
from fullcourt.clock import Clock, SystemClock
from fullcourt.errors import HomeBusy, StoreFull, StoreUnreadable, is_full
from fullcourt.opening import home_clock
from fullcourt.operations.backup_format import (
    FORMAT,
    MANIFEST,
    BackupBroken,
    BackupFile,
    BackupManifest,
    broken_files,
    folder_of,
    hash_of,
)
from fullcourt.pipeline.fingerprint import code_fingerprint
from fullcourt.settings import SETTINGS_FILE, Home
from fullcourt.stores.archive import Archive, object_path
from fullcourt.stores.catalog_copy import catalog_state, copy_catalog, files_of
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.database import REVISION
from fullcourt.stores.ledger.manifests import good_bodies

_OWN = (SETTINGS_FILE, "aliases.csv")


@dataclass(frozen=True, slots=True)
class BackupView:
    """A backup just written and read back. Sizes are bytes; `copied`: what was not there before.
    `bodies_absent`: good bodies the home itself has lost. `left_out`: files in no backup."""

    home: str
    destination: str
    backup_id: str
    home_at: datetime
    files: int
    size: int
    copied_files: int
    copied_size: int
    verified_files: int
    snapshot_id: int
    bodies_absent: int
    left_out: tuple[str, ...]


def backup(home: Home, destination: Path, say: Callable[[str], None]) -> BackupView:
    """Copy a home into a backup folder, where files of earlier backups are not copied again.

    Ledger and catalog are copied while the lock of whoever writes is held (well under a second);
    Parquet files and bodies afterwards, as they never change. A controller may be at work.

    Raises:
        SettingsError: no home there.
        HomeBusy: another backup or a prune is at work, or a writer holds the lock for long.
        StoreUnreadable: a store of the home cannot be read.
        BackupBroken: what was written cannot be read back as it was.
    """
    settings = home.settings()
    if home.rebuild_file.exists():
        raise StoreUnreadable(
            f"{home.path}: lake and ledger are half rebuilt.",
            next_step=f"end it first: `fullcourt rebuild --home {home.path}`",
        )
    root = destination.expanduser().resolve()
    if root.is_relative_to(home.path):
        raise BackupBroken(
            f"{root}: a backup inside the home would be lost with it.",
            next_step="name a folder elsewhere, best on another disk",
        )
    made_at = SystemClock().now()
    with undisturbed(home), _full_disk_told(root):
        own = folder_of(root, f"{made_at:%Y%m%dT%H%M%S.%fZ}")
        own.mkdir(parents=True)
        clock = home_clock(home, settings)
        bodies = _copy_stores(home, own, clock)
        say("ledger and catalog copied")
        lake_version, snapshot = catalog_state(own / home.catalog_file.name)
        files, copied = _copy_rest(home, root, own)
        removed = {removal.digest for removal in Archive(home.archive_dir).removals()}
        absent = (d for d in bodies if f"{home.archive_dir.name}/{object_path(d)}" not in files)
        lost = [digest for digest in absent if digest not in removed]
        found = (path.name for path in home.path.iterdir() if path.suffix != ".lock")
        left_out = tuple(sorted(name for name in found if name not in _taken(home)))
        manifest = BackupManifest(
            format=FORMAT,
            backup_id=own.name,
            made_at=made_at,
            home_at=clock.now(),
            home=str(home.path),
            release=f"{__version__} ({code_fingerprint()})",
            duckdb=duckdb.__version__,
            ledger_revision=REVISION,
            lake_version=lake_version,
            snapshot_id=snapshot,
            bodies_absent=len(lost),
            left_out=left_out,
            files=tuple(files.values()),
        )
        say(f"{len(files)} files, {len(copied)} of them copied; reading them back")
        if broken := broken_files(root, manifest):
            raise BackupBroken(
                "the backup cannot be read back: " + "; ".join(broken[:5]),
                next_step="look at the disk it lies on",
            )
        _write_whole(own / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return BackupView(
        home=str(home.path),
        destination=str(root),
        backup_id=own.name,
        home_at=manifest.home_at,
        files=len(files),
        size=sum(file.size for file in files.values()),
        copied_files=len(copied),
        copied_size=sum(files[path].size for path in copied),
        verified_files=len(files),
        snapshot_id=snapshot,
        bodies_absent=len(lost),
        left_out=left_out,
    )


@contextmanager
def undisturbed(home: Home) -> Iterator[None]:
    """No other backup and no prune on this home meanwhile.

    Raises:
        HomeBusy: one is at work.
    """
    with (home.path / "backup.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeBusy(
                f"{home.path}: another backup, or a prune, is at work.", next_step="wait for it"
            ) from error
        yield


def _copy_stores(home: Home, own: Path, clock: Clock) -> tuple[str, ...]:
    """Copy ledger and catalog as of one moment; the digests the ledger says the archive holds."""
    ledger = Ledger.open(home.ledger_file, clock)
    try:
        # Whoever commits to the lake holds this lock: neither of the two moves on alone.
        with ledger.write():
            _copy_ledger(home.ledger_file, own / home.ledger_file.name)
            copy_catalog(home.catalog_file, own / home.catalog_file.name, SystemClock())
            return tuple(sorted({digest for _, _, digest in good_bodies(ledger)}))
    finally:
        ledger.close()


def _copy_ledger(ledger: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        # A copy is one file: its log would be left behind.
        copy.execute("PRAGMA journal_mode = DELETE")


def _copy_rest(home: Home, root: Path, own: Path) -> tuple[dict[str, BackupFile], list[str]]:
    """Copy what never changes, and the small files; every file by path, and what was new."""
    files: dict[str, BackupFile] = {}
    copied = []
    for name in _OWN:
        if (home.path / name).exists():
            _copy(home.path / name, own / name)
    for path in sorted(own.iterdir()):
        files[path.name] = BackupFile(path.name, path.stat().st_size, hash_of(path), False)
        copied.append(path.name)
    shared = [f"{home.lake_dir.name}/{path}" for path, _ in files_of(own / home.catalog_file.name)]
    shared += sorted(
        str(path.relative_to(home.path)) for path in home.archive_dir.rglob("*") if path.is_file()
    )
    for name in shared:
        source, target = home.path / name, root / name
        size = source.stat().st_size
        if not target.exists() or target.stat().st_size != size:
            _copy(source, target)
            copied.append(name)
        # Of the home's file: what the copy holds is compared with it when it is read back.
        files[name] = BackupFile(name, size, hash_of(source), True)
    return files, copied


def _copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all, and onto the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, fresh)
    with fresh.open("rb") as handle:
        os.fsync(handle.fileno())
    fresh.replace(target)


def _write_whole(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)


def _taken(home: Home) -> frozenset[str]:
    stores = (home.ledger_file.name, home.catalog_file.name)
    logs = (f"{name}{end}" for name in stores for end in ("", "-wal", "-shm"))
    return frozenset({*logs, home.lake_dir.name, home.archive_dir.name, *_OWN})


@contextmanager
def _full_disk_told(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(str(error)):
            raise StoreFull(
                f"{root}: the disk of the backup is full.",
                next_step="free space there; what was copied is not copied again",
            ) from error
        raise
