"""The agency's identity provider (OpenID Connect): where to send a person, and who came back.

Authorization code flow with PKCE, state and nonce. Needs the extra `sso`; its libraries are loaded at the first use.

References
----------
OpenID Connect Core 1.0 (incorporating errata set 2), sections 3.1.2 and 3.1.3; Discovery 1.0, section 4; RFC 7636.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.log import logger

TIMEOUT = (4, 8)
"""Seconds to connect to the provider and to wait for its answer."""
LEEWAY = 60
"""Seconds by which the clocks of provider and product may differ."""
ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures taken; never `none`, and none that the client's own secret could make."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderUnavailable(Refused):
    """The identity provider does not answer, or not as the standard says."""


class UntrustedAnswer(Refused):
    """What came back cannot be believed: wrong signature, audience, nonce, issuer or time."""


class SignInLibraryMissing(Refused):
    """Sign-in through a provider is configured, but the extra is not installed."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider and this product as its client; `callback` is the address people come back to."""

    issuer: str
    client_id: str
    client_secret: str
    callback: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What only the browser that began knows: `state` ties the answer to it, `nonce` the token, `verifier` the code."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says came back. `subject` names the person for good, `email` may change hands."""

    subject: str
    email: str
    email_verified: bool


def begin_sign_in(provider: Provider) -> tuple[str, Attempt]:
    """Return the provider's address to send the browser to, and what it must remember.

    Raises
    ------
    ProviderUnavailable
        No usable discovery document.
    SignInLibraryMissing
        The extra `sso` is not installed.
    """
    attempt = Attempt(*(secrets.token_urlsafe(48) for _part in range(3)))
    _require_libraries()
    with _plain_errors(), _client(provider) as client:
        metadata = _metadata(provider, client)
        address, _state = client.create_authorization_url(
            metadata["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
    return str(address), attempt


def finish_sign_in(provider: Provider, attempt: Attempt, *, code: str, now: datetime) -> Identity:
    """Exchange `code` for the ID token and return who it names, after every check of Core 3.1.3.7.

    Raises
    ------
    UntrustedAnswer
        The token does not prove what it says.
    ProviderUnavailable
        The provider does not answer or refuses the code.
    SignInLibraryMissing
        The extra `sso` is not installed.
    """
    _require_libraries()
    with _plain_errors(), _client(provider) as client:
        metadata = _metadata(provider, client)
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if provider.client_secret and "client_secret_basic" not in methods:
            client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105  (the name of a method)
        token = client.fetch_token(
            metadata["token_endpoint"],
            grant_type="authorization_code",
            code=code,
            code_verifier=attempt.verifier,
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        keys = _document(client, metadata["jwks_uri"])
        claims = _verified(provider, attempt, token, keys, now)
    return _identity(claims)


def _require_libraries() -> None:
    if find_spec("authlib") is None or find_spec("requests") is None:
        raise SignInLibraryMissing(
            _(
                'Máy chủ chưa cài phần đăng nhập qua cơ quan. Người vận hành cần chạy: pip install "survey_app[sso]".'
            )
        )


def _client(provider: Provider) -> Any:
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415

    return OAuth2Session(
        provider.client_id,
        provider.client_secret or None,
        scope="openid email",
        redirect_uri=provider.callback,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
    )


def _metadata(provider: Provider, client: Any) -> dict[str, Any]:
    """Return the discovery document; it must name exactly the configured issuer (Discovery 4.3)."""
    metadata = _document(client, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if metadata.get("issuer") != provider.issuer:
        raise ValueError("the discovery document names another issuer")
    for name in _ENDPOINTS:
        if not is_safe_address(str(metadata.get(name, ""))):
            raise ValueError(f"{name} is no https address")
    return metadata


def is_safe_address(address: str) -> bool:
    """Say whether `address` may carry codes and tokens: https, or this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _document(client: Any, address: str) -> dict[str, Any]:
    answer = client.get(address, withhold_token=True, timeout=TIMEOUT, allow_redirects=False)
    answer.raise_for_status()
    content = answer.json() if answer.status_code == 200 else None
    if not isinstance(content, dict):
        raise ValueError("the answer is no JSON object")
    return content


def _verified(provider: Provider, attempt: Attempt, token: Any, keys: Any, now: datetime) -> dict[str, Any]:
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415
    from joserfc.jws import JWSRegistry  # noqa: PLC0415

    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    decoded = jwt.decode(token["id_token"], KeySet.import_key_set(keys), registry=registry)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        },
        {
            "nonce": attempt.nonce,
            "client_id": provider.client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    return dict(claims)


def _identity(claims: dict[str, Any]) -> Identity:
    subject, email = claims.get("sub"), claims.get("email")
    # Core, 2: a subject has at most 255 ASCII characters.
    if not isinstance(subject, str) or not subject.isascii() or not 0 < len(subject) <= 255:
        raise _untrusted("sub")
    address = email if isinstance(email, str) else ""
    return Identity(subject, address.strip().lower(), claims.get("email_verified") is True)


def _untrusted(reason: str) -> UntrustedAnswer:
    logger.warning("identity provider not believed", reason=reason)
    return UntrustedAnswer(
        _("Không xác nhận được câu trả lời của hệ thống đăng nhập. Xin đăng nhập lại từ đầu.")
    )


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what the libraries raise into this room's errors; the log gets the kind, never a token."""
    try:
        yield
    except _signs_of_forgery() as error:
        raise _untrusted(type(error).__name__) from error
    except _signs_of_trouble() as error:
        logger.warning("identity provider failed", kind=type(error).__name__)
        raise ProviderUnavailable(
            _(
                "Hệ thống đăng nhập của cơ quan chưa trả lời được. Xin thử lại sau, hoặc đăng nhập bằng mật khẩu."
            )
        ) from error


def _signs_of_forgery() -> tuple[type[Exception], ...]:
    from joserfc.errors import JoseError  # noqa: PLC0415

    return (JoseError,)


def _signs_of_trouble() -> tuple[type[Exception], ...]:
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    # The last three: an answer that lacks what the standard says, or has it in another shape.
    return (RequestException, AuthlibBaseError, ValueError, KeyError, TypeError)
