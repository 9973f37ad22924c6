"""A home from a backup: checked before anything is touched, there whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.operations.backup_format import (
    BackupBroken,
    broken_files,
    read_manifest,
)
from fullcourt.settings import Home
from fullcourt.stores.catalog_copy import move_data


class HomeNotEmpty(Terminal, FullcourtError):
    """The folder that is to become a home holds something."""


@dataclass(frozen=True, slots=True)
class HomeRestored:
    """A home brought back. Sizes are bytes, `made_at` and `home_at` UTC; `left_out`: files of the
    first home that its backup does not hold."""

    home: str
    source: str
    backup_id: str
    made_at: datetime
    home_at: datetime
    release: str
    files: int
    size: int
    left_out: tuple[str, ...]


def restore(
    source: Path, home: Home, backup_id: str | None, say: Callable[[str], None]
) -> HomeRestored:
    """Make a home from a backup (the newest when none is named).

    Raises:
        BackupBroken: it is not there or not whole; every broken file is named.
        HomeNotEmpty: the folder holds something already; nothing was touched.
    """
    root = source.expanduser().resolve()
    manifest = read_manifest(root, backup_id)
    if home.path.exists() and (not home.path.is_dir() or any(home.path.iterdir())):
        raise HomeNotEmpty(
            f"{home.path}: is not empty; nothing was touched.",
            next_step="name a folder that is not there, or move this one away",
        )
    say(f"checking {len(manifest.files)} files of {manifest.backup_id}")
    if broken := broken_files(root, manifest):
        shown = "; ".join(broken[:20])
        more = f"; and {len(broken) - 20} more" if len(broken) > 20 else ""
        raise BackupBroken(
            f"backup {manifest.backup_id} is broken, nothing was touched: {shown}{more}.",
            next_step="use another with --backup; what lies in the archive can be rebuilt from",
        )
    # A restore that dies leaves this folder, and no half home.
    fresh = home.path.with_name(f".{home.path.name}.restoring")
    if fresh.exists():
        shutil.rmtree(fresh)
    for file in manifest.files:
        target = fresh / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(manifest.place_of(root, file), target)
    staged = Home(fresh)
    for folder in (staged.lake_dir, staged.archive_dir):
        folder.mkdir(parents=True, exist_ok=True)
    # The lake knows its folder by its full path.
    move_data(staged.catalog_file, home.lake_dir)
    if home.path.exists():
        home.path.rmdir()
    fresh.rename(home.path)
    return HomeRestored(
        home=str(home.path),
        source=str(root),
        backup_id=manifest.backup_id,
        made_at=manifest.made_at,
        home_at=manifest.home_at,
        release=manifest.release,
        files=len(manifest.files),
        size=sum(file.size for file in manifest.files),
        left_out=manifest.left_out,
    )
