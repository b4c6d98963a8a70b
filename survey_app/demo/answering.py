"""What people of the sample do from the first draft of an answer to its publication, one function a step."""

from __future__ import annotations

from datetime import datetime

from survey_app.demo.scenes import Scene
from survey_app.feedback.operations import answers, citizen, publication
from survey_app.feedback.queries.answers import current_answer
from survey_app.feedback.rules.answers import Part, Parts, Solved, read_parts, running_text
from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.publication import CopyDraft, suspicions, with_covered

_USUAL = {
    Part.WHO_WHEN: "Đơn vị trả lời theo dõi đến khi xong; Bộ phận Một cửa kiểm tra lại sau 7 ngày.",
    Part.BASIS: "Dữ liệu mẫu: chỗ này ghi điều, khoản và số của văn bản.",
    Part.NEXT: "Nếu chưa đồng ý, ông/bà có thể yêu cầu xem lại ở trang theo dõi trong 15 ngày.",
    Part.CONTACT: "Bộ phận Một cửa, điện thoại 0206 3 852 139, giờ hành chính.",
}


def _parts(scene: Scene) -> Parts:
    """Return the answer of the round under way, as the sample tells it and the usual words around it."""
    told = scene.story.word("answers")
    written = told[min(scene.case.reopened, len(told) - 1)]
    usual = _USUAL if scene.story.kind is not Kind.PRAISE else {}
    return read_parts({part.value: text for part, text in usual.items()} | written)


def _version(scene: Scene) -> int:
    answer = current_answer(scene.session, scene.case)
    return answer.version if answer else 0


def draft(scene: Scene, now: datetime) -> None:
    """Save the answer of the round under way."""
    answers.save_draft(
        scene.session,
        case=scene.case,
        parts=_parts(scene),
        base_version=_version(scene),
        actor=scene.by(scene.handler),
        **scene.at(now),
    )


def submit(scene: Scene, now: datetime) -> None:
    """Hand the answer to the approver."""
    answers.submit(
        scene.session,
        case=scene.case,
        parts=_parts(scene),
        base_version=_version(scene),
        actor=scene.by(scene.handler),
        **scene.at(now),
    )


def send_back(scene: Scene, now: datetime) -> None:
    """Return the draft with a note."""
    case, note = scene.case, scene.story.word("note")
    actor = scene.by("pheduyet")
    answers.return_draft(
        scene.session, case=case, note=note, version=case.version, actor=actor, **scene.at(now)
    )


def approve(scene: Scene, now: datetime) -> None:
    """Approve the answer."""
    case = scene.case
    answers.approve(
        scene.session, case=case, version=case.version, actor=scene.by("pheduyet"), **scene.at(now)
    )


def send(scene: Scene, now: datetime) -> None:
    """Send the answer."""
    case = scene.case
    answers.send(scene.session, case=case, version=case.version, actor=scene.by("pheduyet"), **scene.at(now))


def rate(scene: Scene, now: datetime) -> None:
    """Let the citizen say how content they are."""
    given = scene.story.word("ratings") or [scene.story.word("rating")]
    satisfaction = given[min(scene.case.reopened, len(given) - 1)]
    solved = Solved.YES if satisfaction > 3 else Solved.PARTLY if satisfaction == 3 else Solved.NO
    comment = scene.story.word("comment")
    citizen.rate(
        scene.session,
        case=scene.case,
        satisfaction=satisfaction,
        solved=solved,
        comment=comment,
        **scene.at(now),
    )


def reopen(scene: Scene, now: datetime) -> None:
    """Let the citizen ask to look again."""
    citizen.reopen(scene.session, case=scene.case, reason=scene.story.word("reason"), **scene.at(now))


def _copy(scene: Scene) -> CopyDraft:
    """Return the texts for the public with everything covered that the desk would point out."""
    whole = CopyDraft(scene.story.word("title"), scene.case.text, running_text(_parts(scene)))
    names, spared = [scene.story.word("sender")], [_USUAL[Part.CONTACT]]
    found = suspicions(whole, names=names, spared=spared)
    return with_covered(whole, [one.finding.text for one in found], names=names, spared=spared)


def redact(scene: Scene, now: datetime) -> None:
    """Keep a confirmed copy for the public."""
    publication.save_copy(
        scene.session,
        case=scene.case,
        copy=_copy(scene),
        is_confirmed=True,
        version=0,
        actor=scene.by(scene.handler),
        **scene.at(now),
    )


def publish(scene: Scene, now: datetime) -> None:
    """Show the copy to the public."""
    publication.publish(
        scene.session,
        case=scene.case,
        copy=_copy(scene),
        is_confirmed=True,
        version=1,
        actor=scene.by("pheduyet"),
        **scene.at(now),
    )
