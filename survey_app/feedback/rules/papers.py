"""What stands on the official papers of a case. They are Vietnamese whatever language the desk is read in.

Layout and the elements of a paper: Nghị định 30/2020/NĐ-CP, Annex I. Number, date, signature and seal stay open: the
agency's own document system gives them, and until then the paper is a draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from survey_app.feedback.rules.redaction import covered, findings, readable
from survey_app.foundation.clock import VIETNAM, local_date

LONGEST_EXCERPT = 240
"""Characters of a text on the slip, so that it stays one page; the whole may follow as an annex."""
_LONGEST_BASIS, _MOST_NAMED = 160, 6
_OPEN = "……………………………………"


class Paper(StrEnum):
    """The papers that are printed of a case; the values are the names of their files."""

    TRANSFER = "phieu-chuyen"
    RECEIPT = "phieu-tiep-nhan"
    REFUSAL = "thong-bao-tu-choi"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues a paper: the agency above ("" for a people's committee), the agency, and the place of the date."""

    superior: str
    agency: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A paper of one page, and an annex behind it where there is one. `rows` are headings with their texts."""

    letterhead: Letterhead
    symbol: str
    title: str
    subject: str
    addressee: str
    opening: str
    rows: tuple[tuple[str, str], ...]
    closing: tuple[str, ...]
    copies: tuple[str, ...]
    signer: str
    code: str
    address: str
    annex: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What of a case the papers say. `due` and `basis` are of the limit for the answer; `sender` "" leaves it out.

    `known` are names and numbers of the sender, to be covered where he is left out. `address` is the page of the case.
    """

    letterhead: Letterhead
    code: str
    address: str
    kind: str
    field_name: str
    channel: str
    came_at: datetime
    summary: str
    text: str
    proposal: str
    body: str
    reason: str
    due: datetime | None
    basis: str
    files: tuple[str, ...]
    sender: str = ""
    known: tuple[str, ...] = field(default=(), repr=False)


def letter_of(paper: Paper, facts: PaperFacts, *, with_annex: bool = False) -> Letter:
    """Return one paper of a case. Without a sender, what may lead to a person is covered in every text.

    Parameters
    ----------
    with_annex
        Whether the citizen's whole text follows on further pages.
    """
    makers = {Paper.TRANSFER: _transfer, Paper.RECEIPT: _receipt, Paper.REFUSAL: _refusal}
    return makers[paper](facts, _annex(facts) if with_annex else "")


def _transfer(facts: PaperFacts, annex: str) -> Letter:
    """Phiếu chuyển: to the competent body (NĐ 20/2008/NĐ-CP Đ9; Luật Tiếp công dân 42/2013/QH13 Đ26.2.b)."""
    agency = facts.letterhead.agency
    attached = [*(["Nội dung phản ánh, kiến nghị"] if annex else []), *_files(facts)]
    return Letter(
        letterhead=facts.letterhead,
        symbol="PC",
        title="Phiếu chuyển",
        subject="Chuyển phản ánh, kiến nghị đến cơ quan có thẩm quyền",
        addressee=facts.body or _OPEN,
        opening=f"{agency} tiếp nhận phản ánh, kiến nghị dưới đây. Sau khi xem xét, thấy nội dung thuộc thẩm quyền "
        f"giải quyết của quý cơ quan, {agency} chuyển để xem xét, giải quyết theo quy định.",
        rows=(
            ("Số, ngày tiếp nhận", f"{facts.code}, ngày {_day(facts.came_at)} ({facts.channel.lower()})"),
            *_sender_row(facts),
            ("Loại, lĩnh vực", ", ".join(filter(None, (facts.kind, facts.field_name)))),
            ("Tóm tắt", _excerpt(facts, facts.summary)),
            ("Nội dung đề nghị", _excerpt(facts, facts.proposal) or "Xem xét, giải quyết và trả lời"),
            ("Lý do chuyển", _excerpt(facts, facts.reason) or _OPEN),
            ("Hạn trả lời", _due(facts)),
            ("Tài liệu kèm theo", ", ".join(attached) or "Không"),
        ),
        closing=(
            f"Đề nghị quý cơ quan trả lời người phản ánh, đồng thời gửi kết quả cho {agency} để theo dõi.",
        ),
        copies=("Như trên;", f"Lưu: VT, {facts.code}."),
        signer="Thủ trưởng cơ quan",
        code=facts.code,
        address=facts.address,
        annex=annex,
    )


