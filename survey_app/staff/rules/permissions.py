"""Who may do what: one table of roles and actions drives the guards, the screens and the tests."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from survey_app.foundation.languages import gettext as _

EVERYWHERE = ""
"""The unit path of a grant that holds in all units."""


class Role(StrEnum):
    """What a person is in a unit and in all units below it."""

    ADMINISTRATOR = "administrator"
    SURVEY_MANAGER = "survey_manager"
    ANALYST = "analyst"
    INTAKE_CLERK = "intake_clerk"
    ROUTING_OFFICER = "routing_officer"
    UNIT_HANDLER = "unit_handler"
    APPROVER = "approver"
    LEADER = "leader"
    INTERVIEWER = "interviewer"
    AUDITOR = "auditor"
    GRIEVANCE_OFFICER = "grievance_officer"


class Action(StrEnum):
    """What a staff door does; the audit log names what happened by these words."""

    USE_OWN_ACCOUNT = "staff.own_account"
    VIEW_ACCOUNTS = "accounts.view"
    MANAGE_ACCOUNTS = "accounts.manage"
    VIEW_AUDIT = "audit.view"
    MANAGE_APPEARANCE = "appearance.manage"
    MANAGE_MESSAGING = "messaging.manage"
    VIEW_OFFICES = "offices.view"
    MANAGE_OFFICES = "offices.manage"
    PRINT_POSTERS = "offices.posters"
    CHECK_QR = "offices.check_qr"
    MANAGE_KIOSKS = "kiosks.manage"
    VIEW_QUESTIONNAIRES = "questionnaires.view"
    EDIT_QUESTIONNAIRES = "questionnaires.edit"
    PUBLISH_QUESTIONNAIRES = "questionnaires.publish"
    VIEW_CAMPAIGNS = "campaigns.view"
    MANAGE_CAMPAIGNS = "campaigns.manage"
    READ_REPLIES = "texting.read_replies"
    VIEW_RUNS = "results.view_runs"
    RUN_RESULTS = "results.run"
    PUBLISH_RESULTS = "results.publish"
    FILE_CASES = "feedback.file"
    VIEW_CASES = "feedback.view"
    TRIAGE_CASES = "feedback.triage"
    ASSIGN_CASES = "feedback.assign"
    HANDLE_CASES = "feedback.handle"
    APPROVE_ANSWERS = "feedback.approve"
    PUBLISH_CASES = "feedback.publish"
    HANDLE_GRIEVANCES = "feedback.grievances"
    VIEW_FEEDBACK_REPORTS = "feedback.reports"
    MANAGE_FEEDBACK = "feedback.manage"
    MANAGE_PRIVACY = "privacy.manage"


_ADMINISTRATOR, _MANAGER, _ANALYST = Role.ADMINISTRATOR, Role.SURVEY_MANAGER, Role.ANALYST
_EVERYBODY = frozenset(Role)
_DESIGNERS = frozenset({_ADMINISTRATOR, _MANAGER})
_READERS = _DESIGNERS | {_ANALYST, Role.APPROVER, Role.LEADER, Role.AUDITOR}
_CLERK, _ROUTER, _HANDLER = Role.INTAKE_CLERK, Role.ROUTING_OFFICER, Role.UNIT_HANDLER

PERMITTED: dict[Action, frozenset[Role]] = {
    Action.USE_OWN_ACCOUNT: _EVERYBODY,
    Action.VIEW_ACCOUNTS: frozenset({_ADMINISTRATOR, Role.AUDITOR}),
    Action.MANAGE_ACCOUNTS: frozenset({_ADMINISTRATOR}),
    Action.VIEW_AUDIT: frozenset({_ADMINISTRATOR, Role.AUDITOR}),
    Action.MANAGE_APPEARANCE: frozenset({_ADMINISTRATOR}),
    Action.MANAGE_MESSAGING: frozenset({_ADMINISTRATOR}),
    Action.VIEW_OFFICES: _EVERYBODY,
    Action.MANAGE_OFFICES: _DESIGNERS,
    Action.PRINT_POSTERS: _DESIGNERS | {Role.INTAKE_CLERK},
    Action.CHECK_QR: _EVERYBODY - {Role.AUDITOR},
    Action.MANAGE_KIOSKS: _DESIGNERS,
    Action.VIEW_QUESTIONNAIRES: _READERS,
    Action.EDIT_QUESTIONNAIRES: _DESIGNERS,
    Action.PUBLISH_QUESTIONNAIRES: _DESIGNERS,
    Action.VIEW_CAMPAIGNS: _READERS | {Role.INTERVIEWER},
    Action.MANAGE_CAMPAIGNS: _DESIGNERS,
    Action.READ_REPLIES: frozenset({_MANAGER, _ANALYST}),
    Action.VIEW_RUNS: _READERS,
    Action.RUN_RESULTS: frozenset({_MANAGER, _ANALYST}),
    Action.PUBLISH_RESULTS: frozenset({Role.APPROVER}),
    Action.FILE_CASES: frozenset({_CLERK, _ROUTER}),
    Action.VIEW_CASES: frozenset({_CLERK, _ROUTER, _HANDLER, Role.APPROVER, Role.LEADER, Role.AUDITOR}),
    Action.TRIAGE_CASES: frozenset({_CLERK, _ROUTER}),
    Action.ASSIGN_CASES: frozenset({_ROUTER, Role.LEADER}),
    Action.HANDLE_CASES: frozenset({_ROUTER, _HANDLER}),
    Action.APPROVE_ANSWERS: frozenset({Role.APPROVER}),
    Action.PUBLISH_CASES: frozenset({Role.APPROVER}),
    Action.HANDLE_GRIEVANCES: frozenset({Role.GRIEVANCE_OFFICER}),
    Action.VIEW_FEEDBACK_REPORTS: frozenset({_ROUTER, Role.APPROVER, Role.LEADER, Role.AUDITOR}),
    Action.MANAGE_FEEDBACK: frozenset({_ADMINISTRATOR}),
    Action.MANAGE_PRIVACY: frozenset({_ADMINISTRATOR}),
}
"""Roles that may do an action inside the unit of their grant. What is absent is refused."""

SEPARATED: frozenset[tuple[Action, Action]] = frozenset({(Action.RUN_RESULTS, Action.PUBLISH_RESULTS)})
"""Duties kept apart: who did the first to a record may not do the second to the same record, whatever the roles."""


def covers(granted_path: str, unit_path: str) -> bool:
    """Say whether a grant at `granted_path` reaches `unit_path`: the unit itself and all units below it."""
    return granted_path in (EVERYWHERE, unit_path) or unit_path.startswith(f"{granted_path}/")


def scopes_of(grants: Iterable[tuple[Role, str]], action: Action) -> tuple[str, ...]:
    """Return the unit paths inside which `grants` allow `action`, outermost only; `EVERYWHERE` for all units."""
    paths = {path for role, path in grants if role in PERMITTED[action]}
    outermost = (path for path in paths if not any(covers(o, path) for o in paths if o != path))
    return tuple(sorted(outermost))


def may(grants: Iterable[tuple[Role, str]], action: Action, unit_path: str) -> bool:
    """Say whether `grants` allow `action` on a record of the unit with this path."""
    return any(covers(scope, unit_path) for scope in scopes_of(grants, action))


def is_same_person_twice(first_actor: int | None, second_actor: int) -> bool:
    """Say whether two separated duties would fall to one person; a first step without a person offends nobody."""
    return first_actor is not None and first_actor == second_actor


def role_label(role: Role) -> str:
    """Return the role in the reader's words."""
    return {
        Role.ADMINISTRATOR: _("Quản trị hệ thống"),
        Role.SURVEY_MANAGER: _("Quản lý khảo sát"),
        Role.ANALYST: _("Phân tích số liệu"),
        Role.INTAKE_CLERK: _("Tiếp nhận (một cửa)"),
        Role.ROUTING_OFFICER: _("Điều phối, phân công"),
        Role.UNIT_HANDLER: _("Chuyên viên xử lý"),
        Role.APPROVER: _("Phê duyệt"),
        Role.LEADER: _("Lãnh đạo"),
        Role.INTERVIEWER: _("Điều tra viên"),
        Role.AUDITOR: _("Kiểm tra, giám sát"),
        Role.GRIEVANCE_OFFICER: _("Xử lý khiếu nại, tố cáo"),
    }[role]
