"""`survey-app kiosks`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from survey_app.kiosks.commands import kiosks
from survey_app.responses.models import Response
from tests.kiosks.conftest import Tablet


@pytest.fixture
def run(app: Flask) -> Callable[..., dict[str, object] | str]:
    """Run `import` and return what it printed, JSON on success, words of a refusal."""

    def run(*arguments: str) -> dict[str, object] | str:
        with app.app_context():
            result = CliRunner().invoke(kiosks, ["import", *arguments, "--json"])
        return json.loads(result.stdout) if result.exit_code == 0 else result.output

    return run


def export(tablet: Tablet, folder: Path, count: int) -> Path:
    """Write what a tablet with `count` answers exports; one has a token that is not its own."""
    tickets = tablet.tickets(count)
    answers = [tablet.sent(ticket) | {"reason": None} for ticket in tickets]
    answers[0]["token"] = tickets[1][1]
    file = folder / "kiosk.json"
    file.write_text(json.dumps({"kiosk": "Máy 1", "code": tablet.code, "answers": answers}), encoding="utf-8")
    return file


def test_import_takes_an_export_once(
    tablet: Tablet, tmp_path: Path, run: Callable[..., object], stored: Callable[[], list[Response]]
):
    file = export(tablet, tmp_path, 45)
    arguments = (str(file), "--kiosk", str(tablet.kiosk_id))

    assert run(*arguments) == {"answers": 45, "stored": 44, "refused": 1, "reasons": {"forged": 1}}
    assert run(*arguments) == {"answers": 45, "duplicate": 44, "refused": 1, "reasons": {"forged": 1}}
    assert len(stored()) == 44


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestRefusals:
    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"code": "x", "answers": []}'])
    def test_of_a_file_that_is_no_export(
        self, tablet: Tablet, tmp_path: Path, run: Callable[..., object], content: str
    ):
        file = tmp_path / "x.json"
        file.write_text(content)

        assert "is no export of a kiosk" in str(run(str(file), "--kiosk", str(tablet.kiosk_id)))

    def test_of_another_kiosk_s_file(self, tablet: Tablet, tmp_path: Path, run: Callable[..., object]):
        assert "does not stand at" in str(run(str(export(tablet, tmp_path, 2)), "--kiosk", "999"))
