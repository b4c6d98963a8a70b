"""Reads of the staff room."""

from survey_app.staff.queries.accounts import (
    AccountLine,
    GrantLine,
    account_by_agency_name,
    account_by_email,
    account_by_id,
    accounts_page,
    grant_by_id,
    grant_lines,
    grants_of,
    is_administrated,
    named_by,
    names_of,
    open_link_until,
)
from survey_app.staff.queries.details import AccountDetail, account_detail, recovery_codes_left
from survey_app.staff.queries.links import LinkFound, LinkState, common_passwords, find_link
from survey_app.staff.queries.sign_ins import (
    SignInLine,
    Staff,
    is_signed_in,
    sign_ins_of,
    signed_in,
    token_digest,
)

__all__ = [
    "AccountDetail",
    "AccountLine",
    "GrantLine",
    "LinkFound",
    "LinkState",
    "SignInLine",
    "Staff",
    "account_by_agency_name",
    "account_by_email",
    "account_by_id",
    "account_detail",
    "accounts_page",
    "common_passwords",
    "find_link",
    "grant_by_id",
    "grant_lines",
    "grants_of",
    "is_administrated",
    "is_signed_in",
    "named_by",
    "names_of",
    "open_link_until",
    "recovery_codes_left",
    "sign_ins_of",
    "signed_in",
    "token_digest",
]
