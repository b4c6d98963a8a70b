"""Table of the appearance room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CHAR, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.foundation.columns import UtcDateTime
from survey_app.foundation.database import Base


class StoredTheme(Base):
    """The five colours (`#rrggbb`) and the logo of a province, or of the whole installation (empty path).

    The logo is always a PNG that this product encoded itself; `logo_digest` is the SHA-256 of its bytes and names it
    in its public address.
    """

    __tablename__ = "themes"

    unit_path: Mapped[str] = mapped_column(String(120), primary_key=True)
    accent: Mapped[str] = mapped_column(CHAR(7))
    on_accent: Mapped[str] = mapped_column(CHAR(7))
    ink: Mapped[str] = mapped_column(CHAR(7))
    paper: Mapped[str] = mapped_column(CHAR(7))
    mist: Mapped[str] = mapped_column(CHAR(7))
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_digest: Mapped[str | None] = mapped_column(CHAR(64), index=True)
    logo_width: Mapped[int | None]
    logo_height: Mapped[int | None]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
