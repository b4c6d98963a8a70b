"""Requests of data subjects: both clocks as the decree says, and what carrying out does to a case."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseContact, ConsentRecord, PrivacyRequest
from survey_app.feedback.operations.breaches import BreachDraft, UnableToRecord, record_breach
from survey_app.feedback.operations.privacy import (
    UnableToServe,
    acknowledge,
    correct_contact,
    erase_contact,
    extend,
    finish,
    register_request,
    request_from_citizen,
    withdraw_consents,
)
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.queries.privacy import contact_of, held_about, subject_of
from survey_app.feedback.rules.actors import staff_member
from survey_app.feedback.rules.consent import Purpose
from survey_app.feedback.rules.drafts import SenderDraft
from survey_app.feedback.rules.kinds import Anonymity
from survey_app.feedback.rules.privacy import (
    BREACH_HOURS,
    LIMITS,
    RequestKind,
    RequestState,
    acknowledge_by,
    complete_by,
    notify_by,
)
from survey_app.foundation.clock import local_date
from survey_app.foundation.privacy import FieldCipher
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import INSTALLATION, PROVINCE, WARD, CaseDesk

KEY = INSTALLATION.contact_key
_TABLE = Path(__file__).with_name("law_privacy_deadlines.csv").read_text(encoding="utf-8")
ROWS = {row["request_id"]: row for row in csv.DictReader(_TABLE.splitlines())}
# Thursday 22/10/2026, 09:00 in Việt Nam.
RECEIVED = datetime(2026, 10, 22, 2, tzinfo=UTC)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestLimits:
    """Each row of the table of deadlines."""

    @pytest.mark.parametrize("kind", RequestKind)
    def test_are_those_of_the_decree(self, desk: CaseDesk, kind: RequestKind) -> None:
        row, limit = ROWS[str(kind)], LIMITS[kind]

        assert (limit.acknowledge, limit.complete) == (int(row["acknowledge"]), int(row["complete"]))
        assert limit.with_processor == int(row["complete_with_processor"] or row["complete"])
        assert limit.extension == int(row["extension"])
        assert limit.legal_basis == row["legal_basis"]

    @pytest.mark.parametrize("kind", RequestKind)
    def test_to_acknowledge_count_working_days(self, desk: CaseDesk, kind: RequestKind) -> None:
        with desk.database.read() as session:
            due = acknowledge_by(calendar_for(session, WARD), kind, RECEIVED)

        # Friday 23 and Monday 26/10: the weekend does not count; 17:00 in Việt Nam.
        assert due == datetime(2026, 10, 26, 10, tzinfo=UTC)

    @pytest.mark.parametrize("is_extended", [False, True])
    @pytest.mark.parametrize("with_processor", [False, True])
    @pytest.mark.parametrize("kind", RequestKind)
    def test_to_carry_out_count_calendar_days(
        self, desk: CaseDesk, kind: RequestKind, with_processor: bool, is_extended: bool
    ) -> None:
        row = ROWS[str(kind)]
        days = int((row["complete_with_processor"] if with_processor else "") or row["complete"])
        last = date(2026, 10, 22) + timedelta(days=days + (int(row["extension"]) if is_extended else 0))
        with desk.database.read() as session:
            calendar = calendar_for(session, WARD)
            due = complete_by(
                calendar, kind, RECEIVED, with_processor=with_processor, is_extended=is_extended
            )

        while not calendar.is_working_day(last):
            last += timedelta(days=1)
        assert local_date(due) == last

    def test_at_the_end_of_tet_wait_for_the_first_working_day(self, desk: CaseDesk) -> None:
        # Ten days from Thursday 28/1/2027 end on Sunday 7/2, in the week of Tết Đinh Mùi (6/2/2027).
        with desk.database.read() as session:
            calendar = calendar_for(session, WARD)
            due = complete_by(calendar, RequestKind.ACCESS, datetime(2027, 1, 28, 2, tzinfo=UTC))

        assert local_date(due) > date(2027, 2, 7)
        assert calendar.is_working_day(local_date(due))

    def test_of_a_breach_are_72_hours_over_nights_and_holidays(self, desk: CaseDesk) -> None:
        with desk.database.read() as session:
            due = notify_by(calendar_for(session, WARD), desk.now)

        assert int(ROWS["breach_notice"]["complete"]) == BREACH_HOURS
        assert due == desk.now + timedelta(hours=72)


def _officer(desk: CaseDesk) -> Any:
    return staff_member(desk.officer((Role.ADMINISTRATOR, PROVINCE)))


def _request(desk: CaseDesk, kind: RequestKind = RequestKind.ACCESS, **other: Any) -> int:
    actor = _officer(desk)
    words: dict[str, Any] = {
        "kind": kind,
        "unit_path": WARD,
        "case": None,
        "subject": "Hoàng Thị Lan, 0912 345 678",
        "with_processor": False,
        "received_at": desk.now,
    }
    return desk.database.write(
        lambda session: register_request(session, **words | other, actor=actor, installation=INSTALLATION).id
    )


def _change(desk: CaseDesk, number: int, change: Any, **words: Any) -> None:
    actor = _officer(desk)
    desk.database.write(
        lambda session: change(
            session,
            request=session.get_one(PrivacyRequest, number),
            actor=actor,
            now=desk.now,
            **words,
        )
    )


def _look(desk: CaseDesk, number: int) -> PrivacyRequest:
    with desk.database.read() as session:
        return session.get_one(PrivacyRequest, number)


class TestRequests:
    """From entering to the end."""

    def test_keep_who_asks_sealed(self, desk: CaseDesk) -> None:
        request = _look(desk, _request(desk))

        assert b"Lan" not in (request.subject_sealed or b"")
        assert subject_of(request, key=KEY) == "Hoàng Thị Lan, 0912 345 678"

    def test_from_the_same_sender_for_the_same_thing_are_one(self, desk: CaseDesk) -> None:
        case_id = desk.case()
        first = desk.database.write(lambda session: _ask(session, case_id, desk).id)

        assert desk.database.write(lambda session: _ask(session, case_id, desk).id) == first

    def test_are_acknowledged_once(self, desk: CaseDesk) -> None:
        number = _request(desk)
        _change(desk, number, acknowledge)

        assert _look(desk, number).acknowledged_at == desk.now
        with pytest.raises(UnableToServe):
            _change(desk, number, acknowledge)

    def test_are_extended_once_by_as_much_again(self, desk: CaseDesk) -> None:
        number = _request(desk)
        before = _look(desk, number).complete_by
        _change(desk, number, extend)

        assert _look(desk, number).complete_by - before >= timedelta(days=9)
        with pytest.raises(UnableToServe):
            _change(desk, number, extend)

    def test_are_not_extended_when_their_time_is_over(self, desk: CaseDesk) -> None:
        number = _request(desk)
        desk.now += timedelta(days=30)

        with pytest.raises(UnableToServe):
            _change(desk, number, extend)

    def test_end_with_what_was_done_or_why_not(self, desk: CaseDesk) -> None:
        number = _request(desk)
        with pytest.raises(UnableToServe):
            _change(desk, number, finish, state=RequestState.REFUSED, outcome=" ")
        _change(desk, number, finish, state=RequestState.REFUSED, outcome="Không tìm thấy.")

        assert _look(desk, number).state is RequestState.REFUSED
        with pytest.raises(UnableToServe):
            _change(desk, number, finish, state=RequestState.COMPLETED, outcome="Xong.")


def _ask(session: Session, case_id: int, desk: CaseDesk) -> PrivacyRequest:
    case = session.get_one(Case, case_id)
    words: dict[str, Any] = {"installation": INSTALLATION, "now": desk.now}
    return request_from_citizen(session, case=case, kind=RequestKind.ERASE, **words)


class TestCarryingOut:
    """What happens to the case."""

    def _known(self, desk: CaseDesk) -> int:
        case_id = desk.case(phone_hash="0" * 64, anonymity=Anonymity.PUBLIC)

        def keep(session: Session) -> None:
            session.add(
                CaseContact(
                    case_id=case_id,
                    name_sealed=FieldCipher(KEY).encrypt("Hoàng Thị Lan"),
                    wants_notices=True,
                    purpose="handling",
                    ground="Đ19.1",
                    purge_on=date(2028, 11, 21),
                )
            )
            session.add(
                ConsentRecord(
                    case_id=case_id,
                    purpose=Purpose.NOTICES,
                    text_version="2026-11:0",
                    channel="web",
                    given_at=desk.now,
                )
            )

        desk.database.write(keep)
        return case_id

    def _contact(self, desk: CaseDesk, case_id: int) -> dict[str, str]:
        with desk.database.read() as session:
            return contact_of(session, case_id, key=KEY)

    def test_access_hands_out_all_that_is_held(self, desk: CaseDesk) -> None:
        case_id = self._known(desk)
        with desk.database.read() as session:
            held = held_about(session, session.get_one(Case, case_id), key=KEY)

        assert held["sender"] == {"name": "Hoàng Thị Lan"}
        assert held["text"] == "Đèn đường hỏng ba tuần nay."
        assert [one["purpose"] for one in held["consents"]] == ["notices"]

    def test_correction_replaces_and_forgets_what_is_left_empty(self, desk: CaseDesk) -> None:
        case_id = self._known(desk)
        desk.do(correct_contact, case=case_id, sender=SenderDraft(phone="0912 345 678"))

        assert self._contact(desk, case_id) == {"phone": "+84912345678"}
        assert desk.look(case_id).phone_hash not in (None, "0" * 64)

    def test_erasure_forgets_who_sent_it(self, desk: CaseDesk) -> None:
        case_id = self._known(desk)
        desk.database.write(
            lambda session: erase_contact(session, case=session.get_one(Case, case_id), now=desk.now)
        )

        assert self._contact(desk, case_id) == {}
        assert desk.look(case_id).phone_hash is None
        assert desk.look(case_id).text != ""

    def test_withdrawal_keeps_the_proof_with_its_day(self, desk: CaseDesk) -> None:
        case_id = self._known(desk)
        desk.database.write(
            lambda session: withdraw_consents(session, case=session.get_one(Case, case_id), now=desk.now)
        )

        with desk.database.read() as session:
            record = session.query(ConsentRecord).one()
            assert record.withdrawn_at == desk.now
            assert session.get_one(CaseContact, case_id).wants_notices is False
        assert desk.look(case_id).anonymity is Anonymity.OFFICERS_ONLY


class TestBreaches:
    """`record_breach`."""

    def _record(self, desk: CaseDesk, **other: Any) -> datetime:
        words: dict[str, Any] = {
            "title": "Mất máy tính",
            "what": "Mất trên xe.",
            "measures": "",
            "people": 120,
            "detected_at": desk.now,
        }
        actor, draft = _officer(desk), BreachDraft(**words | other)
        return desk.database.write(
            lambda session: (
                record_breach(session, unit_path=WARD, draft=draft, actor=actor, now=desk.now).notify_by
            )
        )

    def test_must_be_told_in_72_hours(self, desk: CaseDesk) -> None:
        assert self._record(desk) == desk.now + timedelta(hours=72)

    @pytest.mark.parametrize(
        "other",
        [{"title": " "}, {"what": ""}, {"people": -1}],
    )
    def test_need_what_the_notice_tells(self, desk: CaseDesk, other: dict[str, Any]) -> None:
        with pytest.raises(UnableToRecord):
            self._record(desk, **other)

    def test_are_not_told_before_they_were_found(self, desk: CaseDesk) -> None:
        with pytest.raises(UnableToRecord):
            self._record(desk, notified_at=desk.now - timedelta(hours=1))
