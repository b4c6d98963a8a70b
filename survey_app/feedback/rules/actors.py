"""Who moves a case, and what of the installation a move needs."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.feedback.rules.kinds import ActorKind


@dataclass(frozen=True, slots=True)
class Actor:
    """A citizen, a member of staff with an account, or a rule that came due."""

    kind: ActorKind
    account_id: int | None = None


CITIZEN = Actor(ActorKind.CITIZEN)
SYSTEM = Actor(ActorKind.SYSTEM)


def staff_member(account_id: int) -> Actor:
    """Return the actor for a signed-in person."""
    return Actor(ActorKind.STAFF, account_id)


@dataclass(frozen=True, slots=True)
class Installation:
    """What operations need of the settings: SURVEY_CONTACT_KEY, and SURVEY_PUBLIC_URL without a slash behind."""

    contact_key: str
    public_url: str
