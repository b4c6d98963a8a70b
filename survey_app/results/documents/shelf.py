"""Keeps finished pages and files in memory, packed: made once however many readers ask at the same time."""

from __future__ import annotations

import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock

_PIECE = 1_000_000
_GZIP = 31
"""zlib's window bits for a gzip stream; its header has no time, so equal texts have equal bytes."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A text as gzip, its length in bytes before, and the name of its version."""

    gzipped: bytes
    size: int
    etag: str

    @classmethod
    def of(cls, pieces: Iterable[str]) -> Packed:
        """Pack a text piece by piece; the whole is never in memory."""
        packer, digest, packed, size = zlib.compressobj(6, wbits=_GZIP), hashlib.sha256(), [], 0
        for piece in pieces:
            content = piece.encode()
            size += len(content)
            digest.update(content)
            packed.append(packer.compress(content))
        return cls(b"".join([*packed, packer.flush()]), size, digest.hexdigest()[:32])

    def plain(self) -> Iterator[bytes]:
        """Yield the text itself, in UTF-8, piece by piece."""
        unpacker, rest = zlib.decompressobj(wbits=_GZIP), self.gzipped
        while not unpacker.eof:
            yield unpacker.decompress(rest, _PIECE)
            rest = unpacker.unconsumed_tail


class Shelf:
    """Documents by key, at most `limit` bytes of them; the one that nobody asked for longest makes room."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._documents: OrderedDict[Hashable, Packed] = OrderedDict()
        self._being_made: dict[Hashable, Future[Packed]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Iterable[str]]) -> Packed:
        """Return the document called `key`, made by `make` if it is not here.

        Whoever asks while another makes it waits for that one, and shares its failure.
        """
        with self._lock:
            if key in self._documents:
                self._documents.move_to_end(key)
                return self._documents[key]
            waiting = self._being_made.get(key)
            mine: Future[Packed] = self._being_made.setdefault(key, Future())
        if waiting is not None:
            return waiting.result()
        return self._make(key, make, mine)

    def _make(self, key: Hashable, make: Callable[[], Iterable[str]], promise: Future[Packed]) -> Packed:
        try:
            document = Packed.of(make())
        except BaseException as error:
            with self._lock:
                del self._being_made[key]
            promise.set_exception(error)
            raise
        with self._lock:
            del self._being_made[key]
            self._put(key, document)
        promise.set_result(document)
        return document

    def _put(self, key: Hashable, document: Packed) -> None:
        if len(document.gzipped) > self.limit:
            return
        self._documents[key] = document
        self.size += len(document.gzipped)
        while self.size > self.limit:
            self.size -= len(self._documents.popitem(last=False)[1].gzipped)
