"""What everybody reads: the list, one answer, the feed."""

from __future__ import annotations

import gzip
from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.feedback.operations.publication import retract
from survey_app.feedback.rules.publication import CopyDraft
from tests.feedback.answers.conftest import COPY, AnsweringDesk
from tests.feedback.case_desk import WARD
from tests.web.inline import forbidden_in, hash_of, inline_parts

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HERE = "/feedback/answered"
HOSTILE = CopyDraft(
    '<script>alert("1")</script> & ]]>',
    "Câu hỏi <img src=x onerror=alert(1)>\n\tdòng hai",
    "Trả lời &amp; <b>đậm</b>",
)


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """Somebody without an account."""
    return app.test_client()


class TestList:
    """/feedback/answered."""

    def test_says_so_when_there_is_none(self, app_desk: AnsweringDesk, reader: FlaskClient) -> None:
        assert "Chưa có câu trả lời nào được công khai." in reader.get(HERE).text

    def test_shows_the_copy_and_its_unit(self, app_desk: AnsweringDesk, reader: FlaskClient) -> None:
        code = app_desk.look(app_desk.published()).code
        page = reader.get(HERE).text

        assert f'href="{HERE}/{code}"' in page
        assert COPY.title in page
        assert "Đơn vị 01273" in page

    def test_is_searched_without_diacritics(self, app_desk: AnsweringDesk, reader: FlaskClient) -> None:
        app_desk.published()

        assert COPY.title in reader.get(f"{HERE}?q=den+duong").text
        assert "Không tìm thấy câu trả lời nào" in reader.get(f"{HERE}?q=bệnh+viện").text

    def test_leads_from_page_to_page_with_what_was_asked(
        self, app_desk: AnsweringDesk, reader: FlaskClient
    ) -> None:
        for number in range(21):
            app_desk.now += timedelta(minutes=1)
            app_desk.published(CopyDraft(f"Đèn số {number}.", "Hỏng.", "Đã thay."))
        first = reader.get(f"{HERE}?q=hong&unit={WARD}&lang=en").text
        address = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
        second = reader.get(address).text

        assert "Đèn số 20." in first
        assert "Đèn số 0." not in first
        assert "Đèn số 0." in second
        assert "q=hong" in address
        assert "lang=en" in address

    @pytest.mark.parametrize(
        "query",
        [
            "q=%00",
            "q=%22",
            "q=*",
            "q='%20OR%201=1--",
            "after=x",
            "kind=hack",
            "unit=%25",
            "field=%00",
            "q=" + "a" * 5000,
            "q=NEAR(a b)",
            "after=%E2%80%AE",
        ],
    )
    def test_any_question_is_answered(self, app_desk: AnsweringDesk, reader: FlaskClient, query: str) -> None:
        app_desk.published()

        assert reader.get(f"{HERE}?{query}").status_code == 200
        assert reader.get(f"{HERE}.rss?{query}").status_code == 200


class TestOne:
    """/feedback/answered/<code>."""

    def test_shows_texts_as_texts(self, app_desk: AnsweringDesk, reader: FlaskClient) -> None:
        page = reader.get(f"{HERE}/{app_desk.look(app_desk.published(HOSTILE)).code}").text

        assert "<script>alert(" not in page
        assert "Câu hỏi &lt;img src=x onerror=alert(1)&gt;" in page

    def test_is_found_by_the_code_as_people_write_it(
        self, app_desk: AnsweringDesk, reader: FlaskClient
    ) -> None:
        code = app_desk.look(app_desk.published()).code

        assert reader.get(f"{HERE}/PA-{code[:4]}-{code[4:8]}-{code[8:]}".lower()).status_code == 200

    def test_retracted_and_unknown_are_answered_in_the_same_words(
        self, app_desk: AnsweringDesk, reader: FlaskClient
    ) -> None:
        case_id = app_desk.published()
        code, other = app_desk.look(case_id).code, app_desk.look(app_desk.answered()).code
        app_desk.run(retract, case_id, app_desk.approver, reason="Nhầm")
        answers = [reader.get(f"{HERE}/{one}") for one in (code, other, "khong-co")]

        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text.replace(code, "").replace(other, "") for answer in answers}) <= 2
        assert all("Không có câu trả lời nào công khai ở địa chỉ này." in answer.text for answer in answers)

    def test_says_nothing_of_the_sender_the_rating_or_the_files(
        self, app_desk: AnsweringDesk, reader: FlaskClient
    ) -> None:
        page = reader.get(f"{HERE}/{app_desk.look(app_desk.published()).code}").text.lower()

        assert not [word for word in ("người gửi:", "hài lòng", "tệp", "ẩn danh", "cán bộ 1") if word in page]


@pytest.mark.parametrize("path", [HERE, f"{HERE}?q=den", f"{HERE}?lang=en&contrast=high", "one"])
class TestEveryPage:
    """What all public pages keep to."""

    @pytest.fixture
    def answer(self, app_desk: AnsweringDesk, reader: FlaskClient, path: str):  # type: ignore[no-untyped-def]
        """The answer to a reader whose browser takes gzip."""
        code = app_desk.look(app_desk.published()).code
        address = f"{HERE}/{code}" if path == "one" else path
        return reader.get(address, headers={"Accept-Encoding": "gzip"})

    def test_sets_no_cookie_and_is_kept_for_a_minute_at_most(self, answer) -> None:  # type: ignore[no-untyped-def]
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, max-age=60"

    def test_is_small(self, answer) -> None:  # type: ignore[no-untyped-def]
        assert len(answer.data) <= 20_000

    def test_runs_nothing_that_its_policy_does_not_name(self, answer) -> None:  # type: ignore[no-untyped-def]
        html = gzip.decompress(answer.data).decode()

        assert forbidden_in(html) == []
        assert "<script" not in html
        assert all(hash_of(one) in answer.headers["Content-Security-Policy"] for one in inline_parts(html))


class TestFeed:
    """/feedback/answered.rss."""

    def test_is_rss_2_with_an_item_for_each_answer(
        self, app_desk: AnsweringDesk, reader: FlaskClient
    ) -> None:
        code = app_desk.look(app_desk.published(HOSTILE)).code
        answer = reader.get(f"{HERE}.rss")
        root = ElementTree.fromstring(answer.data)
        (item,) = root.findall("channel/item")

        assert answer.mimetype == "application/rss+xml"
        assert (root.tag, root.get("version")) == ("rss", "2.0")
        assert item.findtext("title") == HOSTILE.title
        assert item.findtext("link") == f"http://127.0.0.1:8000{HERE}/{code}"
        published = parsedate_to_datetime(item.findtext("pubDate") or "")
        assert published == app_desk.now.replace(microsecond=0)

    def test_has_what_the_specification_asks_of_a_channel(
        self, app_desk: AnsweringDesk, reader: FlaskClient
    ) -> None:
        # rssboard.org/rss-specification: title, link and description are required.
        root = ElementTree.fromstring(reader.get(f"{HERE}.rss").data)

        assert all(root.findtext(f"channel/{name}") for name in ("title", "link", "description"))

    def test_guids_stay_when_the_copy_is_corrected_or_the_site_moves(
        self, app_desk: AnsweringDesk, reader: FlaskClient
    ) -> None:
        code = app_desk.look(app_desk.published()).code
        item = ElementTree.fromstring(reader.get(f"{HERE}.rss").data).find("channel/item/guid")

        assert item is not None
        assert (item.text, item.get("isPermaLink")) == (f"phan-anh:{code}", "false")
