"""Which column of a file says what."""

from __future__ import annotations

import pytest

from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.rules.layouts import (
    FileMapping,
    UnusableColumns,
    UnusableMapping,
    lay_out,
    read_mapping,
)


class TestLayOut:
    def test_knows_items_options_circumstances_and_the_design(self, questionnaire: Questionnaire):
        header = ("overall", "visits.1", "channels.3", "channels.1", "office", "stratum", "design.psu1")
        layout = lay_out(header, questionnaire, FileMapping())
        assert layout.items == {"overall": 0, "visits.1": 1}
        assert layout.options == {"channels": (("3", 2), ("1", 3))}
        assert layout.circumstances == {"office": 4}
        assert layout.design == {"stratum": 5, "psu1": 6}

    def test_names_every_unknown_column_and_what_to_do(self, questionnaire: Questionnaire):
        with pytest.raises(UnusableColumns, match=r"họ tên, gps.*ignore"):
            lay_out(("overall", "họ tên", "gps"), questionnaire, FileMapping())

    def test_passes_over_what_the_mapping_ignores_and_columns_without_a_name(
        self, questionnaire: Questionnaire
    ):
        layout = lay_out(("", "gps", "overall"), questionnaire, FileMapping(ignore=frozenset({"gps"})))
        assert layout.items == {"overall": 2}

    def test_renames_columns(self, questionnaire: Questionnaire):
        layout = lay_out(("Q1",), questionnaire, FileMapping(columns={"Q1": "overall"}))
        assert layout.items == {"overall": 0}

    def test_refuses_two_columns_for_one_thing(self, questionnaire: Questionnaire):
        with pytest.raises(UnusableColumns, match="weight"):
            lay_out(("overall", "weight", "design.weight"), questionnaire, FileMapping())
        with pytest.raises(UnusableColumns, match="channels"):
            lay_out(("overall", "channels", "channels.1"), questionnaire, FileMapping())

    def test_asks_for_the_items_that_everybody_must_answer(self, questionnaire: Questionnaire):
        with pytest.raises(UnusableColumns, match="overall"):
            lay_out(("times", "comment"), questionnaire, FileMapping())

    def test_refuses_a_mapping_of_columns_that_are_not_there(self, questionnaire: Questionnaire):
        with pytest.raises(UnusableColumns, match="Q9"):
            lay_out(("overall",), questionnaire, FileMapping(columns={"Q9": "times"}))


class TestReadMapping:
    def test_reads_all_parts_as_texts(self):
        mapping = read_mapping(
            {
                "columns": {"Q1": "overall"},
                "ignore": ["gps"],
                "missing": ["NA", 99],
                "values": {"overall": {8: -8}},
                "defaults": {"office": "an-hoa"},
            }
        )
        assert mapping == FileMapping(
            {"Q1": "overall"},
            frozenset({"gps"}),
            frozenset({"NA", "99"}),
            {"overall": {"8": "-8"}},
            {"office": "an-hoa"},
        )

    @pytest.mark.parametrize(
        ("document", "key"),
        [
            (None, "columns"),
            ({"colums": {}}, "colums"),
            ({"columns": ["overall"]}, "columns"),
            ({"ignore": "gps"}, "ignore"),
            ({"missing": [["NA"]]}, "missing"),
            ({"values": {"overall": 5}}, "values"),
            ({"defaults": {"weight": 1}}, "weight"),
        ],
    )
    def test_names_the_part_that_is_wrong(self, document: object, key: str):
        with pytest.raises(UnusableMapping, match=key):
            read_mapping(document)
