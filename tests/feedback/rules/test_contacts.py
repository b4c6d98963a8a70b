"""Who may look up the sender of a case."""

from __future__ import annotations

import pytest

from survey_app.feedback.rules.contacts import Concern, may_release, may_see_sender
from survey_app.feedback.rules.kinds import SubjectClass
from survey_app.feedback.rules.permissions import CaseFacts
from survey_app.staff.rules.permissions import Role

PROVINCE, WARD, OFFICE, OTHER = "04", "04/01273", "04/01273/VP", "04/01279"
ME = 7
FACTS = CaseFacts(unit_path=WARD, received_path=WARD, handler_id=ME)


def _concern(subject_class: SubjectClass | None, *, is_released: bool = False) -> Concern:
    return Concern(subject_class=subject_class, addressed=WARD, is_released=is_released)


def _sees(role: Role, path: str, concern: Concern, facts: CaseFacts = FACTS) -> bool:
    return may_see_sender(grants=[(role, path)], account_id=ME, facts=facts, concern=concern)


class TestSeeing:
    """may_see_sender."""

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.UNIT_HANDLER, Role.ROUTING_OFFICER}))
    def test_is_for_who_handles_only(self, role: Role) -> None:
        assert not _sees(role, WARD, _concern(None))

    def test_includes_who_handles_this_case(self) -> None:
        other = CaseFacts(unit_path=WARD, received_path=WARD, handler_id=ME + 1)

        assert _sees(Role.UNIT_HANDLER, WARD, _concern(SubjectClass.REGULATION))
        assert not _sees(Role.UNIT_HANDLER, WARD, _concern(SubjectClass.REGULATION), other)

    @pytest.mark.parametrize(
        ("role", "path", "is_released", "sees"),
        [
            # feedback-law: the unit complained about sees the sender only once released with a reason.
            (Role.UNIT_HANDLER, WARD, False, False),
            (Role.ROUTING_OFFICER, WARD, False, False),
            (Role.ROUTING_OFFICER, PROVINCE, False, True),
            (Role.ROUTING_OFFICER, "", False, True),
            (Role.UNIT_HANDLER, WARD, True, True),
        ],
    )
    def test_of_a_conduct_case_is_not_for_the_unit_complained_about(
        self, role: Role, path: str, is_released: bool, sees: bool
    ) -> None:
        assert _sees(role, path, _concern(SubjectClass.CONDUCT, is_released=is_released)) is sees

    def test_of_a_conduct_case_is_for_another_unit_that_got_it(self) -> None:
        facts = CaseFacts(unit_path=OTHER, received_path=WARD, handler_id=ME)

        assert _sees(Role.UNIT_HANDLER, OTHER, _concern(SubjectClass.CONDUCT), facts)

    def test_reaches_no_department_of_the_unit_complained_about(self) -> None:
        facts = CaseFacts(unit_path=OFFICE, received_path=WARD, handler_id=ME)

        assert not _sees(Role.UNIT_HANDLER, OFFICE, _concern(SubjectClass.CONDUCT), facts)


class TestReleasing:
    """may_release."""

    @pytest.mark.parametrize(("path", "may"), [(PROVINCE, True), ("", True), (WARD, False), (OTHER, False)])
    def test_is_for_a_role_above_the_unit_complained_about(self, path: str, may: bool) -> None:
        grants = [(Role.ROUTING_OFFICER, path)]
        concern = _concern(SubjectClass.CONDUCT)

        assert may_release(grants=grants, account_id=ME, facts=FACTS, concern=concern) is may

    def test_has_nothing_to_do_where_nothing_is_hidden(self) -> None:
        grants = [(Role.ROUTING_OFFICER, PROVINCE)]

        for concern in (
            _concern(SubjectClass.REGULATION),
            _concern(SubjectClass.CONDUCT, is_released=True),
        ):
            assert not may_release(grants=grants, account_id=ME, facts=FACTS, concern=concern)
