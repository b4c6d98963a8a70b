"""The people of the sample province: one for each role that a visitor may want to try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.foundation.database import Database
from survey_app.staff.guards import password_hash, random_password
from survey_app.staff.operations import add_account, grant_roles, set_password
from survey_app.staff.queries import account_by_email
from survey_app.staff.rules.permissions import EVERYWHERE, Role


@dataclass(frozen=True, slots=True)
class Person:
    """An invented member of staff."""

    email: str
    name: str
    grants: tuple[tuple[Role, str], ...]


PEOPLE = (
    Person("quantri@demo.example", "Hoàng Văn Quản", ((Role.ADMINISTRATOR, EVERYWHERE),)),
    Person("khaosat@demo.example", "Nông Thị Khảo", ((Role.SURVEY_MANAGER, "04"), (Role.ANALYST, "04"))),
    Person("pheduyet@demo.example", "Bế Minh Duyệt", ((Role.APPROVER, "04"),)),
    Person("lanhdao@demo.example", "Đàm Thị Lan", ((Role.LEADER, "04"),)),
    Person("motcua@demo.example", "Lý Văn Cửa", ((Role.INTAKE_CLERK, "04/01273"),)),
    Person("tiepnhan@demo.example", "Mã Thị Nhận", ((Role.INTAKE_CLERK, "04"),)),
    Person("dieuphoi@demo.example", "Hứa Văn Phối", ((Role.ROUTING_OFFICER, "04"),)),
    Person("chuyenvien@demo.example", "Lục Thị Viên", ((Role.UNIT_HANDLER, "04"),)),
    Person("phuong@demo.example", "Vi Văn Phường", ((Role.UNIT_HANDLER, "04/01273"),)),
    Person("khieunai@demo.example", "Ngôn Thị Đơn", ((Role.GRIEVANCE_OFFICER, "04"),)),
    Person("kiemtra@demo.example", "Triệu Thị Tra", ((Role.AUDITOR, EVERYWHERE),)),
)


def give_password(database: Database, now: datetime) -> str:
    """Add whoever is missing, give all of them one new random password, and return it.

    It is new at each start of the sample, because only its hash is kept and nobody should have to look for it.
    """
    password = random_password()
    digest = password_hash(password)

    def store(session: Session) -> None:
        for person in PEOPLE:
            account = account_by_email(session, person.email)
            if account is None:
                account = add_account(session, email=person.email, name=person.name, now=now)
                grant_roles(session, account_id=account.id, grants=person.grants, now=now)
            set_password(session, account_id=account.id, password_hash=digest, now=now)

    database.write(store)
    return password
