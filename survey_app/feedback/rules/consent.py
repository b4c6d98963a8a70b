"""What a sender may agree to, in the words shown beside the box, with the version that proof refers to.

Handling what a citizen sent is a statutory duty and needs no consent (Luật 91/2025/QH15 Đ19.1); what goes beyond it
does, for each purpose apart, and silence is none (Đ9): boxes are empty at the start.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from survey_app.foundation.languages import gettext as _


class Purpose(StrEnum):
    """What a sender's data are used for beyond handling the matter."""

    NOTICES = "notices"
    PUBLIC_NAME = "public_name"


HANDLING = "handling"
"""Purpose of contact data, on the ground below."""
HANDLING_GROUND = "Luật 91/2025/QH15, Điều 19 khoản 1: thực hiện nhiệm vụ của cơ quan nhà nước"

_EDITION = "2026-11"


def _wording() -> dict[Purpose, str]:
    return {
        Purpose.NOTICES: _(
            "Tôi đồng ý nhận tin nhắn báo khi có thay đổi (tin nhắn không ghi nội dung đã gửi). "
            "Tôi có thể rút lại sự đồng ý bất cứ lúc nào ở trang theo dõi."
        ),
        Purpose.PUBLIC_NAME: _("Tôi đồng ý cho công khai tên của tôi cùng với câu trả lời."),
    }


def consent_text(purpose: Purpose) -> str:
    """Return the sentence beside the box, in the reader's language."""
    return _wording()[purpose]


def text_version(text: str) -> str:
    """Return what a consent record keeps of the sentence that was read: edition and start of its SHA-256."""
    return f"{_EDITION}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
