"""The page that follows a case: with the code where it stands, with the PIN what was written and answered."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.guards.papers import PASS_LASTS
from survey_app.feedback.guards.throttles import Watch
from survey_app.feedback.models import Answer, Case, CaseContact, CaseRating, PrivacyRequest
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.queries.privacy import subject_of
from survey_app.feedback.rules.actors import SYSTEM, Installation
from survey_app.feedback.rules.codes import new_code, normalised
from survey_app.feedback.rules.states import State, Step
from survey_app.feedback.views.public.services import NAME
from survey_app.foundation.clock import now as clock_now
from tests.feedback.citizen.conftest import KEY, PETITION, Citizen

INSTALLATION = Installation(KEY, "http://127.0.0.1:8000")
Moves = Callable[..., None]


@pytest.fixture
def moves(citizen: Citizen) -> Moves:
    """A function that lets the desk make moves with the only case."""

    def move(*steps: Step, **words: Any) -> None:
        def make(session: Session) -> None:
            case = session.scalars(select(Case)).one()
            for step in steps:
                make_move(
                    session,
                    case=case,
                    step=step,
                    actor=SYSTEM,
                    installation=INSTALLATION,
                    now=clock_now(),
                    **words,
                )

        citizen.database.write(make)

    return move


@pytest.fixture
def answered(citizen: Citizen, moves: Moves) -> tuple[str, str]:
    """Code and PIN of a case that was answered a moment ago."""
    code, pin = citizen.sent()
    moves(Step.RECEIVE, Step.TAKE, Step.SUBMIT, Step.APPROVE, Step.SEND)

    def answer(session: Session) -> None:
        case_id = session.scalars(select(Case.id)).one()
        parts = {"found": "Bóng đèn cháy.", "done": "Đã thay bóng mới."}
        session.add(
            Answer(case_id=case_id, round=1, parts=parts, drafted_at=clock_now(), sent_at=clock_now())
        )

    citizen.database.write(answer)
    return code, pin


def guessed(citizen: Citizen, code: str, pin: str = "", address: str = "192.0.2.1") -> Any:
    """Return the answer to one try."""
    return citizen.http.post(
        "/feedback/track", data={"code": code, "pin": pin}, environ_base={"REMOTE_ADDR": address}
    )


class TestTheCodeAlone:
    def test_shows_where_it_stands_and_until_when(self, citizen: Citizen) -> None:
        code, _pin = citizen.sent()
        page = citizen.http.get(f"/feedback/track?code={code}").text
        assert "Đã gửi, chờ tiếp nhận" in page
        assert "Phường Thục Phán" in page

    def test_shows_nothing_that_was_written(self, citizen: Citizen, moves: Moves) -> None:
        code, _pin = citizen.sent()
        moves(Step.ASK, reason="Bà Lan cho biết số cột đèn?")
        page = guessed(citizen, code).text
        assert "Chờ ông/bà bổ sung" in page
        assert PETITION["text"] not in page
        assert "Lan" not in page

    def test_tells_why_it_went_elsewhere(self, citizen: Citizen, moves: Moves) -> None:
        code, _pin = citizen.sent()
        moves(Step.FORWARD, reason="Đèn do Điện lực quản lý.", body="Điện lực Cao Bằng")
        page = guessed(citizen, code).text
        assert "Đèn do Điện lực quản lý." in page
        assert "Điện lực Cao Bằng" in page

    @pytest.mark.parametrize("typed", ["pa-", " ", "PA"])
    def test_is_read_however_it_is_typed(self, citizen: Citizen, typed: str) -> None:
        code, _pin = citizen.sent()
        bare = normalised(code) or ""
        assert guessed(citizen, typed + bare.lower().replace("0", "o").replace("1", "l")).status_code == 200

    def test_tells_of_a_denunciation_only_that_it_is_being_handled(self, citizen: Citizen) -> None:
        code, pin = citizen.sent(kind="denunciation", has_read="y", text="Ông X nhận hối lộ")
        for page in (guessed(citizen, code).text, guessed(citizen, code, pin).text):
            assert "giải quyết theo luật riêng" in page
            assert "hối lộ" not in page
            assert "ố cáo" not in page


class TestThePin:
    def test_opens_what_was_written_and_answered(self, citizen: Citizen, answered: tuple[str, str]) -> None:
        page = guessed(citizen, *answered).text
        assert PETITION["text"] in page
        assert "Đã thay bóng mới." in page

    def test_stands_in_no_page_behind_it(self, citizen: Citizen, answered: tuple[str, str]) -> None:
        code, pin = answered
        assert pin not in guessed(citizen, code, pin).text

    def test_is_not_taken_from_an_address(self, citizen: Citizen) -> None:
        code, pin = citizen.sent()
        assert PETITION["text"] not in citizen.http.get(f"/feedback/track?code={code}&pin={pin}").text

    def test_wrong_shows_no_more_than_the_code(self, citizen: Citizen) -> None:
        code, pin = citizen.sent()
        answer = guessed(citizen, code, "000000" if pin != "000000" else "000001")
        assert answer.status_code == 422
        assert PETITION["text"] not in answer.text

    def test_ten_times_wrong_shuts_the_case_for_a_day_to_everybody(self, citizen: Citizen) -> None:
        code, pin = citizen.sent()
        wrong = next(one for one in ("111111", "222222") if one != pin)
        for number in range(10):
            assert guessed(citizen, code, wrong, f"192.0.2.{number + 10}").status_code == 422
        assert guessed(citizen, code, pin, "198.51.100.1").status_code == 429

    def test_is_counted_over_all_processes_and_restarts(self, app: Flask, citizen: Citizen) -> None:
        code, pin = citizen.sent()
        wrong = next(one for one in ("111111", "222222") if one != pin)
        for number in range(10):
            _forget_what_the_process_remembers(app)
            assert guessed(citizen, code, wrong, f"192.0.2.{number + 10}").status_code == 422
        _forget_what_the_process_remembers(app)
        assert guessed(citizen, code, pin, "198.51.100.1").status_code == 429

    def test_is_looked_at_again_the_next_day(self, citizen: Citizen) -> None:
        code, pin = citizen.sent()
        for number in range(11):
            guessed(citizen, code, "111111" if pin != "111111" else "222222", f"192.0.2.{number + 10}")
        with time_machine.travel(clock_now() + timedelta(days=1)):
            assert guessed(citizen, code, pin, "198.51.100.1").status_code == 200

    def test_shuts_no_other_case(self, citizen: Citizen) -> None:
        shut, other = citizen.sent(), citizen.sent()
        for number in range(11):
            guessed(citizen, shut[0], "111111" if shut[1] != "111111" else "222222", f"192.0.2.{number + 10}")
        assert guessed(citizen, *other, "198.51.100.1").status_code == 200


def _forget_what_the_process_remembers(app: Flask) -> None:
    app.extensions[NAME] = replace(app.extensions[NAME], watch=Watch())


class TestGuessing:
    def test_answers_an_unknown_code_and_no_code_alike(self, citizen: Citizen) -> None:
        unknown = guessed(citizen, new_code(secrets))
        nonsense = guessed(citizen, "nonsense")
        assert unknown.status_code == nonsense.status_code == 404
        assert len(unknown.text) - len(nonsense.text) == 11 - len("nonsense")

    def test_finds_nothing_and_is_slowed(self, citizen: Citizen) -> None:
        citizen.sent()
        statuses = [guessed(citizen, new_code(secrets)).status_code for _ in range(200)]
        assert statuses == [404] * 10 + [429] * 190

    def test_slows_a_hit_as_much_as_a_miss(self, citizen: Citizen) -> None:
        code, pin = citizen.sent()
        for _ in range(10):
            guessed(citizen, new_code(secrets))
        assert guessed(citizen, code, pin).status_code == 429
        assert guessed(citizen, code, pin, "198.51.100.1").status_code == 200


class TestActing:
    def act(self, citizen: Citizen, step: str, key: str, **fields: Any) -> Any:
        return citizen.http.post(
            f"/feedback/track/{step}", data={"key": key} | fields, content_type="multipart/form-data"
        )

    def test_adds_what_was_asked_for(self, citizen: Citizen, moves: Moves) -> None:
        code, pin = citizen.sent()
        moves(Step.ASK, reason="Cột số mấy?")
        page = guessed(citizen, code, pin).text
        assert "Cột số mấy?" in page
        answer = self.act(citizen, "supplement", citizen.key(code, pin), text="Cột số 14.")
        assert "Đã nhận nội dung bổ sung." in answer.text
        (case,) = citizen.cases()
        assert case.state is State.RECEIVED
        assert case.text.endswith("\nCột số 14.")

    def test_the_petition_stays_vietnamese_for_who_reads_english(
        self, citizen: Citizen, moves: Moves
    ) -> None:
        code, pin = citizen.sent()
        moves(Step.ASK, reason="Cột số mấy?")
        self.act(citizen, "supplement?lang=en", citizen.key(code, pin), text="Number 14.")
        assert re.search(r"\n\nBổ sung ngày [\d/]{10}:\nNumber 14\.$", citizen.cases()[0].text)

    def test_adds_nothing_where_nothing_was_asked(self, citizen: Citizen) -> None:
        code, pin = citizen.sent()
        answer = self.act(citizen, "supplement", citizen.key(code, pin), text="Thêm.")
        assert answer.status_code == 422
        assert citizen.cases()[0].text == PETITION["text"]

    def test_rates_an_answer_once(self, citizen: Citizen, answered: tuple[str, str]) -> None:
        key = citizen.key(*answered)
        first = self.act(citizen, "rate", key, satisfaction="4", solved="partly", comment="Được")
        second = self.act(citizen, "rate", key, satisfaction="1", solved="no")
        assert (first.status_code, second.status_code) == (200, 422)
        with citizen.database.read() as session:
            rating = session.scalars(select(CaseRating)).one()
        assert (rating.satisfaction, rating.solved, rating.round) == (4, "partly", 1)

    @pytest.mark.parametrize(
        "fields", [{}, {"satisfaction": "6", "solved": "yes"}, {"satisfaction": "5", "solved": "maybe"}]
    )
    def test_refuses_half_a_rating(
        self, citizen: Citizen, answered: tuple[str, str], fields: dict[str, str]
    ) -> None:
        assert self.act(citizen, "rate", citizen.key(*answered), **fields).status_code == 422

    def test_reopens_within_the_window_once(self, citizen: Citizen, answered: tuple[str, str]) -> None:
        key = citizen.key(*answered)
        assert self.act(citizen, "reopen", key, reason="Vẫn tối.").status_code == 200
        assert citizen.cases()[0].state is State.REOPENED
        assert self.act(citizen, "reopen", key, reason="Nữa").status_code == 422

    def test_does_not_reopen_after_the_window(self, citizen: Citizen, answered: tuple[str, str]) -> None:
        # 15 days unless the desk sets others (officer-ux: reopen once, within 15 days).
        with time_machine.travel(clock_now() + timedelta(days=16), tick=False):
            answer = self.act(citizen, "reopen", citizen.key(*answered), reason="Vẫn tối.")
        assert answer.status_code == 422
        assert citizen.cases()[0].state is State.ANSWERED

    def test_asks_a_reason_for_looking_again(self, citizen: Citizen, answered: tuple[str, str]) -> None:
        assert self.act(citizen, "reopen", citizen.key(*answered), reason=" ").status_code == 422

    def test_takes_the_case_back(self, citizen: Citizen) -> None:
        key = citizen.key(*citizen.sent())
        assert self.act(citizen, "withdraw", key).status_code == 200
        assert citizen.cases()[0].state is State.WITHDRAWN

    def test_takes_the_consent_to_messages_back(self, citizen: Citizen) -> None:
        key = citizen.key(*citizen.sent(wants_notices="y"))
        self.act(citizen, "consent", key, purpose="notices")
        with citizen.database.read() as session:
            assert session.scalars(select(CaseContact.wants_notices)).one() is False

    def test_asks_to_correct_the_own_data_once(self, citizen: Citizen) -> None:
        key = citizen.key(*citizen.sent())
        for _time in range(2):
            answer = self.act(citizen, "privacy", key, asked="rectify", wish="Tên đúng là Hoàng Thị Lân")
        assert "Đã nhận yêu cầu về dữ liệu cá nhân" in answer.text
        assert "Mới nhận" in answer.text
        with citizen.database.read() as session:
            asked = session.scalars(select(PrivacyRequest)).one()
            wish = subject_of(asked, key=KEY)
        assert (asked.kind, wish) == ("rectify", "Tên đúng là Hoàng Thị Lân")
        assert b"Ho\xc3\xa0ng" not in (asked.subject_sealed or b"")

    @pytest.mark.parametrize("fields", [{}, {"asked": "rectify", "wish": " "}, {"asked": "protect"}])
    def test_refuses_a_request_about_data_that_says_too_little(
        self, citizen: Citizen, fields: dict[str, str]
    ) -> None:
        assert self.act(citizen, "privacy", citizen.key(*citizen.sent()), **fields).status_code == 422

    @pytest.mark.parametrize("step", ["supplement", "rate", "reopen", "withdraw", "consent", "privacy"])
    def test_needs_a_pass(self, citizen: Citizen, step: str) -> None:
        citizen.sent()
        answer = self.act(
            citizen, step, "forged", reason="x", text="x", satisfaction="1", solved="no", asked="erase"
        )
        assert answer.status_code == 400
        assert citizen.cases()[0].version == 1

    def test_needs_a_young_pass(self, citizen: Citizen) -> None:
        key = citizen.key(*citizen.sent())
        with time_machine.travel(clock_now() + PASS_LASTS + timedelta(seconds=2), tick=False):
            assert self.act(citizen, "withdraw", key).status_code == 400

    def test_changes_nothing_by_an_address(self, citizen: Citizen) -> None:
        assert citizen.http.get("/feedback/track/withdraw").status_code == 303


def test_a_page_is_never_kept_by_a_browser(citizen: Citizen, now: datetime) -> None:
    code, pin = citizen.sent()
    assert guessed(citizen, code, pin).headers["Cache-Control"] == "no-store"
