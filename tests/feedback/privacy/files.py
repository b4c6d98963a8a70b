"""Small files of every kind, made here so that each byte of them is known."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
# MPEG-1 layer III, 128 kbit/s, 44.1 kHz.
MP3 = b"\xff\xfb\x90\x00" + bytes(413)
TAGGED_MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + MP3
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41" + b"\x00\x00\x00\x08mdat"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"


@dataclass
class Chosen:
    """A file as a form brings it."""

    filename: str
    content: bytes
    stream: IO[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.stream = BytesIO(self.content)


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    """Return a picture whose left half is red and right half blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def located_picture() -> bytes:
    """Return a JPEG from a telephone that was held upright: turned by its orientation tag, with place and device."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0110] = "Telephone of Nguyen Van A"
    exif.get_ifd(0x8825)[2] = (22.0, 40.0, 12.0)
    return picture(exif=exif.tobytes())


def archive() -> bytes:
    """Return a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("run.exe", b"MZ")
    return out.getvalue()
