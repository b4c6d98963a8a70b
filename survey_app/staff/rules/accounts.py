"""Rules of accounts: e-mail addresses, search, how long a sign-in and a link live, who may give which role."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from survey_app.staff.rules.permissions import EVERYWHERE, Action, Role, may, scopes_of

SIGNED_IN_FOR = timedelta(hours=12)
IDLE_FOR = timedelta(minutes=60)
"""NIST SP 800-63B-4, 2.2.3: at most 24 hours, and one hour without use."""
SEEN_EVERY = timedelta(minutes=5)
SECOND_STEP_FOR = timedelta(minutes=10)
KEPT_AFTER_THE_END = timedelta(days=90)


class Purpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    RESET = "reset"


LINK_LIVES = {Purpose.INVITATION: timedelta(hours=72), Purpose.RESET: timedelta(hours=24)}
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{4,189}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
_UNIT_PATH = re.compile(r"([0-9A-Za-z_-]{1,20}(/[0-9A-Za-z_-]{1,20}){0,4})?")


def email_of(text: str) -> str | None:
    """Return the address in the one spelling that is stored, None if it is none."""
    email = text.strip().lower()
    return email if _EMAIL.fullmatch(email) else None


def is_unit_path(text: str) -> bool:
    """Say whether `text` has the shape of a unit path: empty (everywhere), `04`, `04/01273`."""
    return bool(_UNIT_PATH.fullmatch(text))


def folded(text: str) -> str:
    """Return `text` for searching: small letters without diacritics, single spaces."""
    marked = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(letter for letter in marked if not unicodedata.combining(letter) and letter != "\0")
    return " ".join(bare.split())


def may_grant(granter_grants: Iterable[tuple[Role, str]], role: Role, unit_path: str) -> bool:
    """Say whether somebody with `granter_grants` may give or take `role` in this unit.

    Only an administrator whose own scope covers the unit may, whatever the role, so nobody rises above their unit.
    """
    return may(granter_grants, Action.MANAGE_ACCOUNTS, unit_path)


def may_manage(granter_grants: Iterable[tuple[Role, str]], grants: Iterable[tuple[Role, str]]) -> bool:
    """Say whether somebody may reset, rename or deactivate the account that holds `grants`.

    All of them must lie in the administrator's own scope: else the administrator of a commune could take over the
    account of the province by a reset link. An account without a grant belongs to administrators of everything.
    """
    granter = tuple(granter_grants)
    paths = {path for _, path in grants} or {EVERYWHERE}
    return all(may(granter, Action.MANAGE_ACCOUNTS, path) for path in paths)


def own_path(grants: Iterable[tuple[Role, str]]) -> str:
    """Return the unit in whose audit log stands what a person does to their own account."""
    scopes = scopes_of(grants, Action.USE_OWN_ACCOUNT)
    return scopes[0] if len(scopes) == 1 else EVERYWHERE
