"""Which files are taken, told by their first bytes and never by their name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from survey_app.foundation.languages import gettext as _

MOST_FILES = 5
MOST_IN_ALL = 20
"""Files of one case, those sent later included."""
LARGEST_FILE = 10 * 1024 * 1024
"""Bytes."""


class MediaType(StrEnum):
    """What is taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    MP3 = "audio/mpeg"
    MP4 = "video/mp4"


IMAGES = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.WEBP})
EXTENSIONS: Mapping[MediaType, str] = {
    MediaType.JPEG: "jpg",
    MediaType.PNG: "png",
    MediaType.WEBP: "webp",
    MediaType.PDF: "pdf",
    MediaType.MP3: "mp3",
    MediaType.MP4: "mp4",
}

# ISO/IEC 14496-12 and 14496-14, and the brands that telephones write.
_MP4_BRANDS = frozenset(
    {b"isom", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"M4A ", b"MSNV", b"3gp4", b"3gp5", b"3gp6"}
    | {b"iso%d" % version for version in range(2, 10)}
)
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|\?xml|\?php|iframe)", re.IGNORECASE)
_LOOKED_AT = 4096
_ZIP_END = b"PK\x05\x06"
_LONGEST_ZIP_END = 65_557


def media_type_of(content: bytes) -> MediaType | None:
    """Return what the bytes are, None if they are nothing that is taken, or two things at once."""
    found = next((kind for kind, holds in _SIGNS if holds(content)), None)
    if found is None or found in IMAGES:
        # Pictures are drawn anew, so whatever else stands in such a file is not kept.
        return found
    return None if _is_page(content) or _is_archive(content) else found


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff")


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n")


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_pdf(content: bytes) -> bool:
    return re.match(rb"%PDF-[12]\.\d", content) is not None and b"%%EOF" in content[-1024:]


def _is_mp3(content: bytes) -> bool:
    """Say whether a frame of MPEG layer III begins the file, or follows its ID3v2 tag (id3.org/id3v2.4.0)."""
    start = _behind_tag(content)
    return start is not None and _is_frame(content[start : start + 4])


def _behind_tag(content: bytes) -> int | None:
    if content[:3] != b"ID3":
        return 0
    size = content[6:10]
    if len(size) < 4 or any(byte > 0x7F for byte in size):
        return None
    end = 10 + sum(byte << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))
    # Some writers fill up with zeros behind what they say is the end.
    padding = re.compile(rb"\0*").match(content, end)
    return padding.end() if padding else None


def _is_frame(header: bytes) -> bool:
    """Say whether 4 bytes are the header of a frame: sync, a version, layer III, a bit rate and a sampling rate."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return False
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bit_rate, sampling_rate = header[2] >> 4, header[2] >> 2 & 3
    return version != 1 and layer == 1 and bit_rate not in (0, 15) and sampling_rate != 3


def _is_mp4(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _MP4_BRANDS and _ends_with_a_box(content)


def _ends_with_a_box(content: bytes) -> bool:
    """Say whether the boxes of the file follow each other up to its very end: nothing was hung behind them."""
    position = 0
    while len(content) - position >= 8:
        size, head = int.from_bytes(content[position : position + 4]), 8
        if size == 0:
            return True
        if size == 1:
            size, head = int.from_bytes(content[position + 8 : position + 16]), 16
        if size < head:
            return False
        position += size
    return position == len(content)


_SIGNS = (
    (MediaType.JPEG, _is_jpeg),
    (MediaType.PNG, _is_png),
    (MediaType.WEBP, _is_webp),
    (MediaType.PDF, _is_pdf),
    (MediaType.MP4, _is_mp4),
    (MediaType.MP3, _is_mp3),
)


def _is_page(content: bytes) -> bool:
    return _MARKUP.search(content[:_LOOKED_AT]) is not None


def _is_archive(content: bytes) -> bool:
    """Say whether the bytes are a ZIP too: its directory is looked for from the end (PKWARE APPNOTE 4.3.16)."""
    tail = content[-_LONGEST_ZIP_END:]
    start = tail.find(_ZIP_END)
    while start >= 0:
        comment = int.from_bytes(tail[start + 20 : start + 22], "little")
        if start + 22 + comment == len(tail):
            return True
        start = tail.find(_ZIP_END, start + 1)
    return False


def label_of(media_type: MediaType, number: int) -> str:
    """Return what readers call the file: `Ảnh 1`; the name it had on the sender's device is not kept."""
    words = {
        MediaType.PDF: _("Tài liệu %(number)s", number=number),
        MediaType.MP3: _("Ghi âm %(number)s", number=number),
        MediaType.MP4: _("Video %(number)s", number=number),
    }
    return words.get(media_type, _("Ảnh %(number)s", number=number))


def next_number(labelled: Iterable[MediaType], media_type: MediaType) -> int:
    """Return the number of one more file of this kind beside those that are there; pictures count together."""
    same = IMAGES if media_type in IMAGES else {media_type}
    return 1 + sum(one in same for one in labelled)


def download_name(code: str, label: str, media_type: MediaType) -> str:
    """Return the name a download is saved under: no word of the sender's."""
    return f"{code}-{'-'.join(label.split())}.{EXTENSIONS[media_type]}"
