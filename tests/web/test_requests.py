"""Addresses and forms that no record can answer to."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from survey_app.web.requests import drop_nuls, is_from_another_site


@pytest.fixture
def echo(app: Flask) -> FlaskClient:
    """A browser on doors that give back what they were sent."""
    app.add_url_rule("/-/number/<int:number>", "number", lambda number: f"{number}")
    app.add_url_rule("/-/name/<name>", "name", lambda name: name)
    return app.test_client(use_cookies=False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestAddresses:
    @pytest.mark.parametrize("number", [2**63, 10**40])
    def test_name_no_record_beyond_what_a_column_holds(self, echo: FlaskClient, number: int) -> None:
        assert echo.get(f"/-/number/{number}").status_code == 404
        assert echo.get(f"/-/number/{2**63 - 1}").status_code == 200

    def test_name_no_record_with_a_nul(self, echo: FlaskClient) -> None:
        assert echo.get("/-/name/a%00b").status_code == 404
        assert echo.get("/-/name/a%20b").text == "a b"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestDropNuls:
    def test_leaves_the_rest_of_query_and_form(self, app: Flask) -> None:
        sent = {"na\0me": "một\0 hai", "b": ["1", "2"]}
        with app.test_request_context("/?q=x%00y&q=z", method="POST", data=sent):
            drop_nuls()

            assert request.args.getlist("q") == ["xy", "z"]
            assert list(request.form.items(multi=True)) == [("name", "một hai"), ("b", "1"), ("b", "2")]

    def test_leaves_files_alone(self, app: Flask) -> None:
        sent = {"a": "x\0", "file": (BytesIO(b"\0"), "x.png")}
        with app.test_request_context("/", method="POST", data=sent):
            drop_nuls()

            assert (request.form["a"], request.files["file"].read()) == ("x", b"\0")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("site", "is_other"),
    [("cross-site", True), ("same-site", True), ("same-origin", False), ("none", False), (None, False)],
)
def test_a_browser_tells_from_which_site_a_page_sent_something(
    app: Flask, site: str | None, is_other: bool
) -> None:
    headers = {"Sec-Fetch-Site": site} if site else {}
    with app.test_request_context("/", headers=headers):
        assert is_from_another_site() is is_other
