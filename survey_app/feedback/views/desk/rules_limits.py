"""The limits that count for a unit: shipped ones and local ones, added and ended with their basis."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from survey_app.feedback.forms.rules import EndLimitForm, LimitForm
from survey_app.feedback.models import DeadlineRule
from survey_app.feedback.operations.limits import add_limit, end_limit
from survey_app.feedback.queries.limits import entered_limits, find_rule, shipped_limits
from survey_app.feedback.rules.kinds import GrievanceKind, Kind, kind_label
from survey_app.feedback.rules.limits import Limit, counted_from_label, duty_label, time_unit_label
from survey_app.feedback.views.desk.rules_units import RulesUnit, path_name, rules_crumbs, unit_here
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, require_unit, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("limits", __name__)


@blueprint.get("/desk/rules/limits")
@requires(Action.MANAGE_FEEDBACK)
def list_limits() -> str:
    """List the limits that count for a unit or below it, local ones first, with a form for another."""
    unit = unit_here()
    return _page(unit, LimitForm(formdata=None, unit=unit.path, valid_from=local_date(now())))


@blueprint.post("/desk/rules/limits")
@requires(Action.MANAGE_FEEDBACK)
def add() -> Response | tuple[str, int]:
    """Enter a limit of this unit."""
    unit, form = unit_here(), LimitForm()
    if form.validate_on_submit():
        limit = form.limit()
        try:
            act(
                lambda session: add_limit(session, limit=limit),
                subject=lambda rule: f"deadline_rule:{rule.id}",
                unit_path=unit.path,
                details={
                    "did": "limit_added",
                    "kind": limit.kind,
                    "duty": str(limit.duty),
                    "amount": limit.amount,
                },
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã thêm thời hạn. Hồ sơ bắt đầu từ nay dùng thời hạn này."), "done")
            return redirect(url_for("feedback.rules.limits.list_limits", unit=unit.path), 303)
    return _page(unit, form), 422


@blueprint.route("/desk/rules/limits/<int:rule_id>/end", methods=["GET", "POST"])
@requires(Action.MANAGE_FEEDBACK)
def end(rule_id: int) -> Response | tuple[str, int]:
    """Ask for the last day of a local limit, and end it."""
    rule = _own_rule(rule_id)
    form = EndLimitForm(unit=rule.unit_path, last_day=local_date(now()))
    if form.validate_on_submit():
        try:
            act(
                lambda session: end_limit(
                    session, rule=session.get_one(DeadlineRule, rule_id), last_day=form.last_day.data
                ),
                subject=f"deadline_rule:{rule_id}",
                unit_path=rule.unit_path,
                details={"did": "limit_ended", "last_day": form.last_day.data.isoformat()},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã ghi ngày hết hiệu lực. Quy định cũ vẫn được giữ để tra cứu."), "done")
            return redirect(url_for("feedback.rules.limits.list_limits", unit=rule.unit_path), 303)
    unit = unit_here()
    page = render_template(
        "feedback/rules_limit_end.html",
        crumbs=rules_crumbs(unit),
        unit=unit,
        rule=rule,
        form=form,
        words=limit_words(rule.kind),
        duty_label=duty_label,
    )
    return page, 422 if form.is_submitted() else 200


def limit_words(kind: str) -> str:
    """Return the kind of a limit in the reader's words."""
    known = {str(one): one for one in (*Kind, *GrievanceKind)}
    return kind_label(known[kind]) if kind in known else kind


def _own_rule(rule_id: int) -> DeadlineRule:
    if rule_id > 2**62:
        abort(404)
    with read() as session:
        rule = find_rule(session, rule_id)
    if rule is None:
        abort(404)
    require_unit(rule.unit_path)
    return rule


def _page(unit: RulesUnit, form: LimitForm) -> str:
    with read() as session:
        entered = [
            (limit, path_name(session, limit.unit_path))
            for limit in entered_limits(session, inside=[unit.path])
        ]
    return render_template(
        "feedback/rules_limits.html",
        crumbs=rules_crumbs(unit),
        unit=unit,
        form=form,
        entered=entered,
        shipped=sorted(shipped_limits(), key=_order),
        today=local_date(now()),
        limit_words=limit_words,
        duty_label=duty_label,
        time_unit_label=time_unit_label,
        counted_from_label=counted_from_label,
    )


def _order(limit: Limit) -> tuple[int, str, int]:
    kinds = [*map(str, Kind), *map(str, GrievanceKind)]
    return kinds.index(limit.kind), str(limit.duty), -limit.valid_from.toordinal()
