"""Signed, short-lived papers inside forms: they replace cookies and tell the server what it had checked before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

FORM_LASTS = timedelta(days=2)
RECEIPT_LASTS = timedelta(minutes=30)
PASS_LASTS = timedelta(minutes=30)


class InvalidPaper(Exception):
    """It was not made here for this use, or is too old."""


@dataclass(frozen=True, slots=True)
class FormPaper:
    """A fresh submission id and the hidden field that proves that it was drawn here."""

    submission_id: str
    token: str


class Papers:
    """Makes and reads what forms carry; nothing is stored."""

    def __init__(self, secret_key: str) -> None:
        self._forms = URLSafeTimedSerializer(secret_key, salt="feedback form")
        self._passes = URLSafeTimedSerializer(secret_key, salt="feedback pass")

    def new_form(self) -> FormPaper:
        """Return the paper of a form that was never sent."""
        submission_id = secrets.token_hex(16)
        return FormPaper(submission_id, self._forms.dumps(submission_id))

    def submission_id(self, token: str) -> str:
        """Return the submission id that a form carries.

        Raises
        ------
        InvalidPaper
            Forged, or older than `FORM_LASTS`.
        """
        return self._read(self._forms, token, FORM_LASTS)

    def new_pass(self, code: str) -> str:
        """Return what lets a page act on the case `code` for `PASS_LASTS`, once the PIN was right."""
        return self._passes.dumps(code)

    def code(self, token: str) -> str:
        """Return the code that a pass opens.

        Raises
        ------
        InvalidPaper
            Forged, or older than `PASS_LASTS`.
        """
        return self._read(self._passes, token, PASS_LASTS)

    def _read(self, serializer: URLSafeTimedSerializer, token: str, lasts: timedelta) -> str:
        try:
            return str(serializer.loads(token, max_age=int(lasts.total_seconds())))
        except BadData as error:
            raise InvalidPaper("forged or too old") from error
