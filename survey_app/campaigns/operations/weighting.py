"""Adds weight sets to campaigns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import WeightSet
from survey_app.campaigns.operations.locking import locked_campaign
from survey_app.campaigns.rules import WeightDocument, is_weight_set_name, steps_document
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

MOST_WEIGHT_SETS = 50


class UnableToAddWeightSet(Refused):
    """The name cannot be used or is taken, or the campaign has too many."""


def add_weight_set(
    session: Session,
    *,
    code: str,
    name: str,
    document: WeightDocument,
    now: datetime,
    created_by: int | None = None,
) -> WeightSet:
    """Store a weight set of a campaign; it never changes. `created_by` is an account.

    Raises
    ------
    UnknownCampaign
    UnableToAddWeightSet
    """
    if not is_weight_set_name(name):
        raise UnableToAddWeightSet(
            _(
                "Tên bộ trọng số “%(name)s” không hợp lệ. Hãy dùng 1 đến 60 chữ thường không dấu, chữ số hoặc "
                "dấu gạch nối ở giữa, ví dụ gioi-tinh-va-tuoi.",
                name=name[:80],
            )
        )
    campaign = locked_campaign(session, code)
    names = select(WeightSet.name).where(WeightSet.campaign_id == campaign.id)
    if session.scalar(names.where(WeightSet.name == name)) is not None:
        raise UnableToAddWeightSet(
            _(
                "Đợt khảo sát đã có bộ trọng số “%(name)s”. Bộ trọng số không sửa được, để mỗi kết quả nói đúng "
                "mình dùng bộ nào: hãy đặt tên khác.",
                name=name,
            )
        )
    if (session.scalar(select(func.count()).select_from(names.subquery())) or 0) >= MOST_WEIGHT_SETS:
        raise UnableToAddWeightSet(
            _("Đợt khảo sát đã có %(most)s bộ trọng số, không thêm được nữa.", most=MOST_WEIGHT_SETS)
        )
    made = WeightSet(
        campaign_id=campaign.id,
        name=name,
        steps=steps_document(document.steps),
        note=document.note,
        created_by=created_by,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made
