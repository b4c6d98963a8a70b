"""Staff pages of room offices."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("offices", __name__)
