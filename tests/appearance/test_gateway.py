"""Logos: what is taken, what is refused, and what is kept of a picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin

from survey_app.appearance.gateway import LARGEST_BYTES, UnusableLogo, read_logo
from tests.appearance.pictures import bomb, picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
SCRIPT = SVG.replace(b"<rect", b"<script>alert(1)</script><rect")


class TestReadLogo:
    """An uploaded file."""

    @pytest.mark.parametrize(
        ("kind", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "CMYK"), ("WEBP", "RGB")]
    )
    def test_becomes_a_small_png(self, kind: str, mode: str) -> None:
        logo = read_logo(picture(kind, (300, 200), mode))

        with Image.open(io.BytesIO(logo.png)) as kept:
            assert (kept.format, kept.size) == ("PNG", (192, 128))
        assert (logo.width, logo.height) == (192, 128)

    def test_of_a_long_banner_keeps_its_shape(self) -> None:
        logo = read_logo(picture("PNG", (3000, 300)))

        assert (logo.width, logo.height) == (640, 64)

    def test_loses_everything_but_its_pixels(self) -> None:
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Author", "Trần Văn Vẽ")
        stored = io.BytesIO()
        Image.new("RGB", (20, 20), "red").save(
            stored, "PNG", pnginfo=notes, icc_profile=b"profile" * 20, dpi=(300, 300)
        )

        logo = read_logo(stored.getvalue())

        with Image.open(io.BytesIO(logo.png)) as kept:
            assert kept.info == {}

    def test_is_turned_as_the_camera_was(self) -> None:
        stored = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.new("RGB", (100, 50), "red").save(stored, "JPEG", exif=exif)

        logo = read_logo(stored.getvalue())

        assert (logo.width, logo.height) == (50, 100)

    @pytest.mark.parametrize(
        "content",
        [
            SVG,
            SCRIPT,
            b"\xef\xbb\xbf \n" + SCRIPT,
            b'<?xml version="1.0"?>' + SVG,
            SVG.decode().encode("utf-16"),
        ],
    )
    def test_that_is_an_svg_is_refused_with_the_remedy(self, content: bytes) -> None:
        with pytest.raises(UnusableLogo, match=r"SVG.*PNG"):
            read_logo(content)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"GIF89a" + bytes(100),
            b"%PDF-1.7",
            picture("BMP", (10, 10)),
            picture("GIF", (10, 10), "P"),
            picture()[:60],
            picture("JPEG")[:200],
            picture("WEBP")[:40],
            b"\xff\xd8" + b"\xff\xda" * 101,
        ],
        ids=["empty", "gif", "pdf", "bmp", "real gif", "cut png", "cut jpeg", "cut webp", "many scans"],
    )
    def test_that_is_no_whole_picture_is_refused(self, content: bytes) -> None:
        with pytest.raises(UnusableLogo):
            read_logo(content)

    def test_that_is_too_heavy_is_refused(self) -> None:
        with pytest.raises(UnusableLogo, match="500 KB"):
            read_logo(picture() + bytes(LARGEST_BYTES))

    @pytest.mark.parametrize(("width", "height"), [(2001, 2000), (20_000, 20_000), (100_000, 100_000)])
    def test_that_unpacks_to_too_many_pixels_is_refused_before_unpacking(
        self, width: int, height: int
    ) -> None:
        content = bomb(width, height)

        assert len(content) < 10_000
        with pytest.raises(UnusableLogo, match="4 triệu điểm ảnh"):
            read_logo(content)
