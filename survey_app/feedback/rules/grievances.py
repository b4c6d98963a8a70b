"""The other track: khiếu nại (Luật 02/2011/QH13) and tố cáo (Luật 25/2018/QH14), as far as a desk goes with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from survey_app.feedback.rules.kinds import GrievanceKind
from survey_app.feedback.rules.limits import Duty
from survey_app.foundation.languages import gettext as _


class GrievanceState(StrEnum):
    """Where it stands; the decision itself is made by its own procedure outside the desk."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    FORWARDED = "forwarded"
    GUIDED = "guided"
    DECIDED = "decided"
    RETURNED = "returned"


class GrievanceStep(StrEnum):
    """What is done with it; reading it is a step too."""

    OPEN = "open"
    READ = "read"
    ACCEPT = "accept"
    FORWARD = "forward"
    GUIDE = "guide"
    DECIDE = "decide"
    RETURN = "return"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceMove:
    """One step: out of which states, to where (None: it stays), for which kinds, and what must be told with it.

    `names_body`: the competent body; `says_why`: a note for those who may read it; `has_document`: number and day of
    the document. `stops` are the limits that are met by it, `starts` the one that begins.
    """

    step: GrievanceStep
    sources: frozenset[GrievanceState]
    target: GrievanceState | None
    kinds: frozenset[GrievanceKind] = frozenset(GrievanceKind)
    names_body: bool = False
    says_why: bool = False
    has_document: bool = False
    starts: Duty | None = None
    stops: tuple[Duty, ...] = ()


_S, _T = GrievanceState, GrievanceStep
STILL_OPEN = frozenset({_S.RECEIVED, _S.ACCEPTED})
_ALL_DUTIES = (Duty.ACCEPT, Duty.FORWARD, Duty.DECIDE)

MOVES: tuple[GrievanceMove, ...] = (
    GrievanceMove(step=_T.READ, sources=frozenset(GrievanceState), target=None),
    # The limit for the decision counts from the acceptance (Luật Khiếu nại Đ28, Luật Tố cáo Đ30).
    GrievanceMove(
        step=_T.ACCEPT,
        sources=frozenset({_S.RECEIVED}),
        target=_S.ACCEPTED,
        starts=Duty.DECIDE,
        stops=(Duty.ACCEPT, Duty.FORWARD),
    ),
    # A tố cáo for another body is forwarded (Luật Tố cáo Đ24.2), a khiếu nại is not: its sender is told where to turn
    # (Luật Tiếp công dân 42/2013/QH13 Đ26.1.b); so is who denounces in person.
    GrievanceMove(
        step=_T.FORWARD,
        sources=frozenset({_S.RECEIVED}),
        target=_S.FORWARDED,
        kinds=frozenset({GrievanceKind.DENUNCIATION}),
        names_body=True,
        stops=_ALL_DUTIES,
    ),
    GrievanceMove(
        step=_T.GUIDE, sources=frozenset({_S.RECEIVED}), target=_S.GUIDED, names_body=True, stops=_ALL_DUTIES
    ),
    GrievanceMove(
        step=_T.DECIDE,
        sources=frozenset({_S.ACCEPTED}),
        target=_S.DECIDED,
        has_document=True,
        stops=_ALL_DUTIES,
    ),
    GrievanceMove(step=_T.RETURN, sources=STILL_OPEN, target=_S.RETURNED, says_why=True, stops=_ALL_DUTIES),
    GrievanceMove(step=_T.NOTE, sources=frozenset(GrievanceState), target=None, says_why=True),
)


def move_from(state: GrievanceState, step: GrievanceStep, kind: GrievanceKind) -> GrievanceMove | None:
    """Return the move that `step` makes out of `state`, None if it is not allowed there for this kind."""
    return next(
        (one for one in MOVES if one.step is step and state in one.sources and kind in one.kinds), None
    )


def moves_from(state: GrievanceState, kind: GrievanceKind) -> Iterable[GrievanceMove]:
    """Yield what can be done, in the order of the table."""
    return (one for one in MOVES if state in one.sources and kind in one.kinds)


def first_duties(kind: GrievanceKind) -> tuple[Duty, ...]:
    """Return the limits that run from receipt: to accept; and of a tố cáo to forward, where it is another's."""
    return (Duty.ACCEPT, Duty.FORWARD) if kind is GrievanceKind.DENUNCIATION else (Duty.ACCEPT,)


def grievance_state_label(state: GrievanceState) -> str:
    """Return where it stands, in the officer's words."""
    return {
        GrievanceState.RECEIVED: _("Mới nhận"),
        GrievanceState.ACCEPTED: _("Đã thụ lý"),
        GrievanceState.FORWARDED: _("Đã chuyển cơ quan có thẩm quyền"),
        GrievanceState.GUIDED: _("Đã hướng dẫn người gửi"),
        GrievanceState.DECIDED: _("Đã có quyết định, kết luận"),
        GrievanceState.RETURNED: _("Không thụ lý, trả lại"),
    }[state]


def grievance_step_label(step: GrievanceStep) -> str:
    """Return what is done, as a button and a line of the record say it."""
    return {
        GrievanceStep.OPEN: _("Tiếp nhận"),
        GrievanceStep.READ: _("Đọc nội dung"),
        GrievanceStep.ACCEPT: _("Thụ lý"),
        GrievanceStep.FORWARD: _("Chuyển cơ quan có thẩm quyền"),
        GrievanceStep.GUIDE: _("Hướng dẫn người gửi đến cơ quan có thẩm quyền"),
        GrievanceStep.DECIDE: _("Ghi quyết định, kết luận"),
        GrievanceStep.RETURN: _("Không thụ lý, trả lại"),
        GrievanceStep.NOTE: _("Ghi chú"),
    }[step]


def diversion_words() -> str:
    """Return why a case left the desk, as everybody may read it: neither its kind nor a word of it."""
    return _("Nội dung thuộc trình tự giải quyết khác theo luật định; cơ quan đã chuyển sang trình tự đó.")
