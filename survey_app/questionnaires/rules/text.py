"""Words in several languages."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]
"""Language code -> wording."""