def _receipt(facts: PaperFacts, annex: str) -> Letter:
    """Phiếu tiếp nhận: that the message came in, for who sent it."""
    return Letter(
        letterhead=facts.letterhead,
        symbol="PTN",
        title="Phiếu tiếp nhận",
        subject="Tiếp nhận phản ánh, kiến nghị",
        addressee=_citizen(facts),
        opening=f"{facts.letterhead.agency} đã tiếp nhận phản ánh, kiến nghị của ông/bà như sau:",
        rows=(
            ("Số, ngày tiếp nhận", f"{facts.code}, ngày {_day(facts.came_at)} ({facts.channel.lower()})"),
            ("Loại, lĩnh vực", ", ".join(filter(None, (facts.kind, facts.field_name)))),
            ("Tóm tắt", _excerpt(facts, facts.summary)),
            ("Hạn trả lời", _due(facts)),
            ("Tài liệu đã nhận", ", ".join(_files(facts)) or "Không"),
        ),
        closing=("Ông/bà dùng mã số trên và mã PIN đã nhận để theo dõi việc giải quyết.",),
        copies=("Như trên;", f"Lưu: VT, {facts.code}."),
        signer="Người tiếp nhận",
        code=facts.code,
        address=facts.address,
        annex=annex,
    )


def _refusal(facts: PaperFacts, annex: str) -> Letter:
    """Thông báo từ chối: with the reason and the body that is competent."""
    return Letter(
        letterhead=facts.letterhead,
        symbol="TB",
        title="Thông báo",
        subject="Về việc không thụ lý phản ánh, kiến nghị",
        addressee=_citizen(facts),
        opening=f"{facts.letterhead.agency} đã xem xét phản ánh, kiến nghị của ông/bà và thông báo không thụ lý:",
        rows=(
            ("Số, ngày tiếp nhận", f"{facts.code}, ngày {_day(facts.came_at)}"),
            ("Tóm tắt", _excerpt(facts, facts.summary)),
            ("Lý do", _excerpt(facts, facts.reason) or _OPEN),
            ("Cơ quan có thẩm quyền", facts.body or _OPEN),
        ),
        closing=("Ông/bà liên hệ cơ quan có thẩm quyền nêu trên để được giải quyết.",),
        copies=("Như trên;", f"Lưu: VT, {facts.code}."),
        signer="Thủ trưởng cơ quan",
        code=facts.code,
        address=facts.address,
        annex=annex,
    )


def _files(facts: PaperFacts) -> Sequence[str]:
    return facts.files if len(facts.files) <= _MOST_NAMED else (f"{len(facts.files)} tệp",)


def _annex(facts: PaperFacts) -> str:
    return _shown(facts, "\n\n".join(filter(None, (facts.text, facts.proposal))))


def _sender_row(facts: PaperFacts) -> Sequence[tuple[str, str]]:
    return (("Người phản ánh", facts.sender),) if facts.sender else ()


def _citizen(facts: PaperFacts) -> str:
    return f"Ông/bà {facts.sender}" if facts.sender else "Người gửi phản ánh, kiến nghị"


def _excerpt(facts: PaperFacts, text: str) -> str:
    return _cut(" ".join(_shown(facts, text).split()), LONGEST_EXCERPT)


def _cut(line: str, longest: int) -> str:
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0]}…"


def _shown(facts: PaperFacts, text: str) -> str:
    """Return a text with everything covered that may lead to a person, unless the sender is named anyway."""
    plain = readable(text)
    if facts.sender:
        return plain
    found = findings(plain, names=facts.known)
    return covered(plain, found, {one.text for one in found})


def _due(facts: PaperFacts) -> str:
    if facts.due is None:
        return "Theo quy định của pháp luật"
    instant = facts.due.astimezone(VIETNAM)
    return f"{instant:%H:%M} ngày {instant:%d/%m/%Y} ({_cut(facts.basis, _LONGEST_BASIS)})"


def _day(instant: datetime) -> str:
    return f"{local_date(instant):%d/%m/%Y}"


def dated(letterhead: Letterhead, day: date) -> str:
    """Return the line of place and date: day and month are filled in with the signature."""
    return f"{letterhead.place or '…………'}, ngày …… tháng …… năm {day.year}"
