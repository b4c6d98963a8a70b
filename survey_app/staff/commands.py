"""`survey-app staff`: the first administrator, links, and the proof that the audit log is whole."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click
from flask import current_app
from sqlalchemy.orm import Session

from survey_app.foundation import audit
from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write
from survey_app.staff.guards import password_hash, random_password
from survey_app.staff.models import Account
from survey_app.staff.operations import NewLink, create_administrator, issue_reset_link
from survey_app.staff.queries import AccountLine, account_by_email, accounts_page
from survey_app.staff.rules.permissions import EVERYWHERE


@click.group()
def staff() -> None:
    """Accounts of staff, and the audit log."""


@staff.command("create-admin")
@click.option("--email", required=True, help="E-mail address to sign in with.")
@click.option("--name", required=True, help="Name shown on the pages.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create_admin(email: str, name: str, password_stdin: bool, as_json: bool) -> None:
    """Add an administrator of everything. Without --password-stdin a random password is printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else random_password()
    hashed = password_hash(password, context=(email, name))

    def create(session: Session) -> Account:
        account = create_administrator(session, email=email, name=name, password_hash=hashed, now=now())
        _record(session, "accounts.manage", f"account:{account.id}", {"did": "administrator_created"})
        return account

    account = write(create)
    words = {"account_id": account.id, "email": account.email}
    if not password_stdin:
        words["password"] = password
    if as_json:
        click.echo(json.dumps(words, ensure_ascii=False))
        return
    click.echo(f"Added administrator {account.email}.")
    if not password_stdin:
        click.echo(f"Password (shown once): {password}")
    click.echo(
        f"Sign in at {current_app.config['SETTINGS'].public_url}/staff/sign-in and switch on the second factor."
    )


def _record(session: Session, action: str, subject: str, details: dict[str, str]) -> None:
    key = current_app.config["SETTINGS"].audit_key
    audit.record(
        session,
        key=key,
        actor=audit.BY_COMMAND,
        action=action,
        subject=subject,
        details=details,
        now=now(),
    )


@staff.command("reset-link")
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reset_link(email: str, as_json: bool) -> None:
    """Print a link with which EMAIL chooses a new password: once, within 24 hours (72 for an invitation)."""
    with read() as session:
        account = account_by_email(session, email)
    if account is None:
        raise click.ClickException(
            f"Nobody signs in as {email!r}. `survey-app staff list` lists all accounts."
        )

    def issue(session: Session) -> NewLink:
        link = issue_reset_link(session, account_id=account.id, by=None, now=now())
        _record(session, "accounts.manage", f"account:{account.id}", {"did": f"{link.purpose}_link_issued"})
        return link

    link = write(issue)
    address = f"{current_app.config['SETTINGS'].public_url}{link.path}"
    if as_json:
        click.echo(json.dumps({"link": address, "expires_at": link.expires_at.isoformat()}))
    else:
        click.echo(
            f"{address}\nWorks once, until {link.expires_at:%Y-%m-%d %H:%M} UTC. Hand it over in person."
        )


@staff.command("list")
@click.option("--search", default="", help="Words in name or e-mail address.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_accounts(search: str, as_json: bool) -> None:
    """List all accounts with state and roles."""
    lines = _all_accounts(search)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=2))
        return
    for line in lines:
        roles = ", ".join(f"{role}@{path or 'everywhere'}" for role, path in line.grants) or "no role"
        click.echo(f"{line.email}\t{line.name}\t{_state(line)}\t{roles}")
    click.echo(f"{len(lines):,} account(s)", err=True)


def _all_accounts(search: str) -> list[AccountLine]:
    lines: list[AccountLine] = []
    number, more = 1, True
    with read() as session:
        while more:
            page = accounts_page(session, scopes=[EVERYWHERE], search=search, number=number, size=1000)
            lines += page.items
            number, more = number + 1, page.more
    return lines


def _state(line: AccountLine) -> str:
    if not line.active:
        return "closed"
    if not line.can_sign_in:
        return "invited"
    return "active, second factor" if line.has_second_factor else "active"


@staff.command("verify-audit")
@click.option(
    "--expect", metavar="NUMBER:DIGEST", help="A line noted at an earlier run, outside this machine."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify_audit(expect: str | None, as_json: bool) -> None:
    """Check every line of the audit log; exit 1 and name the first that was changed, removed or moved.

    Note the last line's NUMBER:DIGEST elsewhere: given as --expect later, it also shows whether somebody put an
    older copy of the whole log back.
    """
    with read() as session:
        verdict = audit.verify(
            session, key=current_app.config["SETTINGS"].audit_key, expected=_expected(expect)
        )
    if as_json:
        click.echo(json.dumps(asdict(verdict)))
    elif verdict.flaw is None:
        click.echo(f"{verdict.lines:,} lines, all sound. Last line: {verdict.lines}:{verdict.digest}")
    else:
        click.echo(f"Line {verdict.at_number}: {verdict.flaw}.", err=True)
    if verdict.flaw is not None:
        raise click.exceptions.Exit(1)


def _expected(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(digest) == 64):
        raise click.ClickException("--expect takes NUMBER:DIGEST as printed by an earlier run.")
    return int(number), digest
