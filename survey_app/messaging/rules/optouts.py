"""Who must not be written to: what a block covers, who may lift it, and how first messages say "no more".

A citizen's refusal stands for the person and not for a channel, so it covers every medium. Nothing is sent after
it, not even a confirmation. It is kept as a keyed hash of the phone, without a purge date: forgetting it
would mean writing again (Luật 91/2025/QH15: withdrawal of consent).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.contract import Cause, Medium
from survey_app.messaging.rules.texts import unaccented

OPT_OUT_WORD = "TC"
"""What a citizen sends to get no more messages: từ chối."""
OPT_IN_WORD = "DK"
"""What a citizen sends to get messages again: đăng ký."""


class Reason(StrEnum):
    """Why a phone is not written to."""

    CITIZEN = "citizen"
    """Refused in a text, in a carrier's own form or on a page."""
    CARRIER = "carrier"
    """The carrier knows of a refusal that was not said to us."""
    STAFF = "staff"
    """Said to a person: at the counter, on the phone, in a letter."""
    WRONG_NUMBER = "wrong_number"
    """Whoever has the phone is not the person of the dossier."""
    REGISTER = "register"
    """Listed in the national register against advertising by message (5656)."""
    UNREACHABLE = "unreachable"
    """The number does not exist or cannot take this kind of message."""


class Lifter(StrEnum):
    """Who asks for a block to be lifted."""

    PHONE = "phone"
    """A text with the word DK that came from this very phone."""
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Block:
    """One reason, and the medium where it arose."""

    reason: Reason
    medium: Medium


_ONE_MEDIUM = frozenset({Reason.UNREACHABLE})
_MEDIA_OF_THE_REGISTER = frozenset({Medium.SMS})
_BY_STAFF = frozenset({Reason.STAFF, Reason.REGISTER, Reason.UNREACHABLE, Reason.WRONG_NUMBER})


def covered(block: Block) -> frozenset[Medium]:
    """Return the media that nothing may be sent on."""
    if block.reason in _ONE_MEDIUM:
        return frozenset({block.medium})
    return _MEDIA_OF_THE_REGISTER if block.reason is Reason.REGISTER else frozenset(Medium)


def may_write(blocks: Iterable[Block], medium: Medium) -> bool:
    """Say whether a phone with these blocks may be written to on `medium`."""
    return all(medium not in covered(block) for block in blocks)


def may_lift(reason: Reason, lifter: Lifter) -> bool:
    """Say who may lift a block.

    The phone itself lifts any: whoever texts DK from it is reachable and agrees. Staff can mend their own
    entries and those about the number, but never overrule a citizen. A new list of phones lifts nothing.
    """
    return lifter is Lifter.PHONE or reason in _BY_STAFF


def reason_for(cause: Cause) -> Reason | None:
    """Return the block that a carrier's refusal leads to; None if it says nothing about the phone."""
    return {Cause.NUMBER: Reason.UNREACHABLE, Cause.OPTED_OUT: Reason.CARRIER}.get(cause)


def reason_label(reason: Reason) -> str:
    """Return the reason in the reader's words."""
    return {
        Reason.CITIZEN: _("người dân từ chối"),
        Reason.CARRIER: _("nhà mạng báo đã từ chối"),
        Reason.STAFF: _("cán bộ ghi theo lời người dân"),
        Reason.WRONG_NUMBER: _("nhầm số"),
        Reason.REGISTER: _("có trong danh sách không quảng cáo (DNC)"),
        Reason.UNREACHABLE: _("số không liên lạc được"),
    }[reason]


def opt_out_wording(number: str | None = None) -> str:
    """Return the sentence of a first message; `number` is the short code that takes the word, None: just reply."""
    return f"Từ chối: {OPT_OUT_WORD} gửi {number}" if number else f"Từ chối: soạn {OPT_OUT_WORD}"


_REFUSAL = re.compile(r"\btu choi\b", re.IGNORECASE)
_WORD = re.compile(rf"(?<![\w]){OPT_OUT_WORD}(?![\w])")


def says_how_to_refuse(text: str) -> bool:
    """Say whether a filled text names refusal and the word to send, in either order, with or without accents."""
    plain = unaccented(text)
    return _REFUSAL.search(plain) is not None and _WORD.search(plain) is not None
