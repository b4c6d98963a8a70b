"""Commands: a whole message that asks for something else than an answer."""

from __future__ import annotations

import re
from enum import StrEnum

from survey_app.texting.rules import lexicon
from survey_app.texting.rules.lexicon import spellings
from survey_app.texting.rules.tokens import Reply


class Command(StrEnum):
    """What a phone asks for."""

    OPT_OUT = "optout"
    OPT_IN = "optin"
    HELP = "help"
    WRONG_NUMBER = "wrongnumber"


# Twilio's own opt-out words are ours too: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
_WHOLE = {
    Command.OPT_OUT: (
        "tc|từ chối|stop|unsubscribe|hủy|huỷ|stopall|stop all|end|quit|revoke|optout|opt out|cancel|ngừng|"
        "ngừng lại|hủy đăng ký|huỷ đăng ký|hủy dk|từ chối nhận tin|từ chối nhận tin nhắn|hủy nhận tin|thôi nhắn tin"
    ),
    Command.OPT_IN: "dk|đk|đăng ký|đăng kí|start|unstop",
    Command.HELP: "hd|tg|help|hướng dẫn|trợ giúp|giúp|giúp đỡ",
    Command.WRONG_NUMBER: (
        "nhầm số|nhầm số điện thoại|nhầm sđt|nhầm sdt|nhầm máy|nhầm người|lộn số|sai số|nhắn nhầm số|nhắn nhầm|"
        "gửi nhầm số|gửi nhầm|nhắn lộn số|gọi nhầm số|nhắn sai số|gửi sai số|nhắn nhầm người|gửi nhầm người|"
        "wrong number"
    ),
}
_COMMANDS = {
    spelling: command
    for command, phrases in _WHOLE.items()
    for phrase in phrases.split("|")
    for spelling in spellings(phrase)
} | {"dừng": Command.OPT_OUT, "dừng lại": Command.OPT_OUT}
# "dung" without its accent may be đừng, dừng, đúng or dùng: the words after it say which.
_NO_MORE = re.compile(
    r"(?:(?:đừng|dừng|dung|ngừng|ngung)(?: (?:có|co))? (?:nhắn|nhan|gửi|gui|nt|làm phiền|lam phien)"
    r"(?: (?:tin|tn|sms))?(?: (?:nhắn|nhan))?(?: (?:nữa|nua))?"
    r"|(?:không|khong|ko|k|kg|kh|hông|hong|thôi|thoi)(?: (?:muốn|muon|cần|can))?"
    r" (?:nhắn|nhan|nhận|gửi|gui|nt)(?: (?:tin|tn|sms))?(?: (?:nhắn|nhan))? (?:nữa|nua))\Z"
)
_IGNORED = frozenset({lexicon.POLITE, lexicon.PRONOUN, *lexicon.SYMBOLS.values(), lexicon.SYMBOL})
_MISTAKEN = frozenset(("nhầm", "nham", "lộn", "lon", "sai", "wrong"))
_WRONG_NUMBER_OPENS = re.compile(r"(?:nhầm|nham|lộn|lon) (?:số|so) (?:rồi|roi|nha|nhé|nhe)\b")


def read_command(reply: Reply) -> Command | None:
    """Return the command that the whole message is; politeness around it does not matter."""
    words = _bare(reply, len(reply.words))
    if words in _COMMANDS:
        return _COMMANDS[words]
    if _NO_MORE.match(words):
        return Command.OPT_OUT
    return Command.WRONG_NUMBER if _says_wrong_number(reply) else None


def _bare(reply: Reply, length: int) -> str:
    """Return the first `length` words without politeness, pronouns and signs; "cho tôi" goes with its pronoun."""
    kept = [
        word
        for word, kind in zip(reply.words[:length], reply.kinds, strict=False)
        if kind not in _IGNORED and word != "cho"
    ]
    return " ".join(kept)


def _says_wrong_number(reply: Reply) -> bool:
    """Say whether the first clause says so, whatever explains it afterwards."""
    if _MISTAKEN.isdisjoint(reply.words):
        return False
    end = next((place for place, kind in enumerate(reply.kinds) if kind in ".,m:"), len(reply.kinds))
    first_clause = _COMMANDS.get(_bare(reply, end))
    return first_clause is Command.WRONG_NUMBER or bool(_WRONG_NUMBER_OPENS.match(" ".join(reply.words[:4])))
