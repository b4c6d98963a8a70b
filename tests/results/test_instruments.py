"""The index apart by channel and instrument: what is computed, shown and kept back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from survey_app.results.documents.page import result_page
from survey_app.results.documents.spreadsheet import csv_pieces
from survey_app.results.rules.cells import Reason
from survey_app.results.rules.disclosure import suppress
from survey_app.results.rules.instruments import (
    cells_changed_too_little,
    changed_too_little,
    public_instruments,
)
from survey_app.results.rules.release import Counts, Release, offices_to_keep
from survey_app.results.rules.small_changes import without_small_changes

KIOSK = {"channel": "qr", "instrument": "kiosk"}


def row(responses, *, hidden=0, n=None, n_min=None):
    """One instrument as computed."""
    overall = {
        "estimate": 80.0,
        "n": responses if n is None else n,
        "n_min": responses if n_min is None else n_min,
    }
    return {
        "channel": "sms",
        "instrument": "web",
        "responses": responses,
        "in_hidden_offices": hidden,
        "overall": overall,
    }


def shown_of(rows, whole=None):
    """What is published of instruments that have an office each."""
    cells = {str(position): {str(position): one["responses"]} for position, one in enumerate(rows)}
    return public_instruments(rows, whole, cells, set())


def published(survey, earlier):
    """What is published of a survey's instruments beside the publications before."""
    result = json.loads(survey.compute().text)
    keep = offices_to_keep(Counts.of(result), earlier)
    assert keep is not None
    return without_small_changes(suppress(result), Release(Counts.of(result), keep), earlier)["instruments"]


@pytest.fixture
def mixed(sqlite_survey, some):
    """Three offices; 40 answered on their own phones, 30 at a kiosk, 26 by an open link."""
    sqlite_survey.store(
        some(0, 40) + some(1, 30, **KIOSK) + some(2, 26, 3, channel="web"),
    )
    return sqlite_survey


class TestFigures:
    """What a run says of instruments."""

    def test_tell_each_channel_and_instrument_apart(self, mixed):
        found = json.loads(mixed.compute().text)["instruments"]

        assert [(one["channel"], one["instrument"], one["responses"]) for one in found] == [
            ("qr", "kiosk", 30),
            ("qr", "web", 40),
            ("web", "web", 26),
        ]

    def test_are_those_of_the_office_where_only_that_office_used_the_instrument(self, mixed):
        document = json.loads(mixed.compute().text)
        by_office = [office["overall"]["estimate"] for office in document["offices"]]
        by_instrument = [one["overall"]["estimate"] for one in document["instruments"]]

        assert sorted(by_instrument) == sorted(by_office)

    def test_are_the_whole_where_there_is_one_instrument(self, sqlite_survey, some):
        sqlite_survey.store(some(0, 40) + some(1, 30))
        document = json.loads(sqlite_survey.compute().text)

        assert [one["overall"] for one in document["instruments"]] == [document["overall"]]

    def test_do_not_depend_on_the_order_of_arrival(self, mixed, some):
        before = json.loads(mixed.compute().text)["instruments"]
        mixed.store(some(0, 1, channel="web"))

        assert [(one["channel"], one["instrument"]) for one in before] == sorted(
            (one["channel"], one["instrument"]) for one in before
        )
        assert [one["responses"] for one in json.loads(mixed.compute().text)["instruments"]] == [30, 40, 27]

    def test_stand_on_the_page_and_in_the_table(self, mixed):
        public = suppress(json.loads(mixed.compute().text))
        page = result_page(public)
        table = "".join(csv_pieces(public | {"run": "a", "figures_of": "a"}, []))

        assert page.instruments[0].name == "Mã QR tại quầy – Máy đặt tại quầy (kiosk)"
        assert page.instruments[0].count == "30 phiếu"
        assert "instrument,qr/kiosk,Mã QR tại quầy – Máy đặt tại quầy (kiosk)" in table


