"""Vietnamese phone numbers: read as people write them, told apart by what can be sent there, masked for screens.

Numbering plan: Thông tư 22/2014/TT-BTTTT; mobile numbers have ten digits since the change of network codes in
2018. A prefix says nothing about the carrier, because numbers are ported between carriers; only "mobile or
not" is read from it. Exceptions never hold a number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

LONGEST_TYPED = 40


class PhoneKind(StrEnum):
    """What answers at a number, as far as messages go."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SHORT_CODE = "short_code"
    """Short codes and hotlines (8079, 1022, 1900…): they take texts but are nobody's phone."""
    FOREIGN = "foreign"
    """Texts come from there; none are sent, for they cost much and may be fraud."""


class UnableToReadPhone(Refused):
    """The text is no phone number that exists in Việt Nam, or none that can take the message."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 such as +84901234567; a short code keeps its digits."""

    number: str
    kind: PhoneKind


# 080 is the network of government offices and the army, not a mobile prefix.
_KINDS = {
    PhoneKind.MOBILE: re.compile(r"\+84(?:[3579]|8(?!0))\d{8}", re.ASCII),
    PhoneKind.LANDLINE: re.compile(r"\+842\d{9}", re.ASCII),
    PhoneKind.FOREIGN: re.compile(r"\+(?!84)[1-9]\d{6,14}", re.ASCII),
    PhoneKind.SHORT_CODE: re.compile(r"1[89]00\d{4,6}|[1-9]\d{2,5}", re.ASCII),
}
_BEFORE_2018 = re.compile(r"\+841[2689]\d{8}", re.ASCII)
# Only what input methods write in full width: a superscript is no digit of a number.
_NARROW = str.maketrans("０１２３４５６７８９＋（）．", "0123456789+().")
_TYPED = re.compile(r"\+?\d+", re.ASCII)
# Invisible signs come along when a number is copied from a phone's contacts.
_BETWEEN_DIGITS = frozenset({"Zs", "Pd", "Cf"})
_ZERO_LOST = re.compile(r"[35789]\d{8}", re.ASCII)
_COUNTRY_WITHOUT_PLUS = re.compile(r"84\d{9,11}", re.ASCII)


def read_phone(text: str) -> Phone:
    """Return the number that `text` writes, whatever its kind.

    Understood: 0…, 84…, +84…, 0084…, +84 (0)…, a mobile number whose leading zero a spreadsheet has dropped;
    spaces, dots, dashes, brackets and full-width digits.

    Raises
    ------
    UnableToReadPhone
        No such number; the message names the remedy.
    """
    number = _international(_compact(text))
    for kind, pattern in _KINDS.items():
        if pattern.fullmatch(number):
            return Phone(number, kind)
    if _BEFORE_2018.fullmatch(number):
        raise UnableToReadPhone(
            _("Số di động 11 chữ số đã ngừng dùng từ năm 2018. Hãy ghi số 10 chữ số hiện nay.")
        )
    raise UnableToReadPhone(_("Đây không phải số điện thoại. Hãy ghi như 090 123 45 67."))


def mobile_number(text: str) -> str:
    """Return the Vietnamese mobile number in E.164 that `text` writes; only such a number is sent messages.

    Raises
    ------
    UnableToReadPhone
        No number, a landline, a short code or a foreign number.
    """
    phone = read_phone(text)
    if phone.kind is not PhoneKind.MOBILE:
        raise UnableToReadPhone(_refusal(phone.kind))
    return phone.number


def _refusal(kind: PhoneKind) -> str:
    return {
        PhoneKind.LANDLINE: _("Số máy bàn không nhận được tin nhắn. Hãy ghi số di động."),
        PhoneKind.SHORT_CODE: _("Đây là đầu số dịch vụ, không phải số của người dân. Hãy ghi số di động."),
        PhoneKind.FOREIGN: _("Chỉ gửi tin nhắn đến số di động Việt Nam."),
    }[kind]


def _compact(text: str) -> str:
    """Return digits with an optional plus in front; an empty text if anything else is written."""
    if len(text) > LONGEST_TYPED:
        return ""
    typed = "".join(
        char
        for char in text.translate(_NARROW)
        if char not in ".()\t" and unicodedata.category(char) not in _BETWEEN_DIGITS
    )
    return typed if _TYPED.fullmatch(typed) else ""


def _international(compact: str) -> str:
    """Return the number with a plus and a country code; a short code has neither."""
    if compact.startswith("00"):
        compact = f"+{compact[2:]}"
    if _COUNTRY_WITHOUT_PLUS.fullmatch(compact):
        compact = f"+{compact}"
    if compact.startswith("+84"):
        return f"+84{compact[3:].removeprefix('0')}"
    if compact.startswith("0") or _ZERO_LOST.fullmatch(compact):
        return f"+84{compact.removeprefix('0')}"
    return compact


def mask(number: str) -> str:
    """Return the number as screens show it: +84901234567 becomes `+84 90• ••• •67`; short codes stay."""
    if not number.startswith("+"):
        return number
    if _KINDS[PhoneKind.MOBILE].fullmatch(number):
        return f"+84 {number[3:5]}• ••• •{number[-2:]}"
    return f"{number[:4]}{'•' * (len(number) - 6)}{number[-2:]}"
