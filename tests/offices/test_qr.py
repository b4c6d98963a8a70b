"""QR codes: payload, level, and decoding by an independent reader."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
import segno
import zxingcpp
from PIL import Image, ImageDraw

from survey_app.offices.documents import qr

URL = "HTTP://127.0.0.1:8000/7K3F9M2X"


def decoded(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def drawn(svg: str, pixels: int) -> Image.Image:
    """Draw the runs of an SVG by segno (one stroked path of horizontal runs) with `pixels` per module."""
    root = ET.fromstring(svg)
    path = next(
        element for element in root.iter("{http://www.w3.org/2000/svg}path") if "stroke" in element.attrib
    )
    side = qr.modules_across(URL) * pixels
    image = Image.new("L", (side, side), 255)
    canvas = ImageDraw.Draw(image)
    x = y = 0.0
    for command in (
        path.attrib["d"].replace("M", "\nM ").replace("m", "\nm ").replace("h", "\nh ").split("\n")
    ):
        name, *numbers = command.replace(",", " ").split() or [""]
        values = [float(number) for number in " ".join(numbers).replace("-", " -").split()]
        if name == "M":
            x, y = values
        elif name == "m":
            x, y = x + values[0], y + values[1]
        elif name == "h":
            top = (y - 0.5) * pixels
            canvas.rectangle((x * pixels, top, (x + values[0]) * pixels - 1, top + pixels - 1), fill=0)
            x += values[0]
    return image


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [
        ("http://127.0.0.1:8000", URL),
        ("https://dg.caobang.gov.vn/", "HTTPS://DG.CAOBANG.GOV.VN/7K3F9M2X"),
        ("https://dg.caobang.gov.vn/khao-sat", "HTTPS://DG.CAOBANG.GOV.VN/khao-sat/7K3F9M2X"),
    ],
)
def test_payload_is_upper_case_where_case_does_not_count(public_url: str, expected: str) -> None:
    assert qr.payload(public_url, "7K3F9M2X") == expected


def test_typed_address_has_no_scheme() -> None:
    assert qr.typed_address("https://DG.caobang.gov.vn/") == "dg.caobang.gov.vn"


def test_short_address_fits_version_3_at_level_h_in_alphanumeric_mode() -> None:
    """ISO/IEC 18004: version 3-H holds 35 alphanumeric characters in 29 modules; the quiet zone adds 8."""
    url = "HTTPS://DG.CAOBANG.GOV.VN/7K3F9M2X"
    symbol = qr._symbol(url)
    assert (symbol.error, symbol.mode, symbol.version) == ("H", "alphanumeric", 3)
    assert qr.modules_across(url) == 37


def test_png_decodes_to_the_payload() -> None:
    assert decoded(Image.open(io.BytesIO(qr.qr_png(URL)))) == [URL]


def test_png_states_level_h() -> None:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr.qr_png(URL))))
    assert found.ec_level == "H"


def test_svg_decodes_to_the_payload() -> None:
    assert decoded(drawn(qr.qr_svg(URL), 8)) == [URL]


def test_svg_is_as_large_as_asked_for() -> None:
    root = ET.fromstring(qr.qr_svg(URL, module_mm=1.5))
    assert root.attrib["width"] == "55.5mm"
    assert segno.make(URL, error="h", boost_error=False).symbol_size(border=4) == (37, 37)


def test_half_a_millimetre_a_module_decodes_at_300_dpi() -> None:
    """0.5 mm at 300 dpi are 5.9 pixels a module: drawn at 5 and at 6."""
    for pixels in (5, 6):
        assert decoded(Image.open(io.BytesIO(qr.qr_png(URL, scale=pixels)))) == [URL]


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.8.9.1", True),
        ("http://localhost:5000/survey", True),
        ("http://survey.localhost", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", True),
        ("http://192.168.1.20:8000", False),
        ("https://dg.caobang.gov.vn", False),
        ("https://localhost.gov.vn", False),
    ],
)
def test_knows_an_address_that_only_this_computer_reaches(public_url: str, expected: bool) -> None:
    assert qr.is_for_this_computer_only(public_url) is expected
