"""What people of the sample do with a message before it is answered, one function a step; and the list of all steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from survey_app.demo import answering
from survey_app.demo.scenes import Scene
from survey_app.feedback.models import Grievance
from survey_app.feedback.operations import assignment, citizen, grievances, merging, splitting, triage
from survey_app.feedback.operations.closing import withdraw
from survey_app.feedback.operations.grievance_steps import take_step
from survey_app.feedback.rules.actors import CITIZEN
from survey_app.feedback.rules.grievances import GrievanceStep
from survey_app.feedback.rules.kinds import GrievanceKind, Kind, SubjectClass


def _receive(scene: Scene, now: datetime) -> None:
    triage.receive(scene.session, case=scene.case, actor=scene.by("tiepnhan"), **scene.at(now))


def _classify(scene: Scene, now: datetime) -> None:
    about = scene.story.word("subject_class", None)
    triage.classify(
        scene.session,
        case=scene.case,
        kind=Kind(scene.story.kind),
        field=scene.story.word("field"),
        subject_class=SubjectClass(about) if about else None,
        actor=scene.by("tiepnhan"),
        **scene.at(now),
    )


def _transfer(scene: Scene, now: datetime) -> None:
    triage.transfer(
        scene.session,
        case=scene.case,
        to_path=scene.units[scene.story.word("to")],
        reason=scene.story.word("reason"),
        actor=scene.by("dieuphoi"),
        **scene.at(now),
    )


def _assign(scene: Scene, now: datetime) -> None:
    assignment.assign(
        scene.session,
        case=scene.case,
        handler_id=scene.people[scene.handler],
        actor=scene.by("dieuphoi"),
        **scene.at(now),
    )


def _take(scene: Scene, now: datetime) -> None:
    account_id = scene.people[scene.handler]
    assignment.take(scene.session, case=scene.case, account_id=account_id, **scene.at(now))


def _ask(scene: Scene, now: datetime) -> None:
    question, actor = scene.story.word("asked"), scene.by(scene.handler)
    triage.ask(scene.session, case=scene.case, question=question, actor=actor, **scene.at(now))


def _supplement(scene: Scene, now: datetime) -> None:
    text = scene.story.word("supplied")
    citizen.supplement(scene.session, case=scene.case, text=text, files=(), **scene.at(now))


def _extend(scene: Scene, now: datetime) -> None:
    reason, actor = scene.story.word("reason"), scene.by("dieuphoi")
    triage.extend(scene.session, case=scene.case, reason=reason, actor=actor, **scene.at(now))


def _refuse(scene: Scene, now: datetime) -> None:
    triage.refuse(
        scene.session,
        case=scene.case,
        body=scene.story.word("body"),
        reason=scene.story.word("reason"),
        actor=scene.by("dieuphoi"),
        **scene.at(now),
    )


def _forward(scene: Scene, now: datetime) -> None:
    triage.forward(
        scene.session,
        case=scene.case,
        body=scene.story.word("body"),
        reason=scene.story.word("reason"),
        actor=scene.by(scene.handler),
        **scene.at(now),
    )


def _withdraw(scene: Scene, now: datetime) -> None:
    withdraw(scene.session, case=scene.case, actor=CITIZEN, **scene.at(now))


def _merge(scene: Scene, now: datetime) -> None:
    merging.merge(
        scene.session,
        case=scene.case,
        primary=scene.case_of(scene.story.word("into")),
        account_id=scene.people[scene.handler],
        scopes=[scene.units[scene.story.unit]],
        **scene.at(now),
    )


def _split(scene: Scene, now: datetime) -> None:
    parts = [
        splitting.PartDraft(
            kind=Kind(part["kind"]),
            unit_path=scene.units[part["unit"]],
            text=part["text"],
            field_name=part["field"],
        )
        for part in scene.story.word("parts")
    ]
    splitting.split(
        scene.session,
        case=scene.case,
        parts=parts,
        reason=scene.story.word("reason"),
        actor=scene.by("dieuphoi"),
        **scene.at(now),
    )


def _divert(scene: Scene, now: datetime) -> None:
    grievances.divert_case(
        scene.session,
        case=scene.case,
        kind=GrievanceKind(scene.story.word("grievance")),
        actor=scene.by("tiepnhan"),
        reason=scene.story.word("reason"),
        **scene.at(now),
    )


def _accept(scene: Scene, now: datetime) -> None:
    grievance = scene.session.get_one(Grievance, scene.opened(scene.story.id).grievance_id)
    take_step(
        scene.session,
        grievance=grievance,
        step=GrievanceStep.ACCEPT,
        actor=scene.by("khieunai"),
        version=grievance.version,
        **scene.at(now),
    )


ACTS: dict[str, Callable[[Scene, datetime], None]] = {
    "receive": _receive,
    "classify": _classify,
    "transfer": _transfer,
    "assign": _assign,
    "take": _take,
    "ask": _ask,
    "supplement": _supplement,
    "extend": _extend,
    "refuse": _refuse,
    "forward": _forward,
    "withdraw": _withdraw,
    "merge": _merge,
    "split": _split,
    "divert": _divert,
    "accept": _accept,
    "draft": answering.draft,
    "submit": answering.submit,
    "return": answering.send_back,
    "approve": answering.approve,
    "send": answering.send,
    "rate": answering.rate,
    "reopen": answering.reopen,
    "redact": answering.redact,
    "publish": answering.publish,
}
"""The words of `steps` in data/cases.yaml."""
