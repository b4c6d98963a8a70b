"""Posters and counter cards as PDF, one page for each counter, set by typst with the fonts beside this file.

Names reach the template as data (JSON in `sys.inputs`), never as typst source: a `#` or `$` in a name prints
as itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, cast

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.documents.qr import modules_across, payload, qr_svg, typed_address
from survey_app.offices.rules import group_code

# Printed in the foot, so that a poster on a wall tells which wording it carries.
TEMPLATE_VERSION = "1"
_PREPARED_EVERY = 50

_HERE = Path(__file__).resolve().parent


class PosterFormat(StrEnum):
    """Paper sizes: A4 hangs on the wall, A5 and A6 stand on the counter."""

    A4 = "A4"
    A5 = "A5"
    A6 = "A6"


@dataclass(frozen=True, slots=True)
class _Size:
    """Side of the printed QR code and width of its modules, in mm; the side includes the quiet zone."""

    side: float
    module: float
    largest_side: float
    least_module: float


# A card is scanned from 30-50 cm (modules of 1 mm), a wall poster from 1.5-2 m (4 mm), and the more of the
# page the symbol takes the better. A long address makes more modules: the symbol grows, then they shrink.
_SIZES = {
    PosterFormat.A4: _Size(side=150, module=4, largest_side=156, least_module=3),
    PosterFormat.A5: _Size(side=86, module=1, largest_side=86, least_module=1),
    PosterFormat.A6: _Size(side=56, module=1, largest_side=56, least_module=1),
}


@dataclass(frozen=True, slots=True)
class PosterPoint:
    """What one poster says about one counter; `collector` is the agency that asks."""

    code: str
    point_name: str
    office_name: str
    collector: str
    point_name_en: str | None = None
    office_name_en: str | None = None
    number: str | None = None


class UnableToPrintPoster(Refused):
    """The poster would not work on the wall or says nothing."""


def poster_pdf(
    points: Sequence[PosterPoint],
    *,
    public_url: str,
    printed_on: date,
    minutes: int,
    paper: PosterFormat = PosterFormat.A4,
    hotline: str | None = None,
    with_english: bool = True,
    prepared: Callable[[int], object] | None = None,
) -> bytes:
    """Return a PDF with one page for each point, in the order given; equal inputs give equal bytes.

    Parameters
    ----------
    points
        At least one counter.
    public_url
        Address of the installation as citizens reach it.
    printed_on
        Date in the foot.
    minutes
        How long the questionnaire behind the codes takes; printed, so it must be honest.
    hotline
        Telephone number for people who cannot use the page; left out when None.
    with_english
        Whether a small English line stands below the Vietnamese ones.
    prepared
        Told after every 50 posters how many have their QR code; setting the pages comes after.

    Raises
    ------
    UnableToPrintPoster
        No points, or an address so long that the modules get too small to scan from where people stand.
    """
    if not points:
        raise UnableToPrintPoster(_("Không có quầy nào đang hoạt động để in."))
    sheet = {
        "paper": paper.value,
        "side": qr_side_mm(payload(public_url, points[0].code), paper),
        "minutes": minutes,
        "hotline": hotline,
        "address": typed_address(public_url),
        "version": TEMPLATE_VERSION,
        "printed_on": f"{printed_on:%d/%m/%Y}",
        "english": with_english,
        "posters": list(_posters(points, public_url, with_english, prepared)),
    }
    return _compile(sheet, printed_on)


def _posters(
    points: Sequence[PosterPoint],
    public_url: str,
    with_english: bool,
    prepared: Callable[[int], object] | None,
) -> Iterator[dict[str, str | None]]:
    for number, point in enumerate(points, start=1):
        yield _poster(point, public_url, with_english)
        if prepared and (number % _PREPARED_EVERY == 0 or number == len(points)):
            prepared(number)


def qr_side_mm(url: str, paper: PosterFormat) -> float:
    """Return the side of the printed QR code in millimetres, quiet zone included.

    Raises
    ------
    UnableToPrintPoster
        The modules of `url` would be narrower than this paper size needs.
    """
    size, modules = _SIZES[paper], modules_across(url)
    side = min(max(size.side, modules * size.module), size.largest_side)
    if side / modules < size.least_module:
        raise UnableToPrintPoster(
            _(
                "Địa chỉ %(url)s quá dài, mã QR khổ %(paper)s sẽ quá nhỏ để quét. Hãy rút ngắn tên miền.",
                url=url,
                paper=paper.value,
            )
        )
    return side


def _poster(point: PosterPoint, public_url: str, with_english: bool) -> dict[str, str | None]:
    return {
        "code": group_code(point.code),
        "point": point.point_name,
        "point_en": point.point_name_en if with_english else None,
        "office": point.office_name,
        "office_en": point.office_name_en if with_english else None,
        "collector": point.collector,
        "number": point.number,
        "qr": qr_svg(payload(public_url, point.code)),
    }


def _compile(sheet: dict[str, Any], printed_on: date) -> bytes:
    # The compiler is an 84 MB library: only printing pays for it.
    import typst  # noqa: PLC0415

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_HERE / "fonts")]
    )
    compiler = typst.Compiler(str(_HERE / "poster.typ"), root=str(_HERE), font_paths=fonts)
    compiled = partial(
        compiler.compile,
        format="pdf",
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        timestamp=datetime(printed_on.year, printed_on.month, printed_on.day, tzinfo=UTC),
    )
    try:
        return cast("bytes", compiled(pdf_standards=["ua-1"]))
    except typst.TypstError:
        # The accessible standard refuses letters without a glyph, such as an emoji in one counter's name; all
        # other posters must still be printed, and that name shows a box in its place.
        return cast("bytes", compiled())
