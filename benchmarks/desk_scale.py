"""A desk as large as a province's after years: 200,000 cases of three provinces, 1,000,000 events, 5 % still open.

One commune is very busy: `BUSY_SHARE` of all cases, a quarter of them of the last month.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, case, func, insert, literal, null, select, true
from sqlalchemy.orm import Session

from survey_app.feedback.models import Answer, Case, CaseClock, CaseEvent, CaseRating, PublicCopy
from survey_app.feedback.queries.fields import shipped_fields
from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.codes import new_code
from survey_app.feedback.rules.kinds import ActorKind, Anonymity, Channel, Kind
from survey_app.feedback.rules.limits import Duty, TimeUnit
from survey_app.feedback.rules.searching import search_text_of
from survey_app.feedback.rules.similarity import folded_text
from survey_app.feedback.rules.states import OPEN, State, Step
from survey_app.foundation.columns import UtcDateTime
from survey_app.foundation.database import Base, Database
from survey_app.offices.models import Unit
from survey_app.offices.operations import load_units
from survey_app.offices.queries import shipped_units
from survey_app.staff.operations import add_account, grant_roles
from survey_app.staff.rules.permissions import Role

CASES, EVENTS_A_CASE = 200_000, 5
PROVINCES = ("04", "01", "79")
OPEN_SHARE = 0.05
RARE, COMMON = "pháo hoa", "đường"
RARE_EVERY = 5_000
BUSY_SHARE = 0.05
RATED_EVERY, PUBLISHED_EVERY = 5, 10
_WHAT = (
    "Đèn chiếu sáng ở đầu ngõ hỏng đã hai tuần, buổi tối đi lại rất khó",
    "Rác thải sinh hoạt chất đống cạnh chợ, mùi hôi nồng nặc",
    "Con đường vào xóm bị sụt lún sau trận mưa lớn, xe máy đi rất nguy hiểm",
    "Tôi nộp hồ sơ cấp giấy chứng nhận quyền sử dụng đất đã quá hẹn mà chưa có kết quả",
    "Cán bộ tiếp nhận hướng dẫn chưa rõ, tôi phải đi lại ba lần để bổ sung giấy tờ",
    "Nhà hàng xóm xây dựng lấn chiếm vỉa hè, đổ vật liệu ra lòng đường",
    "Quán karaoke mở loa công suất lớn đến quá nửa đêm, người già và trẻ nhỏ không ngủ được",
    "Nước sinh hoạt chảy yếu và có màu vàng từ đầu tháng",
    "Cống thoát nước trước cổng trường bị tắc, mưa xuống là ngập cả đoạn đường",
    "Xin hỏi thủ tục đăng ký khai sinh cho cháu khi bố mẹ chưa đăng ký kết hôn",
)
_WHY = (
    "Người dân đã nhiều lần báo tổ trưởng dân phố nhưng chưa thấy ai đến xem.",
    "Kính mong lãnh đạo địa phương quan tâm chỉ đạo kiểm tra và trả lời cho bà con được biết.",
    "Việc này ảnh hưởng đến hơn ba mươi hộ trong khu vực, nhất là các cháu học sinh.",
    "Đề nghị cơ quan chức năng nêu rõ thời gian khắc phục và người chịu trách nhiệm.",
    "Tôi gửi kèm ảnh chụp tại chỗ sáng nay để cơ quan tiện xác minh.",
)
_IS_ANSWERED = Case.state.in_((State.ANSWERED, State.CLOSED))
_STEPS = (Step.OPEN, Step.RECEIVE, Step.ASSIGN, Step.TAKE, Step.DRAFT)


def build(
    database: Database, *, now: datetime, cases: int = CASES, provinces: Sequence[str] = PROVINCES
) -> None:
    """Fill an empty, migrated database with units, people, cases and all that belongs to them."""
    rng = random.Random(7)
    for province in provinces:
        rows = shipped_units(province)
        database.write(lambda session, rows=rows: load_units(session, rows=rows, now=now))
    with database.read() as session:
        paths = sorted(session.scalars(select(Unit.path)))
    handlers = database.write(lambda session: _people(session, paths, now))
    waiting = _cases(rng, cases, paths, handlers, now)
    while chunk := list(islice(waiting, 5_000)):
        database.write(lambda session, chunk=chunk: session.execute(insert(Case), chunk) and None)
    for number, step in enumerate(_STEPS):
        database.write(lambda session, number=number, step=step: _events(session, number, step, now))
    for add in (_clocks, _answers, _ratings, _public_copies):
        database.write(add)
    _settle(database)


def busy_unit(paths: Sequence[str]) -> str:
    """Return the commune that is very busy."""
    return next(path for path in paths if path.startswith(f"{PROVINCES[0]}/"))


def _people(session: Session, paths: Sequence[str], now: datetime) -> dict[str, int]:
    """Add one officer to every unit."""
    handlers = {}
    for number, path in enumerate(paths):
        account = add_account(
            session, email=f"officer{number}@example.vn", name=f"Nguyễn Văn {number}", now=now
        )
        grant_roles(session, account_id=account.id, grants=[(Role.UNIT_HANDLER, path)], now=now)
        handlers[path] = account.id
    return handlers


def _cases(
    rng: random.Random, number: int, paths: Sequence[str], handlers: dict[str, int], now: datetime
) -> Iterator[dict[str, Any]]:
    open_states, busy = sorted(OPEN), busy_unit(paths)
    fields = [*shipped_fields(), ""]
    weights = [6 if path.startswith(PROVINCES[0]) else 1 for path in paths]
    weights[paths.index(busy)] = round(BUSY_SHARE * sum(weights))
    for place, path in enumerate(rng.choices(paths, weights, k=number)):
        is_open = rng.random() < OPEN_SHARE
        state = (
            rng.choice(open_states) if is_open else rng.choice((State.ANSWERED, State.CLOSED, State.REFUSED))
        )
        is_recent = is_open or (path == busy and rng.random() < 0.25)
        created = now - timedelta(minutes=rng.randrange(60 * 24 * (30 if is_recent else 1_500)))
        runs = is_open and state is not State.WAITING
        code, words = new_code(rng), _words(rng, place)
        where = f"Tổ dân phố số {rng.randrange(1, 40)}"
        yield {
            "code": code,
            "pin_digest": "0" * 64,
            "submission_id": f"bench-{place}",
            "kind": rng.choice(list(Kind)),
            "field": rng.choice(fields),
            "channel": rng.choice(list(Channel)),
            "anonymity": Anonymity.OFFICERS_ONLY,
            "language": "vi",
            "unit_path": path,
            "received_path": path,
            "place": where,
            "text": words,
            "proposal": "",
            "summary": words[:60],
            "folded": folded_text(words, where),
            "search_text": search_text_of(code, words, place=where),
            "state": state,
            "handler_id": None if state in (State.NEW, State.RECEIVED) else handlers[path],
            "due_at": now + timedelta(minutes=rng.randrange(-7_200, 28_800)) if runs else None,
            "created_at": created,
            "received_at": created,
            "ended_at": None if is_open else created + timedelta(days=9),
            "reopened": 0,
            "version": EVENTS_A_CASE,
            "competent_body": "",
        }


def _words(rng: random.Random, place: int) -> str:
    rare = f" Có người bán {RARE} trước cổng." if place % RARE_EVERY == 0 else ""
    house = f"tại số {rng.randrange(1, 900)} ngõ {rng.randrange(1, 200)}"
    return f"{rng.choice(_WHAT)}, {house}. {' '.join(rng.sample(_WHY, 3))}{rare}"


def _events(session: Session, number: int, step: Step, now: datetime) -> None:
    """Give every case one more event; the database makes them by itself."""
    columns = ("case_id", "at", "step", "from_state", "to_state", "actor_kind", "account_id", "unit_path")
    columns = (*columns, "reason", "note", "details")
    made = select(
        Case.id,
        literal(now - timedelta(hours=9 - number), UtcDateTime),
        literal(str(step), String),
        literal(str(State.NEW), String),
        literal(str(State.RECEIVED), String),
        literal(str(ActorKind.SYSTEM), String),
        null().cast(Integer),
        Case.unit_path,
        literal("", String),
        literal("", String),
        literal({}, CaseEvent.__table__.c.details.type),
    )
    session.execute(insert(CaseEvent.__table__).from_select(list(columns), made))


def _clocks(session: Session) -> None:
    """Give every case the clock of its answer; one in nine was late."""
    values = {
        "case_id": Case.id,
        "duty": literal(str(Duty.ANSWER), String),
        "unit_path": Case.unit_path,
        "amount": literal(15),
        "time_unit": literal(str(TimeUnit.WORKING_DAY), String),
        "day_of_receipt_counts": literal(False),
        "legal_basis": literal("NĐ 20/2008/NĐ-CP, Đ15", String),
        "started_at": Case.created_at,
        "due_at": func.coalesce(Case.due_at, _end(late=Case.id % 9 == 0)),
        "first_due_at": func.coalesce(Case.due_at, Case.ended_at, Case.created_at),
        "paused_minutes": literal(0),
        "pauses": literal([], CaseClock.__table__.c.pauses.type),
        "stopped_at": Case.ended_at,
        "warned_at_percent": case((Case.id % 9 == 0, 100), else_=0),
    }
    _fill(session, CaseClock, values, true())


def _end(*, late: ColumnElement[bool]) -> ColumnElement[datetime]:
    """Return a time that lies before the end of a case that was `late`."""
    ended = func.coalesce(Case.ended_at, Case.created_at)
    return case((late, Case.created_at), else_=ended)


def _answers(session: Session) -> None:
    values = {
        "case_id": Case.id,
        "round": literal(1),
        "parts": literal({"found": _WHY[0], "done": _WHY[1]}, Answer.__table__.c.parts.type),
        "version": literal(1),
        "drafted_by": Case.handler_id,
        "drafted_at": Case.ended_at,
        "sent_by": Case.handler_id,
        "sent_at": Case.ended_at,
    }
    _fill(session, Answer, values, _IS_ANSWERED)


def _ratings(session: Session) -> None:
    values = {
        "case_id": Case.id,
        "round": literal(1),
        "unit_path": Case.unit_path,
        "satisfaction": 1 + Case.id % 5,
        "solved": literal(str(Solved.YES), String),
        "comment": literal("", String),
        "rated_at": Case.ended_at,
    }
    _fill(session, CaseRating, values, _IS_ANSWERED & (Case.id % RATED_EVERY == 0))


def _public_copies(session: Session) -> None:
    values = {
        "case_id": Case.id,
        "unit_path": Case.unit_path,
        "field": Case.field,
        "kind": Case.kind,
        "title": Case.summary,
        "question": Case.text,
        "answer": Case.text,
        "search_text": Case.search_text,
        "is_public": literal(True),
        "published_at": Case.ended_at,
        "version": literal(1),
    }
    _fill(session, PublicCopy, values, _IS_ANSWERED & (Case.id % PUBLISHED_EVERY == 0))


def _fill(
    session: Session, model: type[Base], values: dict[str, ColumnElement[Any]], which: ColumnElement[bool]
) -> None:
    """Let the database make one row for every case that is meant."""
    session.execute(insert(model).from_select(list(values), select(*values.values()).where(which)))


def _settle(database: Database) -> None:
    """Let the database count what it holds, as its own housekeeping does over night."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
