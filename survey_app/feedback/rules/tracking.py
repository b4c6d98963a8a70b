"""What a citizen is told about the own case: where it stands, what comes next, and until when what can be done."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.feedback.rules.states import OPEN, State, Step
from survey_app.foundation.clock import local_date
from survey_app.foundation.languages import gettext as _

LONGEST_COMMENT = 2_000
CHANGEABLE = OPEN | {State.MERGED}
"""States in which a sender can take the case back."""

ASKS_FOR_PIN = frozenset({State.WAITING, State.ANSWERED, State.CLOSED})
"""States whose next step is to open the case with its PIN."""

OPEN_REASONS = frozenset({Step.TRANSFER, Step.FORWARD, Step.REFUSE, Step.EXTEND, Step.SPLIT, Step.DIVERT})
"""Steps whose reason is shown with the code alone: why it went elsewhere or takes longer. Codes of published cases
are public, and what was asked of the sender, or what the sender wrote, may tell of persons."""


def state_words(state: State) -> tuple[str, str]:
    """Return where a case stands and what comes next, in plain words."""
    return {
        State.NEW: (_("Đã gửi, chờ tiếp nhận"), _("Cán bộ xem và tiếp nhận.")),
        State.RECEIVED: (_("Đã tiếp nhận"), _("Cơ quan phân công người giải quyết.")),
        State.ASSIGNED: (_("Đã giao người giải quyết"), _("Người được giao bắt đầu xem xét.")),
        State.IN_PROGRESS: (_("Đang giải quyết"), _("Cơ quan kiểm tra và soạn câu trả lời.")),
        State.WAITING: (
            _("Chờ ông/bà bổ sung"),
            _("Xin nhập mã và PIN để đọc câu hỏi và gửi thêm."),
        ),
        State.DRAFTED: (_("Đang giải quyết"), _("Câu trả lời đã soạn, chờ lãnh đạo duyệt.")),
        State.APPROVED: (_("Đang giải quyết"), _("Câu trả lời đã duyệt, sắp gửi.")),
        State.ANSWERED: (_("Đã có câu trả lời"), _("Xin nhập mã và PIN để đọc và đánh giá câu trả lời.")),
        State.REOPENED: (_("Đã mở lại"), _("Cơ quan xem xét lại và trả lời lần nữa.")),
        State.CLOSED: (_("Đã kết thúc"), _("Xin nhập mã và PIN để đọc câu trả lời.")),
        State.REFUSED: (
            _("Không tiếp nhận"),
            _("Lý do và cơ quan có thẩm quyền ghi dưới đây; xin liên hệ cơ quan đó."),
        ),
        State.FORWARDED: (
            _("Đã chuyển đến cơ quan có thẩm quyền"),
            _("Cơ quan ghi dưới đây giải quyết và trả lời."),
        ),
        State.SPLIT: (_("Đã tách thành nhiều việc"), _("Mỗi việc được giải quyết và trả lời riêng.")),
        State.MERGED: (
            _("Giải quyết chung với phản ánh cùng nội dung"),
            _("Ông/bà nhận được câu trả lời như những người cùng phản ánh."),
        ),
        State.DIVERTED: (_("Đã chuyển sang giải quyết theo luật riêng"), _("Cơ quan thông báo cho ông/bà.")),
        State.WITHDRAWN: (_("Ông/bà đã rút lại"), _("Không còn việc gì phải làm.")),
    }[state]


def step_words(step: Step) -> str | None:
    """Return what happened in the citizen's words, None for what happens inside the agency."""
    return {
        Step.OPEN: _("Đã gửi"),
        Step.RECEIVE: _("Đã tiếp nhận"),
        Step.ASSIGN: _("Đã giao người giải quyết"),
        Step.TRANSFER: _("Chuyển đến đơn vị khác"),
        Step.FORWARD: _("Chuyển đến cơ quan có thẩm quyền"),
        Step.REFUSE: _("Không tiếp nhận"),
        Step.ASK: _("Cơ quan hỏi thêm"),
        Step.SUPPLEMENT: _("Ông/bà đã bổ sung"),
        Step.RESUME: _("Tiếp tục giải quyết"),
        Step.SEND: _("Đã trả lời"),
        Step.ANSWER_WITH_PRIMARY: _("Đã trả lời"),
        Step.EXTEND: _("Gia hạn trả lời"),
        Step.SPLIT: _("Tách thành nhiều việc"),
        Step.MERGE: _("Giải quyết chung với phản ánh cùng nội dung"),
        Step.UNMERGE: _("Giải quyết riêng trở lại"),
        Step.DIVERT: _("Chuyển sang giải quyết theo luật riêng"),
        Step.RATE: _("Ông/bà đã đánh giá"),
        Step.REOPEN: _("Ông/bà yêu cầu xem lại"),
        Step.CLOSE: _("Kết thúc"),
        Step.WITHDRAW: _("Ông/bà đã rút lại"),
        Step.SUCCEED: _("Chuyển sang đơn vị kế tục sau sắp xếp"),
    }.get(step)


def due_words(duty: Duty) -> str | None:
    """Return what must be done by a limit, None for one that binds offices among themselves."""
    return {Duty.RECEIVE: _("Hạn tiếp nhận"), Duty.ANSWER: _("Hạn trả lời")}.get(duty)


def reopen_until(
    state: State, *, ended_at: datetime | None, reopened: int, settings: DeskSettings
) -> date | None:
    """Return the last day on which the sender may ask to look again, None where that is not possible."""
    if state not in (State.ANSWERED, State.CLOSED) or ended_at is None or reopened >= settings.reopen_times:
        return None
    return local_date(ended_at) + timedelta(days=settings.reopen_days)
