"""Papers of a case are measured against Annex I of NĐ 30/2020/NĐ-CP and read back."""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pypdfium2
import pypdfium2.raw
import pytest
import zxingcpp
from docx import Document

from survey_app.feedback.documents.letters import letter_docx, letter_pdf
from survey_app.feedback.rules.papers import Letterhead, Paper, PaperFacts, letter_of

DAY = date(2026, 11, 22)
MM = 72 / 25.4
FACTS = PaperFacts(
    letterhead=Letterhead("Ủy ban nhân dân tỉnh Cao Bằng", "Sở Tài nguyên và Môi trường", "Cao Bằng"),
    code="PA-7K3F9-M2X4A-1",
    address="https://pakn.caobang.gov.vn/desk/cases/7K3F9M2X4A1",
    kind="Phản ánh, kiến nghị",
    field_name="Chiếu sáng",
    channel="Trang web",
    came_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
    summary="Đèn đường hỏng, ông Nguyễn Văn Bình số 0912 345 678 đã báo",
    text="Đèn đường hỏng đã ba tuần.\nTôi là Trần Thị Ngọc Ánh.",
    proposal="Sửa đèn trước Tết",
    body="Công ty Điện lực Cao Bằng",
    reason="Đèn do ngành điện quản lý",
    due=datetime(2026, 12, 4, 10, tzinfo=UTC),
    basis="Nghị định 20/2008/NĐ-CP Đ9.1.d",
    files=("Ảnh 1", "Tài liệu 1"),
    known=("Trần Thị Ngọc Ánh",),
)
LONGEST = replace(
    FACTS,
    summary="Ơ" * 60 + " ượng" * 28,
    proposal="nghiêng ngả " * 900,
    reason="lý do rất dài " * 200,
    body="Ban Quản lý " * 16,
    basis="Quyết định của Ủy ban nhân dân " * 9,
    files=tuple(f"Tài liệu {number}" for number in range(20)),
    sender="Trần Thị Ngọc Ánh, số 12 ngõ 34 phố Kim Đồng, phường Thục Phán, 0912345678",
)


def pdf_of(facts: PaperFacts, paper: Paper = Paper.TRANSFER, *, with_annex: bool = False) -> bytes:
    return letter_pdf(letter_of(paper, facts, with_annex=with_annex), day=DAY)


def text_of(pdf: bytes, page: int = 0) -> str:
    """Return the text of a page in one line, letters composed."""
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()
    return " ".join(unicodedata.normalize("NFC", text).split())


def letters_of(pdf: bytes, words: str, page: int = 0) -> set[tuple[str, float]]:
    """Return (font, size in pt) of every letter of `words` on the page."""
    textpage = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    searcher = textpage.search(words)
    start, count = searcher.get_next() or pytest.fail(f"{words} is not on the page")
    found = set()
    for index in range(start, start + count):
        name = ctypes.create_string_buffer(100)
        pypdfium2.raw.FPDFText_GetFontInfo(textpage, index, name, 100, ctypes.c_int())
        size = pypdfium2.raw.FPDFText_GetFontSize(textpage, index)
        if name.value:
            found.add((name.value.decode().split("+")[-1], round(size, 1)))
    return found


class TestLayout:
    """Annex I: A4, margins 20-25, 20-25, 30-35, 15-20 mm; 12-13 or 13-14 pt by element."""

    def test_is_one_page_of_a4(self) -> None:
        document = pypdfium2.PdfDocument(pdf_of(FACTS))
        assert (len(document), [round(side / MM) for side in document[0].get_size()]) == (1, [210, 297])

    def test_stays_one_page_with_the_longest_texts(self) -> None:
        assert len(pypdfium2.PdfDocument(pdf_of(LONGEST))) == 1

    def test_keeps_the_margins(self) -> None:
        page = pypdfium2.PdfDocument(pdf_of(LONGEST))[0]
        textpage = page.get_textpage()
        text = textpage.get_text_range()
        boxes = [textpage.get_charbox(place) for place, letter in enumerate(text) if not letter.isspace()]
        draft = max(box[1] for box in boxes)
        body = [box for box in boxes if box[3] < draft]
        left, bottom = min(box[0] for box in body) / MM, min(box[1] for box in body) / MM
        right, top = 210 - max(box[2] for box in body) / MM, 297 - max(box[3] for box in body) / MM
        assert 30 <= round(left, 1) <= 35
        assert 15 <= round(right, 1) <= 20
        assert 20 <= round(top, 1) <= 25
        assert bottom >= 20

    @pytest.mark.parametrize(
        ("words", "font", "least", "most"),
        [
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Tinos-Bold", 12, 13),
            ("Độc lập - Tự do - Hạnh phúc", "Tinos-Bold", 13, 14),
            ("ỦY BAN NHÂN DÂN TỈNH CAO BẰNG", "Tinos-Regular", 12, 13),
            ("MÔI TRƯỜNG", "Tinos-Bold", 12, 13),
            ("Cao Bằng, ngày", "Tinos-Italic", 13, 14),
            ("PHIẾU CHUYỂN", "Tinos-Bold", 13, 14),
            ("Chuyển phản ánh", "Tinos-Bold", 13, 14),
            ("Đề nghị quý cơ quan", "Tinos-Regular", 13, 14),
            ("Nơi nhận:", "Tinos-BoldItalic", 12, 12),
            ("- Như trên;", "Tinos-Regular", 11, 11),
            ("THỦ TRƯỞNG CƠ QUAN", "Tinos-Bold", 13, 14),
        ],
    )
    def test_sets_each_element_in_its_font_and_size(
        self, words: str, font: str, least: float, most: float
    ) -> None:
        letters = letters_of(pdf_of(FACTS), words)
        assert {name for name, _size in letters} == {font}
        assert all(least <= size <= most for _name, size in letters)

    def test_numbers_pages_from_the_second_on(self) -> None:
        pdf = pdf_of(replace(FACTS, text="Một dòng dài. " * 400), with_annex=True)
        assert text_of(pdf).startswith("DỰ THẢO")
        assert text_of(pdf, 1).startswith("2 NỘI DUNG PHẢN ÁNH")
        assert letters_of(pdf, "2", page=1) == {("Tinos-Regular", 13.0)}

    def test_carries_the_address_of_the_case_as_a_qr_code(self) -> None:
        picture = pypdfium2.PdfDocument(pdf_of(FACTS))[0].render(scale=3).to_pil()
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [FACTS.address]

    def test_leaves_number_and_day_open(self) -> None:
        assert "Số: /PC" in text_of(pdf_of(FACTS))
        assert "ngày …… tháng …… năm 2026" in text_of(pdf_of(FACTS))


