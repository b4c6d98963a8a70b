"""The notice that an officer sees beforehand."""

from __future__ import annotations

from survey_app.feedback.models import CaseContact, DeskSetting
from survey_app.feedback.operations.notices import tell_citizen
from survey_app.feedback.rules.notice_previews import notice_previews
from survey_app.feedback.rules.settings import DeskSettings, write_settings
from survey_app.foundation.clock import local_date
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import OutboxMessage
from tests.feedback.answers.conftest import AnsweringDesk
from tests.feedback.case_desk import INSTALLATION, WARD

CIPHER = FieldCipher(INSTALLATION.contact_key)


def test_is_one_segment_without_a_word_of_the_answer() -> None:
    sms, zalo = notice_previews("7K3F9M2XQD4", "https://dg.caobang.gov.vn")

    assert (sms.segments, zalo.segments) == (1, 0)
    assert sms.text == "Phan anh PA-7K3F-9M2X-QD4 co thay doi. Xem: https://dg.caobang.gov.vn/feedback/track"


def test_is_just_what_is_sent(desk: AnsweringDesk) -> None:
    case_id = desk.handled()
    contact = CaseContact(
        case_id=case_id,
        phone_sealed=CIPHER.encrypt("+84912345678"),
        wants_notices=True,
        purpose="handling",
        ground="NĐ 20/2008",
        purge_on=local_date(desk.now),
    )
    values = write_settings(DeskSettings(notice_sender="CAOBANG"))
    setting = DeskSetting(unit_path=WARD, values=values, changed_at=desk.now)
    desk.database.write(lambda session: session.add_all([contact, setting]))
    desk.do(tell_citizen, case=case_id)
    with desk.database.read() as session:
        (sent,) = session.query(OutboxMessage).all()

    previews = notice_previews(desk.look(case_id).code, INSTALLATION.public_url)
    assert sent.text == previews[0].text
