"""Sets how a campaign invites by message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.campaigns.operations.locking import locked_campaign
from survey_app.campaigns.rules import read_channels
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.templates import compose, sms_faults, variable_faults, variables_of
from survey_app.questionnaires.queries import by_id
from survey_app.texting.models import UNIT_LENGTH, TextingPlan
from survey_app.texting.operations.turns import CHANNEL_OF
from survey_app.texting.queries.conversations import plan_of
from survey_app.texting.rules.questions import MOST_FOLLOW_UPS, message_form
from survey_app.texting.rules.words import VARIABLES

_SAMPLE_CODE = "7K3F9M2X"


class UnableToPlan(Refused):
    """A text, the sender or the number of questions cannot be used; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDraft:
    """How a campaign shall invite; see `models.TextingPlan`.

    `confirmed`: a person has seen that a text takes more than two segments.
    """

    medium: Medium
    gateway: str
    sender: str
    number: str = ""
    unit: str
    invitation: str
    reminder: str = ""
    template: str | None = None
    follow_ups: int = 0
    confirmed: bool = False


def set_plan(session: Session, *, code: str, draft: PlanDraft, public_url: str, now: datetime) -> TextingPlan:
    """Store how the campaign called `code` invites; what was sent before stays as it was sent.

    Raises
    ------
    UnknownCampaign
    UnableToPlan, rules.questions.UnableToAskByMessage
    """
    campaign = locked_campaign(session, code)
    if CHANNEL_OF[draft.medium] not in read_channels(campaign.channels):
        raise UnableToPlan(
            _("Đợt khảo sát “%(code)s” không có kênh “%(channel)s”.", code=code, channel=draft.medium.value)
        )
    faults = _faults(draft, public_url)
    if faults:
        raise UnableToPlan(" ".join(faults))
    message_form(by_id(session, campaign.questionnaire_version_id), draft.follow_ups)
    plan = plan_of(session, campaign.id) or TextingPlan(campaign_id=campaign.id)
    plan.medium, plan.gateway, plan.sender = draft.medium.value, draft.gateway, draft.sender
    plan.number, plan.unit, plan.template = draft.number, draft.unit, draft.template
    plan.invitation, plan.reminder = draft.invitation, draft.reminder
    plan.follow_ups, plan.changed_at = draft.follow_ups, now
    session.add(plan)
    session.flush()
    return plan


def _faults(draft: PlanDraft, public_url: str) -> list[str]:
    found = {
        _("Tên cơ quan trong tin dài từ 1 đến %(most)s ký tự.", most=UNIT_LENGTH): (
            not 0 < len(draft.unit) <= UNIT_LENGTH
        ),
        _("Hãy chọn cổng gửi và người gửi."): not (draft.gateway and draft.sender),
        _("Số câu hỏi thêm từ 0 đến %(most)s.", most=MOST_FOLLOW_UPS): (
            not 0 <= draft.follow_ups <= MOST_FOLLOW_UPS
        ),
        _("Tin Zalo cần số của mẫu đã duyệt."): draft.medium is Medium.ZALO and not draft.template,
        _("Zalo chỉ cho một tin mỗi giao dịch, nên không nhắc lại."): (
            draft.medium is Medium.ZALO and bool(draft.reminder)
        ),
    }
    faults = [message for message, wrong in found.items() if wrong]
    return faults or [
        *_text_faults(draft, draft.invitation, public_url),
        *(_text_faults(draft, draft.reminder, public_url) if draft.reminder else ()),
    ]


def _text_faults(draft: PlanDraft, text: str, public_url: str) -> tuple[str, ...]:
    if faults := variable_faults(text, VARIABLES):
        return faults
    if "number" in variables_of(text) and not draft.number:
        return (_("Tin nhắn nhắc đến đầu số, nhưng chưa có đầu số nhận trả lời."),)
    if draft.medium is Medium.ZALO:
        return ()
    values = values_of(draft.unit, draft.number, _SAMPLE_CODE, public_url)
    return sms_faults(
        compose(text, values, accents=False), first=text is draft.invitation, confirmed=draft.confirmed
    )


def values_of(unit: str, number: str, code: str, public_url: str) -> dict[str, str]:
    """Return what the variables of a text stand for in one message."""
    return {"unit": unit, "number": number, "code": code, "link": f"{public_url}/{code}"}
