"""What the sender's telephone will show when an answer leaves: that something changed, and never what."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.feedback.rules.codes import spoken
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.texts import measure, unaccented


@dataclass(frozen=True, slots=True)
class NoticePreview:
    """One notice as it is read; `segments` is 0 where the carrier counts none."""

    label: str
    text: str
    characters: int
    segments: int


def notice_previews(code: str, public_url: str) -> tuple[NoticePreview, ...]:
    """Return the notice about the case with this stored code, by SMS and by Zalo."""
    text = unaccented(
        _(
            "Phản ánh %(code)s có thay đổi. Xem: %(address)s",
            code=spoken(code),
            address=f"{public_url}/feedback/track",
        )
    )
    size = measure(text)
    return (
        NoticePreview(_("Tin SMS"), text, size.characters, size.segments),
        NoticePreview(_("Tin Zalo"), text, size.characters, 0),
    )
