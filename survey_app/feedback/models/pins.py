"""How often somebody was wrong about a PIN; in the database, because several processes answer and restart."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CHAR
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.feedback.models.columns import CODE_LENGTH
from survey_app.foundation.database import Base


class WrongPins(Base):
    """How many wrong PINs were typed for `code` on `day`, by local date; nothing of who typed them."""

    __tablename__ = "feedback_wrong_pins"

    code: Mapped[str] = mapped_column(CHAR(CODE_LENGTH), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
