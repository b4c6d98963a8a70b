"""Whether a text is likely a khiếu nại or a tố cáo, so that the sender is asked and a clerk looks.

Words alone decide nothing: the sender is asked once, and a clerk confirms. Missing one costs more than asking in vain.
"""

from __future__ import annotations

import re
import unicodedata

from survey_app.feedback.rules.kinds import GrievanceKind

_COMPLAINT, _DENUNCIATION = GrievanceKind.COMPLAINT, GrievanceKind.DENUNCIATION

_SIGNS: tuple[tuple[GrievanceKind, re.Pattern[str]], ...] = (
    (_DENUNCIATION, re.compile(r"\bto (?:cao|giac)\b")),
    (_DENUNCIATION, re.compile(r"\b(?:nhan|doi|an|vat|voi|dua|lay) (?:tien )?(?:hoi lo|phong bi|lot tay)\b")),
    (
        _DENUNCIATION,
        re.compile(r"\b(?:tham o|tham nhung|bien thu|rut ruot|an chan tien|voi tien|lam khong ho so)\b"),
    ),
    (_COMPLAINT, re.compile(r"\b(?:khieu (?:nai|kien|to)|don kien)\b")),
    (
        _COMPLAINT,
        re.compile(
            r"\b(?:khong (?:dong y|dong tinh|chap nhan)|phan doi|huy(?: bo)?|xem xet lai|thu hoi)"
            r"(?: \w+){0,3} quyet dinh(?: \w+){0,4}(?: so\b| xu phat| thu hoi| cuong che| ky luat| boi thuong)"
        ),
    ),
)

_NOT = re.compile(
    r"\b(?:khong|chua|chang|dung)(?: (?:phai|phai la|he|co|muon|dinh|y|la|mot|don|thu|viec|de|nham|bi|ai|gi|lan nao"
    r"|nghi|den|muc|noi dung|tung))*$"
)
_ABOUT_IT = re.compile(
    r"\b(?:thu tuc|quy dinh|luat|nghi dinh|quy trinh|cach|cach thuc|huong dan|mau(?: don)?|tim hieu|quyen"
    r"|tuyen truyen|pho bien|lop|tap huan|cong tac|tiep cong dan|bo phan|phong|ban|thoi han|thoi hieu|dau moi"
    r"|noi|diem|so dien thoai)"
    r"(?: (?:ve|viec|giai quyet|tiep nhan|nhan|xu ly|de|don|gui|lam|cua dan|tiep|cong dan|va|nop|viet|cho|dan"
    r"|khieu nai|to cao),?)*$"
)
_OF_MINE = re.compile(
    r"^(?:,? ?(?:va )?(?:to cao|khieu nai|kien nghi))?(?: \w+){0,3} cua (?:toi|em|chung toi|gia dinh|nha)\b"
)
_BEFORE = 60


def suspected_kind(text: str) -> GrievanceKind | None:
    """Return the kind that `text` is likely to be, None where nothing points to either; tố cáo outweighs khiếu nại."""
    folded = _folded(text)
    return next((kind for kind, sign in _SIGNS if _found(sign, text, folded)), None)


def _found(sign: re.Pattern[str], text: str, folded: str) -> bool:
    return any(_is_meant(text, folded, *match.span()) for match in sign.finditer(folded))


def _is_meant(text: str, folded: str, start: int, end: int) -> bool:
    """Say whether the words between `start` and `end` are said for oneself: not denied, not a mere question about."""
    if _is_another_word(text, folded, start, end):
        return False
    before, behind = folded[max(0, start - _BEFORE) : start].rstrip(), folded[end : end + _BEFORE]
    if _NOT.search(before):
        return False
    return not _ABOUT_IT.search(before) or _OF_MINE.match(behind) is not None


def _is_another_word(text: str, folded: str, start: int, end: int) -> bool:
    """Say whether somebody who writes with diacritics wrote other ones: "to cao" (tall) is not "tố cáo"."""
    if folded[start:end] != "to cao":
        return False
    composed = _composed(text)
    return composed[start:end] not in ("tố cáo", "tố cao") and composed != folded


def _composed(text: str) -> str:
    """Return `text` in lower case with one character a letter, words apart by single blanks."""
    return " ".join(re.sub(r"[^\w,.;!?]+", " ", unicodedata.normalize("NFC", text).lower()).split())


def _folded(text: str) -> str:
    """Return `_composed(text)` without diacritics, letter by letter, so that places stay the same."""
    return "".join("d" if one == "đ" else unicodedata.normalize("NFD", one)[0] for one in _composed(text))
