"""Finds what may name or lead to a person in a text, and covers what a person chose to cover.

Patterns suggest, a person decides: what they miss is looked for by whoever confirms the copy. Numbers of documents
and laws, dates, amounts and names of offices are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from survey_app.feedback.rules.person_names import names_in
from survey_app.foundation.languages import gettext as _


class Secret(StrEnum):
    """What a found text would give away."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    LINK = "link"
    IDENTITY = "identity"
    BANK = "bank"
    PLATE = "plate"
    ADDRESS = "address"
    BIRTH = "birth"


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a text, from `start` up to `end`."""

    start: int
    end: int
    secret: Secret
    text: str


MARKS = {
    Secret.NAME: "[đã che: tên]",
    Secret.PHONE: "[đã che: số điện thoại]",
    Secret.EMAIL: "[đã che: thư điện tử]",
    Secret.LINK: "[đã che: trang cá nhân]",
    Secret.IDENTITY: "[đã che: số giấy tờ tùy thân]",
    Secret.BANK: "[đã che: số tài khoản]",
    Secret.PLATE: "[đã che: biển số xe]",
    Secret.ADDRESS: "[đã che: địa chỉ]",
    Secret.BIRTH: "[đã che: ngày sinh]",
}
"""What stands in the public copy instead; part of a Vietnamese text, so it is not translated."""


def secret_label(secret: Secret) -> str:
    """Return what was found, in the officer's words."""
    return {
        Secret.NAME: _("tên người"),
        Secret.PHONE: _("số điện thoại"),
        Secret.EMAIL: _("thư điện tử"),
        Secret.LINK: _("trang cá nhân"),
        Secret.IDENTITY: _("số căn cước, chứng minh nhân dân"),
        Secret.BANK: _("số tài khoản, số thẻ"),
        Secret.PLATE: _("biển số xe"),
        Secret.ADDRESS: _("địa chỉ"),
        Secret.BIRTH: _("ngày sinh, năm sinh"),
    }[secret]


_GAP = r"[ .\-)\u00a0]{0,2}"
_ALONE = r"(?<!\d)(?<!\d[.,])"
_ENDS = r"(?!\d)(?![.,]\d)"
_TRUNK = r"(?:\(?\+?84\)?[ .\-]?(?:\(0\)[ .\-]?)?|\(?0[ .\-]?)"
_NO_AMOUNT = r"(?!\s*(?:đồng|đ\b|vnđ|vnd|triệu|tỷ|tỉ|nghìn|ngàn|m2|m²|ha\b|lượt|phiếu|hồ sơ|người|kwh))"
_HOUSE = r"\d{1,4}[A-Za-z]?(?:[/-]\d{1,4}[A-Za-z]?){0,4}"
_STREET = r"(?:đường|phố|đại lộ|quốc lộ|tỉnh lộ)"
_CAPITAL = "A-ZĐ" + "".join(chr(c) for c in range(0xC0, 0x1EFA) if chr(c).isupper() and c != 0x110)
_PROPER = rf"[{_CAPITAL}]\w*(?:[ ][{_CAPITAL}\d]\w*){{0,3}}"
_LANE = rf"(?i:ngõ|ngách|hẻm|kiệt|tổ|tổ dân phố|khu phố|khóm|thôn|xóm|ấp|đội|lô|phòng|căn hộ) (?:số )?{_HOUSE}(?![\w/])"
_HAMLET = rf"(?:(?i:thôn|xóm|ấp|làng|buôn|phum|sóc|khóm)|(?<![Vv]ăn )(?i:bản)) {_PROPER}"
_WITH_NUMBER = (
    rf"(?:(?i:(?:số )?nhà(?: số)?) {_HOUSE}(?:,? (?i:{_STREET})? ?{_PROPER})?"
    rf"|(?i:số(?: nhà)?) {_HOUSE},? (?i:{_STREET}|ngõ|ngách|hẻm|kiệt) (?:{_PROPER}|{_HOUSE})"
    rf"|(?<=tại )số {_HOUSE},? {_PROPER}|(?<=ở )số {_HOUSE},? {_PROPER})"
)
_WHERE_LIVED = rf"(?:(?<=địa chỉ )|(?<=trú tại ))(?i:{_STREET}) {_PROPER}"
_PLACE = rf"(?:{_WITH_NUMBER}|{_LANE}|{_HAMLET}|{_WHERE_LIVED})"
_ACCOUNT = r"(?:số tài khoản|số tk|stk|tài khoản(?: ngân hàng)?|số thẻ)[^\d\n]{0,40}?"
_PAPERS = r"(?:cccd|cmnd|cmt|căn cước(?: công dân)?|chứng minh(?: nhân dân| thư)?|số định danh|hộ chiếu)[^\d\n]{0,25}?"

