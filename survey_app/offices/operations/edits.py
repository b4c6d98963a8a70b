"""Changes offices and counters that exist: names, several counters at once, opening again."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import ADDRESS_LENGTH, NUMBER_LENGTH, Office, ServicePoint
from survey_app.offices.operations.codes import issue_code
from survey_app.offices.operations.places import NewServicePoint, add_service_point, usable_name
from survey_app.offices.queries import find_office, numbers_in_use
from survey_app.offices.rules import RandomSource, ServicePointKind, fold

MOST_AT_ONCE = 100


class UnableToEdit(Refused):
    """What should be changed does not exist, is closed, or would get an unusable name."""


def edit_office(
    session: Session, *, code: str, name: str, name_en: str | None = None, address: str | None = None
) -> Office:
    """Give an active office other names and another address; its code and its unit stay.

    Raises
    ------
    UnableToEdit
        The office is unknown or closed, or a name is empty, too long or unprintable.
    """
    office = find_office(session, code)
    if office is None or not office.active:
        raise UnableToEdit(_("Bộ phận này vừa bị đóng. Hãy mở lại bộ phận trước khi sửa."))
    office.name = usable_name(name, UnableToEdit)
    office.search_name = fold(office.name)
    office.name_en = usable_name(name_en, UnableToEdit) if name_en else None
    office.address = usable_name(address, UnableToEdit, ADDRESS_LENGTH) if address else None
    session.flush()
    return office


def edit_service_point(
    session: Session,
    *,
    service_point_id: int,
    name: str,
    name_en: str | None = None,
    number: str | None = None,
    kind: ServicePointKind = ServicePointKind.COUNTER,
) -> ServicePoint:
    """Give an active counter other names, another sign or kind; its code stays.

    Raises
    ------
    UnableToEdit
        The counter is unknown or closed, or a name is empty, too long or unprintable.
    """
    point = session.get(ServicePoint, service_point_id)
    if point is None or not point.active:
        raise UnableToEdit(_("Quầy này vừa bị đóng, có thể do người khác. Hãy mở lại quầy trước khi sửa."))
    point.name = usable_name(name, UnableToEdit)
    point.name_en = usable_name(name_en, UnableToEdit) if name_en else None
    point.number = usable_name(number, UnableToEdit, NUMBER_LENGTH) if number else None
    point.kind = kind
    session.flush()
    return point


class UnableToAddSeveral(Refused):
    """The numbers are not a row of 1 to 100 counters, or some of them are in use."""


def add_several_service_points(
    session: Session,
    *,
    office_code: str,
    first: int,
    last: int,
    now: datetime,
    rng: RandomSource = secrets,
) -> list[NewServicePoint]:
    """Add the counters `Quầy <first>` to `Quầy <last>`, each with its public code; all or none.

    Raises
    ------
    UnableToAddSeveral
        `first` is below 1 or above `last`, there are more than 100, or a number is in use in this office.
    UnableToAddServicePoint
        The office is unknown or closed.
    """
    if not 1 <= first <= last <= 9_999 or last - first >= MOST_AT_ONCE:
        raise UnableToAddSeveral(
            _("Hãy ghi số đầu không lớn hơn số cuối, mỗi lần nhiều nhất %(most)s quầy.", most=MOST_AT_ONCE)
        )
    office = find_office(session, office_code)
    taken = numbers_in_use(session, office.id) if office else set()
    double = [str(number) for number in range(first, last + 1) if str(number) in taken]
    if double:
        raise UnableToAddSeveral(
            _("Đã có quầy số %(numbers)s. Hãy chọn những số chưa dùng.", numbers=", ".join(double[:10]))
        )
    return [
        add_service_point(
            session,
            office_code=office_code,
            name=f"Quầy {number}",
            name_en=f"Counter {number}",
            number=str(number),
            now=now,
            rng=rng,
        )
        for number in range(first, last + 1)
    ]


class UnableToReopen(Refused):
    """What should be opened again does not exist, is open, or stands in a closed office."""


def reopen_service_point(
    session: Session, *, service_point_id: int, now: datetime, rng: RandomSource = secrets
) -> str:
    """Open a closed counter again and return its new public code: the old one stays withdrawn.

    Raises
    ------
    UnableToReopen
        The counter is unknown or open, or its office is closed.
    """
    point = session.get(ServicePoint, service_point_id, with_for_update={"key_share": True})
    if point is None or point.active:
        raise UnableToReopen(_("Quầy này đang mở, có thể do người khác vừa mở lại."))
    office = session.get(Office, point.office_id)
    if office is None or not office.active:
        raise UnableToReopen(_("Bộ phận của quầy này đang đóng. Hãy mở lại bộ phận trước."))
    point.active = True
    session.flush()
    return issue_code(session, now=now, service_point_id=point.id, rng=rng)


def reopen_office(session: Session, *, code: str) -> Office:
    """Open a closed office again; its counters stay closed until each is opened with a new code.

    Raises
    ------
    UnableToReopen
        The office is unknown or open.
    """
    office = find_office(session, code)
    if office is None or office.active:
        raise UnableToReopen(_("Bộ phận này đang mở, có thể do người khác vừa mở lại."))
    office.active = True
    session.flush()
    return office
