"""A real OpenID provider on this machine: discovery, keys, authorization, token, with faults at will."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "survey", "the provider's secret for this client"
_KEY = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"}, private=True)
_FORGED = RSAKey.generate_key(2048, parameters={"kid": "one"}, private=True)


@dataclass
class OpenIdProvider:
    """Signs in one person, without asking. `claims` replaces parts of the ID token; None removes one."""

    address: str = ""
    email: str = "lan@example.vn"
    subject: str = "person-1"
    claims: dict[str, Any] = field(default_factory=dict)
    forged: bool = False
    algorithm: str = "RS256"
    metadata: dict[str, Any] = field(default_factory=dict)
    token_status: int = 200
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        """Return the discovery document."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        } | self.metadata

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser is sent after the person has signed in here."""
        code = secrets.token_urlsafe(16)
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Exchange a code once, to the client with the secret and the verifier only."""
        asked = self.asked.pop(form.get("code", ""), None)
        client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if authorization != f"Basic {client}":
            return 401, {"error": "invalid_client"}
        if (
            asked is None
            or asked.get("code_challenge_method") != "S256"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return 400, {"error": "invalid_grant"}
        return self.token_status, {
            "access_token": "access",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.id_token(asked["nonce"]),
        }

    def id_token(self, nonce: str) -> str:
        """Return the signed token that says who signed in."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "email": self.email,
            "email_verified": True,
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
        }
        kept = {name: value for name, value in (claims | self.claims).items() if value is not None}
        if self.algorithm == "none":
            return f"{_base64({'alg': 'none'})}.{_base64(kept)}."
        return jwt.encode({"alg": "RS256", "kid": "one"}, kept, _FORGED if self.forged else _KEY)

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any] | str]:
        """Return status and content of one request."""
        self.requests.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, self.discovery()
        if path == "/keys":
            return 200, {"keys": [_KEY.as_dict(private=False)]}
        if path == "/token":
            return self.token(form, authorization)
        return 404, {}


def _base64(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@contextmanager
def running_provider() -> Iterator[OpenIdProvider]:
    """Serve a provider on a free port of this machine until the block ends."""
    provider = OpenIdProvider()

    class Doors(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer(_single(body))

        def _answer(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            status, content = provider.answer(parts.path, form, self.headers.get("Authorization", ""))
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            """Keep the tests quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Doors)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sign_in_at(provider: OpenIdProvider, address: str) -> str:
    """Do what the person's browser does at the provider: follow `address`, come back with a code."""
    return provider.authorize(_single(urlsplit(address).query))


def _single(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}
