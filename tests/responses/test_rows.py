"""One row of a file, read with the rules of the form."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.rules.answers import check
from survey_app.responses.rules.layouts import FileMapping, lay_out
from survey_app.responses.rules.rows import Frame, RowReader

OFFICES = {"an-binh": 1, "an-hoa": 2}


def _read(questionnaire: Questionnaire, mapping: FileMapping | None = None, offices=OFFICES, **cells: str):
    """Read one row whose columns are `cells`; __ stands for a point."""
    named = {name.replace("__", "."): text for name, text in {"office": "an-hoa", **cells}.items()}
    used = mapping or FileMapping()
    frame = Frame(questionnaire, offices, "interview", date(2026, 11, 1), date(2026, 11, 20))
    row, faults = RowReader(frame, lay_out(tuple(named), questionnaire, used), used).read(
        list(named.values())
    )
    return row, [fault.column for fault in faults]


class TestRowReader:
    def test_reads_answers_as_the_form_does(self, questionnaire: Questionnaire):
        row, faults = _read(
            questionnaire, overall="1", why="2", channels="3|1", times="0", day="21/11/2026", place=" Xã  A"
        )
        form = check(
            questionnaire,
            {
                "overall": ["1"],
                "why": ["2"],
                "channels": ["3", "1"],
                "times": ["0"],
                "day": ["21/11/2026"],
                "place": [" Xã  A"],
            },
        )
        assert faults == []
        assert row.answers == form.answers

    def test_reads_columns_of_single_options(self, questionnaire: Questionnaire):
        row, _faults = _read(questionnaire, overall="4", channels__1="1", channels__2="0", channels__3="1")
        assert row.answers["channels"] == [1, 3]

    def test_refuses_ticks_that_are_neither_1_nor_0(self, questionnaire: Questionnaire):
        assert _read(questionnaire, overall="4", channels__1="yes")[1] == ["channels.1"]

    def test_leaves_out_answers_off_the_path_and_says_so(self, questionnaire: Questionnaire):
        row, faults = _read(questionnaire, overall="5", why="1")
        assert faults == []
        assert row.answers == {"overall": 5}
        assert row.off_path == ("why",)

    @pytest.mark.parametrize(
        ("cells", "column"),
        [
            ({"overall": ""}, "overall"),
            ({"overall": "6"}, "overall"),
            ({"overall": "good"}, "overall"),
            ({"overall": "0"}, "overall"),
            ({"overall": "4", "times": "51"}, "times"),
            ({"overall": "4", "day": "31/02/2026"}, "day"),
            ({"overall": "4", "place": "x" * 41}, "place"),
            ({"overall": "4", "channels": "1|7"}, "channels"),
            ({"overall": "4", "office": "nowhere"}, "office"),
            ({"overall": "4", "office": ""}, "office"),
            ({"overall": "4", "instrument": "web"}, "instrument"),
            ({"overall": "4", "language": "fr"}, "language"),
            ({"overall": "4", "channel": "qr"}, "channel"),
            ({"overall": "4", "received": "yesterday"}, "received"),
            ({"overall": "4", "received": "2026-10-31"}, "received"),
            ({"overall": "4", "received": "2026-11-21"}, "received"),
            ({"overall": "4", "weight": "0"}, "weight"),
        ],
    )
    def test_names_the_column_that_is_wrong(
        self, questionnaire: Questionnaire, cells: dict[str, str], column: str
    ):
        row, faults = _read(questionnaire, **cells)
        assert row is None
        assert faults == [column]

    def test_finds_all_faults_of_a_row_at_once(self, questionnaire: Questionnaire):
        faults = _read(questionnaire, overall="9", office="x", weight="-1")[1]
        assert faults == ["overall", "office", "weight"]

    @pytest.mark.parametrize(
        ("received", "hour"),
        [
            ("2026-11-05", datetime(2026, 11, 4, 17, tzinfo=UTC)),
            ("05/11/2026", datetime(2026, 11, 4, 17, tzinfo=UTC)),
            ("2026-11-05 14:59:59", datetime(2026, 11, 5, 7, tzinfo=UTC)),
            ("2026-11-05T14:59:59+07:00", datetime(2026, 11, 5, 7, tzinfo=UTC)),
            ("2026-11-05T07:30:00Z", datetime(2026, 11, 5, 7, tzinfo=UTC)),
            ("", datetime(2026, 11, 19, 17, tzinfo=UTC)),
        ],
    )
    def test_cuts_times_to_the_hour(self, questionnaire: Questionnaire, received: str, hour: datetime):
        row, _faults = _read(questionnaire, overall="4", received=received)
        assert row.received_hour == hour

    def test_needs_no_office_where_there_is_one_only(self, questionnaire: Questionnaire):
        row, _faults = _read(questionnaire, offices={"an-hoa": 2}, overall="4", office="")
        assert row.office_id == 2

    def test_takes_values_missing_texts_and_defaults_from_the_mapping(self, questionnaire: Questionnaire):
        mapping = FileMapping(
            missing=frozenset({"NA"}),
            values={"overall": {"good": "4"}},
            defaults={"office": "an-binh", "instrument": "paper"},
        )
        row, faults = _read(questionnaire, mapping, overall="good", times="NA", office="NA")
        assert faults == []
        assert (row.answers, row.office_id, row.instrument) == ({"overall": 4}, 1, "paper")

    def test_refuses_rows_of_another_width(self, questionnaire: Questionnaire):
        frame = Frame(questionnaire, OFFICES, "interview", date(2026, 11, 1), date(2026, 11, 20))
        layout = lay_out(("overall", "office"), questionnaire, FileMapping())
        row, (fault,) = RowReader(frame, layout, FileMapping()).read(["4", "an-hoa", "x"])
        assert row is None
        assert "3" in fault.message