class TestWords:
    """What the paper says, and what it does not."""

    @pytest.mark.parametrize(
        "words",
        [
            "Kính gửi: Công ty Điện lực Cao Bằng",
            "PA-7K3F9-M2X4A-1, ngày 20/11/2026 (trang web)",
            "Sửa đèn trước Tết",
            "Đèn do ngành điện quản lý",
            "17:00 ngày 04/12/2026 (Nghị định 20/2008/NĐ-CP Đ9.1.d)",
            "Ảnh 1, Tài liệu 1",
        ],
    )
    def test_are_those_of_the_case(self, words: str) -> None:
        assert words in text_of(pdf_of(FACTS))

    @pytest.mark.parametrize("secret", ["Bình", "0912 345 678", "Ngọc Ánh"])
    @pytest.mark.parametrize("paper", list(Paper))
    def test_name_nobody_by_default(self, paper: Paper, secret: str) -> None:
        letter = letter_of(paper, FACTS, with_annex=True)
        pdf = letter_pdf(letter, day=DAY)
        word = Document(BytesIO(letter_docx(letter, day=DAY)))
        assert secret not in text_of(pdf) + text_of(pdf, 1)
        assert secret not in "\n".join(paragraph.text for paragraph in word.paragraphs)

    def test_name_the_sender_where_asked(self) -> None:
        named = text_of(pdf_of(replace(FACTS, sender="Trần Thị Ngọc Ánh, 0987654321", known=())))
        assert "Người phản ánh: Trần Thị Ngọc Ánh, 0987654321" in named

    @pytest.mark.parametrize(
        "markup", ["#panic()", "$ x $", "*đậm*", "= Đầu đề", "<nhãn> @nhãn", "\\ // `x` [a](b) #[", "😀"]
    )
    def test_of_citizens_are_never_markup(self, markup: str) -> None:
        pdf = pdf_of(replace(FACTS, proposal=markup, text=markup, reason=markup), with_annex=True)
        if markup != "😀":
            assert text_of(pdf).count(" ".join(markup.split())) == 2
        assert len(pypdfium2.PdfDocument(pdf)) == 2

    def test_of_a_refusal_name_the_competent_body_and_the_reason(self) -> None:
        text = text_of(pdf_of(FACTS, Paper.REFUSAL))
        assert "THÔNG BÁO" in text
        assert "Cơ quan có thẩm quyền: Công ty Điện lực Cao Bằng" in text
        assert "Lý do: Đèn do ngành điện quản lý" in text


class TestWordDocument:
    """The same paper to go on writing in."""

    def test_has_the_page_and_the_font_of_the_decree(self) -> None:
        document = Document(BytesIO(letter_docx(letter_of(Paper.TRANSFER, FACTS), day=DAY)))
        section = document.sections[0]
        sides = (section.page_width, section.top_margin, section.left_margin, section.right_margin)
        assert [round(side.mm) for side in sides if side] == [210, 20, 30, 15]
        assert document.styles["Normal"].font.name == "Times New Roman"
        assert section.different_first_page_header_footer

    def test_says_what_the_pdf_says(self) -> None:
        document = Document(BytesIO(letter_docx(letter_of(Paper.TRANSFER, FACTS), day=DAY)))
        text = [paragraph.text for paragraph in document.paragraphs]
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        assert "Nội dung đề nghị: Sửa đèn trước Tết" in text
        assert "Kính gửi: Công ty Điện lực Cao Bằng" in text
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc" in cells
        assert document.sections[0].first_page_header.paragraphs[0].text == "DỰ THẢO"


@pytest.mark.parametrize("make", [letter_pdf, letter_docx])
def test_the_same_paper_has_the_same_bytes(make: object) -> None:
    letter = letter_of(Paper.TRANSFER, FACTS)
    assert make(letter, day=DAY) == make(letter, day=DAY)  # type: ignore[operator]
