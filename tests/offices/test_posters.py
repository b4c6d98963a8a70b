"""Posters and cards: what they say, that they fit, and that an independent reader decodes them."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date

import pypdfium2 as pdfium
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from survey_app.offices.documents.posters import (
    PosterFormat,
    PosterPoint,
    UnableToPrintPoster,
    poster_pdf,
    qr_side_mm,
)
from survey_app.offices.documents.qr import modules_across, payload
from survey_app.offices.models import NAME_LENGTH, NUMBER_LENGTH

PUBLIC_URL = "http://127.0.0.1:8000"
LONG_URL = "https://danhgiadichvucong.trungtamhcc.caobang.gov.vn"
PRINTED_ON = date(2026, 11, 5)
POINT = PosterPoint(
    code="7K3F9M2X",
    point_name="Quầy 5 – Đất đai, môi trường",
    point_name_en="Counter 5 – Land and environment",
    office_name="Trung tâm Phục vụ hành chính công tỉnh Cao Bằng",
    collector="Ủy ban nhân dân tỉnh Cao Bằng",
    number="5",
)
LONGEST = PosterPoint(
    code="W2W4W6W8",
    point_name=("Tiếp nhận và trả kết quả thủ tục hành chính lĩnh vực Tài nguyên " * 5)[:NAME_LENGTH].strip(),
    point_name_en=("Counter for natural resources, environment and construction " * 5)[:NAME_LENGTH].strip(),
    office_name=("Trung tâm Phục vụ hành chính công phường Xuân Trường - Đà Lạt " * 5)[:NAME_LENGTH].strip(),
    collector="Ủy ban nhân dân phường Xuân Trường - Đà Lạt",
    number="W" * NUMBER_LENGTH,
)
PAPERS_MM = {PosterFormat.A4: (210, 297), PosterFormat.A5: (148, 210), PosterFormat.A6: (105, 148)}


def printed(
    *points: PosterPoint, paper: PosterFormat = PosterFormat.A4, url: str = PUBLIC_URL, **more: object
) -> bytes:
    options = {"minutes": 1, "paper": paper, **more}
    return poster_pdf(points or (POINT,), public_url=url, printed_on=PRINTED_ON, **options)  # type: ignore[arg-type]


def text_of(pdf: bytes, page: int = 0) -> str:
    """Text of a page on one line, as a reader's search sees it."""
    return " ".join(pdfium.PdfDocument(pdf)[page].get_textpage().get_text_range().split())


def rendered(pdf: bytes, page: int = 0, dpi: int = 300) -> Image.Image:
    return pdfium.PdfDocument(pdf)[page].render(scale=dpi / 72).to_pil().convert("L")


def blotted(image: Image.Image, modules: int, seed: int, share: float = 0.1, width: int = 4) -> Image.Image:
    """Cover `share` of the symbol outside its finder patterns with black and white blots of `width` modules.

    Level H restores about 30 % of the codewords; a codeword covers 2 x 4 modules, so scattered single modules
    would reach that at 6 % of the area, blots of 3 modules and more at well over 10 %.
    """
    (found,) = zxingcpp.read_barcodes(image)
    left, top = found.position.top_left.x, found.position.top_left.y
    side = (found.position.top_right.x - left) / modules
    finders = [(x, y) for x, y in ((0, 0), (modules - 8, 0), (0, modules - 8))]
    cells = {
        (x, y)
        for x in range(modules)
        for y in range(modules)
        if not any(0 <= x - fx < 8 and 0 <= y - fy < 8 for fx, fy in finders)
    }
    rng, damaged, clean = random.Random(seed), image.copy(), set(cells)
    canvas = ImageDraw.Draw(damaged)
    while len(clean) > (1 - share) * len(cells):
        x, y = rng.choice(sorted(cells))
        shade = rng.choice((0, 255))
        for column, row in {(x + dx, y + dy) for dx in range(width) for dy in range(width)} & cells:
            corner = (left + column * side, top + row * side)
            canvas.rectangle((*corner, corner[0] + side, corner[1] + side), fill=shade)
            clean.discard((column, row))
    return damaged


