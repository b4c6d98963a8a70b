"""Draws pictures anew, so that only what can be seen is kept: no place, no device, no thumbnail, nothing hidden."""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 25_000_000
LONGEST_SIDE = 2560
"""Pixels; larger pictures are made smaller."""

MOST_SCANS = 40
"""Passes over one JPEG. Cameras and editors make at most about 20; thousands fit into a small file and take minutes."""

# What follows FF in a JPEG (ITU-T T.81, B.1.1): not a stuffed byte, and none of the marks that stand alone.
_MARKER = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd8])")
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_OPAQUE = frozenset({"RGB", "L"})


class UnableToDraw(Exception):
    """No whole picture of that format, an animation, or more pixels or passes than are taken."""


def drawn_anew(content: bytes, media_type: str) -> bytes:
    """Return the picture in the same format, upright, with a longest side of `LONGEST_SIDE`, without metadata.

    Raises
    ------
    UnableToDraw
        See there. Width and height are read before anything is unpacked.
    """
    name = _FORMATS[media_type]
    scans = _scans(content) if name == "JPEG" else 0
    if scans > MOST_SCANS:
        raise UnableToDraw("too many passes")
    try:
        with Image.open(BytesIO(content), formats=[name]) as image:
            _refuse_too_large(image, name, is_one_scan=scans == 1 and "progressive" not in image.info)
            return _written(_upright(image), name)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ) as error:
        raise UnableToDraw(type(error).__name__) from error


def _scans(content: bytes) -> int:
    """Return how often a JPEG is gone over before it ends; what is hung behind it does not count."""
    scans, position = 0, 0
    while (marker := _MARKER.search(content, position)) and marker[1] != b"\xd9":
        scans += marker[1] == b"\xda"
        position = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2])
    return scans


def _refuse_too_large(image: Image.Image, name: str, *, is_one_scan: bool) -> None:
    # A JPEG of several pictures (CIPA DC-007) is a telephone's photograph with its depth; the first is what was seen.
    if name != "JPEG" and getattr(image, "n_frames", 1) > 1:
        raise UnableToDraw("an animation")
    if name == "JPEG" and is_one_scan:
        # The decoder itself can halve it, so the picture of a 50-megapixel telephone fits as well. One of several
        # passes it holds whole before.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    if image.width * image.height > MOST_PIXELS:
        raise UnableToDraw("too many pixels")


def _upright(image: Image.Image) -> Image.Image:
    # In place the orientation is applied before the picture shrinks; the tag goes with all the others.
    image.load()
    turned = ImageOps.exif_transpose(image)
    has_holes = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    plain = turned if turned.mode in _OPAQUE else turned.convert("RGBA" if has_holes else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return plain


def _written(image: Image.Image, name: str) -> bytes:
    # Only pixels go over: what Pillow remembers of the old file (info, exif, profile) stays behind.
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    if name == "JPEG" and bare.mode not in _OPAQUE:
        bare = bare.convert("RGB")
    out = BytesIO()
    options = {"quality": 85} if name in ("JPEG", "WEBP") else {}
    bare.save(out, name, **options)
    return out.getvalue()