_PATTERNS: tuple[tuple[Secret, re.Pattern[str]], ...] = (
    (Secret.EMAIL, re.compile(r"(?<![\w.+-])(?P<it>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})")),
    (
        Secret.LINK,
        re.compile(
            r"(?P<it>(?:https?://)?(?:www\.|m\.)?(?:facebook\.com|fb\.com|zalo\.me|tiktok\.com)/\S+)", re.I
        ),
    ),
    (Secret.BANK, re.compile(rf"{_ACCOUNT}(?P<it>\d(?:[ .\-]?\d){{5,18}})(?!\d)", re.I)),
    (Secret.BANK, re.compile(rf"{_ALONE}(?P<it>(?:\d{{4}}[ \-]){{3}}\d{{4}}|\d{{13,19}}){_ENDS}")),
    (Secret.IDENTITY, re.compile(rf"{_PAPERS}(?P<it>[A-Z]?\d(?:[ .]?\d){{6,11}})(?!\d)", re.I)),
    (
        Secret.IDENTITY,
        re.compile(
            rf"{_ALONE}(?P<it>0\d{{2}}(?:\d{{9}}|(?: \d{{3}}){{3}})|0\d{{3}}(?: \d{{4}}){{2}}|\d{{9}})"
            rf"(?![\w/-])(?![.,]\d){_NO_AMOUNT}",
            re.I,
        ),
    ),
    (Secret.PHONE, re.compile(rf"{_ALONE}(?P<it>{_TRUNK}[35789](?:{_GAP}\d){{8}}){_ENDS}")),
    (Secret.PHONE, re.compile(rf"{_ALONE}(?P<it>{_TRUNK}(?:1[2689]|2\d)(?:{_GAP}\d){{8}}){_ENDS}")),
    (
        Secret.PLATE,
        re.compile(
            r"(?<![\w/.-])(?P<it>\d{2}[ -]?[A-ZĐ][A-ZĐ0-9]?[ -]?\d{3}\.?\d{2}"
            r"|\d{2}-?[A-ZĐ][A-ZĐ0-9]?[ -](?!(?:19|20)\d\d)\d{4})(?![\w/-])",
            re.I,
        ),
    ),
    (
        Secret.BIRTH,
        re.compile(
            r"\bsinh(?: ngày| năm)?[ :]{1,2}(?P<it>\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|(?:19|20)\d\d)\b", re.I
        ),
    ),
    (Secret.ADDRESS, re.compile(rf"\b(?P<it>{_PLACE}(?:,? {_PLACE}){{0,6}})")),
)


def readable(text: str) -> str:
    """Return `text` with composed letters, ASCII digits and nothing invisible, so that no disguise gets past.

    Digits of other scripts and full-width forms become plain ones; zero-width and direction marks are dropped.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(map(_plain, composed))


def _plain(char: str) -> str:
    if char in "\n\t" or char.isascii():
        return "" if char < " " and char not in "\n\t" else char
    if unicodedata.category(char) in ("Cf", "Cc") or char in "\ufffe\uffff":
        return ""
    if unicodedata.east_asian_width(char) == "F":
        return unicodedata.normalize("NFKC", char)
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def findings(text: str, *, names: Collection[str] = (), spared: Collection[str] = ()) -> list[Finding]:
    """Return what may lead to a person, in reading order and without overlaps; the longer of two wins.

    Parameters
    ----------
    text : str
        As `readable` gives it.
    names : collection of str
        Names and numbers that are known, such as the sender's own; found however they are capitalised.
    spared : collection of str
        What is public anyway, such as the telephone of the unit that answers.
    """
    public = {_bare(one) for one in spared if one}
    every = [one for one in (*_known(text, names), *_by_pattern(text)) if _bare(one.text) not in public]
    kept: list[Finding] = []
    for one in sorted(every, key=lambda found: (found.start, found.start - found.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif one.end > kept[-1].end:
            last = kept[-1]
            kept[-1] = Finding(last.start, one.end, last.secret, text[last.start : one.end])
    return kept


def _bare(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits.removeprefix("84").removeprefix("0") if len(digits) > 6 else text.casefold()


def _known(text: str, names: Iterable[str]) -> Iterator[Finding]:
    """Find what the sender gave, in any case and with any gaps between digits."""
    for name in names:
        digits = re.sub(r"\D", "", name)
        is_number = len(digits) > 6
        inner = _GAP.join(digits) if is_number else r"\s+".join(map(re.escape, readable(name).split()))
        if inner:
            for found in re.finditer(rf"(?<!\w){inner}(?!\w)", text, re.I):
                yield Finding(*found.span(), Secret.PHONE if is_number else Secret.NAME, found[0])


def _by_pattern(text: str) -> Iterator[Finding]:
    for secret, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            yield Finding(*found.span("it"), secret, found["it"])
    for start, end in names_in(text):
        yield Finding(start, end, Secret.NAME, text[start:end])


def covered(text: str, found: Iterable[Finding], chosen: Collection[str]) -> str:
    """Return `text` with a mark in the place of each finding whose text was chosen."""
    pieces, at = [], 0
    for one in found:
        if one.text in chosen:
            pieces += [text[at : one.start], MARKS[one.secret]]
            at = one.end
    return "".join([*pieces, text[at:]])
