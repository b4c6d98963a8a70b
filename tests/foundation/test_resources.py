"""The data folders, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_app.foundation import resources
from survey_app.foundation.resources import resource_folder


@pytest.mark.parametrize("name", ["questionnaires", "translations", "migrations"])
def test_finds_the_folders_of_a_checkout(name: str) -> None:
    assert any(resource_folder(name).iterdir())


def test_prefers_the_folder_inside_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "survey_app" / "_data" / "migrations"
    inside.mkdir(parents=True)
    (tmp_path / "migrations").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "survey_app")

    assert resource_folder("migrations") == inside


def test_says_what_to_do_when_a_folder_is_missing() -> None:
    with pytest.raises(FileNotFoundError, match="Install survey_app again"):
        resource_folder("no_such_folder")


@pytest.mark.parametrize("name", ["questionnaires", "translations", "migrations"])
def test_the_wheel_carries_each_folder(name: str) -> None:
    root = Path(__file__).resolve().parents[2]
    settings = (root / "pyproject.toml").read_text(encoding="utf-8")

    assert f'{name} = "survey_app/_data/{name}"' in settings
