"""The public table."""

from __future__ import annotations

import csv
import io
import json

import pytest

from survey_app.results.documents.spreadsheet import COLUMNS, csv_pieces, safe_cell
from survey_app.results.rules.disclosure import suppress


def published(text):
    """The published table of a computed result."""
    result = suppress(json.loads(text))
    offices = [office | {"kept": None} for office in result.pop("offices")]
    return "".join(csv_pieces({"run": "abc", "figures_of": "abc"} | result, offices))


@pytest.fixture
def table(sqlite_survey, some):
    """Rows of the table of 60, 30 and 6 responses."""
    sqlite_survey.store(some(0, 60) + some(1, 30) + some(2, 6))
    return list(csv.DictReader(io.StringIO(published(sqlite_survey.compute().text))))


def test_has_one_row_for_every_node_of_the_campaign_and_of_each_office(table):
    assert len(table) == 9 * 4
    assert list(table[0]) == list(COLUMNS)
    assert [row["id"] for row in table[:4]] == ["overall", "A", "B", "F1"]


def test_writes_numbers_with_a_decimal_point(table):
    assert 0 < float(table[0]["estimate"]) < 100
    assert table[0]["n"] == "96"


def test_leaves_hidden_figures_empty_and_says_why(table):
    small = [row for row in table if row["office"] == "thu-nghiem-02"]
    assert {row["estimate"] + row["n"] + row["se"] for row in small} == {""}
    assert {row["hidden"] for row in small} == {"under_10"}


def test_names_every_figure_of_an_office_as_that_of_the_campaign(table):
    names = {(row["id"], row["label"], row["label_en"]) for row in table}
    assert len(names) == 9


def test_names_the_population_in_every_row(table):
    assert {row["population"] for row in table} == {"voluntary"}
    assert all("tự nguyện" in row["population_note"] for row in table)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\uff1dcmd",
        '=HYPERLINK("http://x","y")',
    ],
)
def test_puts_an_apostrophe_before_what_a_spreadsheet_would_run(text):
    """Characters after OWASP, "CSV Injection", with their full-width twins."""
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Bộ phận Một cửa", "", 12, -1.5, None])
def test_leaves_other_values_as_they_are(value):
    assert safe_cell(value) is value


def test_an_office_named_like_a_formula_stays_text(make_survey, other_database, some):
    survey = make_survey(other_database, office_name="=cmd|' /C calc'!A0")
    survey.store(some(0, 30))
    text = published(survey.compute().text)
    names = {row["office_name"] for row in csv.DictReader(io.StringIO(text))}
    assert all(not name.startswith("=") for name in names)
    assert "'=cmd|' /C calc'!A0 00" in names
