"""The archive: every vendor body, content-addressed, with a manifest per fetch. The root of truth.

`objects/ab/<sha256>.zst` holds a body once however often it was served; `manifests/<day>/<id>.json`
says who served it, when, for which feed, game date and key, with which status and outcome.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from datetime import date, datetime
from pathlib import Path

import msgspec
import zstandard
from obstore.exceptions import BaseError as ObjectStoreError
from obstore.store import LocalStore

from fullcourt.errors import StoreFull, StoreUnreadable, is_full

_MAX_BODY_BYTES = 256 * 1024 * 1024


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fetch. `digest` is None when no body came; `key` is what the body answers for."""

    manifest_id: str
    feed: str
    game_date: date
    key: str
    vendor: str
    endpoint: str
    url: str
    outcome: str
    """`ok`, or a cause word of the judge (vendor_empty, contract_broken, hung, ...)."""
    fetched_at: datetime
    status: int | None = None
    digest: str | None = None
    body_bytes: int = 0
    wire_bytes: int = 0
    encoding: str = "identity"
    known_at: datetime | None = None
    snapshot_at: datetime | None = None
    rerendered: bool = False
    detail: str = ""
    run_id: str = ""


class Removal(msgspec.Struct, frozen=True):
    """A body that was removed on purpose (`removed/<sha256>.json`). `size`: bytes it took, packed;
    `had_rows`: whether rows of the lake had been made from it."""

    digest: str
    removed_at: datetime
    why: str
    size: int
    had_rows: bool


def digest_of(body: bytes) -> str:
    """The name of a body: its SHA-256."""
    return hashlib.sha256(body).hexdigest()


class Archive:
    """Bodies and manifests in a folder (any object store's layout)."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._store = LocalStore(folder)
        self._compress = zstandard.ZstdCompressor(level=3)

    def put_body(self, body: bytes) -> str:
        """Store a body and return its SHA-256; one that is there already is not written again."""
        digest = digest_of(body)
        path = object_path(digest)
        # One stat on the folder is cheaper than a conditional put, and the content cannot differ.
        if not (self._folder / path).exists():
            self._put(path, self._compress.compress(body))
        return digest

    def get_body(self, digest: str) -> bytes | None:
        """The body, or None when it should be there and is not (`archive_lost`).

        Raises:
            StoreUnreadable: the object is there but does not decompress to the body it names.
        """
        try:
            packed = (self._folder / object_path(digest)).read_bytes()
        except FileNotFoundError:
            return None
        try:
            body = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MAX_BODY_BYTES)
        except zstandard.ZstdError as error:
            raise StoreUnreadable(
                f"archive object {digest}: does not decompress ({error}).",
                next_step="delete the object; the feed is fetched again",
            ) from error
        if hashlib.sha256(body).hexdigest() != digest:
            raise StoreUnreadable(
                f"archive object {digest}: content and name differ.",
                next_step="delete the object; the feed is fetched again",
            )
        return body

    def has_body(self, digest: str) -> bool:
        """Whether the object exists (one stat)."""
        return (self._folder / object_path(digest)).exists()

    def was_removed(self, digest: str) -> bool:
        """Whether a body that is not there was removed on purpose (one stat)."""
        return (self._folder / _removal_path(digest)).exists()

    def size_of(self, digest: str) -> int:
        """Bytes a body takes, packed; 0: it is not there."""
        path = self._folder / object_path(digest)
        return path.stat().st_size if path.exists() else 0

    def remove_body(self, removal: Removal) -> None:
        """Remove a body, and remember that first: it must never look like one that was lost."""
        self._put(_removal_path(removal.digest), msgspec.json.encode(removal))
        (self._folder / object_path(removal.digest)).unlink(missing_ok=True)

    def removals(self) -> Iterator[Removal]:
        """Every removal, by digest, of bodies that have not come again since."""
        for path in sorted((self._folder / "removed").glob("*.json")):
            try:
                removal = msgspec.json.decode(path.read_bytes(), type=Removal)
            except msgspec.DecodeError as error:
                raise StoreUnreadable(
                    f"{path}: does not say what was removed ({error}).",
                    next_step="delete the file; the body then counts as lost",
                ) from error
            if not self.has_body(removal.digest):
                yield removal

    def states(self) -> dict[str, int]:
        """By the first two digits of digests, a number that changes when bodies of them come or go
        (one stat a folder; changes within a few milliseconds may look like one)."""
        objects = self._folder / "objects"
        if not objects.is_dir():
            return {}
        with os.scandir(objects) as folders:
            return {folder.name: folder.stat().st_mtime_ns for folder in folders}

    def put_manifest(self, manifest: Manifest) -> None:
        """Write one manifest; it is never changed afterwards."""
        day = manifest.fetched_at.date().isoformat()
        self._put(
            f"manifests/{day}/{manifest.manifest_id}.json",
            msgspec.json.encode(manifest),
        )

    def manifests(
        self, fetched_from: date | None = None, known: Collection[str] = ()
    ) -> Iterator[Manifest]:
        """Every manifest, by day of fetch (UTC): from a day on, and but those already `known`."""
        for path in sorted((self._folder / "manifests").glob("*/*.json")):
            old = fetched_from is not None and path.parent.name < fetched_from.isoformat()
            if old or path.stem in known:
                continue
            try:
                yield msgspec.json.decode(path.read_bytes(), type=Manifest)
            except msgspec.DecodeError as error:
                raise StoreUnreadable(
                    f"{path}: not a manifest ({error}).",
                    next_step="delete the file; the feed is fetched again",
                ) from error

    def _put(self, path: str, content: bytes) -> None:
        try:
            self._store.put(path, content)
        except (ObjectStoreError, OSError) as error:
            if is_full(str(error)):
                raise StoreFull(
                    f"archive {path}: the disk is full.",
                    next_step="free space; the run is tried again",
                ) from error
            raise StoreUnreadable(
                f"archive {path}: cannot be written ({error}).",
                next_step="check the folder's permissions",
            ) from error


def object_path(digest: str) -> str:
    """Where a body lies below the archive's folder."""
    return f"objects/{digest[:2]}/{digest}.zst"


def _removal_path(digest: str) -> str:
    return f"removed/{digest}.json"
