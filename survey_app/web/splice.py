"""A page compressed once, with gaps that are filled for each reader.

The names of the counter and the signed token of a form differ from reader to reader; everything around them does not.
Compressing 60 KB for each GET would cost more than all other work, so the parts are deflated once and joined around
the fillings into ONE gzip member (RFC 1952): browsers read only the first member of a body that has several.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_LIMIT = 0xFFFF  # of one stored block (RFC 1951, 3.2.4)
# Private-use characters: catalogues hold none, and questionnaire files are refused with them.
_GAP = re.compile("\ue000([a-z]+)\ue000")


def gap(name: str) -> str:
    """Return the mark that a template writes where `name` is to be filled in."""
    return f"\ue000{name}\ue000"


@dataclass(frozen=True, slots=True)
class SplicedPage:
    """A document with named gaps: one more part than names, as plain bytes and deflated."""

    names: tuple[str, ...]
    parts: tuple[bytes, ...]
    packed: tuple[bytes, ...]

    @classmethod
    def from_html(cls, html: str) -> SplicedPage:
        """Cut `html` at its gaps and deflate the parts."""
        pieces = _GAP.split(html)
        parts = tuple(part.encode() for part in pieces[::2])
        packed = [_deflate(part, zlib.Z_FULL_FLUSH) for part in parts[:-1]]
        return cls(tuple(pieces[1::2]), parts, (*packed, _deflate(parts[-1], zlib.Z_FINISH)))

    def plain(self, fillings: Mapping[str, str]) -> bytes:
        """Return the document with `fillings` (HTML by name) in its gaps.

        Raises
        ------
        KeyError
            A gap has no filling.
        """
        filled = [part + fillings[name].encode() for part, name in zip(self.parts, self.names, strict=False)]
        return b"".join((*filled, self.parts[-1]))

    def gzipped(self, fillings: Mapping[str, str]) -> bytes:
        """Return the same document as one gzip member; a filling is at most 65,535 bytes of UTF-8."""
        body, checksum, length = [_HEADER], 0, 0
        for part, packed, name in zip(self.parts, self.packed, self.names, strict=False):
            stored = fillings[name].encode()
            checksum = zlib.crc32(stored, zlib.crc32(part, checksum))
            length += len(part) + len(stored)
            body += (packed, _store(stored))
        last = self.parts[-1]
        checksum, length = zlib.crc32(last, checksum), length + len(last)
        return b"".join((*body, self.packed[-1], struct.pack("<II", checksum, length & 0xFFFFFFFF)))


def _deflate(part: bytes, end: int) -> bytes:
    """Deflate without references to what stands before, so that anything may be put between two parts."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(part) + deflate.flush(end)


def _store(filling: bytes) -> bytes:
    """Return one stored block."""
    size = len(filling)
    if size > _LIMIT:
        raise ValueError("the filling of a gap is limited to 65,535 bytes")
    return struct.pack("<BHH", 0, size, size ^ _LIMIT) + filling
