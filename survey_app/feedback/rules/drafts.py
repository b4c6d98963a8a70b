"""What stands in a case when it is opened, from whatever door it comes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from survey_app.feedback.rules.kinds import Anonymity, Channel, GrievanceKind, Kind

LONGEST_TEXT = 10_000
LONGEST_NAME = 120
LONGEST_PLACE = 200
LONGEST_ON_THE_WAY = timedelta(days=60)
"""How long ago something on paper may have arrived that is entered today: more is a slip of the keyboard."""
SUMMARY_LENGTH = 120

_WRITTEN_BY_OTHERS = frozenset({Channel.LETTER, Channel.EMAIL, Channel.PORTAL, Channel.SMS})


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderDraft:
    """Who sends; empty texts where nothing was given. Never logged."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was given."""
        return not (self.name or self.phone or self.email or self.address)

    @property
    def is_reachable(self) -> bool:
        """Say whether name and telephone or address are known, as NĐ 20/2008/NĐ-CP Đ7 asks."""
        return bool(self.name and (self.phone or self.address))


@dataclass(frozen=True, slots=True)
class FileDraft:
    """A file that passed `rules.attachments`, as it will be stored."""

    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """One message of a citizen. `submission_id` is unique: the same one sent twice opens one case.

    `arrived_at` is when it reached the agency, where it is entered later; limits count from then. `wants_code`: the
    sender asks for the code, never the PIN, by message.
    """

    submission_id: str
    kind: Kind | GrievanceKind
    unit_path: str
    text: str = field(repr=False)
    proposal: str = field(default="", repr=False)
    field_name: str = ""
    place: str = ""
    channel: Channel = Channel.WEB
    anonymity: Anonymity = Anonymity.OFFICERS_ONLY
    sender: SenderDraft = field(default_factory=SenderDraft, repr=False)
    wants_notices: bool = False
    wants_code: bool = False
    consents: tuple[str, ...] = ()
    files: tuple[FileDraft, ...] = field(default=(), repr=False)
    language: str = "vi"
    is_signed: bool = False
    national_code: str | None = None
    arrived_at: datetime | None = None


def lacks_contact(draft: CaseDraft, required: Collection[Kind]) -> bool:
    """Say whether the sender must still tell name and telephone or address (NĐ 20/2008/NĐ-CP Đ7).

    A letter without them is entered in the register all the same and refused there with the reason (Đ9.1.d): only
    who can be asked is asked.
    """
    if draft.kind not in required or draft.channel in _WRITTEN_BY_OTHERS:
        return False
    return draft.anonymity is Anonymity.ANONYMOUS or not draft.sender.is_reachable


def may_have_arrived(arrived_at: datetime, *, now: datetime) -> bool:
    """Say whether what is entered at `now` can have arrived then: not in the future, and not too long ago."""
    return now - LONGEST_ON_THE_WAY <= arrived_at <= now


def summary_of(text: str) -> str:
    """Return the beginning of a text on one line, cut at a word, for lists."""
    line = " ".join(text.split())
    if len(line) <= SUMMARY_LENGTH:
        return line
    return line[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0] + "…"


# Letters of minority languages have marks of their own, and joiners shape scripts and emoji: both stay in texts.
_LAID_OUT = "\n\t"
_JOINERS = "\u200c\u200d"
# Controls, format characters (right-to-left override, zero-width space), halves of pairs, private ones.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
# The last two of each plane are no characters (Unicode 23.7), and no XML, so no DOCX, may hold them.
_NO_CHARACTER = 0xFFFE


def plain_text(text: str) -> str:
    """Return several lines of text without characters that hide, reorder or break what is read."""
    lines = re.sub(r"\r\n?|\u2028|\u2029", "\n", text)
    shown = "".join(one for one in lines if one in _LAID_OUT or one in _JOINERS or not _is_hidden(one))
    return unicodedata.normalize("NFC", shown).strip()


def plain_line(text: str) -> str:
    """Return one line, such as a name, without hidden characters and doubled spaces."""
    return " ".join("".join(one for one in plain_text(text) if one not in _JOINERS).split())


def _is_hidden(character: str) -> bool:
    """Say whether a character is a control, a mark of direction, or means nothing to a reader."""
    return unicodedata.category(character) in _HIDDEN or ord(character) & _NO_CHARACTER == _NO_CHARACTER
