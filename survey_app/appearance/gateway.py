"""Logos: an uploaded picture is checked by its content and encoded anew, so that only pixels are kept."""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

LARGEST_BYTES = 500_000
LARGEST_PIXELS = 4_000_000
HEIGHT = 128
"""Shown 64 pixels high; twice that is sharp on a telephone."""
WIDTH = 640
_FORMATS = ("PNG", "JPEG", "WEBP")
# Every scan of a progressive JPEG is a pass over the whole picture; cameras write about ten.
_MOST_SCANS = 100
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class UnusableLogo(Refused):
    """The file is no picture that can be a logo; the message says what to send instead."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG made here, its size in pixels and the SHA-256 of its bytes."""

    png: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Return the name of these bytes."""
        return hashlib.sha256(self.png).hexdigest()


def read_logo(content: bytes) -> Logo:
    """Return the picture in `content` (PNG, JPEG or WebP) as a PNG of at most 640 x 128 pixels.

    Raises
    ------
    UnusableLogo
        Too large, not one of the three formats, or damaged.
    """
    _check_outside(content)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            _check_size(picture.size)
            return _encoded(picture)
    except _BOMB as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise UnusableLogo(_("Không đọc được ảnh này. Xin lưu lại thành tệp PNG rồi tải lên.")) from error


def _check_outside(content: bytes) -> None:
    if not content:
        raise UnusableLogo(_("Tệp rỗng. Xin chọn một tệp ảnh PNG, JPEG hoặc WebP."))
    if content[:1000].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<"):
        raise UnusableLogo(
            _(
                "Tệp SVG có thể chứa mã lệnh nên không dùng được. Xin lưu biểu trưng thành tệp PNG rồi tải lên."
            )
        )
    if len(content) > LARGEST_BYTES:
        raise UnusableLogo(_("Ảnh quá 500 KB. Xin thu nhỏ ảnh (cao 128 điểm ảnh là đủ) rồi tải lên."))
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > _MOST_SCANS:
        raise UnusableLogo(_("Không đọc được ảnh này. Xin lưu lại thành tệp PNG rồi tải lên."))


def _check_size(size: tuple[int, int]) -> None:
    # The header gives the size; nothing has been unpacked yet.
    if size[0] * size[1] > LARGEST_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> UnusableLogo:
    return UnusableLogo(_("Ảnh quá 4 triệu điểm ảnh. Xin thu nhỏ ảnh (cao 128 điểm ảnh là đủ) rồi tải lên."))


def _encoded(picture: Image.Image) -> Logo:
    pixels = ImageOps.exif_transpose(picture).convert("RGBA")
    pixels.thumbnail((WIDTH, HEIGHT))
    pixels.info.clear()  # profiles and notes of the one who drew it
    stored = io.BytesIO()
    pixels.save(stored, format="PNG", optimize=True)
    return Logo(stored.getvalue(), *pixels.size)
