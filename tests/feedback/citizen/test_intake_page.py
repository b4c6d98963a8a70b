"""The citizen's form at /feedback, from an empty page to code and PIN."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from PIL import Image
from sqlalchemy import func, select

from survey_app.feedback.guards.papers import RECEIPT_LASTS
from survey_app.feedback.models import Attachment, Case, CaseContact, CaseEvent, ConsentRecord, Grievance
from survey_app.feedback.operations.settings import change_settings
from survey_app.feedback.rules.codes import normalised
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.foundation.clock import now as clock_now
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import OutboxMessage
from tests.feedback.citizen.conftest import KEY, PETITION, Citizen, code_and_pin


def send_by(sender: str, citizen: Citizen) -> None:
    """Let the desk send messages by `sender`."""
    settings = DeskSettings(notice_sender=sender)
    citizen.database.write(
        lambda session: change_settings(session, unit_path="", settings=settings, now=clock_now())
    )


def messages(citizen: Citizen) -> list[str]:
    """Return the texts in the outbox."""
    with citizen.database.read() as session:
        return list(session.scalars(select(OutboxMessage.text)))


class TestSending:
    def test_opens_a_case_and_shows_code_and_pin(self, citizen: Citizen) -> None:
        code, _pin = citizen.sent()
        (case,) = citizen.cases()
        assert (case.code, case.unit_path, case.text) == (normalised(code), "04/01273", PETITION["text"])

    def test_seals_the_sender(self, citizen: Citizen) -> None:
        citizen.sent()
        with citizen.database.read() as session:
            contact = session.scalars(select(CaseContact)).one()
        assert contact.phone_sealed is not None
        assert FieldCipher(KEY).decrypt(contact.phone_sealed) == "+84912345678"
        assert b"Lan" not in (contact.name_sealed or b"")

    def test_sets_no_cookie_and_keeps_nothing_in_caches(self, citizen: Citizen) -> None:
        answer = citizen.send()
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"

    def test_sent_twice_opens_one_case_and_shows_the_same_page(self, citizen: Citizen) -> None:
        paper = citizen.paper()
        first, second = citizen.sent(paper=paper), citizen.sent(paper=paper)
        assert first == second
        assert len(citizen.cases()) == 1

    def test_shows_no_pin_later_than_half_an_hour(self, citizen: Citizen) -> None:
        paper = citizen.paper()
        citizen.sent(paper=paper)
        with time_machine.travel(clock_now() + RECEIPT_LASTS + timedelta(seconds=5), tick=False):
            answer = citizen.send(paper=paper)
        assert 'id="pin"' not in answer.text
        assert len(citizen.cases()) == 1

    def test_takes_the_unit_of_the_counter_in_the_link(self, citizen: Citizen) -> None:
        page = citizen.http.get(f"/feedback?at={citizen.counter}").text
        assert "Phường Thục Phán" in page
        citizen.sent(paper=citizen.paper(page), unit="", at=citizen.counter, place="")
        (case,) = citizen.cases()
        assert (case.unit_path, case.place) == ("04/01273", "Quầy 2, Bộ phận Một cửa")

    def test_finds_the_unit_by_words_without_diacritics(self, citizen: Citizen) -> None:
        citizen.sent(unit="", unit_text="thuc phan")
        assert citizen.cases()[0].unit_path == "04/01273"

    def test_offers_units_when_words_mean_several(self, citizen: Citizen) -> None:
        answer = citizen.send(unit="", unit_text="hoa", do="find")
        assert answer.status_code == 200
        assert answer.text.count('name="unit"') > 1
        assert PETITION["text"] in answer.text

    def test_never_stores_an_anonymous_sender(self, citizen: Citizen) -> None:
        citizen.sent(kind="suggestion", anonymity="anonymous")
        with citizen.database.read() as session:
            assert session.scalar(select(func.count()).select_from(CaseContact)) == 0
        assert citizen.cases()[0].phone_hash is None

    def test_records_what_was_agreed_to(self, citizen: Citizen) -> None:
        citizen.sent(wants_notices="y", anonymity="public")
        with citizen.database.read() as session:
            purposes = set(session.scalars(select(ConsentRecord.purpose)))
        assert purposes == {"notices", "public_name"}

    @pytest.mark.parametrize(("typed", "kept"), [("land", "land"), ("", ""), ("<b>", "")])
    def test_keeps_a_field_of_the_list_only(self, citizen: Citizen, typed: str, kept: str) -> None:
        citizen.sent(field_name=typed)
        assert citizen.cases()[0].field == kept

    def test_sends_the_code_and_never_the_pin_to_who_asks(self, citizen: Citizen) -> None:
        send_by("CAOBANG", citizen)
        answer = citizen.send(wants_code="y")
        code, pin = code_and_pin(answer)
        (message,) = messages(citizen)
        assert f"Ma theo doi: {code}." in message
        assert pin not in message
        assert "cũng được nhắn" in answer.text

    def test_sends_one_message_to_who_asks_for_notices_too(self, citizen: Citizen) -> None:
        send_by("CAOBANG", citizen)
        citizen.sent(wants_code="y", wants_notices="y")
        assert len(messages(citizen)) == 1

    def test_says_when_the_code_cannot_be_sent(self, citizen: Citizen) -> None:
        answer = citizen.send(wants_code="y")
        assert messages(citizen) == []
        assert "Chưa nhắn được mã" in answer.text

    @pytest.mark.parametrize(
        "other", [{"phone": ""}, {"phone": "0243 825 1234"}, {"kind": "suggestion", "anonymity": "anonymous"}]
    )
    def test_asks_for_a_telephone_that_the_code_can_go_to(
        self, citizen: Citizen, other: dict[str, str]
    ) -> None:
        assert citizen.send(wants_code="y", **other).status_code == 422

    def test_ticks_no_box_beforehand(self, citizen: Citizen) -> None:
        boxes = re.findall(r'<input type="checkbox"[^>]*>', citizen.http.get("/feedback").text)
        assert len(boxes) == 2
        assert all("checked" not in box for box in boxes)


class TestRefusing:
    def test_asks_the_name_for_a_petition_and_offers_a_suggestion(self, citizen: Citizen) -> None:
        answer = citizen.send(name="")
        assert answer.status_code == 422
        assert "Góp ý" in answer.text
        assert PETITION["text"] in answer.text
        assert citizen.cases() == []

    @pytest.mark.parametrize(
        ("field", "value"),
        [("kind", ""), ("text", " \u200b\x00 "), ("unit", "99999"), ("phone", "12"), ("name", "a" * 121)],
    )
    def test_says_what_is_wrong_and_gives_everything_back(
        self, citizen: Citizen, field: str, value: str
    ) -> None:
        answer = citizen.send(**{field: value})
        assert answer.status_code == 422
        assert "Có lỗi cần sửa" in answer.text
        assert citizen.cases() == []

    def test_gives_200000_characters_back(self, citizen: Citizen) -> None:
        long = "Đèn hỏng. " * 20_000
        answer = citizen.send(text=long)
        assert answer.status_code == 422
        assert answer.text.count("Đèn hỏng.") == 20_000

    def test_keeps_markup_as_words(self, citizen: Citizen) -> None:
        answer = citizen.send(text="<script>alert(1)</script>", name='"><img src=x>', phone="x")
        assert "<script>alert(1)" not in answer.text
        assert "<img src=x>" not in answer.text

    def test_takes_hidden_characters_out_of_names(self, citizen: Citizen) -> None:
        citizen.sent(name="Lan\u202e gnàoH\u200b", text="Hỏng 👨‍👩‍👧 đèn\x07")
        with citizen.database.read() as session:
            sealed = session.scalars(select(CaseContact.name_sealed)).one()
        assert sealed is not None
        assert FieldCipher(KEY).decrypt(sealed) == "Lan gnàoH"
        assert citizen.cases()[0].text == "Hỏng 👨‍👩‍👧 đèn"

    def test_answers_a_forged_paper_with_the_form(self, citizen: Citizen) -> None:
        answer = citizen.send(paper="forged")
        assert answer.status_code == 400
        assert PETITION["text"] in answer.text
        assert code_and_pin(citizen.send(paper=citizen.paper(answer.text)))

    def test_refuses_56_megabytes_with_a_page_that_helps(self, citizen: Citizen) -> None:
        answer = citizen.http.post(
            "/feedback",
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"CONTENT_LENGTH": str(56 * 1024 * 1024)},
        )
        assert answer.status_code == 413
        assert "10 MB" in answer.text

    def test_slows_down_a_flood(self, citizen: Citizen) -> None:
        statuses = [citizen.send().status_code for _ in range(21)]
        assert statuses == [200] * 20 + [429]


class TestFiles:
    def test_come_along_with_a_case(self, citizen: Citizen) -> None:
        citizen.sent(files=(picture(), "nha-toi.png"))
        with citizen.database.read() as session:
            kept = session.scalars(select(Attachment)).one()
        assert kept.media_type == "image/png"
        assert "nha" not in kept.label

    def test_are_refused_beside_the_field_and_the_text_stays(self, citizen: Citizen) -> None:
        answer = citizen.send(files=(BytesIO(b"PK\x03\x04 a zip"), "anh.jpg"))
        assert answer.status_code == 422
        assert 'id="files-error"' in answer.text
        assert "Xin chọn lại tệp" in answer.text
        assert PETITION["text"] in answer.text

    def test_follow_later_by_code_and_pin(self, citizen: Citizen) -> None:
        key = citizen.key(*citizen.sent())
        answer = citizen.http.post(
            "/feedback/track/supplement",
            data={"key": key, "files": (picture(), "den.png")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 200
        with citizen.database.read() as session:
            assert session.scalar(select(func.count()).select_from(Attachment)) == 1


def picture() -> BytesIO:
    """Return a small PNG."""
    content = BytesIO()
    Image.new("RGB", (8, 8), "red").save(content, "PNG")
    content.seek(0)
    return content


class TestTheOtherTrack:
    TEXT = "Tôi tố cáo ông trưởng phòng nhận hối lộ."

    def test_asks_once_where_words_look_like_a_denunciation(self, citizen: Citizen) -> None:
        answer = citizen.send(text=self.TEXT)
        assert answer.status_code == 422
        assert "có vẻ là tố cáo" in answer.text
        assert citizen.cases() == []

    def test_takes_the_sender_by_the_word_and_marks_it_for_the_clerk(self, citizen: Citizen) -> None:
        citizen.sent(text=self.TEXT, diversion="keep")
        with citizen.database.read() as session:
            details = session.scalars(select(CaseEvent.details)).one()
        assert details["suspected"] == "denunciation"

    def test_enters_a_denunciation_in_the_restricted_register_only(self, citizen: Citizen) -> None:
        citizen.sent(text=self.TEXT, diversion="denunciation")
        with citizen.database.read() as session:
            kinds = list(session.scalars(select(Grievance.kind)))
            assert session.scalar(select(func.count()).select_from(Case)) == 0
        assert kinds == ["denunciation"]

    def test_explains_the_law_before_it_takes_a_complaint(self, citizen: Citizen) -> None:
        page = citizen.http.get("/feedback?kind=complaint&unit=01273").text
        assert "Luật Khiếu nại 2011, Điều 8" in page
        refused = citizen.send(kind="complaint", paper=citizen.paper(page))
        assert refused.status_code == 422
        assert code_and_pin(citizen.send(kind="complaint", has_read="y"))

    def test_offers_no_publication_of_a_name_that_is_never_published(self, citizen: Citizen) -> None:
        assert 'value="public"' in citizen.http.get("/feedback").text
        assert 'value="public"' not in citizen.http.get("/feedback?kind=complaint").text

    @pytest.mark.parametrize("kind", ["complaint", "denunciation"])
    def test_offers_the_letter_to_print(self, citizen: Citizen, kind: str) -> None:
        assert f"/feedback/other-track/{kind}" in citizen.http.get("/feedback/other-track").text
        assert "ký hoặc điểm chỉ" in citizen.http.get(f"/feedback/other-track/{kind}").text


class TestTheWayFromASurvey:
    def test_names_the_counter_and_nothing_of_the_answer(self, citizen: Citizen) -> None:
        page = citizen.http.get(f"/feedback?at={citizen.counter}").text
        assert "receipt" not in page
        assert "submission" not in page

    def test_is_offered_on_the_first_page(self, citizen: Citizen) -> None:
        page = citizen.http.get("/").text
        assert 'href="/feedback"' in page
        assert 'href="/feedback/track"' in page


def test_the_form_is_small(citizen: Citizen) -> None:
    # 14 KB arrive in the first flight of a connection (an initial window of 10 segments).
    answer = citizen.http.get("/feedback", headers={"Accept-Encoding": "gzip"})
    assert len(answer.data) < 14 * 1024
