"""The access token of a Zalo Official Account: lasts 25 hours, and each refresh token works once.

So the newest pair must never be lost: it is kept in the instance folder, replaced atomically under a lock that
workers on this machine share. Several machines share the folder, or one of them sends by Zalo.

References
----------
developers.zalo.me/docs/official-account/bat-dau/xac-thuc-va-uy-quyen-cho-ung-dung-new (second-hand).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple


class Tokens(NamedTuple):
    """What sends, and what gets the next pair."""

    access: str
    refresh: str


class TokenFile:
    """The newest pair; the given one counts until it was first renewed, and again when somebody sets another."""

    def __init__(self, path: Path, given: Tokens) -> None:
        self._path = path
        self._given = given
        self._origin = hashlib.sha256("\0".join(given).encode()).hexdigest()

    def current(self) -> Tokens:
        """Return the newest pair."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["origin"] == self._origin:
                return Tokens(str(kept["access"]), str(kept["refresh"]))
        return self._given

    def renewed(self, stale: str, renew: Callable[[str], Tokens | None]) -> str | None:
        """Return an access token other than `stale`: another worker's, or one that `renew` gets; None without."""
        with self._locked():
            kept = self.current()
            if kept.access != stale:
                return kept.access
            fresh = renew(kept.refresh) if kept.refresh else None
            if fresh is not None:
                self._keep(fresh)
            return fresh.access if fresh else None

    def _keep(self, fresh: Tokens) -> None:
        draft = self._path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh._asdict() | {"origin": self._origin}), encoding="utf-8")
        draft.replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
