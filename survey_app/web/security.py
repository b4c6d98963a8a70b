"""Headers of every answer. Inline styles and scripts are allowed by hash only, so nothing injected runs."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode

_INLINE = re.compile(r"<(style|script)(?:\s[^>]*)?>(.*?)</\1>", re.DOTALL)

FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CLOSED_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def content_policy(html: str) -> str:
    """Return the Content-Security-Policy that allows just the inline styles and scripts of `html`.

    Call it on what the templates made, never on text that a person typed: escaped text holds no tag.
    """
    hashes: dict[str, list[str]] = {"style": [], "script": []}
    for tag, content in _INLINE.findall(html):
        digest = b64encode(hashlib.sha256(content.encode()).digest()).decode()
        hashes[tag].append(f"'sha256-{digest}'")
    style = " ".join(hashes["style"]) or "'none'"
    script = " ".join(hashes["script"]) or "'none'"
    return (
        f"default-src 'none'; style-src {style}; script-src {script}; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
