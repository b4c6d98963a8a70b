"""The notice of a violation of personal data as DOCX, for the agency to check, sign and send.

Its headings follow what Luật 91/2025/QH15 Đ23 asks to be told; the official Mẫu 08 of NĐ 356/2025/NĐ-CP was not
read, which the paper says itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt


def breach_notice(*, agency: str, title: str, warning: str, rows: Sequence[tuple[str, str]]) -> bytes:
    """Return the paper: agency, title, a warning line, and a heading with text for each of `rows`."""
    paper = Document()
    section = paper.sections[0]
    # NĐ 30/2020/NĐ-CP, Annex I: A4, 20-25 mm above and below, 30-35 mm left, 15-20 mm right.
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(14)
    _line(paper, agency.upper(), is_bold=True)
    _line(paper, title.upper(), is_bold=True)
    _line(paper, warning, is_italic=True)
    for heading, text in rows:
        paragraph = paper.add_paragraph()
        paragraph.add_run(f"{heading}: ").bold = True
        paragraph.add_run(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _line(paper: object, text: str, *, is_bold: bool = False, is_italic: bool = False) -> None:
    paragraph = paper.add_paragraph()  # type: ignore[attr-defined]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.italic = is_bold, is_italic
