"""Makes plain words of a cell: a questionnaire holds text, not markup."""

from __future__ import annotations

import html
import re
import unicodedata

from survey_app.foundation.languages import gettext as _

MOST_CHARACTERS = 2000

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--.{0,2000}?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
_BOLD = re.compile(r"\*\*(?=\S)(.{1,2000}?)(?<=\S)\*\*", re.DOTALL)
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\uf900-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"\$\{([^}]*)\}")


def plain(text: str) -> tuple[str, list[str]]:
    """Return the words of `text` as a questionnaire may hold them, and what was lost on the way."""
    lost: list[str] = []
    words = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    unmarked = _without_markup(words)
    if unmarked != words:
        lost.append(_("định dạng chữ (HTML, in đậm) được bỏ, chỉ giữ chữ"))
    words = _FORBIDDEN.sub("", unmarked)
    if words != unmarked:
        lost.append(_("ký tự điều khiển hoặc ký tự riêng của một máy được bỏ"))
    if _REFERENCE.search(words):
        lost.append(
            _("không chèn được câu trả lời trước vào lời; đã ghi tên câu trong ngoặc vuông, cần viết lại")
        )
    words = _REFERENCE.sub(lambda found: f"[{found.group(1).strip()}]", words).strip()
    if len(words) > MOST_CHARACTERS:
        lost.append(_("lời dài quá %(most)s ký tự, phần cuối bị cắt", most=MOST_CHARACTERS))
        words = words[:MOST_CHARACTERS].strip()
    return unicodedata.normalize("NFC", words), lost


def _without_markup(text: str) -> str:
    """Take markup off until none is left: escaped markup may hide markup."""
    for _step in range(5):
        bare = _BOLD.sub(r"\1", _TAG.sub("", text))
        bare = _ENTITY.sub(lambda found: html.unescape(found.group()), bare)
        if bare == text:
            break
        text = bare
    return text
