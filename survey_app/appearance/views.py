"""Staff pages of room appearance."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("appearance", __name__)
