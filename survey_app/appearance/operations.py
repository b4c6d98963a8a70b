"""Writes of the appearance room. All are keyword-only, take the session and leave the commit to the caller."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.appearance.gateway import Logo
from survey_app.appearance.models import StoredTheme
from survey_app.appearance.rules import Tokens, Unreadable, describe, unreadable_pairs
from survey_app.foundation.errors import Refused


class UnreadableColours(Refused):
    """Text in these colours could not be read; `pairs` says which, and what would do."""

    def __init__(self, pairs: list[Unreadable]) -> None:
        super().__init__(" ".join(describe(pair) for pair in pairs))
        self.pairs = pairs


def save_theme(
    session: Session, *, unit_path: str, tokens: Tokens, logo: Logo | None = None, now: datetime
) -> StoredTheme:
    """Store how pages of a province (or, with an empty path, of the installation) look.

    Without `logo` the one that is there stays.

    Raises
    ------
    UnreadableColours
        Some text would have less contrast than WCAG 2.2 asks for.
    """
    if pairs := unreadable_pairs(tokens):
        raise UnreadableColours(pairs)
    theme = session.get(StoredTheme, unit_path) or StoredTheme(unit_path=unit_path)
    for name, value in asdict(tokens).items():
        setattr(theme, name, value)
    if logo:
        theme.logo, theme.logo_digest = logo.png, logo.digest
        theme.logo_width, theme.logo_height = logo.width, logo.height
    theme.updated_at = now
    session.add(theme)
    session.flush()
    return theme


def remove_logo(session: Session, *, unit_path: str, now: datetime) -> None:
    """Show no logo on the pages of this unit; its colours stay."""
    theme = session.get(StoredTheme, unit_path)
    if theme:
        theme.logo = theme.logo_digest = theme.logo_width = theme.logo_height = None
        theme.updated_at = now


def reset_theme(session: Session, *, unit_path: str) -> None:
    """Give the pages of this unit back the look of the installation, or the one that ships."""
    theme = session.get(StoredTheme, unit_path)
    if theme:
        session.delete(theme)
        session.flush()
