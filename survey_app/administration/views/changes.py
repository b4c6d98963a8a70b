"""What an administrator takes away or gives back: roles, sign-ins, the second factor, the account, a way in."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from survey_app.administration.documents.words import role_actions, unit_label
from survey_app.administration.guards import (
    Person,
    change,
    changed,
    crumbs_above,
    grant_here,
    managed_person,
    person_here,
)
from survey_app.administration.views.accounts import link_page
from survey_app.foundation.clock import now
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff import operations
from survey_app.staff.guards import requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action, role_label

blueprint = Blueprint("changes", __name__)


def _confirm(person: Person, question: str, consequences: list[str], button: str) -> str:
    """Return the page that names what will happen before it does."""
    return render_template(
        "administration/confirm.html",
        question=question,
        consequences=consequences,
        button=button,
        back=person.address,
        crumbs=crumbs_above(person),
    )


@blueprint.get("/admin/accounts/<int:account_id>/grants/<int:grant_id>/revoke")
@requires(Action.MANAGE_ACCOUNTS)
def confirm_revocation(account_id: int, grant_id: int) -> str:
    """Say what taking this role away will do."""
    person = person_here(account_id)
    grant = grant_here(person, grant_id)
    told = {
        "name": person.detail.name,
        "role": role_label(grant.role),
        "unit": unit_label(grant.unit_path, person.names),
    }
    consequences = [
        _("%(name)s không còn là “%(role)s” tại %(unit)s, kể cả ở máy đang đăng nhập.", **told),
        _(
            "Trừ khi còn vai trò khác cho phép, người này không còn: %(actions)s.",
            actions=role_actions(grant.role),
        ),
    ]
    if len(person.detail.grants) == 1:
        consequences.append(
            _("Đây là quyền cuối cùng: người này sẽ chỉ còn mở được trang tài khoản của mình.")
        )
    question = _("Thu hồi quyền “%(role)s” của %(name)s?", **told)
    return _confirm(person, question, consequences, _("Thu hồi quyền"))


@blueprint.post("/admin/accounts/<int:account_id>/grants/<int:grant_id>/revoke")
@requires(Action.MANAGE_ACCOUNTS)
def revoke(account_id: int, grant_id: int) -> Response:
    """Take a role away."""
    person, by = person_here(account_id), staff_here().account_id
    grant = grant_here(person, grant_id)
    answer = changed(
        person,
        lambda session: operations.revoke_grant(session, grant_id=grant_id, by=by, now=now()),
        _("Đã thu hồi quyền: %(role)s.", role=role_label(grant.role)),
        did="revoked",
        unit_path=grant.unit_path,
        role=grant.role,
    )
    # Who has no role left inside these units is not seen here any more.
    is_gone = len(person.grants) == 1 and "" not in scopes_here()
    return redirect("/admin/accounts", 303) if is_gone else answer


@blueprint.post("/admin/accounts/<int:account_id>/link")
@requires(Action.MANAGE_ACCOUNTS)
def new_link(account_id: int) -> ResponseReturnValue:
    """Make a link to choose a new password, or a new invitation; the answer shows it once."""
    person, by = managed_person(account_id), staff_here().account_id
    try:
        link = change(
            person,
            lambda session: operations.issue_reset_link(session, account_id=account_id, by=by, now=now()),
            did="link_issued",
        )
    except Refused as error:
        flash(str(error), "bad")
        return redirect(person.address, 303)
    return link_page(link, person.detail.name)


@blueprint.get("/admin/accounts/<int:account_id>/deactivate")
@requires(Action.MANAGE_ACCOUNTS)
def confirm_deactivation(account_id: int) -> str:
    """Say what closing the account will do."""
    person = _somebody_else(account_id)
    name = person.detail.name
    consequences = [
        _("%(name)s bị đăng xuất khỏi mọi máy ngay lập tức và không đăng nhập được nữa.", name=name),
        _("Liên kết mời hoặc đặt lại mật khẩu chưa dùng sẽ mất hiệu lực."),
        _("Các quyền và nhật ký vẫn được giữ. Có thể mở lại tài khoản bất cứ lúc nào."),
    ]
    return _confirm(person, _("Khóa tài khoản của %(name)s?", name=name), consequences, _("Khóa tài khoản"))


def _somebody_else(account_id: int) -> Person:
    """Return the person, or answer 404 for oneself: nobody locks themselves out by a slip."""
    if account_id == staff_here().account_id:
        abort(404)
    return managed_person(account_id)


@blueprint.post("/admin/accounts/<int:account_id>/deactivate")
@requires(Action.MANAGE_ACCOUNTS)
def deactivate(account_id: int) -> Response:
    """Close an account."""
    person, by = _somebody_else(account_id), staff_here().account_id
    return changed(
        person,
        lambda session: operations.deactivate(session, account_id=account_id, by=by, now=now()),
        _("Đã khóa tài khoản và đăng xuất mọi máy."),
        did="deactivated",
    )


@blueprint.post("/admin/accounts/<int:account_id>/reactivate")
@requires(Action.MANAGE_ACCOUNTS)
def reactivate(account_id: int) -> Response:
    """Open a closed account again."""
    person, by = managed_person(account_id), staff_here().account_id
    return changed(
        person,
        lambda session: operations.reactivate(session, account_id=account_id, by=by, now=now()),
        _("Đã mở lại tài khoản, với quyền và mật khẩu như trước."),
        did="reactivated",
    )


@blueprint.get("/admin/accounts/<int:account_id>/second-factor")
@requires(Action.MANAGE_ACCOUNTS)
def confirm_second_factor_removal(account_id: int) -> str:
    """Say what taking the second factor away will do."""
    person = managed_person(account_id)
    consequences = [
        _("Từ nay chỉ cần mật khẩu là vào được, cho đến khi người này cài lại ứng dụng xác nhận."),
        _("Mã dự phòng cũ mất hiệu lực, mọi máy bị đăng xuất."),
        _("Chỉ làm khi chắc chắn người nhờ đúng là %(name)s, ví dụ gặp mặt.", name=person.detail.name),
    ]
    question = _("Tắt xác thực hai bước của %(name)s?", name=person.detail.name)
    return _confirm(person, question, consequences, _("Tắt xác thực hai bước"))


@blueprint.post("/admin/accounts/<int:account_id>/second-factor")
@requires(Action.MANAGE_ACCOUNTS)
def remove_second_factor(account_id: int) -> Response:
    """Let somebody who lost the telephone sign in with the password alone."""
    person, by = managed_person(account_id), staff_here().account_id
    return changed(
        person,
        lambda session: operations.remove_second_factor(session, account_id=account_id, by=by, now=now()),
        _("Đã tắt xác thực hai bước."),
        did="second_factor_removed",
    )


@blueprint.post("/admin/accounts/<int:account_id>/sign-ins/<int:sign_in_id>/end")
@requires(Action.MANAGE_ACCOUNTS)
def end_sign_in(account_id: int, sign_in_id: int) -> Response:
    """Sign one browser of a person out."""
    person = managed_person(account_id)
    return changed(
        person,
        lambda session: operations.end_own_sign_in(
            session, account_id=account_id, sign_in_id=sign_in_id, now=now()
        ),
        _("Đã đăng xuất máy đó."),
        did="sign_in_ended",
    )


@blueprint.post("/admin/accounts/<int:account_id>/sign-ins/end")
@requires(Action.MANAGE_ACCOUNTS)
def end_sign_ins(account_id: int) -> Response:
    """Sign all browsers of a person out, except the one that asks."""
    person, here = managed_person(account_id), staff_here().sign_in_id
    return changed(
        person,
        lambda session: operations.end_sign_ins(session, account_id=account_id, except_id=here, now=now()),
        _("Đã đăng xuất mọi máy."),
        did="sign_ins_ended",
    )
