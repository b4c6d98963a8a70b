"""The message that tests send, and what they call the settings they send it by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from survey_app.config import Settings
from survey_app.messaging.rules.contract import OutboundText

SINCE = datetime(2026, 11, 21, 2, 29, tzinfo=UTC)
Make = Callable[..., Settings]


def message(**changes: Any) -> OutboundText:
    """An invitation, changed as asked."""
    given: dict[str, Any] = {
        "reference": "out-1",
        "to": "+84901234567",
        "sender": "UBND CB",
        "text": "Xin cham diem 1-5. Soan DG 7K3F9M2X diem gui 8079. Tu choi: soan TC",
        "template": "643118",
        "parameters": {"ho_so": "H-1"},
    }
    return OutboundText(**(given | changes))
