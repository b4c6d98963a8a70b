"""Finds the data folders that stand beside the package in a checkout and inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource_folder(name: str) -> Path:
    """Return the folder `questionnaires`, `translations` or `migrations`.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.
    """
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        f"The folder {name!r} is missing from this installation. Install survey_app again."
    )
