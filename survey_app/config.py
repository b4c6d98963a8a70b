"""Settings, read once from SURVEY_* environment variables and frozen."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class InvalidSettings(Exception):
    """A SURVEY_* variable is missing or cannot be read; the message names it and the remedy."""


def _setting(variable: str, meaning: str, *, default: Any, secret: bool = False) -> Any:
    return field(default=default, metadata={"variable": variable, "meaning": meaning, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an installation may change. `survey-app config` lists these with meaning and source."""

    instance: Path = _setting(
        "SURVEY_INSTANCE", "folder for the embedded database and generated secrets", default=Path("instance")
    )
    database_url: str = _setting(
        "SURVEY_DATABASE_URL",
        "sqlite:///file or postgresql://…; default: SQLite in the instance folder",
        default="",
    )
    public_url: str = _setting(
        "SURVEY_PUBLIC_URL",
        "address that citizens reach, printed in QR codes",
        default="http://127.0.0.1:8000",
    )
    secret_key: str = _setting(
        "SURVEY_SECRET_KEY", "signs form tokens and receipts; at least 32 characters", default="", secret=True
    )
    contact_key: str = _setting(
        "SURVEY_CONTACT_KEY",
        "encrypts contact data and keys its hashes; at least 32 characters",
        default="",
        secret=True,
    )
    audit_key: str = _setting(
        "SURVEY_AUDIT_KEY",
        "chains the audit log, so that changed lines show; at least 32 characters",
        default="",
        secret=True,
    )
    oidc_issuer: str = _setting(
        "SURVEY_OIDC_ISSUER",
        "address of the agency's identity provider (OpenID Connect); empty: staff sign in with a password",
        default="",
    )
    oidc_client_id: str = _setting(
        "SURVEY_OIDC_CLIENT_ID", "name of this installation at the identity provider", default=""
    )
    oidc_client_secret: str = _setting(
        "SURVEY_OIDC_CLIENT_SECRET",
        "password of this installation at the identity provider; empty for a public client",
        default="",
        secret=True,
    )
    trusted_proxies: int = _setting(
        "SURVEY_TRUSTED_PROXIES", "number of reverse proxies in front that set X-Forwarded-*", default=0
    )
    log_level: str = _setting("SURVEY_LOG_LEVEL", "debug, info, warning or error", default="info")
    command_language: str = _setting(
        "SURVEY_LANG", "language of messages on the command line: vi or en", default="en"
    )

    messages_to: str = _setting(
        "SURVEY_MESSAGES_TO", "carriers; or console: printed here, and none leaves", default="carriers"
    )
    messages_from: str = _setting("SURVEY_MESSAGES_FROM", "first hour of messages, 07:00+", default="08:00")
    messages_until: str = _setting("SURVEY_MESSAGES_UNTIL", "last hour, at most 22:00", default="20:00")
    messages_kept: int = _setting("SURVEY_MESSAGES_KEPT", "days that texts are kept", default=90)
    messages_at_once: int = _setting("SURVEY_MESSAGES_AT_ONCE", "sendings of a worker at once", default=8)
    redis_url: str = _setting(
        "SURVEY_REDIS_URL", "Redis for the worker's tasks; empty: a file", default="", secret=True
    )
    twilio_account_sid: str = _setting("SURVEY_TWILIO_ACCOUNT_SID", "account at Twilio (AC…)", default="")
    twilio_auth_token: str = _setting(
        "SURVEY_TWILIO_AUTH_TOKEN", "signs in at Twilio and checks its webhooks", default="", secret=True
    )
    twilio_auth_token_secondary: str = _setting(
        "SURVEY_TWILIO_AUTH_TOKEN_SECONDARY", "also checks webhooks while changing", default="", secret=True
    )
    twilio_messaging_service_sid: str = _setting(
        "SURVEY_TWILIO_MESSAGING_SERVICE_SID", "sends by this service (MG…), not the name", default=""
    )
    twilio_base_url: str = _setting(
        "SURVEY_TWILIO_BASE_URL", "address of Twilio's API", default="https://api.twilio.com"
    )
    twilio_two_way: int = _setting(
        "SURVEY_TWILIO_TWO_WAY", "1: the number takes replies; none in Viet Nam does", default=0
    )
    esms_api_key: str = _setting("SURVEY_ESMS_API_KEY", "account at eSMS", default="", secret=True)
    esms_secret_key: str = _setting("SURVEY_ESMS_SECRET_KEY", "password at eSMS", default="", secret=True)
    esms_base_url: str = _setting(
        "SURVEY_ESMS_BASE_URL", "address of eSMS's API", default="https://rest.esms.vn"
    )
    esms_sms_type: str = _setting(
        "SURVEY_ESMS_SMS_TYPE", "kind of message at eSMS; 2: customer care by brandname", default="2"
    )
    esms_sandbox: int = _setting(
        "SURVEY_ESMS_SANDBOX", "1: eSMS checks the requests and sends nothing", default=0
    )
    esms_cpid: str = _setting("SURVEY_ESMS_CPID", "our number at eSMS's short code", default="")
    esms_private_key: str = _setting(
        "SURVEY_ESMS_PRIVATE_KEY", "signs texts to the short code", default="", secret=True
    )
    esms_callback_key: str = _setting(
        "SURVEY_ESMS_CALLBACK_KEY", "unguessable end of /webhooks/esms/…", default="", secret=True
    )
    esms_addresses: str = _setting(
        "SURVEY_ESMS_ADDRESSES", "networks eSMS calls from, with commas; empty: any", default=""
    )
    zalo_app_id: str = _setting("SURVEY_ZALO_APP_ID", "application at Zalo", default="")
    zalo_app_secret: str = _setting(
        "SURVEY_ZALO_APP_SECRET", "renews the access token", default="", secret=True
    )
    zalo_oa_secret_key: str = _setting(
        "SURVEY_ZALO_OA_SECRET_KEY", "signs Zalo's webhooks (Official Account)", default="", secret=True
    )
    zalo_access_token: str = _setting(
        "SURVEY_ZALO_ACCESS_TOKEN", "sends for the Official Account; lasts 25 hours", default="", secret=True
    )
    zalo_refresh_token: str = _setting(
        "SURVEY_ZALO_REFRESH_TOKEN", "gets the next token, kept in the instance", default="", secret=True
    )
    zalo_base_url: str = _setting(
        "SURVEY_ZALO_BASE_URL", "address of Zalo's API", default="https://business.openapi.zalo.me"
    )
    zalo_oauth_url: str = _setting(
        "SURVEY_ZALO_OAUTH_URL", "address that renews tokens", default="https://oauth.zaloapp.com"
    )
    generic_url: str = _setting("SURVEY_GENERIC_URL", "address of any other carrier's API", default="")
    generic_method: str = _setting("SURVEY_GENERIC_METHOD", "POST, PUT or GET", default="POST")
    generic_format: str = _setting("SURVEY_GENERIC_FORMAT", "form, json or xml", default="form")
    generic_fields: str = _setting(
        "SURVEY_GENERIC_FIELDS",
        "the carrier's names for what is sent, ours=theirs",
        default="to=to,sender=from,text=text,reference=id",
    )
    generic_extra: str = _setting(
        "SURVEY_GENERIC_EXTRA", "fields sent each time, name=value&name=value", default="", secret=True
    )
    generic_authorization: str = _setting(
        "SURVEY_GENERIC_AUTHORIZATION", "value of the Authorization header", default="", secret=True
    )
    generic_phone: str = _setting(
        "SURVEY_GENERIC_PHONE", "how phones are written: +84, 84 or 0", default="+84"
    )
    generic_answer_id: str = _setting(
        "SURVEY_GENERIC_ANSWER_ID", "name of the message id in the carrier's JSON answer", default=""
    )
    generic_answer_check: str = _setting(
        "SURVEY_GENERIC_ANSWER_CHECK", "text that an answer holds when the message was taken", default=""
    )
    generic_inbound_fields: str = _setting(
        "SURVEY_GENERIC_INBOUND_FIELDS",
        "the carrier's names for what comes in, ours=theirs",
        default="id=id,sender=from,to=to,text=text,time=date,reference=reference,kind=kind",
    )
    generic_secret: str = _setting(
        "SURVEY_GENERIC_SECRET", "what the carrier proves itself with", default="", secret=True
    )
    generic_secret_in: str = _setting(
        "SURVEY_GENERIC_SECRET_IN", "where it stands: header:NAME or query:NAME", default="header:X-Secret"
    )
    generic_reply_body: str = _setting(
        "SURVEY_GENERIC_REPLY_BODY", "answer to a webhook; {reply} is an inline reply", default="OK"
    )
    generic_reply_type: str = _setting(
        "SURVEY_GENERIC_REPLY_TYPE", "content type of that answer", default="text/plain"
    )
    generic_two_way: int = _setting("SURVEY_GENERIC_TWO_WAY", "1: this carrier hands on replies", default=0)

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded database: one serving process, one writer thread."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read SURVEY_* variables; secrets that are not given are made once and kept in the instance folder.

        Raises
        ------
        InvalidSettings
            A value cannot be read; the message names the variable.
        """
        given: dict[str, Any] = {}
        for item in fields(cls):
            text = environ.get(item.metadata["variable"], "").strip()
            if text:
                given[item.name] = _read(item.metadata["variable"], text, item.default)
        _check_choice("SURVEY_LOG_LEVEL", given.get("log_level", "info").lower(), _LOG_LEVELS)
        _check_choice("SURVEY_LANG", given.get("command_language", "en"), ("vi", "en"))
        for name, choices in _CHOICES.items():
            _check_choice(f"SURVEY_{name.upper()}", given.get(name, choices[0]), choices)
        _check_networks(given.get("esms_addresses", ""))
        instance = Path(given.get("instance", "instance")).absolute()
        given["instance"] = instance
        given["database_url"] = _driver(
            given.get("database_url") or f"sqlite:///{instance / 'survey.sqlite3'}"
        )
        given["public_url"] = _address(given.get("public_url", cls.public_url))
        _check_provider(given.get("oidc_issuer", ""), given.get("oidc_client_id", ""))
        for name in ("secret_key", "contact_key", "audit_key"):
            given[name] = _secret(f"SURVEY_{name.upper()}", given.get(name, ""), instance / f"{name}.txt")
        return cls(**given)


def _read(variable: str, text: str, default: Any) -> Any:
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, int):
        if not (text.isascii() and text.isdigit()):
            raise InvalidSettings(f"{variable}={text!r} is not a whole number. Give 0 or more.")
        return int(text)
    return text


def _check_provider(issuer: str, client_id: str) -> None:
    """Refuse an identity provider that could be listened to, or one without our name there."""
    if not issuer:
        return
    parts = urlsplit(issuer)
    on_this_machine = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if (
        not (on_this_machine or parts.scheme == "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
    ):
        raise InvalidSettings(
            f"SURVEY_OIDC_ISSUER={issuer!r} is no https address. Give the issuer exactly as the provider states it, "
            "for example https://login.example.vn/realms/staff."
        )
    if not client_id:
        raise InvalidSettings(
            "SURVEY_OIDC_CLIENT_ID is missing. Give the name the provider knows this site by."
        )


_ADDRESS = re.compile(r"[A-Za-z0-9:/.\[\]_~%!$&'()*+,;=-]+")
_LOG_LEVELS = ("debug", "info", "warning", "error")
_CHOICES = {
    "messages_to": ("carriers", "console"),
    "generic_method": ("POST", "PUT", "GET"),
    "generic_format": ("form", "json", "xml"),
    "generic_phone": ("+84", "84", "0"),
}


def _check_choice(variable: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
        raise InvalidSettings(f"{variable}={value!r} is unknown. Give {listed}.")


def _check_networks(text: str) -> None:
    for one in filter(None, text.replace(" ", "").split(",")):
        try:
            ip_network(one, strict=False)
        except ValueError as error:
            raise InvalidSettings(
                f"SURVEY_ESMS_ADDRESSES: {one!r} is no network. Give one such as 203.0.113.0/24."
            ) from error


def _address(text: str) -> str:
    """Return the address without a slash at its end: it is printed on walls, so nothing is guessed."""
    if flaw := _flaw_of_address(text):
        # What may hold a password is not repeated.
        shown = "" if "@" in text else f"={text!r}"
        raise InvalidSettings(
            f"SURVEY_PUBLIC_URL{shown} {flaw}. Give the address that citizens reach, for example "
            "https://survey.example.vn or https://www.example.vn/survey."
        )
    return text.rstrip("/")


def _flaw_of_address(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "has a host or port that cannot be read"
    flaws = {
        "does not begin with http:// or https://": parts.scheme not in ("http", "https"),
        "names no host": not host or port == 0,
        "holds a user name or password": "@" in parts.netloc,
        "has something after ? or #": "?" in text or "#" in text,
        "has spaces or letters that an address cannot have": not _ADDRESS.fullmatch(text),
    }
    return next((flaw for flaw, found in flaws.items() if found), None)


def _driver(url: str) -> str:
    """Name the installed PostgreSQL driver, so that the usual postgresql:// address works."""
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgresql", "postgres"):
        scheme = "postgresql+psycopg"
    # Not in memory: the reader and the writer have a connection each.
    embedded = scheme == "sqlite" and rest.startswith("/") and rest not in ("/", "/:memory:")
    if not embedded and not (scheme == "postgresql+psycopg" and separator):
        # The address is not repeated: it may hold a password.
        raise InvalidSettings("SURVEY_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return f"{scheme}://{rest}"


def _secret(variable: str, given: str, path: Path) -> str:
    """Return the given secret, or one that is generated once and kept readable to the owner only."""
    secret, source = (given, variable) if given else (_kept_secret(path), str(path))
    if len(secret) < 32:
        raise InvalidSettings(f"{source} is shorter than 32 characters. Give a longer random text.")
    return secret


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Linked into place when complete: of processes that start together all must read the same secret.
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
