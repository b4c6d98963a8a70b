"""What is believed of an identity provider, tried against one that runs on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from survey_app.staff.gateway import (
    Attempt,
    Identity,
    Provider,
    ProviderUnavailable,
    SignInLibraryMissing,
    UntrustedAnswer,
    begin_sign_in,
    finish_sign_in,
    is_safe_address,
)
from tests.staff.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OpenIdProvider,
    running_provider,
    sign_in_at,
)

CALLBACK = "http://127.0.0.1:8000/staff/oidc/callback"


@pytest.fixture
def agency() -> Iterator[OpenIdProvider]:
    """The agency's identity provider."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(agency: OpenIdProvider) -> Provider:
    """What this product knows of it."""
    return Provider(agency.address, CLIENT_ID, CLIENT_SECRET, CALLBACK)


def _come_back(agency: OpenIdProvider, provider: Provider, attempt: Attempt | None = None) -> Identity:
    address, begun = begin_sign_in(provider)
    code = parse_qs(urlsplit(sign_in_at(agency, address)).query)["code"][0]
    return finish_sign_in(provider, attempt or begun, code=code, now=datetime.now(UTC))


class TestBeginSignIn:
    """The way to the provider."""

    def test_asks_for_a_code_with_state_nonce_and_proof_key(self, provider: Provider) -> None:
        address, attempt = begin_sign_in(provider)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

        assert asked["response_type"] == "code"
        assert (asked["state"], asked["nonce"]) == (attempt.state, attempt.nonce)
        assert asked["code_challenge_method"] == "S256"
        assert attempt.verifier not in address

    def test_never_repeats_what_it_made_up(self, provider: Provider) -> None:
        (_, first), (_, second) = begin_sign_in(provider), begin_sign_in(provider)

        assert (
            len({first.state, first.nonce, first.verifier, second.state, second.nonce, second.verifier}) == 6
        )

    def test_says_so_when_the_provider_is_down(self) -> None:
        with running_provider() as agency:
            gone = Provider(agency.address, CLIENT_ID, CLIENT_SECRET, CALLBACK)

        with pytest.raises(ProviderUnavailable, match="chưa trả lời được"):
            begin_sign_in(gone)

    @pytest.mark.parametrize(
        "metadata",
        [
            {"issuer": "https://other.example"},
            {"authorization_endpoint": "http://login.example/authorize"},
            {"token_endpoint": "javascript:alert(1)"},
            {"jwks_uri": None},
        ],
    )
    def test_refuses_a_discovery_document_that_cannot_be_right(
        self, agency: OpenIdProvider, provider: Provider, metadata: dict[str, Any]
    ) -> None:
        agency.metadata = metadata

        with pytest.raises(ProviderUnavailable):
            begin_sign_in(provider)

    def test_says_what_to_install(self, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("survey_app.staff.gateway.find_spec", lambda name: None)

        with pytest.raises(SignInLibraryMissing, match=r"survey_app\[sso\]"):
            begin_sign_in(provider)


class TestFinishSignIn:
    """The way back."""

    def test_says_who_came(self, agency: OpenIdProvider, provider: Provider) -> None:
        agency.email = "Lan@Example.vn"

        assert _come_back(agency, provider) == Identity("person-1", "lan@example.vn", email_verified=True)

    def test_posts_the_secret_where_the_provider_wants_it_so(
        self, agency: OpenIdProvider, provider: Provider
    ) -> None:
        agency.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

        # The provider of these tests takes the secret in the header only, so that the way shows.
        with pytest.raises(ProviderUnavailable):
            _come_back(agency, provider)

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "of another sign-in"},
            {"nonce": None},
            {"aud": "another client"},
            {"aud": [CLIENT_ID, "another client"]},
            {"azp": "another client"},
            {"iss": "https://other.example"},
            {"exp": int(time.time()) - 3600},
            {"exp": None},
            {"iat": int(time.time()) + 3600},
            {"sub": None},
            {"sub": "x" * 256},
            {"sub": "người"},
        ],
        # Times differ between the processes that run the tests, and their names must not.
        ids=lambda claims: f"{next(iter(claims))}-{type(next(iter(claims.values()))).__name__}",
    )
    def test_believes_no_token_with_a_wrong_claim(
        self, agency: OpenIdProvider, provider: Provider, claims: dict[str, Any]
    ) -> None:
        agency.claims = claims

        with pytest.raises(UntrustedAnswer):
            _come_back(agency, provider)

    def test_believes_no_token_signed_by_another(self, agency: OpenIdProvider, provider: Provider) -> None:
        agency.forged = True

        with pytest.raises(UntrustedAnswer):
            _come_back(agency, provider)

    def test_believes_no_token_without_a_signature(self, agency: OpenIdProvider, provider: Provider) -> None:
        agency.algorithm = "none"

        with pytest.raises(UntrustedAnswer):
            _come_back(agency, provider)

    @pytest.mark.parametrize("verified", [False, None, "true", 1])
    def test_takes_an_address_for_verified_only_if_told_so(
        self, agency: OpenIdProvider, provider: Provider, verified: object
    ) -> None:
        agency.claims = {"email_verified": verified}

        assert _come_back(agency, provider).email_verified is False

    def test_needs_the_proof_key_of_the_beginning(self, agency: OpenIdProvider, provider: Provider) -> None:
        with pytest.raises(ProviderUnavailable):
            _come_back(agency, provider, Attempt("state", "nonce", "somebody else's verifier"))

    def test_needs_the_right_secret(self, agency: OpenIdProvider, provider: Provider) -> None:
        with pytest.raises(ProviderUnavailable):
            _come_back(agency, replace(provider, client_secret="wrong"))

    @pytest.mark.parametrize("status", [500, 503])
    def test_says_so_when_the_provider_fails(
        self, agency: OpenIdProvider, provider: Provider, status: int
    ) -> None:
        agency.token_status = status

        with pytest.raises(ProviderUnavailable):
            _come_back(agency, provider)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://login.example.vn/token", True),
        ("http://127.0.0.1:9000/token", True),
        ("http://login.example.vn/token", False),
        ("http://127.0.0.1.example.vn/", False),
        ("ftp://127.0.0.1/", False),
        ("", False),
    ],
)
def test_sends_codes_only_where_nobody_listens(address: str, safe: bool) -> None:
    assert is_safe_address(address) is safe
