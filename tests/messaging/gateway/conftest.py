"""Settings that lead to stand-ins, and gateways made from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from survey_app.config import Settings
from survey_app.messaging.gateway import exchange
from tests.messaging.gateway.carriers import ACCOUNT, ESMS_KEYS, TOKEN, ZALO_TOKEN
from tests.messaging.gateway.messages import Make
from tests.messaging.gateway.webhooks import APP_ID, ESMS_KEY, GENERIC_SECRET, OA_SECRET, PUBLIC


@pytest.fixture
def settings_to(tmp_path: Path) -> Make:
    """Settings whose carriers all stand at one address; further ones as given."""

    def make(address: str = "http://127.0.0.1:9", **more: Any) -> Settings:
        given: dict[str, Any] = {
            "instance": tmp_path / "instance",
            "public_url": PUBLIC,
            "secret_key": "a secret of at least 32 characters, for tests",
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": TOKEN,
            "twilio_base_url": address,
            "esms_api_key": ESMS_KEYS["ApiKey"],
            "esms_secret_key": ESMS_KEYS["SecretKey"],
            "esms_base_url": address,
            "esms_cpid": "1001",
            "esms_private_key": "PRIVATEKEY",
            "esms_callback_key": ESMS_KEY,
            "esms_addresses": "203.0.113.0/24, 2001:db8::/32",
            "zalo_app_id": APP_ID,
            "zalo_app_secret": "app secret",
            "zalo_oa_secret_key": OA_SECRET,
            "zalo_access_token": ZALO_TOKEN,
            "zalo_refresh_token": "refresh 1",
            "zalo_base_url": address,
            "zalo_oauth_url": address,
            "generic_url": f"{address}/send",
            "generic_fields": "to=phone,text=msg,reference=ref",
            "generic_extra": "user=agency",
            "generic_answer_id": "message_id",
            "generic_secret": GENERIC_SECRET,
            "generic_two_way": 1,
        }
        return Settings(**(given | more))

    return make


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for stand-ins a second, not fifteen."""
    monkeypatch.setattr(exchange, "TIMEOUT", (1.0, 1.0))
    monkeypatch.setattr("survey_app.messaging.gateway.twilio.TIMEOUT", (1.0, 1.0))
