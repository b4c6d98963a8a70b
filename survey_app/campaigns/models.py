"""Tables of the campaigns room."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CHAR,
    JSON,
    CheckConstraint,
    Connection,
    Date,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from survey_app.campaigns.rules import (
    CODE_LENGTH,
    NAME_LENGTH,
    NOTE_LENGTH,
    TITLE_LENGTH,
    UNIT_PATH_LENGTH,
    State,
)
from survey_app.campaigns.rules.invitations import PROCEDURE_LENGTH
from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base

_STATE = Enum(State, native_enum=False, length=10, values_callable=lambda members: [str(m) for m in members])


class Campaign(Base):
    """One run of a frozen questionnaire: period, state and channels. Only a draft's row can be deleted.

    `unit_path` is of the unit that owns the campaign and whose staff manage it, "" for the whole installation; all
    its offices lie inside. `copied_from` is the earlier campaign that it repeats.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'rehearsal', 'open', 'closed')", name="state"),
        CheckConstraint("opens_on <= closes_on", name="period"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    title_en: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    questionnaire_version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"), index=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    state: Mapped[State] = mapped_column(_STATE)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    channels: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    unit_path: Mapped[str] = mapped_column(
        String(UNIT_PATH_LENGTH), default="", server_default=text("''"), index=True
    )
    copied_from: Mapped[int | None] = mapped_column(
        ForeignKey("campaigns.id", ondelete="SET NULL"), index=True
    )


class CampaignOffice(Base):
    """An office that takes part in a campaign."""

    __tablename__ = "campaign_offices"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True, index=True)


class CampaignLink(Base):
    """The public code by which the `web` channel reaches one office's form; a revoked one keeps its row."""

    __tablename__ = "campaign_links"
    __table_args__ = (Index(None, "campaign_id", "office_id"),)

    code: Mapped[str] = mapped_column(CHAR(8), ForeignKey("public_codes.code"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)


class CampaignRehearsal(Base):
    """The rehearsal that a campaign is in. Answers given in it refer to this row and go with it.

    Room responses keep them in a table of their own with ON DELETE CASCADE, so no figure can ever see them.
    """

    __tablename__ = "campaign_rehearsals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """Somebody who used a service and is asked about it; one for each phone in a campaign.

    The phone stands here twice: `phone_hash` matches (keyed hash), `phone_sealed` sends (encrypted) and goes when
    nothing more can be sent, on `purge_on` at the latest. No column says whether the person has answered.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("campaign_id", "phone_hash"),
        Index(None, "campaign_id", "invited_at"),
        Index(None, "phone_hash", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    phone_hash: Mapped[str] = mapped_column(CHAR(64))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    procedure: Mapped[str] = mapped_column(String(PROCEDURE_LENGTH))
    dossier_hash: Mapped[str | None] = mapped_column(CHAR(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purge_on: Mapped[date] = mapped_column(Date, index=True)


class InvitationCode(Base):
    """The one-time code of an invitation. Storing an answer deletes the row, and so does the end of the invitation.

    `digest` is a keyed hash, so that a copy of the table lets nobody answer; `sealed` is the code for the message.
    """

    __tablename__ = "invitation_codes"

    digest: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class WeightSet(Base):
    """How the responses of a campaign are weighted: a named record of steps that never changes.

    `steps` is the document that `rules.read_document` reads. A run copies the steps it used; a corrected weight set
    gets a name of its own.
    """

    __tablename__ = "weight_sets"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FrozenWeightSet(Exception):
    """The program tried to change a weight set: a mistake in the program, not of a user."""


@event.listens_for(WeightSet, "before_update")
def _refuse_changes(_mapper: Mapper[WeightSet], _connection: Connection, weight_set: WeightSet) -> None:
    raise FrozenWeightSet(f"weight set {weight_set.name} of campaign {weight_set.campaign_id}")
