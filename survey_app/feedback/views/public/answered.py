"""Published answers at /feedback/answered, with search and RSS. A retracted one is gone with the next request."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from survey_app.feedback.documents.feed import feed
from survey_app.feedback.queries.fields import field_label
from survey_app.feedback.queries.published import (
    Wanted,
    published_fields,
    published_lines,
    published_page,
    published_units,
)
from survey_app.feedback.rules.codes import normalised, spoken
from survey_app.feedback.rules.kinds import Kind, kind_label
from survey_app.feedback.rules.publication import KEPT_SECONDS, PublishedLine
from survey_app.feedback.rules.searching import LONGEST_QUERY
from survey_app.foundation.clock import local_date
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.web.problems import problem
from survey_app.web.requests import drop_nuls
from survey_app.web.shell import display

blueprint = Blueprint("answered", __name__)
HERE = "/feedback/answered"
PAGE_SIZE = 20
FEED_SIZE = 30


@blueprint.get("/feedback/answered")
def published_answers() -> Response:
    """List the published answers, the latest first; `after` is the code to go on from."""
    drop_nuls()
    wanted, after = _wanted(), normalised(request.args.get("after", "")) or ""
    with read() as session:
        found = published_lines(session, wanted=wanted, most=PAGE_SIZE + 1, after=after)
        units = names_by_path(session, [*published_units(session), *(line.unit_path for line in found)])
        fields = sorted(published_fields(session), key=field_label)
    lines = found[:PAGE_SIZE]
    page = render_template(
        "feedback/answered.html",
        lines=lines,
        wanted=wanted,
        units=sorted(units.items(), key=lambda one: one[1]),
        names=units,
        fields=fields,
        kinds=[(kind.value, kind_label(kind)) for kind in Kind],
        kind_label=kind_label,
        spoken=spoken,
        local_date=local_date,
        next_page=_address(wanted, lines[-1].code) if len(found) > PAGE_SIZE else "",
        first_page=_address(wanted, "") if after else "",
        feed=_address(wanted, "").replace(HERE, f"{HERE}.rss", 1),
    )
    return _kept(page)


def _wanted() -> Wanted:
    words = request.args.get("q", "")[:LONGEST_QUERY].strip()
    kind = request.args.get("kind", "")
    return Wanted(
        words=words,
        unit_path=request.args.get("unit", "")[:120],
        field=request.args.get("field", "")[:60],
        kind=Kind(kind) if kind in set(Kind) else None,
    )


def _address(wanted: Wanted, after: str) -> str:
    """Return the address of a page of this list, with the reader's display choices."""
    asked = {
        "q": wanted.words,
        "kind": wanted.kind or "",
        "unit": wanted.unit_path,
        "field": wanted.field,
        "after": after,
    }
    pairs = {name: value for name, value in asked.items() if value} | display().query_values()
    return f"{HERE}?{urlencode(pairs)}" if pairs else HERE


@blueprint.get("/feedback/answered/<code>")
def published_answer(code: str) -> ResponseReturnValue:
    """Show one published answer; what was never published and what was retracted are answered alike."""
    wanted = normalised(code)
    with read() as session:
        found = published_page(session, wanted) if wanted else None
        units = names_by_path(session, [found.line.unit_path]) if found else {}
    if found is None:
        return problem(404, detail=_("Không có câu trả lời nào công khai ở địa chỉ này."))
    page = render_template(
        "feedback/answered_one.html",
        page=found,
        line=found.line,
        unit=units[found.line.unit_path],
        kind_label=kind_label,
        spoken=spoken,
        local_date=local_date,
    )
    return _kept(page)


@blueprint.get("/feedback/answered.rss")
def answered_feed() -> Response:
    """Give the latest published answers as RSS 2.0, with the same filters as the list."""
    drop_nuls()
    wanted = _wanted()
    with read() as session:
        lines = published_lines(session, wanted=wanted, most=FEED_SIZE)
        units = names_by_path(session, [line.unit_path for line in lines])
    site = current_app.config["SETTINGS"].public_url.rstrip("/")
    text = feed(
        site=site,
        own_address=f"{site}{request.full_path.rstrip('?')}",
        title=_("Phản ánh, kiến nghị đã trả lời"),
        summary=_("Trả lời của cơ quan nhà nước, đã che thông tin cá nhân."),
        items=[(line, _category(line, units)) for line in lines],
    )
    return _kept(text, "application/rss+xml; charset=utf-8")


def _category(line: PublishedLine, units: dict[str, str]) -> str:
    return f"{kind_label(line.kind)} · {units.get(line.unit_path, '')}"


def _kept(body: str | bytes, content_type: str = "text/html; charset=utf-8") -> Response:
    """Return an answer that nobody on the way keeps for more than a minute."""
    response = make_response(body)
    response.content_type = content_type
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response
