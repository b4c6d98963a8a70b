"""Every role, state and step is allowed or refused as two tables say that were written by hand.

`moves.csv` says when: the columns are states, a cell is the target (several with `|`), `=` keeps the state, empty is
refused. `permitted.csv` says who.
"""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

from survey_app.feedback.rules.permissions import ACTION_OF, CaseFacts, allowed_steps, may_take, may_view
from survey_app.feedback.rules.states import MOVES, State, Step, move_from
from survey_app.staff.rules.permissions import Action, Role

HERE = Path(__file__).parent
UNIT, SISTER, ABOVE, ORIGIN = "04/01273", "04/01279", "04", "04/01290"
ME, COLLEAGUE = 7, 8
HANDLERS = {"mine": ME, "nobody's": None, "a colleague's": COLLEAGUE}
AUTHORS = {
    "written by another": {COLLEAGUE},
    "written by me": {ME},
    "written by us both": {ME, COLLEAGUE},
    "written by nobody known": set[int](),
}


def table(name: str) -> dict[str, dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return {row.pop("step"): row for row in csv.DictReader(file)}


WHEN, WHO = table("moves.csv"), table("permitted.csv")


def may_by_hand(step: Step, role: Role, handler: str, author: str, *, two_people: bool) -> bool:
    """Read the cell of `permitted.csv`."""
    return {
        "yes": True,
        "no": False,
        "own": handler == "mine",
        "own or nobody's": handler in ("mine", "nobody's"),
        "another's": not two_people or author in ("written by another", "written by nobody known"),
    }[WHO[step][role]]


def facts(handler: str, author: str, *, two_people: bool = True) -> CaseFacts:
    return CaseFacts(
        unit_path=UNIT,
        received_path=ORIGIN,
        handler_id=HANDLERS[handler],
        written_by=frozenset(AUTHORS[author]),
        two_people=two_people,
    )


def test_both_tables_name_every_step_state_and_role() -> None:
    assert list(WHEN) == list(WHO) == [str(step) for step in Step]
    assert all(set(row) == set(State) for row in WHEN.values())
    assert all(set(row) == set(Role) for row in WHO.values())


def test_every_step_out_of_every_state_leads_where_the_table_says() -> None:
    differences = []
    for step, state in product(Step, State):
        cell, move = WHEN[step][state], move_from(state, step)
        written = {state if word == "=" else State(word) for word in cell.split("|") if word}
        made = set(move.targets(state)) if move else set()
        if written != made:
            differences.append((step, state, written, made))
    assert differences == []


def test_the_first_target_of_the_table_is_the_usual_one() -> None:
    several = {
        (step, state): cell.split("|") for step in Step for state, cell in WHEN[step].items() if "|" in cell
    }
    usual = {key: move_from(State(key[1]), key[0]) for key in several}
    assert {key: move.target for key, move in usual.items() if move} == {k: v[0] for k, v in several.items()}


def test_no_step_has_two_moves_out_of_one_state() -> None:
    pairs = [(move.step, state) for move in MOVES for state in move.sources]
    assert len(pairs) == len(set(pairs))


def test_every_role_in_every_state_may_take_exactly_the_steps_that_both_tables_allow() -> None:
    differences = []
    situations = product(Role, State, HANDLERS, AUTHORS, (True, False))
    for role, state, handler, author, two_people in situations:
        by_hand = {
            step
            for step in Step
            if WHEN[step][state] and may_by_hand(step, role, handler, author, two_people=two_people)
        }
        case = facts(handler, author, two_people=two_people)
        allowed = set(allowed_steps(state, grants=[(role, UNIT)], account_id=ME, facts=case))
        differences += [
            (role, state, handler, author, two_people, step) for step in sorted(by_hand ^ allowed)
        ]
    assert differences == []


def test_every_role_may_take_exactly_the_steps_that_its_column_names_whatever_the_state() -> None:
    differences = []
    for role, step, handler, author in product(Role, Step, HANDLERS, AUTHORS):
        may = may_take(step, grants=[(role, UNIT)], account_id=ME, facts=facts(handler, author))
        if may != may_by_hand(step, role, handler, author, two_people=True):
            differences.append((role, step, handler, author))
    assert differences == []


def test_a_role_reaches_its_unit_and_all_below_and_nothing_else() -> None:
    differences = []
    for role, step, handler in product(Role, Step, HANDLERS):
        case = facts(handler, "written by another")
        here = may_take(step, grants=[(role, UNIT)], account_id=ME, facts=case)
        for path, reaches in ((ABOVE, True), ("", True), (SISTER, False), (ORIGIN, False), ("04/012", False)):
            if may_take(step, grants=[(role, path)], account_id=ME, facts=case) != (here and reaches):
                differences.append((role, step, handler, path))
    assert differences == []


def test_two_roles_of_one_person_allow_what_either_allows_but_no_approval_of_an_own_answer() -> None:
    both = [(Role.UNIT_HANDLER, UNIT), (Role.APPROVER, UNIT)]
    drafted = facts("mine", "written by me")
    assert may_take(Step.SUBMIT, grants=both, account_id=ME, facts=drafted)
    assert not may_take(Step.APPROVE, grants=both, account_id=ME, facts=drafted)
    alone = facts("mine", "written by me", two_people=False)
    assert may_take(Step.APPROVE, grants=both, account_id=ME, facts=alone)


def test_routing_in_another_unit_opens_no_colleagues_case_here() -> None:
    grants = [(Role.ROUTING_OFFICER, SISTER), (Role.UNIT_HANDLER, UNIT)]
    case = facts("a colleague's", "written by another")
    assert not may_take(Step.DRAFT, grants=grants, account_id=ME, facts=case)


def test_who_has_no_role_may_do_nothing() -> None:
    case = facts("mine", "written by another")
    assert not any(may_take(step, grants=[], account_id=ME, facts=case) for step in Step)


def test_the_unit_that_took_a_case_in_still_sees_it_and_another_does_not() -> None:
    case = facts("nobody's", "written by nobody known")
    seeing = {
        path for path in (UNIT, ORIGIN, SISTER, ABOVE) if may_view(grants=[(Role.LEADER, path)], facts=case)
    }
    assert seeing == {UNIT, ORIGIN, ABOVE}


def test_an_auditor_sees_all_and_changes_nothing() -> None:
    case = facts("mine", "written by another")
    grants = [(Role.AUDITOR, "")]
    assert may_view(grants=grants, facts=case)
    assert not any(may_take(step, grants=grants, account_id=ME, facts=case) for step in Step)


def test_only_steps_of_citizens_and_rules_have_no_staff_action() -> None:
    nobodys = {Step.RATE, Step.ANSWER_WITH_PRIMARY, Step.WARN, Step.ESCALATE}
    assert set(Step) - set(ACTION_OF) == nobodys
    assert {ACTION_OF[Step.PUBLISH], ACTION_OF[Step.RETRACT]} == {Action.PUBLISH_CASES}
