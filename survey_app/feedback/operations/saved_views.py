"""Searches of the queue that a person keeps under a name."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import SavedView
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.rules import clean_name

MOST_VIEWS = 30
LONGEST_NAME = 60
LONGEST_QUERY = 500


class UnableToKeepView(Refused):
    """The name is missing or too long, or the person keeps as many as fit on the page."""


def keep_view(session: Session, *, account_id: int, name: str, query: str) -> SavedView:
    """Keep `query`, a query string without the page, under a name; the same name takes the new one.

    Raises
    ------
    UnableToKeepView
        See the class. Nothing was kept.
    """
    cleaned = clean_name(name, LONGEST_NAME)
    if cleaned is None or len(query) > LONGEST_QUERY:
        raise UnableToKeepView(_("Xin đặt tên từ 1 đến %(most)s ký tự.", most=LONGEST_NAME))
    own = select(SavedView).where(SavedView.account_id == account_id)
    view = session.scalars(own.where(SavedView.name == cleaned)).one_or_none()
    if view is None:
        if _number(session, account_id) >= MOST_VIEWS:
            raise UnableToKeepView(
                _("Đã lưu đủ %(most)s chế độ xem. Xin xóa bớt trước khi lưu thêm.", most=MOST_VIEWS)
            )
        view = SavedView(account_id=account_id, name=cleaned, query=query)
        session.add(view)
    view.query = query
    session.flush()
    return view


def _number(session: Session, account_id: int) -> int:
    return session.scalar(select(func.count()).where(SavedView.account_id == account_id)) or 0


def forget_view(session: Session, *, account_id: int, view_id: int) -> None:
    """Delete a view of one's own; another person's stays, and one that is gone is no matter."""
    view = session.get(SavedView, view_id)
    if view is not None and view.account_id == account_id:
        session.delete(view)
        session.flush()