@pytest.mark.parametrize("paper", PosterFormat)
class TestEachFormat:
    def test_says_what_citizens_need_in_correct_vietnamese(self, paper: PosterFormat) -> None:
        text = text_of(printed(paper=paper))
        for words in (
            "Quầy 5 – Đất đai, môi trường",
            "Trung tâm Phục vụ hành chính công tỉnh Cao Bằng",
            "Quét mã để đánh giá",
            "1 phút, không cần đăng nhập, ẩn danh",
            "Scan to rate this service – 1 minute, no sign-in, anonymous",
            "127.0.0.1:8000",
            "7K3F 9M2X",
            "Ủy ban nhân dân tỉnh Cao Bằng thu thập ý kiến để phục vụ tốt hơn.",
            "Cán bộ tại quầy không xem được câu trả lời của ông/bà.",
            "Trang này KHÔNG hỏi OTP, mật khẩu, tiền.",
            "Mẫu 1, in ngày 05/11/2026",
        ):
            assert words in text

    def test_promises_no_telephone_that_was_not_given(self, paper: PosterFormat) -> None:
        assert "điện thoại" not in text_of(printed(paper=paper))
        assert "Hỗ trợ qua điện thoại: 0206 3852 000" in text_of(
            printed(paper=paper, hotline="0206 3852 000")
        )

    def test_has_the_size_of_the_paper_and_one_page_for_each_counter(self, paper: PosterFormat) -> None:
        document = pdfium.PdfDocument(printed(POINT, LONGEST, POINT, paper=paper))
        assert len(document) == 3
        millimetres = tuple(round(points * 25.4 / 72) for points in document[0].get_size())
        assert millimetres == PAPERS_MM[paper]

    @pytest.mark.parametrize("url", [PUBLIC_URL, LONG_URL])
    def test_keeps_the_longest_names_and_addresses_on_their_page(self, paper: PosterFormat, url: str) -> None:
        pdf = printed(LONGEST, LONGEST, paper=paper, url=url, hotline="0206 3852 000", minutes=15)
        assert len(pdfium.PdfDocument(pdf)) == 2
        assert LONGEST.point_name in text_of(pdf)
        assert "in ngày 05/11/2026" in text_of(pdf)

    @pytest.mark.parametrize("url", [PUBLIC_URL, LONG_URL])
    def test_decodes_to_the_payload(self, paper: PosterFormat, url: str) -> None:
        found = zxingcpp.read_barcodes(rendered(printed(LONGEST, paper=paper, url=url)))
        assert [(code.text, code.ec_level) for code in found] == [(payload(url, LONGEST.code), "H")]

    @pytest.mark.parametrize("seed", range(5))
    def test_decodes_with_a_tenth_blotted_outside_the_finder_patterns(
        self, paper: PosterFormat, seed: int
    ) -> None:
        image = rendered(printed(paper=paper), dpi=150 if paper is PosterFormat.A4 else 300)
        url = payload(PUBLIC_URL, POINT.code)
        damaged = blotted(image, modules_across(url) - 8, seed)
        assert damaged.tobytes() != image.tobytes()
        assert [found.text for found in zxingcpp.read_barcodes(damaged)] == [url]

    def test_prints_signs_that_typst_would_read_as_markup(self, paper: PosterFormat) -> None:
        name = '#"[]{}$\\*_`<a>@b ~ #panic("x") // = -'
        point = PosterPoint(code="7K3F9M2X", point_name=name, office_name=name, collector=name)
        assert text_of(printed(point, paper=paper)).count(name) >= 2

    def test_is_the_same_file_when_printed_again(self, paper: PosterFormat) -> None:
        assert printed(POINT, LONGEST, paper=paper) == printed(POINT, LONGEST, paper=paper)

    def test_uses_only_fonts_that_are_shipped(self, paper: PosterFormat) -> None:
        page = pdfium.PdfDocument(printed(POINT, LONGEST, paper=paper))[1]
        fonts = {
            item.get_font().get_base_name().split("+")[-1]
            for item in page.get_objects([pdfium.raw.FPDF_PAGEOBJ_TEXT])
        }
        assert fonts == {"BeVietnamPro-Regular", "BeVietnamPro-SemiBold"}


