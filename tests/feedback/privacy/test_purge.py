"""What is purged, when, and what stays; a database from a backup loses the same once more."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.feedback.commands import feedback
from survey_app.feedback.models import (
    Answer,
    AnswerVersion,
    Attachment,
    AttachmentContent,
    Case,
    CaseClock,
    CaseContact,
    CaseEvent,
    CaseRating,
    ConsentRecord,
    Grievance,
    GrievanceEvent,
    PrivacyRequest,
    PublicCopy,
    PurgeRun,
)
from survey_app.feedback.operations.attachments import add_files
from survey_app.feedback.operations.grievances import open_grievance
from survey_app.feedback.operations.purge import Purged, purge
from survey_app.feedback.queries.retention import count_due
from survey_app.feedback.rules.actors import CITIZEN
from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.drafts import CaseDraft, FileDraft
from survey_app.feedback.rules.grievances import GrievanceState
from survey_app.feedback.rules.kinds import ActorKind, GrievanceKind, Kind
from survey_app.feedback.rules.privacy import RequestKind, RequestState
from survey_app.feedback.rules.retention import RULES, Record, digest_of
from survey_app.feedback.rules.states import OPEN, State, Step
from survey_app.foundation.clock import local_date
from tests.feedback.case_desk import INSTALLATION, WARD, CaseDesk
from tests.feedback.privacy.files import PDF
from tests.feedback.restricted_house import rows_of

TODAY = date(2026, 11, 21)
TOMORROW = date(2026, 11, 22)
MARK = "zqxpurged"


def _purge(desk: CaseDesk, most: int = 200) -> Purged:
    return desk.database.write(lambda session: purge(session, now=desk.now, most=most))


def _due(desk: CaseDesk) -> dict[Record, int]:
    with desk.database.read() as session:
        return count_due(session, today=local_date(desk.now), now=desk.now)


def _count(desk: CaseDesk, model: Any) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _contact(desk: CaseDesk, until: date = TODAY, **columns: Any) -> int:
    case_id = desk.case(**{"state": State.CLOSED, "duties": (), "phone_hash": "0" * 64} | columns)

    def keep(session: Session) -> None:
        session.add(CaseContact(case_id=case_id, purpose="handling", ground="Đ19.1", purge_on=until))

    desk.database.write(keep)
    return case_id


class TestContacts:
    """Who sent a case."""

    def test_go_on_their_day_and_the_words_stay(self, desk: CaseDesk) -> None:
        case_id = _contact(desk)
        _purge(desk)

        assert _count(desk, CaseContact) == 0
        assert desk.look(case_id).phone_hash is None
        assert desk.look(case_id).text != ""

    def test_stay_until_their_day(self, desk: CaseDesk) -> None:
        _contact(desk, TOMORROW)
        _purge(desk)

        assert _count(desk, CaseContact) == 1

    @pytest.mark.parametrize("state", sorted(OPEN | {State.MERGED}))
    def test_stay_while_the_sender_waits(self, desk: CaseDesk, state: State) -> None:
        _contact(desk, state=state)
        _purge(desk)

        assert _count(desk, CaseContact) == 1

    def test_of_a_split_petition_stay_while_a_part_is_open(self, desk: CaseDesk) -> None:
        whole = _contact(desk, state=State.SPLIT)
        desk.case(part_of_id=whole, part=1, state=State.IN_PROGRESS)
        _purge(desk)

        assert _count(desk, CaseContact) == 1


class TestCases:
    """A case as a whole."""

    def _old(self, desk: CaseDesk) -> int:
        case_id = _contact(desk, TOMORROW, purge_on=TODAY, summary="Đèn", search_text="den", folded="den")

        def fill(session: Session) -> None:
            case = session.get_one(Case, case_id)
            files = [FileDraft("application/pdf", PDF)]
            add_files(session, case=case, files=files, actor=CITIZEN, now=desk.now)
            session.add(
                ConsentRecord(
                    case_id=case_id, purpose="notices", text_version="x", channel="web", given_at=desk.now
                )
            )

        desk.database.write(fill)
        return case_id

    def test_loses_words_files_consents_and_sender(self, desk: CaseDesk) -> None:
        case = desk.look(self._old(desk))
        _purge(desk)
        case = desk.look(case.id)

        assert (case.text, case.summary, case.search_text, case.folded) == ("",) * 4
        assert [_count(desk, one) for one in (Attachment, AttachmentContent, ConsentRecord, CaseContact)] == (
            [0] * 4
        )

    def test_leaves_no_word_in_any_table_nor_in_the_files_of_the_index(
        self, app: Flask, now: datetime
    ) -> None:
        # The words stand wherever a case keeps some; with one record at a time the index is written anew at the end.
        desk = CaseDesk(app.extensions["survey_app.database"], now)
        desk.prepare()
        columns: dict[str, Any] = dict.fromkeys(
            ("text", "proposal", "place", "summary", "folded", "search_text"), MARK
        )
        case_id = _contact(desk, purge_on=TODAY, national_code=MARK, **columns)
        _contact(desk)
        desk.database.write(lambda session: _write_everywhere(session, case_id, desk.now))
        assert len([row for _table, row in rows_of(desk.database) if MARK in row]) >= 7
        while _purge(desk, 1).is_more_due:
            pass

        assert [table for table, row in rows_of(desk.database) if MARK in row] == []
        if desk.database.is_sqlite:
            assert MARK.encode() not in _file_of(desk)

    def test_stays_while_a_part_needs_its_sender(self, desk: CaseDesk) -> None:
        whole = _contact(desk, TOMORROW, state=State.SPLIT, purge_on=TODAY)
        desk.case(part_of_id=whole, part=1, state=State.IN_PROGRESS)
        _purge(desk)

        assert _count(desk, CaseContact) == 1

    def test_keeps_dates_and_steps_for_reports(self, desk: CaseDesk) -> None:
        case_id = self._old(desk)
        steps = desk.steps(case_id)
        _purge(desk)

        assert desk.steps(case_id) == steps
        assert desk.look(case_id).purged_at == desk.now

    def test_is_purged_once(self, desk: CaseDesk) -> None:
        self._old(desk)

        assert _purge(desk).counts == {Record.CASES: 1}
        assert _purge(desk).counts == {}


def _write_everywhere(session: Session, case_id: int, now: datetime) -> None:
    """Write the mark into every column about a case in which people write."""
    parts: dict[str, str] = {"found": MARK}
    answer = Answer(case_id=case_id, round=1, parts=parts, drafted_at=now)
    copy = {"unit_path": WARD, "field": "", "kind": Kind.PETITION, "is_public": True, "published_at": now}
    words = dict.fromkeys(("title", "question", "answer", "search_text"), MARK)
    rating = {"round": 1, "unit_path": WARD, "satisfaction": 1, "solved": Solved.NO, "rated_at": now}
    event = {"step": Step.NOTE, "to_state": State.CLOSED, "actor_kind": ActorKind.STAFF, "unit_path": WARD}
    session.add(answer)
    session.flush()
    session.add_all(
        [
            AnswerVersion(answer_id=answer.id, version=1, parts=parts, saved_at=now),
            PublicCopy(case_id=case_id, **copy | words),
            CaseRating(case_id=case_id, comment=MARK, **rating),
            CaseEvent(case_id=case_id, at=now, reason=MARK, note=MARK, details={"x": MARK}, **event),
        ]
    )
    file = FileDraft("application/pdf", MARK.encode())
    add_files(session, case=session.get_one(Case, case_id), files=[file], actor=CITIZEN, now=now)


def _file_of(desk: CaseDesk) -> bytes:
    path = Path(desk.database.url.removeprefix("sqlite:///"))
    desk.database.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


class TestGrievances:
    """A khiếu nại or tố cáo."""

    def _over(self, desk: CaseDesk, state: GrievanceState) -> None:
        def enter(session: Session) -> None:
            draft = CaseDraft(
                submission_id="s",
                kind=GrievanceKind.COMPLAINT,
                unit_path=WARD,
                text="x",
                files=(FileDraft("application/pdf", PDF),),
            )
            kept = open_grievance(
                session,
                draft=draft,
                code="7K3F9M2XQD4",
                pin_digest="0" * 64,
                actor=CITIZEN,
                installation=INSTALLATION,
                now=desk.now,
            )
            kept.state, kept.purge_on = state, TODAY

        desk.database.write(enter)

    def test_goes_whole_once_it_is_over(self, desk: CaseDesk) -> None:
        self._over(desk, GrievanceState.DECIDED)
        _purge(desk)

        kept = (Grievance, GrievanceEvent, CaseClock, Attachment, AttachmentContent)
        assert [_count(desk, one) for one in kept] == [0] * 5

    def test_stays_while_it_is_open(self, desk: CaseDesk) -> None:
        self._over(desk, GrievanceState.ACCEPTED)
        _purge(desk)

        assert _count(desk, Grievance) == 1


@pytest.mark.parametrize("subject", [b"x", None])
def test_who_asked_for_data_is_forgotten_after_two_years(desk: CaseDesk, subject: bytes | None) -> None:
    def keep(session: Session) -> None:
        session.add(
            PrivacyRequest(
                kind=RequestKind.ACCESS,
                state=RequestState.COMPLETED,
                unit_path=WARD,
                subject_sealed=subject,
                outcome="Đã gửi bà Lan.",
                received_at=desk.now,
                complete_by=desk.now,
                completed_at=desk.now - timedelta(days=730),
            )
        )

    desk.database.write(keep)
    _purge(desk)

    with desk.database.read() as session:
        kept = session.query(PrivacyRequest).one()
    assert (kept.subject_sealed, kept.outcome) == (None, "")


class TestRuns:
    """How a purge is counted, told and repeated."""

    def test_counts_beforehand_what_it_takes(self, desk: CaseDesk) -> None:
        for _number in range(3):
            _contact(desk)
        _contact(desk, TOMORROW, purge_on=TODAY)
        expected = {record: number for record, number in _due(desk).items() if number}

        assert _purge(desk).counts == expected == {Record.CONTACTS: 3, Record.CASES: 1}

    def test_takes_a_part_at_a_time(self, desk: CaseDesk) -> None:
        for _number in range(3):
            _contact(desk)

        assert [_purge(desk, 2).is_more_due, _purge(desk, 2).is_more_due] == [True, False]
        assert _count(desk, CaseContact) == 0

    def test_leaves_a_record_of_what_went(self, desk: CaseDesk) -> None:
        case_id = _contact(desk)
        digest = _purge(desk).digest

        with desk.database.read() as session:
            run = session.query(PurgeRun).one()
        assert (run.counts, run.digest) == ({"contacts": 1}, digest)
        assert digest == digest_of({Record.CONTACTS: [case_id]})

    def test_leaves_no_record_when_nothing_was_due(self, desk: CaseDesk) -> None:
        _purge(desk)

        assert _count(desk, PurgeRun) == 0

    def test_takes_the_same_again_from_a_restored_backup(self, desk: CaseDesk, tmp_path: Any) -> None:
        case_id = _contact(desk)
        first = _purge(desk)

        def restore(session: Session) -> None:
            session.add(CaseContact(case_id=case_id, purpose="handling", ground="Đ19.1", purge_on=TODAY))

        desk.database.write(restore)
        assert _purge(desk).digest == first.digest
        assert _count(desk, CaseContact) == 0

    def test_has_a_rule_for_every_class(self) -> None:
        assert [rule.record for rule in RULES] == list(Record)


class TestCommand:
    """`survey-app feedback purge`."""

    @pytest.fixture
    def old(self, app: Flask, now: datetime) -> CaseDesk:
        """A desk with one contact whose day has come."""
        desk = CaseDesk(app.extensions["survey_app.database"], now)
        desk.prepare()
        _contact(desk, date(2020, 1, 1))
        return desk

    def _run(self, app: Flask, *words: str) -> str:
        with app.app_context():
            return CliRunner().invoke(feedback, ["purge", *words], catch_exceptions=False).output

    def test_dry_run_changes_nothing(self, old: CaseDesk, app: Flask) -> None:
        assert "1  contacts would be purged" in self._run(app, "--dry-run")
        assert _count(old, CaseContact) == 1

    def test_prints_what_went_and_by_which_rule(self, old: CaseDesk, app: Flask) -> None:
        printed = self._run(app)

        assert "1  contacts purged" in printed
        assert "ground Luật 91/2025/QH15 Đ3" in printed

    def test_tells_counts_rules_and_records_as_json(self, old: CaseDesk, app: Flask) -> None:
        told = json.loads(self._run(app, "--json"))

        assert [one["count"] for one in told["records"]] == [1, 0, 0, 0]
        assert len(told["digests"]) == 1
        assert _count(old, CaseContact) == 0
