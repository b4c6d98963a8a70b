"""A small province with a desk: units, officers, and cases that operations move."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseClock, CaseEvent
from survey_app.feedback.operations.clocks import start_clock
from survey_app.feedback.operations.moves import open_with_event
from survey_app.feedback.rules.actors import CITIZEN, Actor, Installation, staff_member
from survey_app.feedback.rules.kinds import Anonymity, Channel, Kind
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.database import Database
from survey_app.offices.models import Unit
from survey_app.offices.rules import UnitKind
from survey_app.staff.operations import add_account, grant_roles
from survey_app.staff.rules.permissions import Role

T = TypeVar("T")
PROVINCE, WARD, OTHER_WARD, OFFICE = "04", "04/01273", "04/01279", "04/01273/VP"
INSTALLATION = Installation("test contact key of at least 32 characters", "https://pakn.caobang.gov.vn")


@dataclass
class CaseDesk:
    """Carries out operations at `now`, each in a transaction of its own."""

    database: Database
    now: datetime
    numbers: Any = field(default_factory=lambda: count(1))

    def prepare(self) -> None:
        """Found the units: a province, two wards and an office of the first ward."""
        self.database.write(_add_units)

    def officer(self, *grants: tuple[Role, str]) -> int:
        """Return the account of a new person with these roles."""

        def create(session: Session) -> int:
            number = next(self.numbers)
            account = add_account(
                session, email=f"o{number}@example.vn", name=f"Cán bộ {number}", now=self.now
            )
            grant_roles(session, account_id=account.id, grants=grants, now=self.now)
            return account.id

        return self.database.write(create)

    def case(self, *, duties: Iterable[Duty] = (Duty.RECEIVE, Duty.ANSWER), **columns: Any) -> int:
        """Return a new case of the first ward whose clocks for `duties` run; `columns` differ from the usual ones."""

        def create(session: Session) -> int:
            number = next(self.numbers)
            usual: dict[str, Any] = {
                "code": f"{number:011d}",
                "pin_digest": "0" * 64,
                "submission_id": f"s{number}",
                "kind": Kind.PETITION,
                "channel": Channel.WEB,
                "anonymity": Anonymity.OFFICERS_ONLY,
                "unit_path": WARD,
                "received_path": WARD,
                "text": "Đèn đường hỏng ba tuần nay.",
                "state": State.NEW,
                "created_at": self.now,
            }
            case = Case(**usual | columns)
            open_with_event(session, case=case, actor=CITIZEN, now=self.now)
            for duty in duties:
                start_clock(session, case=case, duty=duty, now=self.now)
            return case.id

        return self.database.write(create)

    def run(
        self, operation: Callable[..., T], case_id: int, by: int | Actor | None = None, **words: Any
    ) -> T:
        """Carry out an operation on one case; `by` is the account of who does it."""
        actor = by if isinstance(by, Actor) else CITIZEN if by is None else staff_member(by)
        return self.do(operation, case=case_id, actor=actor, **words)

    def do(self, operation: Callable[..., T], **words: Any) -> T:
        """Carry out an operation; cases are named by their number."""

        def carry_out(session: Session) -> T:
            given = {
                name: session.get_one(Case, value) if name in ("case", "primary") else value
                for name, value in words.items()
            }
            return operation(session, **{"installation": INSTALLATION, "now": self.now} | given)

        return self.database.write(carry_out)

    def look(self, case_id: int) -> Case:
        """Return the case as it is stored now."""
        with self.database.read() as session:
            return session.get_one(Case, case_id)

    def steps(self, case_id: int) -> list[Step]:
        """Return what happened to the case, in order."""
        return [event.step for event in self.events(case_id)]

    def events(self, case_id: int) -> list[CaseEvent]:
        """Return the events of the case, in order."""
        with self.database.read() as session:
            query = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
            return list(session.scalars(query))

    def clocks(self, case_id: int) -> list[CaseClock]:
        """Return the clocks of the case, in the order they were started."""
        with self.database.read() as session:
            query = select(CaseClock).where(CaseClock.case_id == case_id).order_by(CaseClock.id)
            return list(session.scalars(query))


def _add_units(session: Session) -> None:
    parents: dict[str, int] = {}
    for path, kind in (
        (PROVINCE, UnitKind.PROVINCE),
        (WARD, UnitKind.COMMUNE),
        (OTHER_WARD, UnitKind.COMMUNE),
        (OFFICE, UnitKind.DEPARTMENT),
    ):
        above, _, code = path.rpartition("/")
        unit = Unit(
            code=code,
            kind=kind,
            type="Đơn vị",
            name=f"Đơn vị {code}",
            parent_id=parents.get(above),
            path=path,
            search_name=f"don vi {code}",
            valid_from=date(2025, 7, 1),
        )
        session.add(unit)
        session.flush()
        parents[path] = unit.id
