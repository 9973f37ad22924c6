"""The archive: each body once, by its content; every fetch with a manifest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from obstore.exceptions import GenericError

from fullcourt.errors import StoreFull, StoreUnreadable
from fullcourt.stores.archive import Archive, Manifest

FETCHED = datetime(2025, 1, 9, 11, 55, 38, 123456, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive(tmp_path / "archive")


def objects(tmp_path: Path) -> list[Path]:
    """The files that hold bodies."""
    return [path for path in (tmp_path / "archive" / "objects").rglob("*") if path.is_file()]


def manifest(name: str, fetched_at: datetime = FETCHED, digest: str | None = None) -> Manifest:
    """A manifest with every field that may be told."""
    return Manifest(
        manifest_id=name,
        feed="nba_boxscore",
        game_date=date(2025, 1, 8),
        key="0022400524",
        vendor="nba_boxscore",
        endpoint="boxscoretraditionalv3",
        url="https://stats.nba.com/stats/boxscoretraditionalv3?GameID=0022400524",
        outcome="ok" if digest else "vendor_empty",
        fetched_at=fetched_at,
        status=200 if digest else 204,
        digest=digest,
        body_bytes=9,
        wire_bytes=5,
        encoding="br",
        known_at=fetched_at - timedelta(hours=1),
        rerendered=True,
        detail='the player\'s "name" — Dončić',
        run_id="nba-1",
    )


@pytest.mark.parametrize("body", [b"{}", b"", b"\x00\xff" * 70_000, "Dončić".encode()])
def test_a_body_comes_back_as_it_was(archive: Archive, body: bytes) -> None:
    """Any body is given back byte for byte under the SHA-256 it was stored as."""
    digest = archive.put_body(body)
    assert (len(digest), archive.get_body(digest), archive.has_body(digest)) == (64, body, True)


def test_the_same_body_is_stored_once(archive: Archive, tmp_path: Path) -> None:
    """However often a body is served, and by whatever process, one object holds it."""
    first = archive.put_body(b"the schedule" * 1000)
    (stored,) = objects(tmp_path)
    written = stored.stat().st_mtime_ns
    assert archive.put_body(b"the schedule" * 1000) == first
    assert Archive(tmp_path / "archive").put_body(b"the schedule" * 1000) == first
    assert [path.stat().st_mtime_ns for path in objects(tmp_path)] == [written]
    archive.put_body(b"another")
    assert len(objects(tmp_path)) == 2


def test_a_missing_body_is_none(archive: Archive, tmp_path: Path) -> None:
    """A body that should be there and is not is None, which is not an empty body."""
    digest = archive.put_body(b"{}")
    (stored,) = objects(tmp_path)
    stored.unlink()
    assert archive.get_body(digest) is None
    assert not archive.has_body(digest)
    assert archive.put_body(b"{}") == digest
    assert archive.get_body(digest) == b"{}"


@pytest.mark.parametrize("damage", ["truncated", "garbled", "empty", "another body"])
def test_a_corrupted_body_is_never_handed_out(
    archive: Archive, tmp_path: Path, damage: str
) -> None:
    """An object that is not the body its name says is refused, with its name and a next step."""
    digest = archive.put_body(b"the true body" * 100)
    (stored,) = objects(tmp_path)
    good = stored.read_bytes()
    match damage:
        case "truncated":
            stored.write_bytes(good[: len(good) // 2])
        case "garbled":
            stored.write_bytes(b"<html>" + good[6:])
        case "empty":
            stored.write_bytes(b"")
        case _:
            other = archive.put_body(b"another body")
            (path,) = (p for p in objects(tmp_path) if other in p.name)
            stored.write_bytes(path.read_bytes())
    with pytest.raises(StoreUnreadable, match="delete the object") as told:
        archive.get_body(digest)
    assert digest in str(told.value)


def test_manifests_come_back_whole(archive: Archive, tmp_path: Path) -> None:
    """Every manifest is given back as it was written, by day of fetch, by any later process."""
    digest = archive.put_body(b"{}")
    written = [
        manifest("b", FETCHED + timedelta(days=1)),
        manifest("c", FETCHED, digest),
        manifest("a", FETCHED),
    ]
    for one in written:
        archive.put_manifest(one)
    found = list(Archive(tmp_path / "archive").manifests())
    assert found == [written[2], written[1], written[0]]


def test_an_archive_without_manifests_has_none(archive: Archive) -> None:
    """An empty archive rebuilds to nothing instead of failing."""
    assert list(archive.manifests()) == []


def test_a_broken_manifest_is_named(archive: Archive, tmp_path: Path) -> None:
    """A manifest that cannot be read stops the rebuild with its path and a next step."""
    archive.put_manifest(manifest("a"))
    (path,) = (tmp_path / "archive" / "manifests").rglob("*.json")
    path.write_bytes(b'{"manifest_id": "a"')
    with pytest.raises(StoreUnreadable, match="delete the file") as told:
        list(archive.manifests())
    assert str(path) in str(told.value)


class FullStore:
    """An object store on a disk without space."""

    def put(self, path: str, content: bytes) -> None:
        """Fail as the local store does."""
        raise GenericError(
            f"Generic LocalFileSystem error: Unable to copy data to file {path}: "
            "No space left on device (os error 28)"
        )


def test_a_full_disk_is_told(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk without space is `StoreFull`, for a body and for a manifest; the body is not there."""
    monkeypatch.setattr(archive, "_store", FullStore())
    with pytest.raises(StoreFull, match="free space"):
        archive.put_body(b"{}")
    with pytest.raises(StoreFull, match="free space"):
        archive.put_manifest(manifest("a"))
    assert not (tmp_path / "archive" / "objects").exists()


def test_a_folder_that_cannot_be_written_is_told(archive: Archive, tmp_path: Path) -> None:
    """A path that cannot be written is named as unreadable, not as a full disk."""
    (tmp_path / "archive" / "objects").write_text("a file where a folder belongs")
    with pytest.raises(StoreUnreadable, match="cannot be written"):
        archive.put_body(b"{}")


def test_a_body_that_goes_changes_the_state_of_its_place(archive: Archive, tmp_path: Path) -> None:
    """Bodies that come or go show by the first digits of their digest, and nowhere else."""
    assert archive.states() == {}
    gone, stays = archive.put_body(b"{}"), archive.put_body(b"[]")
    before = archive.states()
    assert set(before) == {gone[:2], stays[:2]}
    next(path for path in objects(tmp_path) if path.stem == gone).unlink()
    after = archive.states()
    assert after[gone[:2]] != before[gone[:2]]
    assert after[stays[:2]] == before[stays[:2]]
