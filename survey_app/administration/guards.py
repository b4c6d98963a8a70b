"""Which people an administrator may see and change, and every change with its line in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import abort, flash, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, scopes_here, staff_here
from survey_app.staff.queries import AccountDetail, GrantLine, account_detail
from survey_app.staff.rules.accounts import may_manage
from survey_app.staff.rules.permissions import covers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the administrator who asks may see it.

    `grants` are those inside the administrator's own units; `may_be_managed` only if these are all there are.
    `names` are of the units by path.
    """

    detail: AccountDetail
    grants: tuple[GrantLine, ...]
    may_be_managed: bool
    names: dict[str, str]

    @property
    def account_id(self) -> int:
        """Return the number of the account."""
        return self.detail.account_id

    @property
    def address(self) -> str:
        """Return the person's page."""
        return f"/admin/accounts/{self.account_id}"

    @property
    def unit_path(self) -> str:
        """Return the unit in whose log a change of the account as a whole stands: the widest of its roles."""
        return min((grant.unit_path for grant in self.grants), key=len, default="")

    @property
    def has_roles_elsewhere(self) -> bool:
        """Say whether there are roles that the administrator may not see."""
        return len(self.grants) < len(self.detail.grants)


def person_here(account_id: int) -> Person:
    """Return the account, or answer 404 if it has no role inside the administrator's units."""
    scopes = scopes_here()
    with read() as session:
        detail = account_detail(session, account_id, now=now())
        if detail is None:
            abort(404)
        grants = tuple(grant for grant in detail.grants if _is_covered(scopes, grant.unit_path))
        if not grants and "" not in scopes:
            abort(404)
        names = names_by_path(session, {grant.unit_path for grant in grants if grant.unit_path})
    all_grants = [(grant.role, grant.unit_path) for grant in detail.grants]
    return Person(detail, grants, may_manage(staff_here().grants, all_grants), names)


def _is_covered(scopes: tuple[str, ...], path: str) -> bool:
    return any(covers(scope, path) for scope in scopes)


def managed_person(account_id: int) -> Person:
    """Return the account, or answer 404 unless all its roles lie inside the administrator's units."""
    person = person_here(account_id)
    if not person.may_be_managed:
        abort(404)
    return person


def grant_here(person: Person, grant_id: int) -> GrantLine:
    """Return a role of the person inside the administrator's units, or answer 404."""
    found = next((grant for grant in person.grants if grant.grant_id == grant_id), None)
    if found is None:
        abort(404)
    return found


def change(
    person: Person,
    operation: Callable[[Session], T],
    *,
    did: str,
    unit_path: str | None = None,
    **details: str,
) -> T:
    """Run `operation` with a line of the audit log that names it by `did`; `unit_path` if not the person's own."""
    return act(
        operation,
        subject=f"account:{person.account_id}",
        unit_path=person.unit_path if unit_path is None else unit_path,
        details={"did": did, **details},
    )


def changed(
    person: Person,
    operation: Callable[[Session], object],
    message: str,
    *,
    did: str,
    unit_path: str | None = None,
    **details: str,
) -> Response:
    """Run `operation`, say so, and go back to the person; a refusal is said there too."""
    try:
        change(person, operation, did=did, unit_path=unit_path, **details)
    except Refused as error:
        flash(str(error), "bad")
    else:
        flash(message, "done")
    return redirect(person.address, 303)


def crumbs_above(person: Person | None = None) -> list[tuple[str, str]]:
    """Return the way from the top to a page about `person`, or to the person's own page."""
    upward = [("/admin", _("Quản trị")), ("/admin/accounts", _("Tài khoản"))]
    return upward if person is None else [*upward, (person.address, person.detail.name)]
