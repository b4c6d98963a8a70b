"""Templates of messages: their variables, filled once and completely, and what an SMS must keep to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.optouts import says_how_to_refuse
from survey_app.messaging.rules.pace import MOST_SEGMENTS
from survey_app.messaging.rules.texts import measure, normalise, unaccented

SEGMENTS_WITHOUT_ASKING = 2
LONGEST_TEXT = 1_600
"""Characters that Twilio takes at most (its error 21617)."""

_VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class UnableToFill(Refused):
    """A variable has no value, so the message would show a gap."""


def variables_of(template: str) -> tuple[str, ...]:
    """Return the names written as `{name}`, in order, each once."""
    return tuple(dict.fromkeys(_VARIABLE.findall(template)))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the text with every variable replaced; braces inside a value are not variables.

    A value is put on one line, so that the name of an office cannot break a message.

    Raises
    ------
    UnableToFill
        A value is missing or blank; the message names the variables.
    """
    flat = {name: " ".join(value.split()) for name, value in values.items()}
    empty = [name for name in variables_of(template) if not flat.get(name)]
    if empty:
        raise UnableToFill(_("Chưa có nội dung cho biến: %(names)s.", names=_listed(empty)))
    return _VARIABLE.sub(lambda found: flat[found[1]], template)


def compose(template: str, values: Mapping[str, str], *, accents: bool) -> str:
    """Return the text as it is sent, filled and normalised, without Vietnamese accents unless `accents`.

    Raises
    ------
    UnableToFill
        A value is missing or blank.
    """
    filled = fill(template, values)
    return normalise(filled) if accents else unaccented(filled)


def variable_faults(template: str, known: Collection[str]) -> tuple[str, ...]:
    """Return what is wrong with the variables: unknown ones, and braces that are none."""
    unknown = [name for name in variables_of(template) if name not in known]
    found = {
        _("Không có biến: %(names)s.", names=_listed(unknown)): bool(unknown),
        _("Dấu { } chỉ dùng cho biến, ghi như {unit}."): re.search("[{}]", _VARIABLE.sub("", template))
        is not None,
    }
    return tuple(message for message, wrong in found.items() if wrong)


def sms_faults(text: str, *, first: bool, confirmed: bool) -> tuple[str, ...]:
    """Return what is wrong with a composed SMS, nothing if it may be sent.

    `first`: it opens a conversation, so it must say how to refuse. `confirmed`: a person has seen that it takes
    more than two segments.
    """
    segments = measure(text).segments
    too_long = segments > MOST_SEGMENTS or len(text) > LONGEST_TEXT
    found = {
        _("Tin nhắn không có nội dung."): not text.strip(),
        _("Tin nhắn quá dài: nhiều nhất %(most)s tin.", most=MOST_SEGMENTS): too_long,
        _("Tin nhắn dài %(segments)s tin. Hãy rút ngắn, hoặc xác nhận gửi như vậy.", segments=segments): (
            not confirmed and not too_long and segments > SEGMENTS_WITHOUT_ASKING
        ),
        _("Tin nhắn đầu tiên phải ghi cách từ chối, ví dụ “Từ chối: soạn TC”."): (
            first and not says_how_to_refuse(text)
        ),
    }
    return tuple(message for message, wrong in found.items() if wrong)


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
