"""Staff pages of room questionnaires."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("questionnaires", __name__)
