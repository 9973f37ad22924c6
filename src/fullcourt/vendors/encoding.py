"""Content decoding with a hard limit on what comes out.

A few hundred bytes of gzip, brotli or zstd can stand for gigabytes. The decoders here work in
pieces of bounded size and stop at the first byte too many, so a bomb costs the limit, not itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn, Protocol

import brotli
import zstandard

from fullcourt.vendors.transport import BodyTooLarge, BodyUndecodable, Request

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
"""What `BodyDecoder` can read; vendors send brotli to callers that did not ask for it, too."""

_PIECE = 64 * 1024
# One zstd block of 4 bytes may stand for 128 KiB: 256 bytes at a time keep a piece below 8 MiB.
_ZSTD_FEED = 256
# RFC 9659: a window above 8 MiB must not be used for the content coding.
_ZSTD_WINDOW = 8 * 1024 * 1024
_MAX_CODINGS = 3


class _Broken(Exception):
    """The stream does not decode; the text says why."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces of bounded size."""
        ...

    def is_whole(self) -> bool:
        """Whether the stream came to its end."""
        ...


class _Zlib:
    """gzip (any number of members) and deflate (with the zlib header or, as some send it, bare)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._head = b""
        self._stream = zlib.decompressobj(wbits=31) if gzip else None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return
            self._stream = zlib.decompressobj(wbits=15 if _has_zlib_header(self._head) else -15)
            data = self._head
        stream, piece = self._stream, b""
        # A full piece may leave output behind after all input is taken.
        while data or len(piece) == _PIECE:
            if stream.eof:
                data = data.lstrip(b"\0")  # zeros may pad a stream
                if not data:
                    return
                if not self._gzip:
                    raise _Broken("data after the end of the stream")
                stream = self._stream = zlib.decompressobj(wbits=31)
            try:
                piece = stream.decompress(data, _PIECE)
            except zlib.error as error:
                raise _Broken(str(error)) from error
            data = stream.unused_data if stream.eof else stream.unconsumed_tail
            yield piece

    def is_whole(self) -> bool:
        return self._stream is not None and self._stream.eof


def _has_zlib_header(head: bytes) -> bool:
    """RFC 1950: method 8 and a check value; a bare deflate stream practically never looks so."""
    return head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if data and self._stream.is_finished():
            raise _Broken("data after the end of the stream")
        try:
            piece = self._stream.process(data, output_buffer_limit=_PIECE)
            # `can_accept_more_data` is true with output still pending: only an empty piece is none.
            while piece:
                yield piece
                if self._stream.is_finished():
                    return
                piece = self._stream.process(b"", output_buffer_limit=_PIECE)
        except brotli.error as error:
            raise _Broken(str(error)) from error

    def is_whole(self) -> bool:
        return bool(self._stream.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._stream = self._new()

    @staticmethod
    def _new() -> zstandard.ZstdDecompressionObj:
        return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            for start in range(0, len(data), _ZSTD_FEED):
                part = data[start : start + _ZSTD_FEED]
                while part:
                    if self._stream.eof:
                        self._stream = self._new()
                    yield self._stream.decompress(part)
                    part = self._stream.unused_data if self._stream.eof else b""
        except zstandard.ZstdError as error:
            raise _Broken(str(error)) from error

    def is_whole(self) -> bool:
        return self._stream.eof


_DECODERS: Mapping[str, Callable[[], _Decoder]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}


class BodyDecoder:
    """Collects the decoded body of one response, chunk by chunk."""

    def __init__(self, request: Request, content_encoding: str) -> None:
        """`content_encoding` is the header's value (`""` for none).

        Raises:
            BodyUndecodable: a coding nobody asked for and nobody here can read.
        """
        self._request = request
        self._shown = content_encoding.strip() or "identity"
        names = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
        if len(names) > _MAX_CODINGS:
            self._fail(f"{len(names)} codings on top of each other")
        # The header lists the codings in the order they were applied: undo the last one first.
        self._chain = [self._decoder(n) for n in reversed(names) if n != "identity"]
        self._out = bytearray()
        self.wire_bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Take one chunk of the wire.

        Raises:
            BodyTooLarge: more came in or out than the request's `max_bytes`.
            BodyUndecodable: the stream is broken.
        """
        self.wire_bytes += len(chunk)
        limit = self._request.max_bytes
        if self.wire_bytes > limit:
            self._too_large(f"more than {limit} bytes on the wire")
        try:
            for piece in self._through(chunk, 0):
                if len(self._out) + len(piece) > limit:
                    self._too_large(
                        f"{self._shown} body grows past {limit} bytes after {self.wire_bytes} "
                        "bytes on the wire"
                    )
                self._out += piece
        except _Broken as error:
            self._fail(f"the stream is broken ({error})")

    def finish(self) -> bytes:
        """The whole decoded body; a response without any bytes is empty in every coding.

        Raises:
            BodyUndecodable: the stream stopped before its end.
        """
        if self.wire_bytes and not all(decoder.is_whole() for decoder in self._chain):
            self._fail(f"the stream stops early, after {self.wire_bytes} bytes on the wire")
        return bytes(self._out)

    def _through(self, data: bytes, stage: int) -> Iterator[bytes]:
        if stage == len(self._chain):
            yield data
            return
        for piece in self._chain[stage].feed(data):
            yield from self._through(piece, stage + 1)

    def _decoder(self, name: str) -> _Decoder:
        make = _DECODERS.get(name)
        if make is None:
            self._fail("unknown coding")
        return make()

    def _fail(self, what: str) -> NoReturn:
        raise BodyUndecodable(
            f"Content-Encoding {self._shown!r} of {self._request.shown_url}: {what}",
            vendor=self._request.vendor,
            endpoint=self._request.endpoint,
            next_step="it is retried; if it stays, look at what stands between you and the vendor",
        )

    def _too_large(self, what: str) -> NoReturn:
        raise BodyTooLarge(
            f"{self._request.shown_url}: {what}",
            vendor=self._request.vendor,
            endpoint=self._request.endpoint,
            next_step="if the vendor's bodies really are this large, raise the request's max_bytes",
        )
