from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.vendors.encoding import BodyDecoder
from fullcourt.vendors.transport import BodyTooLarge, BodyUndecodable, Request

MIB = 1024 * 1024


def _raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
RAW_DEFLATE = [("deflate", _raw_deflate)]
ALL = [*ENCODERS.items(), *RAW_DEFLATE]


def _request(max_bytes: int = 4 * MIB) -> Request:
    return Request("vendor", "endpoint", "http://x/", max_bytes=max_bytes)


def _decoded(encoding: str, wire: bytes, *, step: int = 1000, max_bytes: int = 4 * MIB) -> bytes:
    decoder = BodyDecoder(_request(max_bytes), encoding)
    for start in range(0, len(wire), step):
        decoder.feed(wire[start : start + step])
    return decoder.finish()


@pytest.mark.parametrize(("encoding", "encode"), ALL)
@given(
    part=st.binary(max_size=2000),
    times=st.sampled_from([1, 2, 700]),
    step=st.integers(1, 5000),
)
def test_every_coding_gives_the_body_back(
    encoding: str, encode: Callable[[bytes], bytes], part: bytes, times: int, step: int
) -> None:
    """What was encoded comes out whole, however the wire cuts it."""
    body = part * times
    assert _decoded(encoding, encode(body), step=step) == body


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
def test_no_coding_is_the_body_itself(encoding: str) -> None:
    """An unencoded body passes unchanged."""
    assert _decoded(encoding, b"plain") == b"plain"


def test_codings_on_top_of_each_other_are_undone_last_first() -> None:
    """`gzip, br` was gzipped first and is undone brotli first."""
    assert _decoded("gzip, br", brotli.compress(gzip.compress(b"twice"))) == b"twice"


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_several_members_are_one_body(encoding: str) -> None:
    """gzip members and zstd frames in a row are read to the last."""
    encode = ENCODERS[encoding]
    assert _decoded(encoding, encode(b"one ") + encode(b"two"), step=7) == b"one two"


@pytest.mark.parametrize(("encoding", "encode"), ALL)
def test_a_bomb_costs_the_limit_and_not_itself(
    encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    """64 MiB of zeros in a few kB stop at 1 MiB without ever being allocated."""
    bomb = encode(bytes(64 * MIB))
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge, match="grows past"):
            _decoded(encoding, bomb, step=len(bomb), max_bytes=MIB)
        assert tracemalloc.get_traced_memory()[1] < 24 * MIB
    finally:
        tracemalloc.stop()


def test_a_bomb_in_a_bomb_stops_too() -> None:
    """A gzip bomb inside gzip is bounded at both stages."""
    bomb = gzip.compress(gzip.compress(bytes(64 * MIB)))
    with pytest.raises(BodyTooLarge):
        _decoded("gzip, gzip", bomb, max_bytes=MIB)


def test_the_wire_itself_is_limited() -> None:
    """An endless stream that decodes to nothing ends at the limit as well."""
    decoder = BodyDecoder(_request(1000), "gzip")
    empty = gzip.compress(b"")
    with pytest.raises(BodyTooLarge, match="on the wire"):
        for _ in range(100):
            decoder.feed(empty)


@pytest.mark.parametrize(("encoding", "encode"), ALL)
def test_a_stream_that_stops_early_is_broken(
    encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    """Half a stream is an error, never half a body."""
    wire = encode(b"0123456789" * 500 + bytes(range(256)))
    with pytest.raises(BodyUndecodable):
        _decoded(encoding, wire[:-5])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_in_its_coding_is_broken(encoding: str) -> None:
    """Plain JSON under an encoding header is refused."""
    with pytest.raises(BodyUndecodable, match="vendor endpoint"):
        _decoded(encoding, b'{"games": [1, 2, 3], "more": "text that is long enough"}' * 3)


@pytest.mark.parametrize("encoding", ["compress", "exi", "gzip, gzip, gzip, gzip"])
def test_an_unknown_coding_is_named(encoding: str) -> None:
    """A coding nobody can read is refused at once, with its name."""
    with pytest.raises(BodyUndecodable, match=encoding.split(",", maxsplit=1)[0]):
        BodyDecoder(_request(), encoding)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
def test_no_bytes_are_an_empty_body(encoding: str) -> None:
    """A 304 or 204 that names a coding and sends nothing is empty, not broken."""
    assert BodyDecoder(_request(), encoding).finish() == b""
