"""A page compressed once, with one gap that is filled for each reader.

The signed token of a form differs from reader to reader; everything around it does not. Compressing 60 KB for
each GET would cost more than all other work, so the parts are deflated once and joined around the gap into
ONE gzip member (RFC 1952): browsers read only the first member of a body that has several.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

GAP = "\ue000gap\ue000"  # private-use characters: they cannot come from a catalogue or a questionnaire

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_LIMIT = 0xFFFF  # of one stored block (RFC 1951, 3.2.4)


@dataclass(frozen=True, slots=True)
class SplicedPage:
    """A document with one gap, ready to be sent plain or gzipped."""

    before: bytes
    after: bytes
    packed_before: bytes
    packed_after: bytes
    checksum_before: int

    @classmethod
    def from_html(cls, html: str) -> SplicedPage:
        """Compress `html` around its single `GAP`.

        Raises
        ------
        ValueError
            `html` does not hold exactly one gap.
        """
        before, after = (part.encode() for part in html.split(GAP))
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed_before = _HEADER + deflate.compress(before) + deflate.flush(zlib.Z_FULL_FLUSH)
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed_after = deflate.compress(after) + deflate.flush(zlib.Z_FINISH)
        return cls(before, after, packed_before, packed_after, zlib.crc32(before))

    def plain(self, filling: str) -> bytes:
        """Return the document with `filling` (HTML) in the gap."""
        return b"".join((self.before, filling.encode(), self.after))

    def gzipped(self, filling: str) -> bytes:
        """Return the same document as one gzip member; `filling` is at most 65,535 bytes of UTF-8."""
        stored = filling.encode()
        size = len(stored)
        if size > _LIMIT:
            raise ValueError("the filling of a gap is limited to 65,535 bytes")
        checksum = zlib.crc32(self.after, zlib.crc32(stored, self.checksum_before))
        length = len(self.before) + size + len(self.after)
        return b"".join(
            (
                self.packed_before,
                struct.pack("<BHH", 0, size, size ^ _LIMIT),
                stored,
                self.packed_after,
                struct.pack("<II", checksum, length & 0xFFFFFFFF),
            )
        )
