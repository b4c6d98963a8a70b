"""How a case page is put together: the case in the address, its times, its buttons with their forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template
from sqlalchemy.orm import Session

from survey_app.feedback.forms.moves import MoveForm, ReleaseForm, move_form
from survey_app.feedback.models import Case, CaseClock
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.queries.case_pages import (
    CasePage,
    Relation,
    Sender,
    case_by_code,
    case_page,
    open_cases_of,
)
from survey_app.feedback.queries.duplicates import Duplicate, duplicates_of
from survey_app.feedback.queries.fields import field_label
from survey_app.feedback.queries.giving import officers_for_all
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.answers import filled, part_label, read_parts
from survey_app.feedback.rules.calendar import WorkingCalendar
from survey_app.feedback.rules.codes import normalised, spoken
from survey_app.feedback.rules.contacts import may_release, may_see_sender
from survey_app.feedback.rules.kinds import (
    GrievanceKind,
    anonymity_label,
    channel_label,
    kind_label,
    subject_class_label,
)
from survey_app.feedback.rules.limits import Duty, duty_label
from survey_app.feedback.rules.offers import FIELDS_OF, PAGE_OF, in_order, offer_help, offer_label
from survey_app.feedback.rules.permissions import CaseFacts, allowed_steps, may_view
from survey_app.feedback.rules.similarity import similarity_label
from survey_app.feedback.rules.states import TO_TRIAGE, Step, move_from
from survey_app.feedback.rules.time_left import time_left
from survey_app.feedback.rules.timeline import event_label, event_more
from survey_app.feedback.rules.tracking import step_words
from survey_app.feedback.rules.views import state_label
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import action_here, staff_here
from survey_app.staff.rules.permissions import Action


@dataclass(frozen=True, slots=True)
class TimeLine:
    """One limit as the page tells it; `left` is working time until it is due, or since."""

    duty: str
    basis: str
    due_at: datetime
    first_due_at: datetime
    started_at: datetime
    stopped_at: datetime | None
    left: str
    is_late: bool
    is_paused: bool
    pauses: Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: a form that opens on the page, or (`page`) the address of its own page. `told` is for the sender."""

    step: Step
    label: str
    help: str
    page: str
    form: MoveForm | None
    told: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A case that is about to be shown, with what this person may do."""

    page: CasePage
    facts: CaseFacts
    steps: Sequence[Step]
    times: Sequence[TimeLine]
    duplicates: Sequence[Duplicate]
    officers: Sequence[tuple[int, str]]


def viewed_case(session: Session, code: str) -> Case:
    """Return the case with this code; 404 unless it is there and the person may read it."""
    wanted = normalised(code)
    case = case_by_code(session, wanted) if wanted else None
    if case is None:
        abort(404)
    facts = CaseFacts(unit_path=case.unit_path, received_path=case.received_path)
    if not may_view(grants=staff_here().grants, facts=facts):
        abort(404)
    return case


def has_left(session: Session, code: str) -> bool:
    """Say whether the case went to another unit, and the person may read it all the same; a second click finds so."""
    wanted = normalised(code)
    case = case_by_code(session, wanted) if wanted else None
    if case is None or staff_here().may(action_here(), case.unit_path):
        return False
    facts = CaseFacts(unit_path=case.unit_path, received_path=case.received_path)
    return may_view(grants=staff_here().grants, facts=facts)


def show_case(
    code: str,
    *,
    sent: MoveForm | None = None,
    opened: Step | None = None,
    sender: Sender | None = None,
    release_form: ReleaseForm | None = None,
    all_events: bool = False,
) -> tuple[str, int]:
    """Return the page of the case and its status; `sent` is a form that was refused, `opened` a move to begin with."""
    with read() as session:
        shown = _shown(session, viewed_case(session, code), all_events)
    status = 422 if sent is not None or (release_form and release_form.errors) else 200
    opened = sent.step if sent is not None else opened
    return _page(shown, sent, opened, sender, release_form), status


def _shown(session: Session, case: Case, all_events: bool) -> Shown:
    page, staff = case_page(session, case, all_events=all_events), staff_here()
    facts = page.facts(two_people=settings_for(session, case.unit_path).two_people)
    allowed = allowed_steps(case.state, grants=staff.grants, account_id=staff.account_id, facts=facts)
    calendar, instant = calendar_for(session, case.unit_path), now()
    return Shown(
        page=page,
        facts=facts,
        steps=in_order(case.state, allowed),
        times=sorted(
            (_time(clock, calendar, instant) for clock in page.clocks),
            key=lambda time: (time.stopped_at is not None, time.due_at),
        ),
        duplicates=duplicates_of(session, case) if Step.MERGE in allowed else [],
        officers=officers_of(session, case) if Step.ASSIGN in allowed else [],
    )


def officers_of(session: Session, case: Case) -> list[tuple[int, str]]:
    """Return who can have the case, with how much each has on the desk, the least busy first."""
    officers = officers_for_all(session, [case.unit_path])
    load = open_cases_of(session, [one.account_id for one in officers])
    ordered = sorted(officers, key=lambda one: load.get(one.account_id, 0))
    return [
        (one.account_id, _("%(name)s (đang có %(n)s)", name=one.name, n=load.get(one.account_id, 0)))
        for one in ordered
        if one.account_id != case.handler_id
    ]


def _time(clock: CaseClock, calendar: WorkingCalendar, instant: datetime) -> TimeLine:
    end = clock.stopped_at or clock.paused_at or instant
    return TimeLine(
        duty=duty_label(Duty(clock.duty)),
        basis=clock.legal_basis,
        due_at=clock.due_at,
        first_due_at=clock.first_due_at,
        started_at=clock.started_at,
        stopped_at=clock.stopped_at,
        left=time_left(calendar, due_at=clock.due_at, now=end),
        is_late=clock.due_at < end,
        is_paused=clock.paused_at is not None and clock.stopped_at is None,
        pauses=[
            (datetime.fromisoformat(begun), datetime.fromisoformat(ended)) for begun, ended in clock.pauses
        ],
    )


def _offers(shown: Shown, sent: MoveForm | None, opened: Step | None) -> list[Offer]:
    return [_offer(shown, step, sent, opened) for step in shown.steps]


def _offer(shown: Shown, step: Step, sent: MoveForm | None, opened: Step | None) -> Offer:
    page = PAGE_OF.get(step, "")
    form = sent if sent is not None and sent.step is step else None
    if form is None and not page and step in FIELDS_OF:
        form = fresh_form(shown.page.case, step)
    if form is not None and step is Step.ASSIGN:
        form.offer_officers(shown.officers)
    move = move_from(shown.page.case.state, step)
    told = (step_words(step) or "") if move is not None and move.is_told else ""
    return Offer(step, offer_label(step), offer_help(step), page, form, told, step is opened)


def fresh_form(case: Case, step: Step) -> MoveForm:
    """Return the form of a move as it is first shown, with what is known of the case."""
    form = move_form(step)
    known = {
        "version": str(case.version),
        "kind": case.kind.value,
        "field": case.field,
        "subject_class": case.subject_class.value if case.subject_class else "",
        "summary": case.summary,
    }
    for name, value in known.items():
        if name in form:
            form[name].data = value
    return form


def _page(
    shown: Shown,
    sent: MoveForm | None,
    opened: Step | None,
    sender: Sender | None,
    release_form: ReleaseForm | None,
) -> str:
    page, case, staff = shown.page, shown.page.case, staff_here()
    asked: dict[str, Any] = {
        "grants": staff.grants,
        "account_id": staff.account_id,
        "facts": shown.facts,
        "concern": page.concern,
    }
    may_let_know = may_release(**asked)
    return render_template(
        "feedback/case.html",
        crumbs=[("/desk", _("Phản ánh, kiến nghị"))],
        page=page,
        case=case,
        code=spoken(case.code),
        times=shown.times,
        offers=_offers(shown, sent, opened),
        refused=sent,
        duplicates=shown.duplicates,
        suspected=_suspected(page),
        answers=[(one, filled(read_parts(one.parts))) for one in page.answers if one.sent_at],
        drafts=[one for one in page.answers if one.sent_at is None],
        sender=sender,
        may_see_sender=page.has_sender and may_see_sender(**asked),
        release_form=(release_form or ReleaseForm()) if may_let_know and page.has_sender else None,
        may_print=staff.may(Action.VIEW_CASES, case.unit_path),
        Relation=Relation,
        **_words(page),
    )


def _suspected(page: CasePage) -> str:
    """Return what the words looked like when the case came in, for the clerk to decide; "" once that was done."""
    if page.case.state not in TO_TRIAGE:
        return ""
    noted = (event.details.get("suspected") for event in page.events)
    return next((kind_label(GrievanceKind(kind)) for kind in noted if kind in set(GrievanceKind)), "")


def _words(page: CasePage) -> dict[str, Any]:
    """Return what the template needs to name things."""

    def more(event: Any) -> str:
        return event_more(
            event.step, event.details, people=page.people, units=page.units, field_label=field_label
        )

    return {
        "event_label": event_label,
        "event_more": more,
        "kind_label": kind_label,
        "channel_label": channel_label,
        "anonymity_label": anonymity_label,
        "subject_class_label": subject_class_label,
        "state_label": state_label,
        "part_label": part_label,
        "similarity_label": similarity_label,
        "spoken": spoken,
    }
