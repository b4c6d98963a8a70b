"""What stands inline in a page, and what a policy of hashes cannot allow."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser


def hash_of(content: str) -> str:
    """Return the source expression of Content-Security-Policy that allows `content` (CSP level 3, 2.3.1)."""
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def forbidden_in(html: str) -> list[str]:
    """Return the tags with inline styles, handlers, script addresses, or something loaded from elsewhere."""
    return _read(html).forbidden


def inline_parts(html: str) -> list[str]:
    """Return the contents of the inline styles and scripts."""
    return _read(html).inline


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    return page


class _Page(HTMLParser):
    """Collects what a policy of hashes does not allow in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.inline: list[str] = []
        self._within: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if (
                name == "style"
                or name.startswith("on")
                or (value or "").strip().lower().startswith("javascript:")
            ):
                self.forbidden.append(f"<{tag} {name}={value!r}>")
            if name in ("src", "srcset", "action", "href", "poster", "data") and re.match(
                r"(https?:)?//", value or ""
            ):
                self.forbidden.append(f"<{tag} {name}={value!r}>")
        self._within = tag if tag in ("style", "script") else None

    def handle_data(self, data: str) -> None:
        if self._within:
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._within = None
