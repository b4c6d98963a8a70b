"""What a broken exchange and a bare HTTP status mean."""

from __future__ import annotations

import ssl
from datetime import timedelta

import pytest
from requests import exceptions
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError, SSLError

from survey_app.messaging.gateway.exchange import broken, json_object, refused, retry_after
from survey_app.messaging.rules.contract import Cause, InDoubt, Permanent, Retryable

DATE = "Sat, 21 Nov 2026 02:30:00 GMT"


def _wrapped(reason: Exception) -> MaxRetryError:
    return MaxRetryError(None, "/", reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ConnectTimeout(),
        exceptions.ConnectionError(_wrapped(NewConnectionError(None, "refused"))),  # type: ignore[arg-type]
        exceptions.ConnectionError(_wrapped(ConnectTimeoutError())),
        exceptions.SSLError(_wrapped(SSLError(ssl.SSLCertVerificationError("expired")))),
    ],
)
def test_nothing_was_sent_where_the_connection_never_stood(error: exceptions.RequestException) -> None:
    assert isinstance(broken(error), Retryable)


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ReadTimeout(),
        exceptions.ConnectionError(ProtocolError("aborted", ConnectionResetError(104, "reset"))),
        exceptions.SSLError(_wrapped(SSLError(ssl.SSLError("decryption failed")))),
        exceptions.ChunkedEncodingError(),
        exceptions.ContentDecodingError(),
        exceptions.RequestException("something new"),
    ],
)
def test_anything_else_is_in_doubt(error: exceptions.RequestException) -> None:
    assert isinstance(broken(error), InDoubt)


# RFC 9110, 15.5 and 15.6; RFC 6585, 4 (429).
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (302, Permanent("302", Cause.CONFIGURATION)),
        (400, Permanent("400", Cause.OURS)),
        (401, Permanent("401", Cause.CONFIGURATION)),
        (408, Retryable("408")),
        (429, Retryable("429")),
        (500, InDoubt("500")),
        (502, InDoubt("502")),
        (503, Retryable("503")),
        (504, InDoubt("504")),
    ],
)
def test_a_status_says_whether_the_message_may_have_gone(status: int, outcome: object) -> None:
    assert refused(status, {}) == outcome


# RFC 9110, 10.2.3: seconds or a date.
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(seconds=120)),
        ({"Retry-After": "99999999999999999999"}, timedelta(hours=24)),
        ({"Retry-After": "Sat, 21 Nov 2026 02:31:30 GMT", "Date": DATE}, timedelta(seconds=90)),
        ({"Retry-After": "Sat, 21 Nov 2026 01:00:00 GMT", "Date": DATE}, timedelta()),
        ({"Retry-After": "Sat, 21 Nov 2026 02:31:30 GMT"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon", "Date": DATE}, None),
        ({}, None),
    ],
)
def test_a_wait_is_read_and_never_longer_than_a_day(headers: dict[str, str], wait: timedelta | None) -> None:
    assert retry_after(headers) == wait


def test_numbers_in_json_stay_exact_and_nonsense_is_none() -> None:
    assert json_object('{"id": 12345678901234567890123}') == {"id": "12345678901234567890123"}
    assert [json_object(text) for text in ("", "[1]", "{", "[" * 100_000, "NaN")] == [None] * 5
