"""Headers of every answer. Only the inline styles and scripts that ship as files may run, each by its hash."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable

FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CLOSED_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page_policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Return the Content-Security-Policy of every page.

    It is made from the shipped files, never from a finished page: markup that somebody manages to inject must not
    be able to vouch for itself. Styles may come from this site too: a province's colours have an address of their own.
    """
    return (
        f"default-src 'none'; style-src {_sources(styles, own=True)}; script-src {_sources(scripts)}; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def staff_policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Return the policy of staff pages: shipped files by address too, and pages of this site in frames (previews)."""
    return (
        f"default-src 'none'; style-src {_sources(styles, own=True)}; script-src {_sources(scripts, own=True)}; "
        "img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )


def _sources(contents: Iterable[str], *, own: bool = False) -> str:
    digests = [b64encode(hashlib.sha256(content.encode()).digest()).decode() for content in contents]
    return " ".join(["'self'"] * own + [f"'sha256-{digest}'" for digest in digests]) or "'none'"
