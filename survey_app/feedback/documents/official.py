"""Sets official papers as PDF with typst and the fonts beside this file, and the same elements in Word documents.

Texts reach a template as data (JSON in `sys.inputs`), never as typst source: a `#` or `$` prints as itself.
Layout: Nghị định 30/2020/NĐ-CP, Annex I. Equal inputs give equal bytes.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from docx import Document
from docx.document import Document as WordPaper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell

from survey_app.feedback.rules.papers import Letterhead, dated

_HERE = Path(__file__).resolve().parent
FONT = "Times New Roman"
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
DRAFT = "DỰ THẢO"


def head_values(letterhead: Letterhead, day: date) -> dict[str, str]:
    """Return what the templates need of a letterhead."""
    return {
        "superior": letterhead.superior,
        "agency": letterhead.agency,
        "dated": dated(letterhead, day),
    }


def set_pdf(template: str, sheet: Mapping[str, Any], day: date) -> bytes:
    """Return the PDF that a template makes of `sheet`, as accessible PDF/UA-1 where every letter has a glyph."""
    # The compiler is an 84 MB library: only printing pays for it.
    import typst  # noqa: PLC0415

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_HERE / "fonts")]
    )
    compiler = typst.Compiler(str(_HERE / template), root=str(_HERE), font_paths=fonts)
    compiled = partial(
        compiler.compile,
        format="pdf",
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    try:
        return cast("bytes", compiled(pdf_standards=["ua-1"]))
    except typst.TypstError:
        # The accessible standard refuses letters without a glyph, such as an emoji in a citizen's words.
        return cast("bytes", compiled())


def new_paper(*, is_across: bool = False) -> WordPaper:
    """Return an empty Word document on A4, upright or across, with the margins and the font of the decree."""
    paper = Document()
    section = paper.sections[0]
    width, height = (Mm(297), Mm(210)) if is_across else (Mm(210), Mm(297))
    section.page_width, section.page_height = width, height
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(13)
    # Word asks for the font of East Asian and complex letters apart.
    fonts = normal.element.rPr.rFonts
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), FONT)
    normal.paragraph_format.space_after = Pt(4)
    _number_pages(paper)
    return paper


def _number_pages(paper: WordPaper) -> None:
    """Number pages in the middle of the upper margin, from the second on; the first says that it is a draft."""
    section = paper.sections[0]
    section.different_first_page_header_footer = True
    mark = section.first_page_header.paragraphs[0]
    mark.add_run(DRAFT).bold = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = number.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run._r.append(_field_part(kind, text))


def _field_part(kind: str | None, text: str | None) -> Any:
    part = OxmlElement("w:fldChar" if kind else "w:instrText")
    if kind:
        part.set(qn("w:fldCharType"), kind)
    part.text = text
    return part


def write(
    cell: _Cell | WordPaper,
    text: str,
    *,
    size: float = 13,
    is_bold: bool = False,
    is_italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER,
) -> None:
    """Add a paragraph; the empty one that every new cell holds is used first."""
    first = cell.paragraphs[0] if isinstance(cell, _Cell) and not cell.text else None
    paragraph = first or cell.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), is_bold, is_italic


def write_letterhead(paper: WordPaper, letterhead: Letterhead, symbol: str, day: date) -> None:
    """Write agency, nation and motto, the open number, place and date."""
    table = paper.add_table(rows=2, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    (left, right), (number, place) = (row.cells for row in table.rows)
    if letterhead.superior:
        write(left, letterhead.superior.upper(), size=12)
    write(left, letterhead.agency.upper(), size=12, is_bold=True)
    write(right, NATION, size=12, is_bold=True)
    write(right, MOTTO, size=13, is_bold=True)
    write(number, f"Số:          /{symbol}")
    write(place, dated(letterhead, day), is_italic=True)


def write_headline(paper: WordPaper, title: str, subject: str) -> None:
    """Write the kind of paper and what it is about."""
    write(paper, title.upper(), size=14, is_bold=True)
    write(paper, subject, size=14, is_bold=True)


def write_signature(paper: WordPaper, copies: tuple[str, ...], signer: str) -> None:
    """Write who gets a copy, and the place of the signature."""
    table = paper.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    write(left, "Nơi nhận:", size=12, is_bold=True, is_italic=True, align=WD_ALIGN_PARAGRAPH.LEFT)
    for one in copies:
        write(left, f"- {one}", size=11, align=WD_ALIGN_PARAGRAPH.LEFT)
    write(right, signer.upper(), is_bold=True)
    write(right, "(Ký, ghi rõ họ tên)", is_italic=True)


def docx_bytes(paper: WordPaper, *, title: str, author: str, day: date) -> bytes:
    """Return the document as a file that depends on nothing but its contents."""
    instant = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (the format knows no zone)
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = title[:255], author[:255], ""
    properties.created = properties.modified = instant
    properties.language = "vi"
    file = BytesIO()
    paper.save(file)
    return with_fixed_times(file.getvalue(), day)


_CHANGED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def with_fixed_times(package: bytes, day: date) -> bytes:
    """Return a .docx or .xlsx with every part dated `day`: the libraries write the time of the clock."""
    changed = rb"\g<1>" + f"{day.isoformat()}T00:00:00Z".encode()
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in given.infolist():
            info = zipfile.ZipInfo(part.filename, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            content = given.read(part)
            is_about_itself = part.filename == "docProps/core.xml"
            made.writestr(info, _CHANGED.sub(changed, content) if is_about_itself else content)
    return out.getvalue()
