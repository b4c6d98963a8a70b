"""The papers of a case (phiếu chuyển, phiếu tiếp nhận, thông báo) as PDF and as DOCX to go on writing in."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import segno
from docx.document import Document as WordPaper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt

from survey_app.feedback.documents.official import (
    docx_bytes,
    head_values,
    new_paper,
    set_pdf,
    write,
    write_headline,
    write_letterhead,
    write_signature,
)
from survey_app.feedback.rules.papers import Letter

_ANNEX = "NỘI DUNG PHẢN ÁNH, KIẾN NGHỊ"


def letter_pdf(letter: Letter, *, day: date) -> bytes:
    """Return the paper as PDF: one page, and the annex on further ones. `day` gives the year of the date."""
    sheet = head_values(letter.letterhead, day) | {
        "symbol": letter.symbol,
        "title": letter.title,
        "subject": letter.subject,
        "addressee": letter.addressee,
        "opening": letter.opening,
        "rows": letter.rows,
        "closing": letter.closing,
        "copies": letter.copies,
        "signer": letter.signer,
        "code": letter.code,
        "qr": _qr(letter.address, "svg").decode(),
        "annex": letter.annex,
    }
    return set_pdf("letter.typ", sheet, day)


def letter_docx(letter: Letter, *, day: date) -> bytes:
    """Return the paper as a Word document."""
    paper = new_paper()
    write_letterhead(paper, letter.letterhead, letter.symbol, day)
    write_headline(paper, letter.title, letter.subject)
    write(paper, f"Kính gửi: {letter.addressee}")
    _justified(paper, letter.opening)
    _write_rows(paper, letter)
    for words in letter.closing:
        _justified(paper, words)
    write_signature(paper, letter.copies, letter.signer)
    paper.add_picture(BytesIO(_qr(letter.address, "png")), width=Mm(22))
    if letter.annex:
        _write_annex(paper, letter)
    title = f"{letter.title} {letter.code}"
    return docx_bytes(paper, title=title, author=letter.letterhead.agency, day=day)


def _write_rows(paper: WordPaper, letter: Letter) -> None:
    for heading, text in letter.rows:
        paragraph = paper.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.add_run(f"{heading}: ").bold = True
        paragraph.add_run(text)


def _write_annex(paper: WordPaper, letter: Letter) -> None:
    paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    write(paper, _ANNEX, size=14, is_bold=True)
    write(paper, f"(Kèm theo {letter.title} mã số {letter.code})")
    for words in letter.annex.split("\n"):
        _justified(paper, words)


def _justified(paper: WordPaper, words: str) -> None:
    paragraph = paper.add_paragraph(words)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.space_after = Pt(4)


def _qr(address: str, kind: str) -> bytes:
    file = BytesIO()
    segno.make(address, error="m", micro=False).save(file, kind=kind, border=2, scale=4)
    return file.getvalue()
