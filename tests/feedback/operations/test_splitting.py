"""A petition with several issues lives on in parts that each go their own way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from survey_app.feedback.models import CaseContact
from survey_app.feedback.operations.assignment import assign
from survey_app.feedback.operations.merging import merge
from survey_app.feedback.operations.splitting import MOST_PARTS, PartDraft, UnableToSplit, split
from survey_app.feedback.rules.codes import is_pin, new_pin, normalised
from survey_app.feedback.rules.kinds import GrievanceKind, Kind
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.clock import local_date
from survey_app.foundation.privacy import FieldCipher
from tests.feedback.case_desk import INSTALLATION, OTHER_WARD, WARD, CaseDesk
from tests.feedback.operations.conftest import Officers
from tests.feedback.operations.test_triage import limit

LIGHT = PartDraft(kind=Kind.PETITION, unit_path=WARD, text="Đèn hỏng", field_name="Chiếu sáng")
TAX = PartDraft(kind=Kind.QUESTION, unit_path=OTHER_WARD, text="Phí rác năm nay là bao nhiêu?")


def divide(desk: CaseDesk, case: int, by: int, *parts: PartDraft) -> list[int]:
    made = desk.run(split, case, by, parts=parts or (LIGHT, TAX), reason="Có hai việc khác nhau")
    return [part.id for part in made]


def test_each_part_has_its_own_kind_unit_and_code(desk: CaseDesk, officers: Officers) -> None:
    whole = desk.case()
    light, tax = (desk.look(part) for part in divide(desk, whole, officers.router))
    assert (light.kind, light.unit_path, light.part, light.field) == (Kind.PETITION, WARD, 1, "Chiếu sáng")
    assert (tax.kind, tax.unit_path, tax.part, tax.part_of_id) == (Kind.QUESTION, OTHER_WARD, 2, whole)
    assert normalised(light.code) == light.code != tax.code
    assert desk.look(whole).state is State.SPLIT


def test_parts_open_with_the_pin_of_the_whole_and_keep_its_origin(desk: CaseDesk, officers: Officers) -> None:
    whole = desk.case()
    part = desk.look(divide(desk, whole, officers.router)[1])
    parent, key = desk.look(whole), INSTALLATION.contact_key
    assert is_pin(key, part.code, new_pin(key, parent.submission_id), part.pin_digest)
    assert (part.received_path, part.created_at) == (parent.received_path, parent.created_at)
    assert desk.events(part.id)[0].details == {"part_of": whole, "part": 2}


def test_splitting_lengthens_nobodys_wait(desk: CaseDesk, officers: Officers) -> None:
    limit(desk)
    whole = desk.case()
    (due,) = (clock.due_at for clock in desk.clocks(whole) if clock.duty is Duty.ANSWER)
    came = desk.now
    desk.run(assign, whole, officers.router, handler_id=officers.handler)
    desk.now += timedelta(days=5)
    first, second = divide(desk, whole, officers.handler, LIGHT, LIGHT)
    clocks = [clock for part in (first, second) for clock in desk.clocks(part)]
    assert [(clock.duty, clock.started_at) for clock in clocks] == [(Duty.ANSWER, came)] * 2
    assert desk.look(first).due_at == due
    assert desk.look(whole).due_at is None


def test_a_part_of_a_case_in_triage_may_still_be_another_bodys(desk: CaseDesk, officers: Officers) -> None:
    part = divide(desk, desk.case(), officers.router)[0]
    assert Duty.FORWARD in {clock.duty for clock in desk.clocks(part)}


@pytest.mark.parametrize(
    "parts",
    [
        (LIGHT,),
        (LIGHT,) * (MOST_PARTS + 1),
        (LIGHT, PartDraft(kind=Kind.PETITION, unit_path=WARD, text="  ")),
        (LIGHT, PartDraft(kind=Kind.PETITION, unit_path="04/99999", text="x")),
    ],
)
def test_parts_that_cannot_be_used_are_refused_and_nothing_is_split(
    desk: CaseDesk, officers: Officers, parts: tuple[PartDraft, ...]
) -> None:
    whole = desk.case()
    with pytest.raises(UnableToSplit):
        divide(desk, whole, officers.router, *parts)
    assert desk.look(whole).state is State.NEW


def test_a_part_is_not_split_again(desk: CaseDesk, officers: Officers) -> None:
    part = divide(desk, desk.case(), officers.router)[0]
    with pytest.raises(UnableToSplit):
        divide(desk, part, officers.router)


def test_what_was_split_cannot_be_split_twice(desk: CaseDesk, officers: Officers) -> None:
    whole = desk.case()
    divide(desk, whole, officers.router)
    with pytest.raises(UnableToSplit):
        divide(desk, whole, officers.router)


def test_cases_merged_into_a_split_one_go_back(desk: CaseDesk, officers: Officers) -> None:
    whole, like = desk.case(), desk.case()
    desk.do(merge, case=like, primary=whole, account_id=officers.router, scopes=("",))
    divide(desk, whole, officers.router)
    assert (desk.look(like).state, desk.steps(like)[-1]) == (State.NEW, Step.UNMERGE)


def contact(desk: CaseDesk, case: int) -> None:
    """Let the sender of the case be known."""
    row = CaseContact(
        case_id=case,
        name_sealed=FieldCipher(INSTALLATION.contact_key).encrypt("Nông Thị Hoa"),
        purpose="handling",
        ground="NĐ 20/2008/NĐ-CP Đ7",
        purge_on=local_date(desk.now) + timedelta(days=730),
    )
    desk.database.write(lambda session: session.add(row))


def test_of_a_mixed_petition_the_whole_is_diverted_and_the_rest_lives_on(
    desk: CaseDesk, officers: Officers
) -> None:
    whole = desk.case(text="Đèn hỏng. Tôi tố cáo ông Chủ tịch nhận tiền.")
    contact(desk, whole)
    (part,) = desk.run(
        split,
        whole,
        officers.router,
        parts=[LIGHT],
        reason="Nội dung tố cáo đi theo Luật Tố cáo",
        diverted_as=GrievanceKind.DENUNCIATION,
    )
    assert "tố cáo" not in desk.look(whole).text + desk.look(whole).search_text
    assert (desk.look(whole).state, desk.look(part.id).state) == (State.DIVERTED, State.RECEIVED)
    with desk.database.read() as session:
        sender = session.get_one(CaseContact, part.id).name_sealed
    assert sender is not None
    assert FieldCipher(INSTALLATION.contact_key).decrypt(sender) == "Nông Thị Hoa"


def test_a_split_case_keeps_the_contact_of_its_sender_to_itself(desk: CaseDesk, officers: Officers) -> None:
    whole = desk.case()
    contact(desk, whole)
    parts = divide(desk, whole, officers.router)
    with desk.database.read() as session:
        assert [session.get(CaseContact, case) is not None for case in (whole, *parts)] == [
            True,
            False,
            False,
        ]


def test_a_mixed_petition_needs_at_least_one_part_that_is_left(desk: CaseDesk, officers: Officers) -> None:
    with pytest.raises(UnableToSplit):
        desk.run(
            split, desk.case(), officers.router, parts=[], reason="x", diverted_as=GrievanceKind.COMPLAINT
        )
