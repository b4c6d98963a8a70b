"""What a person does about messages that did not arrive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations.moves import move
from survey_app.messaging.rules.contract import Cause
from survey_app.messaging.rules.hours import next_allowed
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.policy import DEFAULT_POLICY, Policy
from survey_app.messaging.rules.states import Event, Resend, State, may_resend


class UnableToResend(Refused):
    """The message cannot be sent again, or the person must first say that twice is better than never."""


def resend(
    session: Session,
    *,
    message_id: int,
    twice_is_fine: bool = False,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> None:
    """Send a dead letter again, as soon as the hours allow.

    `twice_is_fine`: the person knows that the phone may get it twice, as it may when its sending is in doubt.

    Raises
    ------
    UnableToResend
    """
    message = session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None or message.phone_sealed is None:
        raise UnableToResend(_("Tin này không còn số điện thoại nên không gửi lại được."))
    answer = may_resend(State(message.state), Cause(message.cause) if message.cause else None)
    if answer is Resend.NO:
        raise UnableToResend(_("Tin này không gửi lại được."))
    if answer is Resend.AFTER_WARNING and not twice_is_fine:
        raise UnableToResend(_("Người dân có thể nhận tin này hai lần. Hãy xác nhận nếu vẫn muốn gửi."))
    move(message, Event.RESEND, now)
    message.resends += 1
    message.failures, message.first_tried_at = 0, None
    message.provider_id, message.code, message.cause = None, "", None
    message.due_at = next_allowed(now, policy.window_of(Purpose(message.purpose)))
