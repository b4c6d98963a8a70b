"""The restricted register: sealed, every reading noted, its steps as one table says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import (
    Attachment,
    AttachmentContent,
    Case,
    CaseContact,
    Grievance,
    GrievanceEvent,
)
from survey_app.feedback.operations.attachments import add_files
from survey_app.feedback.operations.grievance_steps import (
    GrievanceChangedMeanwhile,
    Told,
    UnableToHandle,
    read_grievance,
    take_step,
)
from survey_app.feedback.operations.grievances import divert_case, open_grievance
from survey_app.feedback.operations.moves import UnableToMove
from survey_app.feedback.queries.attachments import content_of, find_file
from survey_app.feedback.queries.grievances import grievance_lines, running_duties
from survey_app.feedback.rules.actors import CITIZEN, staff_member
from survey_app.feedback.rules.drafts import CaseDraft, FileDraft, SenderDraft
from survey_app.feedback.rules.grievances import (
    MOVES,
    STILL_OPEN,
    GrievanceState,
    GrievanceStep,
    diversion_words,
    move_from,
    moves_from,
)
from survey_app.feedback.rules.kinds import Anonymity, GrievanceKind
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.privacy import FieldCipher
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import INSTALLATION, OTHER_WARD, WARD, CaseDesk
from tests.feedback.privacy.files import PDF

COMPLAINT, DENUNCIATION = GrievanceKind.COMPLAINT, GrievanceKind.DENUNCIATION
CODE = "7K3F9M2XQD4"


def _draft(kind: GrievanceKind, **other: Any) -> CaseDraft:
    words: dict[str, Any] = {
        "submission_id": "s",
        "kind": kind,
        "unit_path": WARD,
        "text": "Ông Lê Văn B nhận tiền.",
        "sender": SenderDraft(name="Hoàng Thị Lan", phone="0912345678"),
        "files": (FileDraft("application/pdf", PDF),),
    }
    return CaseDraft(**words | other)


@pytest.fixture
def opened(desk: CaseDesk) -> Callable[..., int]:
    """A function that enters one and returns its number."""

    def enter(kind: GrievanceKind, **other: Any) -> int:
        def operation(session: Session) -> int:
            return open_grievance(
                session,
                draft=_draft(kind, **other),
                code=CODE,
                pin_digest="0" * 64,
                actor=CITIZEN,
                installation=INSTALLATION,
                now=desk.now,
            ).id

        return desk.database.write(operation)

    return enter


def _step(desk: CaseDesk, entered: int, step: GrievanceStep, version: int | None = None, **told: Any) -> None:
    officer = staff_member(desk.officer((Role.GRIEVANCE_OFFICER, WARD)))

    def operation(session: Session) -> None:
        grievance = session.get_one(Grievance, entered)
        take_step(
            session,
            grievance=grievance,
            step=step,
            actor=officer,
            installation=INSTALLATION,
            now=desk.now,
            version=grievance.version if version is None else version,
            told=Told(**told),
        )

    desk.database.write(operation)


def _read(desk: CaseDesk, number: int) -> Any:
    reader = staff_member(desk.officer((Role.GRIEVANCE_OFFICER, WARD)))
    return desk.database.write(
        lambda session: read_grievance(
            session,
            grievance=session.get_one(Grievance, number),
            actor=reader,
            installation=INSTALLATION,
            now=desk.now,
        )
    )


def _look(desk: CaseDesk, number: int) -> Grievance:
    with desk.database.read() as session:
        return session.get_one(Grievance, number)


def _duties(desk: CaseDesk, number: int) -> dict[Duty, datetime]:
    with desk.database.read() as session:
        return {one.duty: one.due_at for one in running_duties(session, [number]).get(number, [])}


class TestEntering:
    """`open_grievance`."""

    def test_seals_words_sender_and_files(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        number = opened(DENUNCIATION)

        with desk.database.read() as session:
            kept = session.get_one(Grievance, number)
            stored = session.scalars(select(AttachmentContent.content)).one()
        assert "Lê".encode() not in kept.content_sealed
        assert kept.sender_sealed is not None
        assert b"%PDF" not in stored

    def test_stores_nothing_among_the_cases(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        opened(COMPLAINT)

        with desk.database.read() as session:
            assert session.scalars(select(Case.id)).all() == []

    def test_keeps_nobody_who_wishes_to_be_nobody(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        assert _look(desk, opened(DENUNCIATION, anonymity=Anonymity.ANONYMOUS)).sender_sealed is None

    def test_starts_the_limits_from_receipt(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        # Saturday 21/11/2026, so Monday 23/11 is day 0; 24/11 is a holiday. Seven working days to accept a khiếu nại
        # (NĐ 155/2026/NĐ-CP) are 25, 26, 27, 30/11 and 1, 2, 3/12, until 17:00 in Việt Nam.
        due = _duties(desk, opened(COMPLAINT))

        assert list(due) == [Duty.ACCEPT]
        assert due[Duty.ACCEPT] == datetime(2026, 12, 3, 10, tzinfo=UTC)

    def test_lets_a_denunciation_be_forwarded_in_five_working_days(
        self, desk: CaseDesk, opened: Callable[..., int]
    ) -> None:
        # Luật Tố cáo 25/2018/QH14 Đ24.2.
        assert set(_duties(desk, opened(DENUNCIATION))) == {Duty.ACCEPT, Duty.FORWARD}


class TestReading:
    """`read_grievance`."""

    def test_gives_words_and_sender(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        content = _read(desk, opened(DENUNCIATION))

        assert content.texts["text"] == "Ông Lê Văn B nhận tiền."
        assert content.sender == {"name": "Hoàng Thị Lan", "phone": "0912345678"}

    def test_is_noted_each_time(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        number = opened(DENUNCIATION)
        _read(desk, number)
        _read(desk, number)

        with desk.database.read() as session:
            steps = session.scalars(select(GrievanceEvent.step).order_by(GrievanceEvent.id)).all()
        assert steps == [GrievanceStep.OPEN, GrievanceStep.READ, GrievanceStep.READ]

    def test_unseals_its_files(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        opened(DENUNCIATION)

        with desk.database.read() as session:
            file = find_file(session, session.scalars(select(Attachment.token)).one())
            assert file is not None
            assert content_of(session, file, key=INSTALLATION.contact_key).content == PDF

    def test_is_not_told_by_what_objects_show_of_themselves(
        self, desk: CaseDesk, opened: Callable[..., int]
    ) -> None:
        assert "Lê Văn" not in repr(_read(desk, opened(DENUNCIATION)))


class TestSteps:
    """`take_step` and its table."""

    def test_acceptance_starts_the_limit_for_the_decision(
        self, desk: CaseDesk, opened: Callable[..., int]
    ) -> None:
        number = opened(COMPLAINT)
        _step(desk, number, GrievanceStep.ACCEPT)

        # 30 calendar days from 21/11/2026 (Luật Khiếu nại Đ28): Monday 21/12, 17:00 in Việt Nam.
        assert _duties(desk, number) == {Duty.DECIDE: datetime(2026, 12, 21, 10, tzinfo=UTC)}
        assert _look(desk, number).accepted_at == desk.now

    def test_decision_keeps_number_and_day_only(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        number = opened(COMPLAINT)
        _step(desk, number, GrievanceStep.ACCEPT)
        _step(desk, number, GrievanceStep.DECIDE, number="12/QĐ-UBND", document_date=date(2026, 11, 21))

        with desk.database.read() as session:
            details = session.scalars(select(GrievanceEvent.details).order_by(GrievanceEvent.id)).all()
        assert details[-1] == {"number": "12/QĐ-UBND", "date": "2026-11-21"}
        assert _look(desk, number).state is GrievanceState.DECIDED
        assert _duties(desk, number) == {}

    def test_forwarding_names_the_body(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        number = opened(DENUNCIATION)
        with pytest.raises(UnableToHandle):
            _step(desk, number, GrievanceStep.FORWARD)
        _step(desk, number, GrievanceStep.FORWARD, body="Thanh tra tỉnh")

        assert _look(desk, number).competent_body == "Thanh tra tỉnh"

    def test_note_is_sealed(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        number = opened(DENUNCIATION)
        _step(desk, number, GrievanceStep.NOTE, note="Đã gọi người gửi.")

        assert [text for _event, text in _read(desk, number).notes] == ["Đã gọi người gửi."]
        with desk.database.read() as session:
            sealed = session.scalars(select(GrievanceEvent.note_sealed).order_by(GrievanceEvent.id)).all()
        assert "gọi".encode() not in (sealed[1] or b"")

    def test_of_two_officers_at_once_is_the_first(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        number = opened(COMPLAINT)
        _step(desk, number, GrievanceStep.ACCEPT, version=1)

        with pytest.raises(GrievanceChangedMeanwhile):
            _step(desk, number, GrievanceStep.RETURN, version=1, note="x")

    @pytest.mark.parametrize("kind", GrievanceKind)
    @pytest.mark.parametrize("step", [step for step in GrievanceStep if step is not GrievanceStep.OPEN])
    @pytest.mark.parametrize("state", GrievanceState)
    def test_allows_what_the_table_allows_and_ends_where_it_says(
        self, state: GrievanceState, step: GrievanceStep, kind: GrievanceKind
    ) -> None:
        move = move_from(state, step, kind)

        assert (move in tuple(moves_from(state, kind))) is (move is not None)
        if step in (GrievanceStep.READ, GrievanceStep.NOTE):
            assert move is not None
            assert move.target is None
        elif state not in STILL_OPEN:
            assert move is None

    def test_a_complaint_is_never_forwarded(self) -> None:
        # Luật Tiếp công dân 42/2013/QH13 Đ26.1.b: the person is guided.
        assert all(move_from(state, GrievanceStep.FORWARD, COMPLAINT) is None for state in GrievanceState)

    def test_every_open_state_can_be_left(self) -> None:
        assert all(any(one.target for one in MOVES if state in one.sources) for state in STILL_OPEN)


class TestList:
    """`grievance_lines`."""

    def test_shows_those_of_the_own_units_only(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        opened(COMPLAINT)

        with desk.database.read() as session:
            assert len(grievance_lines(session, inside=[WARD], is_open=True).items) == 1
            assert len(grievance_lines(session, inside=[OTHER_WARD], is_open=True).items) == 0

    def test_keeps_what_is_over_apart(self, desk: CaseDesk, opened: Callable[..., int]) -> None:
        _step(desk, opened(COMPLAINT), GrievanceStep.GUIDE, body="UBND tỉnh")

        with desk.database.read() as session:
            assert not grievance_lines(session, inside=[WARD], is_open=True).items
            assert grievance_lines(session, inside=[WARD], is_open=False).items[0].code == CODE


class TestDiversion:
    """`divert_case`."""

    def _diverted(self, desk: CaseDesk, **columns: Any) -> tuple[int, int]:
        officer = desk.officer((Role.ROUTING_OFFICER, WARD))
        case_id = desk.case(
            text="Tôi tố cáo ông B.", summary="Tôi tố cáo", search_text="toi to cao", folded="toi", **columns
        )
        desk.do(_add_all, case=case_id)
        grievance = desk.run(
            divert_case, case_id, officer, kind=DENUNCIATION, reason="Nêu tên người vi phạm."
        )
        return case_id, grievance.id

    def test_leaves_an_empty_shell(self, desk: CaseDesk) -> None:
        case = desk.look(self._diverted(desk)[0])

        assert case.state is State.DIVERTED
        assert (case.text, case.summary, case.search_text, case.folded, case.place) == ("",) * 5

    def test_takes_words_sender_and_files_along(self, desk: CaseDesk) -> None:
        case_id, number = self._diverted(desk)
        content = _read(desk, number)

        assert content.texts["text"] == "Tôi tố cáo ông B."
        assert content.sender == {"name": "Hoàng Thị Lan"}
        with desk.database.read() as session:
            assert session.get(CaseContact, case_id) is None
            assert session.scalars(select(Attachment.grievance_id)).all() == [number]

    def test_keeps_code_pin_and_the_day_it_came(self, desk: CaseDesk) -> None:
        case_id, number = self._diverted(desk)
        case, kept = desk.look(case_id), _look(desk, number)

        assert (kept.code, kept.pin_digest, kept.received_at) == (case.code, case.pin_digest, case.created_at)

    def test_tells_everybody_the_same_neutral_words(self, desk: CaseDesk) -> None:
        case_id, number = self._diverted(desk)
        event = desk.events(case_id)[-1]

        assert (event.step, event.reason, event.note) == (Step.DIVERT, diversion_words(), "")
        assert _read(desk, number).notes[0][1] == "Nêu tên người vi phạm."

    def test_stops_the_clocks_of_the_case_and_starts_those_of_the_other_track(self, desk: CaseDesk) -> None:
        case_id, number = self._diverted(desk)

        assert all(clock.stopped_at for clock in desk.clocks(case_id))
        assert set(_duties(desk, number)) == {Duty.ACCEPT, Duty.FORWARD}

    def test_of_a_part_takes_the_words_of_the_whole_too(self, desk: CaseDesk) -> None:
        whole = desk.case(text="Đèn hỏng, và tôi tố cáo ông B.", state=State.SPLIT, duties=())
        _case_id, number = self._diverted(desk, part_of_id=whole, part=1)

        assert desk.look(whole).text == ""
        assert _read(desk, number).texts["whole"]["text"] == "Đèn hỏng, và tôi tố cáo ông B."

    def test_needs_a_reason(self, desk: CaseDesk) -> None:
        with pytest.raises(UnableToHandle):
            desk.run(divert_case, desk.case(), kind=COMPLAINT, reason=" ")

    def test_is_refused_once_it_is_answered(self, desk: CaseDesk) -> None:
        case_id = desk.case(state=State.ANSWERED, duties=())

        with pytest.raises(UnableToMove):
            desk.run(divert_case, case_id, kind=COMPLAINT, reason="x")
        assert desk.look(case_id).text == "Đèn đường hỏng ba tuần nay."


def _add_all(session: Session, *, case: Case, installation: Any, now: datetime) -> None:
    add_files(session, case=case, files=[FileDraft("application/pdf", PDF)], actor=CITIZEN, now=now)
    session.add(
        CaseContact(
            case_id=case.id,
            name_sealed=FieldCipher(installation.contact_key).encrypt("Hoàng Thị Lan"),
            purpose="handling",
            ground="Đ19.1",
            purge_on=date(2028, 11, 21),
        )
    )
    session.flush()
