"""An application with doors that fail in every way."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.doors import DOORS


@pytest.fixture
def doors(app: Flask) -> FlaskClient:
    """A browser on the application, which has a door `/-/<name>` for every entry of `DOORS`."""
    for name, door in DOORS.items():
        app.add_url_rule(f"/-/{name}", name, door, methods=["GET", "POST"])
    return app.test_client(use_cookies=False)
