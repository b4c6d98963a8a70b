"""A notice says that something changed and where to read it; nothing of it stops a move."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseContact
from survey_app.feedback.operations.notices import tell_citizen
from survey_app.feedback.operations.settings import change_settings
from survey_app.feedback.operations.triage import receive
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.feedback.rules.states import State
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations import opt_out
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import INSTALLATION, WARD, CaseDesk

CODE = "7K3F9M2XQD4"
TEXT = "Phan anh PA-7K3F-9M2X-QD4 co thay doi. Xem: https://pakn.caobang.gov.vn/feedback/track"


def _furnish(desk: CaseDesk, **settings: Any) -> None:
    chosen = DeskSettings(**{"notice_gateway": "simulator", "notice_sender": "CAOBANG"} | settings)
    desk.database.write(lambda session: change_settings(session, unit_path="", settings=chosen, now=desk.now))


def _case(desk: CaseDesk, phone: str = "+84912345678", wants: bool = True, **columns: Any) -> int:
    case_id = desk.case(**{"code": CODE} | columns)

    def keep(session: Session) -> None:
        session.add(
            CaseContact(
                case_id=case_id,
                phone_sealed=FieldCipher(INSTALLATION.contact_key).encrypt(phone),
                wants_notices=wants,
                purpose="handling",
                ground="Đ19.1",
                purge_on=date(2028, 11, 21),
            )
        )

    desk.database.write(keep)
    return case_id


def _sent(desk: CaseDesk) -> list[OutboxMessage]:
    with desk.database.read() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


class TestTelling:
    """`tell_citizen`."""

    def test_names_the_code_and_the_page_and_nothing_else(self, desk: CaseDesk) -> None:
        _furnish(desk)
        desk.do(tell_citizen, case=_case(desk))
        (message,) = _sent(desk)

        assert message.text == TEXT
        assert CODE not in (message.dossier or "")
        assert message.segments == 1

    def test_speaks_the_senders_language(self, desk: CaseDesk) -> None:
        _furnish(desk)
        desk.do(tell_citizen, case=_case(desk, language="en"))

        assert "PA-7K3F-9M2X-QD4" in _sent(desk)[0].text

    @pytest.mark.parametrize(
        "settings", [{"notice_gateway": ""}, {"notice_sender": ""}, {"notice_medium": "zalo"}]
    )
    def test_sends_nothing_by_what_is_not_set_up(self, desk: CaseDesk, settings: dict[str, str]) -> None:
        _furnish(desk, **settings)
        desk.do(tell_citizen, case=_case(desk))

        assert _sent(desk) == []

    def test_sends_nothing_to_who_did_not_ask(self, desk: CaseDesk) -> None:
        _furnish(desk)
        desk.do(tell_citizen, case=_case(desk, wants=False))

        assert _sent(desk) == []

    def test_tells_several_moves_within_a_minute_once(self, desk: CaseDesk) -> None:
        _furnish(desk)
        case_id = _case(desk)
        desk.do(tell_citizen, case=case_id)
        desk.do(tell_citizen, case=case_id)
        desk.now += timedelta(minutes=2)
        desk.do(tell_citizen, case=case_id)

        assert len(_sent(desk)) == 2

    def test_suppresses_what_a_phone_refused(self, desk: CaseDesk) -> None:
        _furnish(desk)
        desk.database.write(_refuse(desk))
        desk.do(tell_citizen, case=_case(desk))

        assert [message.state for message in _sent(desk)] == ["suppressed"]

    def test_tells_of_a_part_under_the_code_of_the_whole(self, desk: CaseDesk) -> None:
        _furnish(desk)
        whole = _case(desk, state=State.SPLIT, duties=())
        desk.do(tell_citizen, case=desk.case(part_of_id=whole, part=1))

        assert _sent(desk)[0].text == TEXT

    @pytest.mark.parametrize("phone", ["0206 3852 234", "không có"])
    def test_that_fails_stops_no_move_and_logs_no_number(
        self, desk: CaseDesk, phone: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        _furnish(desk)
        case_id = _case(desk, phone=phone)
        with caplog.at_level(logging.DEBUG):
            desk.run(receive, case_id, desk.officer((Role.INTAKE_CLERK, WARD)))

        assert desk.look(case_id).state is State.RECEIVED
        assert phone not in caplog.text
        assert "no notice" in caplog.text


def _refuse(desk: CaseDesk) -> Any:
    return lambda session: opt_out(
        session, key=INSTALLATION.contact_key, phone="+84912345678", source="desk", now=desk.now
    )


def test_a_case_without_a_contact_is_left_alone(desk: CaseDesk) -> None:
    _furnish(desk)
    desk.do(tell_citizen, case=desk.case())

    with desk.database.read() as session:
        assert session.scalars(select(Case.id)).all()
    assert _sent(desk) == []
