"""Staff pages of room campaigns."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("campaigns", __name__)
