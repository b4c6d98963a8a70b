"""What rows say of how people were drawn, and what all rows must agree on."""

from __future__ import annotations

import pytest

from survey_app.responses.rules.design_check import DesignCheck
from survey_app.responses.rules.designs import Drawn, read_design


def _faults(**cells: str) -> list[tuple[str, str]]:
    return [(fault.column, fault.message) for fault in read_design(cells)[1]]


class TestReadDesign:
    def test_reads_every_column(self):
        drawn, faults = read_design(
            {
                "stratum": "bắc",
                "psu1": "01273",
                "psu2": "7",
                "fpc1": "120",
                "fpc2": "40.0",
                "weight": "12.5",
                "phase": "1",
            }
        )
        assert faults == []
        assert drawn == Drawn("bắc", ("01273", "7"), (120, 40), 12.5, 1)
        assert drawn.values() == ("bắc", "01273", "7", None, 120, 40, None, 12.5, 1)

    def test_knows_that_a_row_has_none(self):
        assert read_design({"stratum": "", "weight": ""}) == (None, [])

    @pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "-inf", "1e999"])
    def test_refuses_a_weight_that_is_not_positive_and_finite(self, weight: str):
        ((column, message),) = _faults(weight=weight)
        assert column == "weight"
        assert weight in message

    @pytest.mark.parametrize("text", ["1,5", "many", "1 000"])
    def test_refuses_a_weight_that_is_no_number_and_shows_how_to_write_one(self, text: str):
        ((column, message),) = _faults(weight=text)
        assert column == "weight"
        assert "412.5" in message

    @pytest.mark.parametrize("text", ["0", "0.25", "-3", "2.5", "x", "1e13"])
    def test_refuses_population_counts_that_count_nothing(self, text: str):
        ((column, _message),) = _faults(fpc1=text, weight="1")
        assert column == "fpc1"

    @pytest.mark.parametrize("text", ["0", "10", "one", "1.5", "²"])
    def test_refuses_what_is_no_phase(self, text: str):
        assert [column for column, _ in _faults(weight="1", phase=text)] == ["phase"]

    def test_refuses_a_stage_without_the_stage_before(self):
        assert [column for column, _ in _faults(psu2="7", weight="1")] == ["psu2"]
        assert [column for column, _ in _faults(psu1="1", psu3="7", weight="1")] == ["psu3"]

    def test_refuses_counts_that_do_not_fit_the_stages(self):
        assert [column for column, _ in _faults(psu1="1", psu2="2", fpc1="9", weight="1")] == ["fpc1"]
        assert [column for column, _ in _faults(psu1="1", fpc1="9", fpc2="9", weight="1")] == ["fpc2"]

    def test_asks_for_a_weight_or_for_counts_to_compute_it_from(self):
        assert [column for column, _ in _faults(stratum="a")] == ["weight"]
        assert _faults(stratum="a", fpc1="10") == []

    def test_refuses_labels_that_the_database_could_not_hold(self):
        assert [column for column, _ in _faults(stratum="x" * 81, weight="1")] == ["stratum"]
        assert _faults(stratum="x" * 80, weight="1") == []


def _check(*rows: Drawn | None) -> tuple[list[str], DesignCheck]:
    """Return the faulty columns of each row and of the end, and the check."""
    check = DesignCheck()
    columns = [fault.column for line, drawn in enumerate(rows, 2) for fault in check.add(drawn, line)]
    return columns + [fault.column for _line, fault in check.finish()], check


class TestDesignCheck:
    def test_is_content_with_a_sound_two_stage_sample(self):
        rows = [
            Drawn("a", (f"a{psu}", str(person)), (5, 100), 2.0) for psu in range(3) for person in range(20)
        ]
        assert _check(*rows)[0] == []

    def test_lets_units_of_later_stages_repeat_between_the_units_before(self):
        assert _check(Drawn("a", ("1", "x"), (2, 1), 1.0), Drawn("a", ("2", "x"), (2, 1), 1.0))[0] == []

    def test_refuses_a_psu_in_two_strata(self):
        assert _check(Drawn("a", ("1",), (), 1.0), Drawn("b", ("1",), (), 1.0))[0] == ["psu1"]

    def test_refuses_a_count_that_varies_inside_its_stratum(self):
        assert _check(Drawn("a", ("1",), (9,), 1.0), Drawn("a", ("2",), (8,), 1.0))[0] == ["fpc1"]

    def test_refuses_a_count_of_the_second_stage_that_varies_inside_its_psu(self):
        rows = (Drawn("a", ("1", "x"), (9, 5), 1.0), Drawn("a", ("1", "y"), (9, 6), 1.0))
        assert _check(*rows)[0] == ["fpc2"]

    def test_refuses_a_count_below_the_sample_and_names_its_line(self):
        check = DesignCheck()
        for line, psu in enumerate("123", start=2):
            check.add(Drawn("a", (psu,), (2,), 1.0), line)
        ((line, fault),) = check.finish()
        assert (line, fault.column) == (2, "fpc1")
        assert "“a”" in fault.message

    def test_counts_rows_where_every_row_is_its_own_unit(self):
        assert _check(*[Drawn("a", (), (2,), 1.0)] * 3)[0] == ["fpc1"]
        assert _check(*[Drawn("a", (), (3,), 1.0)] * 3)[0] == []

    @pytest.mark.parametrize("other", [None, Drawn("a"), Drawn("a", ("1",), (), 1.0)])
    def test_refuses_a_mixture_of_rows_that_say_more_and_less(self, other: Drawn | None):
        assert len(_check(Drawn("a", (), (), 1.0), other)[0]) == 1
        assert len(_check(other, Drawn("a", (), (), 1.0))[0]) == 1

    def test_counts_the_cells_that_may_lead_to_a_person(self):
        _columns, check = _check(*[Drawn("a", ("1",), (), 1.0)] * 10, *[Drawn("a", ("2",), (), 1.0)] * 9)
        assert (check.cells, check.small_cells) == (2, 1)
