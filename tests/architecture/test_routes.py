"""Every route is on the public list or guarded, and the public ones keep nobody's traces."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

PUBLIC = {
    ("/", "GET"),
    ("/<code>", "GET"),
    ("/<code>", "POST"),
    ("/<code>/thanks", "GET"),
    ("/thanks", "GET"),
    ("/privacy", "GET"),
    ("/accessibility", "GET"),
    ("/robots.txt", "GET"),
    ("/healthz", "GET"),
    ("/readyz", "GET"),
    ("/results", "GET"),
    ("/results/<campaign>", "GET"),
    ("/results/<campaign>/offices/<office>", "GET"),
    ("/results/<campaign>.json", "GET"),
    ("/results/<campaign>.csv", "GET"),
    # a citizen's own case; what was written needs the PIN
    ("/feedback", "GET"),
    ("/feedback", "POST"),
    ("/feedback/other-track", "GET"),
    ("/feedback/other-track/<kind>", "GET"),
    ("/feedback/answered", "GET"),
    ("/feedback/answered/<code>", "GET"),
    ("/feedback/answered.rss", "GET"),
    ("/feedback/track", "GET"),
    ("/feedback/track", "POST"),
    ("/feedback/track/<step>", "GET"),
    ("/feedback/track/supplement", "POST"),
    ("/feedback/track/rate", "POST"),
    ("/feedback/track/reopen", "POST"),
    ("/feedback/track/withdraw", "POST"),
    ("/feedback/track/consent", "POST"),
    ("/feedback/track/privacy", "POST"),
    ("/feedback/files/<token>", "GET"),
    ("/feedback/files/<token>", "POST"),
    # styles and scripts that ship with the product, and what a province chose for its looks
    ("/assets/<path:name>", "GET"),
    ("/theme/<name>.css", "GET"),
    ("/logo/<digest>.png", "GET"),
    # on the way to being known
    ("/staff/sign-in", "GET"),
    ("/staff/sign-in", "POST"),
    ("/staff/sign-in/code", "GET"),
    ("/staff/sign-in/code", "POST"),
    ("/staff/sign-out", "POST"),
    ("/staff/reset", "GET"),
    ("/staff/reset/<token>", "GET"),
    ("/staff/reset/<token>", "POST"),
    ("/staff/invitation/<token>", "GET"),
    ("/staff/invitation/<token>", "POST"),
    ("/staff/oidc/start", "GET"),
    ("/staff/oidc/callback", "GET"),
    # a tablet at a counter; what it sends is proven by its own key
    ("/kiosk/worker.js", "GET"),
    ("/kiosk/<code>", "GET"),
    ("/kiosk/<code>/form", "GET"),
    ("/kiosk/<code>/enrolment", "POST"),
    ("/kiosk/<code>/unlock", "POST"),
    ("/kiosk/<code>/tickets", "POST"),
    ("/kiosk/<code>/answers", "POST"),
    ("/kiosk/<code>/heartbeat", "POST"),
    # carriers of messages; each call proves itself by its signature
    ("/webhooks/twilio/sms", "POST"),
    ("/webhooks/twilio/status", "POST"),
    ("/webhooks/esms", "GET"),
    ("/webhooks/esms/<_key>", "GET"),
    ("/webhooks/zalo", "POST"),
    ("/webhooks/gateway/<name>", "GET"),
    ("/webhooks/gateway/<name>", "POST"),
}
"""Doors that open to everybody. A new one is added here by hand, after thinking who should pass."""


def _guarded(view: Callable[..., object]) -> bool:
    """Say whether a guard of a room stands before the view."""
    return getattr(view, "guarded_by", None) is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestRoutes:
    """The map of the application."""

    def test_are_public_by_decision_or_guarded(self, app: Flask) -> None:
        unguarded = {
            (rule.rule, method)
            for rule in app.url_map.iter_rules()
            if not _guarded(app.view_functions[rule.endpoint])
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }

        assert unguarded == PUBLIC

    def test_say_what_they_are_for(self, app: Flask) -> None:
        assert [name for name, view in app.view_functions.items() if not view.__doc__] == []

    def test_no_route_is_shadowed_by_the_codes(self, app: Flask) -> None:
        # A code is 8 letters and digits with one of each, so no word is one (architecture.md, 4).
        adapter = app.url_map.bind("localhost")
        for rule, method in PUBLIC:
            path = rule.replace("<campaign>", "cao-bang-2026").replace("<code>", "7K3F9M2X")
            endpoint, _ = adapter.match(path, method=method)
            assert app.url_map._rules_by_endpoint[endpoint][0].rule == rule

    def test_serve_no_folder_of_files(self, app: Flask) -> None:
        assert "static" not in app.view_functions
