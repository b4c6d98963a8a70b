"""`survey-app texting read`: a file of replies in, one JSON object for each out."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from survey_app.cli import main

SAMPLE = Path(__file__).parent / "sms_replies.csv"


def run(*words: str, given: bytes | None = None) -> Result:
    """Run the command without an application: it must need none."""
    return CliRunner().invoke(main, ["texting", "read", *words], input=given, obj={"app": None})


def readings(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


class TestLines:
    """A text file, one reply a line."""

    def test_prints_one_object_for_each_line_empty_ones_too(self) -> None:
        found = readings(run("-", given="5\n\nRất hài lòng, cảm ơn\r\nTC".encode()))

        assert [one["reading"] for one in found] == ["rating:5", "unclear", "rating:5", "optout"]

    def test_gives_the_parts_of_a_reading(self) -> None:
        (found,) = readings(run("-", given="DG 7K3F9M2X 4 nhưng chờ lâu".encode()))

        assert found == {
            "text": "DG 7K3F9M2X 4 nhưng chờ lâu",
            "reading": "rating:4+comment;ref=7K3F9M2X",
            "kind": "rating",
            "rating": 4,
            "ratings": [],
            "choices": [],
            "comment": True,
            "comment_text": "nhưng chờ lâu",
            "reference": "7K3F9M2X",
            "inferred": False,
            "parser_version": 1,
        }

    def test_prints_nothing_for_an_empty_file(self) -> None:
        assert run("-", given=b"").stdout == ""

    def test_skips_the_mark_that_windows_writes_first(self, tmp_path: Path) -> None:
        file = tmp_path / "replies.txt"
        file.write_bytes(b"\xef\xbb\xbf5\r\n")

        assert readings(run(str(file)))[0]["text"] == "5"

    def test_names_the_line_that_is_not_utf_8(self) -> None:
        result = run("-", given=b"5\n\xe0i\n")

        assert (result.exit_code, "Line 2 is not UTF-8" in result.stderr) == (2, True)
        assert json.loads(result.stdout)["rating"] == 5


class TestRecords:
    """A CSV file with the column `text`."""

    def test_reads_the_agreed_replies(self) -> None:
        with SAMPLE.open(encoding="utf-8", newline="") as file:
            expected = [row["expected"] for row in csv.DictReader(file)]

        assert [one["reading"] for one in readings(run("--csv", str(SAMPLE)))] == expected

    def test_reads_a_reply_of_several_lines(self) -> None:
        (found,) = readings(run("--csv", "-", given=b'id,text\n1,"5\n4\n5\n3"\n'))

        assert found["ratings"] == [5, 4, 5, 3]

    def test_takes_a_record_that_is_too_short_for_an_empty_reply(self) -> None:
        assert readings(run("--csv", "-", given=b"id,text\n1\n"))[0]["reading"] == "unclear"

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            (b"reply\n5\n", "no column `text`"),
            (b"", "no column `text`"),
            (b"text\n\xff\n", "not UTF-8"),
            (b'text\n"5\n', "no CSV at line"),
        ],
        ids=["another column", "empty", "another encoding", "an open quote"],
    )
    def test_says_what_is_wrong_with_a_file(self, given: bytes, told: str) -> None:
        result = run("--csv", "-", given=given)

        assert (result.exit_code, told in result.stderr) == (2, True)


class TestOptions:
    """Keyword and questions of the campaign."""

    def test_are_those_of_the_campaign(self) -> None:
        found = readings(run("-", "--keyword", "KS", "--questions", "2", given=b"KS 5 4\n"))

        assert found[0]["ratings"] == [5, 4]

    @pytest.mark.parametrize("words", [("missing.txt",), ("-", "--questions", "0")])
    def test_are_refused_when_they_make_no_sense(self, words: tuple[str, ...]) -> None:
        assert run(*words, given=b"").exit_code == 2