class TestModules:
    @pytest.mark.parametrize(
        ("paper", "millimetres"), [(PosterFormat.A4, 4), (PosterFormat.A5, 1), (PosterFormat.A6, 1)]
    )
    def test_are_wide_enough_for_where_people_stand(self, paper: PosterFormat, millimetres: float) -> None:
        """At least 4 mm a module on walls, read from 1.5-2 m; 1 mm on cards, read from 30-50 cm."""
        url = payload("https://dg.caobang.gov.vn", POINT.code)
        assert qr_side_mm(url, paper) / modules_across(url) >= millimetres

    @pytest.mark.parametrize(
        ("paper", "side"), [(PosterFormat.A4, 150), (PosterFormat.A5, 45), (PosterFormat.A6, 45)]
    )
    def test_are_printed_at_the_promised_width(self, paper: PosterFormat, side: float) -> None:
        url = payload(PUBLIC_URL, POINT.code)
        (found,) = zxingcpp.read_barcodes(rendered(printed(paper=paper)))
        pixels = found.position.top_right.x - found.position.top_left.x
        millimetres = pixels / 300 * 25.4 * modules_across(url) / (modules_across(url) - 8)
        assert millimetres == pytest.approx(qr_side_mm(url, paper), rel=0.02)
        assert millimetres >= side * 0.98

    def test_shrink_on_a_wall_poster_only_down_to_3_millimetres(self) -> None:
        url = payload("https://" + "a" * 80 + ".gov.vn", POINT.code)
        with pytest.raises(UnableToPrintPoster, match="quá dài"):
            qr_side_mm(url, PosterFormat.A4)


def test_states_the_minutes_that_were_given() -> None:
    text = text_of(printed(minutes=3))
    assert "3 phút, không cần đăng nhập, ẩn danh" in text
    assert "3 minutes, no sign-in" in text


def test_refuses_an_empty_print() -> None:
    with pytest.raises(UnableToPrintPoster, match="Không có quầy"):
        poster_pdf([], public_url=PUBLIC_URL, printed_on=PRINTED_ON, minutes=1)


def test_every_page_carries_its_own_counter() -> None:
    other = PosterPoint(code="Q2W8E4RT", point_name="Hộ tịch", office_name="Xã Ba Chẽ", collector="Xã Ba Chẽ")
    pdf = printed(POINT, other)
    assert "Q2W8 E4RT" in text_of(pdf, 1)
    assert [found.text for found in zxingcpp.read_barcodes(rendered(pdf, 1, dpi=100))] == [
        payload(PUBLIC_URL, other.code)
    ]


def test_a_hundred_counters_take_seconds() -> None:
    """Measured 0.7 s of processor time; the bound catches a change of order only."""
    points = [replace(POINT, number=str(number)) for number in range(100)]
    started = time.process_time()
    assert len(pdfium.PdfDocument(printed(*points))) == 100
    assert time.process_time() - started < 20


def test_one_name_without_glyphs_does_not_spoil_the_others() -> None:
    pdf = printed(replace(POINT, point_name="Quầy 😀 漢"), POINT)
    assert "Quầy 5" in text_of(pdf, page=1)


@pytest.mark.parametrize("name", ["Xã Đăk Pơ̆k", "Làng ƀôl ê̆", "Ƀah Kroong ŏ ĕ"])
def test_letters_of_ba_na_and_gia_rai_print_in_shipped_fonts(name: str) -> None:
    page = pdfium.PdfDocument(printed(replace(POINT, office_name=name)))[0]
    fonts = {
        item.get_font().get_base_name().split("+")[-1]
        for item in page.get_objects([pdfium.raw.FPDF_PAGEOBJ_TEXT])
    }

    assert fonts <= {"BeVietnamPro-Regular", "BeVietnamPro-SemiBold", "DejaVuSans", "DejaVuSans-Bold"}
    assert {"DejaVuSans", "DejaVuSans-Bold"} & fonts


def test_leaves_english_out_when_asked() -> None:
    text = text_of(printed(with_english=False))

    assert "Scan" not in text
    assert "Counter 5" not in text
    assert "Hoặc mở trang" in text


def test_tells_how_many_are_prepared() -> None:
    told: list[int] = []
    poster_pdf(
        [POINT] * 120,
        public_url=PUBLIC_URL,
        printed_on=PRINTED_ON,
        minutes=1,
        paper=PosterFormat.A6,
        prepared=told.append,
    )

    assert told == [50, 100, 120]