class TestDisclosure:
    """What is published of them."""

    def test_is_all_where_every_part_is_large(self):
        shown = shown_of([row(30), row(10)])

        assert [one["responses"] for one in shown] == [30, 10]
        assert all("in_hidden_offices" not in one and one["overall"]["hidden"] is None for one in shown)

    @pytest.mark.parametrize(
        "small",
        [
            row(9),
            row(40, n=9),
            row(40, n_min=9),
            row(40, hidden=3),
        ],
    )
    def test_is_nothing_where_one_part_is_small_because_the_others_would_tell(self, small):
        shown = shown_of([row(40, hidden=20), small])

        assert [one["responses"] for one in shown] == [None, None]
        assert {one["overall"]["estimate"] for one in shown} == {None}

    def test_is_nothing_where_an_instrument_leaves_few_of_the_hidden_offices(self):
        # Hidden offices of 20 and 5: the 20 answered at their kiosk, which is nowhere else.
        assert shown_of([row(20, hidden=20), row(100, hidden=5)])[0]["responses"] is None

    def test_is_nothing_where_the_whole_is_hidden(self):
        assert shown_of([row(40)], Reason.PROTECTS)[0]["overall"]["hidden"] is Reason.PROTECTS

    @pytest.mark.parametrize(
        ("then", "new", "reweighted", "too_little"),
        [
            ({"a": (40, 0)}, {"a": (40, 0)}, False, False),
            ({"a": (40, 0)}, {"a": (49, 0)}, False, True),
            ({"a": (40, 0)}, {"a": (50, 0)}, False, False),
            ({"a": (40, 0)}, {"a": (50, 0), "b": (9, 0)}, False, True),
            ({"a": (40, 20)}, {"a": (60, 15)}, False, True),
            ({"a": (40, 0)}, {"a": (40, 0)}, True, True),
            ({"a": (40, 0)}, {"a": (50, 0)}, True, False),
            ({}, {"a": (40, 0)}, False, True),
        ],
    )
    def test_waits_for_ten_more_since_a_publication(self, then, new, reweighted, too_little):
        assert changed_too_little(new, then, reweighted=reweighted) is too_little

    def test_hides_what_would_follow_from_an_earlier_page(self, mixed, some):
        before = Counts.of(json.loads(mixed.compute().text))
        mixed.store(some(0, 12) + some(1, 5, **KIOSK))
        shown = published(mixed, [Release(before)])

        assert [one["responses"] for one in shown] == [None] * 3
        assert {one["overall"]["hidden"] for one in shown} == {Reason.WAITS}

    def test_is_nothing_where_few_remain_without_the_offices_that_have_no_other(self, sqlite_survey, some):
        # 35 at kiosks, of them 30 in the office that has nothing else: 5 are left for the office between.
        sqlite_survey.store(some(0, 40) + some(1, 30) + some(1, 5, **KIOSK) + some(2, 30, **KIOSK))
        shown = suppress(json.loads(sqlite_survey.compute().text))["instruments"]

        assert [one["responses"] for one in shown] == [None, None]

    def test_is_nothing_where_few_remain_at_the_end_of_a_chain_of_offices(self):
        # a less its own office leaves 20 of "ab", which leaves 20 of b there, and 5 of b elsewhere.
        cells = {"a": {"a": 30, "ab": 20}, "b": {"ab": 20, "bc": 5}, "c": {"bc": 20, "c": 30}}
        rows = [row(50), row(25), row(50)]

        assert public_instruments(rows, None, cells, set())[0]["responses"] is None
        assert public_instruments(rows, None, cells, {"ab", "bc"})[0]["responses"] == 50

    def test_is_nothing_where_nobody_counted_the_offices(self):
        assert public_instruments([row(30), row(30)], None, {}, set())[0]["responses"] is None

    def test_keeps_the_counts_of_offices_back(self, mixed):
        result = json.loads(mixed.compute().text)

        assert [one["by_office"] for one in result["instruments"]] == [[30], [0, 0, 40], [0, 26]]
        assert all("by_office" not in one for one in suppress(result)["instruments"])

    def test_waits_where_few_new_remain_without_the_offices_that_have_no_other(self, sqlite_survey, some):
        sqlite_survey.store(some(0, 40) + some(0, 30, **KIOSK) + some(1, 40) + some(2, 40, **KIOSK))
        before = Release(Counts.of(json.loads(sqlite_survey.compute().text)))
        # 25 new on phones, of them 20 in the office without a kiosk: 5 are left for the first.
        sqlite_survey.store(some(0, 5) + some(0, 20, **KIOSK) + some(1, 20) + some(2, 20, **KIOSK))
        assert {one["overall"]["hidden"] for one in published(sqlite_survey, [before])} == {Reason.WAITS}

        sqlite_survey.store(some(0, 5))
        assert {one["overall"]["hidden"] for one in published(sqlite_survey, [before])} == {None}

    def test_waits_where_an_earlier_page_told_of_one_instrument_without_saying_so(self, sqlite_survey, some):
        sqlite_survey.store(some(0, 60) + some(1, 40))
        counts = Counts.of(json.loads(sqlite_survey.compute().text))
        sqlite_survey.store(some(0, 5) + some(0, 20, **KIOSK))
        shown = published(sqlite_survey, [Release(replace(counts, instruments={}, cells={}))])

        assert {one["overall"]["hidden"] for one in shown} == {Reason.WAITS}

    @pytest.mark.parametrize(("unseen", "too_little"), [(set(), False), ({"a", "d"}, True)])
    def test_takes_offices_that_keep_earlier_figures_for_one(self, unseen, too_little):
        then = {"x": {"a": 40, "b": 40}, "y": {"c": 40, "d": 40}}
        new = {"x": {"a": 45, "b": 60}, "y": {"c": 60, "d": 45}}

        assert cells_changed_too_little(new, then, unseen, reweighted=False) is too_little

    @pytest.mark.parametrize("reweighted", [False, True])
    def test_waits_with_other_weights_where_what_remains_is_not_renewed(self, reweighted):
        then = {"x": {"a": 40, "ab": 20}, "y": {"ab": 20, "b": 40}}
        new = {"x": {"a": 60, "ab": 20}, "y": {"ab": 20, "b": 60}}

        assert cells_changed_too_little(new, then, set(), reweighted=reweighted) is reweighted

    def test_is_remembered_with_the_publication(self, mixed):
        release = Release(Counts.of(json.loads(mixed.compute().text)))

        assert Release.from_json(json.loads(json.dumps(release.as_json()))) == release
        assert release.counts.instruments["qr/kiosk"] == (30, 0)
        assert len(release.counts.cells["qr/kiosk"]) == 1
