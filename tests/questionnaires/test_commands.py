"""What an operator types and reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import use_language
from survey_app.questionnaires.commands import questionnaires
from survey_app.questionnaires.gateway import shipped

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run `survey-app questionnaires ...` in English on an empty database."""

    def invoke(*arguments: str) -> Result:
        with app.app_context(), use_language("en"):
            return CliRunner().invoke(questionnaires, arguments)

    return invoke


@pytest.fixture
def check() -> Run:
    """Run `check`, which needs no database."""

    def invoke(*files: Path) -> Result:
        return CliRunner().invoke(questionnaires, ["check", *map(str, files)])

    return invoke


class TestCheck:
    """Sound files, exit 0; problems, exit 1."""

    def test_finds_everything_that_ships_sound(self, check: Run) -> None:
        result = check()
        assert result.exit_code == 0
        assert result.output.count(": sound;") == len(shipped()) >= 3

    def test_prints_each_problem_with_its_line_and_fails(
        self, check: Run, tmp_path: Path, sample_text: str
    ) -> None:
        path = tmp_path / "draft.yaml"
        path.write_text(
            sample_text.replace("seconds: 60", "seconds: 0").replace("version: 1", "version: 0"), "utf-8"
        )
        result = check(path)
        assert result.exit_code == 1
        lines = result.output.splitlines()
        assert [
            line.startswith(f"{path}:{number}: ") for line, number in zip(lines, (3, 5), strict=True)
        ] == [True, True]

    def test_goes_on_after_a_bad_file(self, check: Run, tmp_path: Path) -> None:
        result = check(tmp_path / "nothing.yaml", shipped()[0])
        assert result.exit_code == 1
        assert f"{tmp_path / 'nothing.yaml'}:1: " in result.output
        assert f"{shipped()[0]}: sound;" in result.output


class TestPublish:
    """From a file or by name."""

    def test_publishes_by_the_name_of_what_ships(self, run: Run) -> None:
        assert run("publish", "counter_pulse").output.startswith(
            "counter_pulse@1 is published (id 1, sha256 "
        )

    def test_says_when_nothing_was_new(self, run: Run) -> None:
        run("publish", "counter_pulse")
        again = run("publish", "counter_pulse@1")
        assert again.exit_code == 0
        assert "as it has been before" in again.output

    def test_publishes_a_file(self, run: Run, tmp_path: Path, sample_text: str) -> None:
        path = tmp_path / "draft.yaml"
        path.write_text(sample_text, "utf-8")
        assert run("publish", str(path)).output.startswith("sample@1 is published")

    def test_refuses_an_edited_file(self, run: Run, tmp_path: Path, sample_text: str) -> None:
        path = tmp_path / "draft.yaml"
        for words in ("Phiếu mẫu", "Phiếu khác"):
            path.write_text(sample_text.replace("Phiếu mẫu", words), "utf-8")
            result = run("publish", str(path))
        assert isinstance(result.exception, Refused)
        assert "v2.yaml" in str(result.exception)

    def test_refuses_a_broken_file_and_a_name_without_file(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "draft.yaml"
        path.write_text("instrument: sample\n", "utf-8")
        assert run("publish", str(path)).exit_code == 1
        assert run("publish", "nothing").exit_code == 1
        assert json.loads(run("list", "--json").output) == []


class TestListAndShow:
    """What is published."""

    def test_lists_versions_as_json(self, run: Run) -> None:
        run("publish", "counter_pulse")
        run("retire", "counter_pulse@1")
        (row,) = json.loads(run("list", "--json").output)
        assert (row["instrument"], row["version"], len(row["content_hash"])) == ("counter_pulse", 1, 64)
        assert row["retired_at"].endswith("+00:00")

    def test_lists_versions_for_people(self, run: Run) -> None:
        assert "Nothing is published" in run("list").output
        run("publish", "counter_pulse")
        assert run("list").output.startswith("counter_pulse@1  published 20")

    def test_shows_wording_answers_and_index(self, run: Run) -> None:
        run("publish", "sipas_2022")
        shown = run("show", "sipas_2022", "--language", "vi").output
        assert "P3.2 [scale] Chính sách về khám chữa bệnh phù hợp" in shown
        assert "A.ethnicity" in shown
        assert "-9 = refused" in shown
        assert "Index: top2box, equal_criteria, blanks drop_per_criterion" in shown

    def test_shows_only_offered_languages(self, run: Run) -> None:
        run("publish", "counter_pulse")
        refused = run("show", "counter_pulse", "--language", "fr")
        assert refused.exit_code == 1
        assert "offered in vi, en" in refused.output


class TestFiles:
    """Export, import, compare, advise."""

    @pytest.mark.parametrize("name", ["counter_pulse", "one_stop", "sipas_2022"])
    def test_exports_yaml_that_is_the_same_version(self, run: Run, tmp_path: Path, name: str) -> None:
        run("publish", name)
        path = tmp_path / "export.yaml"
        assert run("export", name, str(path)).exit_code == 0
        assert "as it has been before" in run("publish", str(path)).output

    def test_brings_an_xlsform_back_as_it_went(self, run: Run, tmp_path: Path) -> None:
        run("publish", "counter_pulse")
        run("export", "counter_pulse", str(tmp_path / "form.xlsx"), "--format", "xlsx")
        result = run("import", str(tmp_path / "form.xlsx"), "-o", str(tmp_path / "back.yaml"))
        assert result.exit_code == 0
        assert "0 differences" in run("diff", "counter_pulse@1", str(tmp_path / "back.yaml")).output

    def test_refuses_to_import_what_is_no_spreadsheet(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "form.xlsx"
        path.write_bytes(b"nothing")
        result = run("import", str(path), "-o", str(tmp_path / "back.yaml"))
        assert result.exit_code == 1
        assert not (tmp_path / "back.yaml").exists()

    def test_says_where_the_trend_breaks(self, run: Run, tmp_path: Path, sample_text: str) -> None:
        old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
        old.write_text(sample_text, "utf-8")
        new.write_text(sample_text.replace("vi: Tốc độ,", "vi: Tốc độ giải quyết,"), "utf-8")
        assert "items.speed: wording; BREAKS THE TREND" in run("diff", str(old), str(new)).output
        (found,) = json.loads(run("diff", str(old), str(new), "--json").output)
        assert found["breaks_trend"] is True

    def test_advises(self, run: Run, tmp_path: Path, sample_text: str) -> None:
        path = tmp_path / "draft.yaml"
        path.write_text(sample_text.replace("vi: Tốc độ,", "vi: Tốc độ và thái độ?,"), "utf-8")
        assert "items.speed: " in run("advise", str(path)).output
        assert json.loads(run("advise", str(path), "--json").output)
