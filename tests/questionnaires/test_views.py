"""What people see and do in the browser, except the editor's forms."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import datetime
from time import process_time
from typing import Any

import pytest
from flask import Flask

from survey_app.foundation.database import Database
from survey_app.questionnaires.gateway import parse
from survey_app.questionnaires.models import QuestionnaireDraft
from survey_app.questionnaires.operations import publish, start_draft
from survey_app.questionnaires.queries import drafts_inside, listed
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

Open = Callable[..., StaffClient]


@pytest.fixture
def store(app: Flask) -> Database:
    """The database of the application."""
    database: Database = app.extensions["survey_app.database"]
    return database


@pytest.fixture
def manager(staff_client: Open) -> StaffClient:
    """A survey manager of everything."""
    return staff_client(Role.SURVEY_MANAGER)


@pytest.fixture
def published(store: Database, document: dict[str, Any], now: datetime) -> int:
    """The sample, published; the id of its version."""
    return store.write(lambda session: publish(session, document=document, now=now).id)


@pytest.fixture
def draft_of(store: Database, now: datetime) -> Callable[..., int]:
    """A function that stores a draft and returns its id."""

    def start(who: StaffClient, document: dict[str, Any], unit_path: str = "") -> int:
        return store.write(
            lambda session: (
                start_draft(
                    session,
                    document=document,
                    unit_path=unit_path,
                    scopes=("",),
                    account_id=who.account_id,
                    now=now,
                ).id
            )
        )

    return start


class TestList:
    """/questionnaires"""

    def test_says_what_to_do_when_nothing_is_published(self, manager: StaffClient) -> None:
        page = manager.get("/questionnaires").text
        assert "Chưa có phiếu nào được công bố" in page
        assert "Dùng nguyên mẫu này" in page

    def test_shows_versions_and_drafts(
        self, manager: StaffClient, published: int, document: dict[str, Any], draft_of: Callable[..., int]
    ) -> None:
        draft = draft_of(manager, document)
        page = manager.get("/questionnaires").text
        assert "/questionnaires/sample/1" in page
        assert f"/questionnaires/drafts/{draft}" in page
        assert "sample@2" in page

    def test_hides_the_drafts_of_other_units(
        self, staff_client: Open, document: dict[str, Any], draft_of: Callable[..., int]
    ) -> None:
        here = staff_client((Role.SURVEY_MANAGER, "04"))
        there = staff_client((Role.SURVEY_MANAGER, "01"))
        draft = draft_of(here, document, "04/01273")
        assert f"/drafts/{draft}" in here.get("/questionnaires").text
        assert f"/drafts/{draft}" not in there.get("/questionnaires").text
        for path in ("", "/diff", "/export.yaml", "/parts/general", "/yaml", "/publish", "/discard"):
            assert there.get(f"/questionnaires/drafts/{draft}{path}").status_code == 404

    def test_puts_a_template_into_use(self, manager: StaffClient, store: Database) -> None:
        answer = manager.post("/questionnaires/templates", {"name": "counter_pulse@1"})
        assert answer.headers["Location"] == "/questionnaires/counter_pulse/1"
        assert manager.get(answer.headers["Location"]).status_code == 200
        assert manager.post("/questionnaires/templates", {"name": "nothing@1"}).status_code == 404

    def test_offers_readers_nothing_that_changes(self, staff_client: Open, published: int) -> None:
        reader = staff_client(Role.LEADER)
        page = reader.get("/questionnaires").text
        assert "/questionnaires/new" not in page
        assert reader.get("/questionnaires/new").status_code == 403
        assert reader.post("/questionnaires/sample/1/drafts").status_code == 403


class TestNewDraft:
    """/questionnaires/new and the button for a new version."""

    def test_copies_a_template_under_an_own_name(self, manager: StaffClient, store: Database) -> None:
        fields = {
            "template": "counter_pulse@1",
            "title": "Hài lòng xã A",
            "instrument": "hai_long_xa_a",
            "unit": "",
        }
        answer = manager.post("/questionnaires/new", fields)
        assert answer.status_code == 303
        assert "Hài lòng xã A" in manager.get(answer.headers["Location"]).text

    def test_names_the_instrument_after_its_title_unless_the_person_does(
        self, manager: StaffClient, store: Database
    ) -> None:
        fields = {
            "template": "counter_pulse@1",
            "title": "Hài lòng <b>xã</b> Đ",
            "instrument": "",
            "unit": "",
        }
        for _time in range(2):
            assert manager.post("/questionnaires/new", fields).status_code == 303
        with store.read() as session:
            drafts = drafts_inside(session, ("",), number=1, size=9).items
        assert {one.instrument for one in drafts} == {"hai_long_b_xa_b_d", "hai_long_b_xa_b_d_2"}

    def test_keeps_what_was_typed_beside_the_error(self, manager: StaffClient) -> None:
        fields = {"template": "counter_pulse@1", "title": "Tên <b>", "instrument": "Hài Lòng", "unit": ""}
        answer = manager.post("/questionnaires/new", fields)
        assert answer.status_code == 422
        assert "Tên &lt;b&gt;" in answer.text
        assert "Hài Lòng" in answer.text

    def test_leaves_an_instrument_of_another_unit_to_its_owner(
        self, staff_client: Open, published: int
    ) -> None:
        commune = staff_client((Role.SURVEY_MANAGER, "04/01273"))
        answer = commune.post("/questionnaires/sample/1/drafts")
        assert answer.headers["Location"] == "/questionnaires/new?from=sample@1"
        fields = {"template": "sample@1", "title": "Phiếu", "instrument": "sample", "unit": "04/01273"}
        assert "đơn vị khác" in commune.post("/questionnaires/new", fields).text

    def test_asks_for_the_unit_only_where_there_is_a_choice(self, staff_client: Open) -> None:
        one = staff_client((Role.SURVEY_MANAGER, "04"))
        two = staff_client((Role.SURVEY_MANAGER, "04"), (Role.SURVEY_MANAGER, "01"))
        assert "Đơn vị quản lý" not in one.get("/questionnaires/new").text
        assert "Đơn vị quản lý" in two.get("/questionnaires/new").text

    def test_begins_the_next_version(self, manager: StaffClient, published: int, store: Database) -> None:
        answer = manager.post("/questionnaires/sample/1/drafts")
        with store.read() as session:
            (draft,) = drafts_inside(session, ("",), number=1, size=9).items
        assert answer.headers["Location"] == f"/questionnaires/drafts/{draft.id}"
        assert (draft.instrument, draft.version) == ("sample", 2)


class TestVersion:
    """/questionnaires/<instrument>/<version>"""

    def test_is_readable_in_each_language(self, manager: StaffClient, published: int) -> None:
        assert "Chất lượng" in manager.get("/questionnaires/sample/1").text
        english = manager.get("/questionnaires/sample/1?language=en").text
        assert "How fast" in english
        assert "Carried out a procedure" in english

    def test_says_in_words_when_a_question_is_asked(self, manager: StaffClient, published: int) -> None:
        assert (
            "Chỉ hỏi khi câu used.1 (Làm thủ tục) được trả lời “Có”."
            in manager.get("/questionnaires/sample/1").text
        )

    def test_gives_the_file_back_as_it_was(
        self, manager: StaffClient, published: int, document: dict[str, Any]
    ) -> None:
        answer = manager.get("/questionnaires/sample/1/export.yaml")
        assert parse(answer.data, "x").document == document
        assert answer.text.index("vi: Phiếu mẫu") < answer.text.index("en: Sample form")
        assert 'filename="sample-v1.yaml"' in answer.headers["Content-Disposition"]
        assert manager.get("/questionnaires/sample/1/export.xlsx").data.startswith(b"PK")
        assert manager.get("/questionnaires/sample/1/export.exe").status_code == 404

    def test_is_retired_after_a_question(self, manager: StaffClient, published: int, store: Database) -> None:
        asked = manager.get("/questionnaires/sample/1/retire").text
        assert "Các đợt đang chạy vẫn dùng phiên bản này" in asked
        assert manager.post("/questionnaires/sample/1/retire").status_code == 303
        with store.read() as session:
            assert listed(session)[0].retired_at is not None

    def test_is_retired_by_its_owner_only(self, staff_client: Open, published: int) -> None:
        commune = staff_client((Role.SURVEY_MANAGER, "04/01273"))
        assert commune.post("/questionnaires/sample/1/retire").status_code == 404

    @pytest.mark.parametrize("path", ["sample/9", "nothing/1", "sample/9/export.yaml", "nothing/diff"])
    def test_is_not_found_under_another_name(self, manager: StaffClient, published: int, path: str) -> None:
        assert manager.get(f"/questionnaires/{path}").status_code == 404


class TestDiff:
    """/questionnaires/<instrument>/diff"""

    def test_marks_the_words_and_names_where_the_trend_breaks(
        self, manager: StaffClient, published: int, document: dict[str, Any], store: Database, now: datetime
    ) -> None:
        document["version"] = 2
        document["sections"][0]["questions"][1]["text"]["vi"] = "Chất lượng phục vụ"
        store.write(lambda session: publish(session, document=document, now=now).id)
        page = manager.get("/questionnaires/sample/diff?from=1&to=2").text
        assert "Chuỗi số liệu bị đứt tại:" in page
        assert "<mark>phục vụ</mark>" in page

    def test_says_that_equal_versions_are_equal(self, manager: StaffClient, published: int) -> None:
        assert "Hai bản giống nhau" in manager.get("/questionnaires/sample/diff?from=1&to=1").text


class TestUpload:
    """/questionnaires/upload"""

    @staticmethod
    def _send(who: StaffClient, content: bytes, name: str = "phieu.yaml") -> Any:
        data = {"file": (io.BytesIO(content), name), "instrument": "", "unit": ""}
        return who.post("/questionnaires/upload", data, content_type="multipart/form-data")

    def test_makes_a_draft_of_a_sound_file(self, manager: StaffClient, sample_text: str) -> None:
        answer = self._send(manager, sample_text.encode(), "v7.yaml")
        assert answer.status_code == 303
        assert "Phiếu mẫu" in manager.get(answer.headers["Location"]).text

    def test_reports_each_problem_with_its_line(self, manager: StaffClient, sample_text: str) -> None:
        answer = self._send(manager, sample_text.replace("seconds: 60", "seconds: 0").encode())
        assert answer.status_code == 422
        assert '<td class="number">5</td>' in answer.text

    def test_takes_a_file_with_contradictions_as_a_draft(
        self, manager: StaffClient, sample_text: str
    ) -> None:
        answer = self._send(manager, sample_text.replace("item: used.1", "item: nothing").encode())
        assert answer.status_code == 303
        assert "1 chỗ phải sửa" in manager.get(answer.headers["Location"]).text

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "tệp trống"),
            (b"\x00\x01", "ký tự điều khiển"),
            (b"a: &x 1\nb: *x\n", "neo và bí danh"),
            (b"\xd0\xcf\x11\xe0old excel", ".xlsx"),
            (b"PK\x03\x04 no zip", "sheet"),
            ("a: \xe9".encode("latin-1"), "UTF-8"),
        ],
    )
    def test_says_why_other_files_are_refused(self, manager: StaffClient, content: bytes, words: str) -> None:
        answer = self._send(manager, content)
        assert answer.status_code == 422
        assert words in answer.text

    def test_refuses_twenty_megabytes_in_plain_words(self, manager: StaffClient) -> None:
        # As bytes: a form of this size would leave a temporary file of the test client open.
        boundary = b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.xlsx"\r\n\r\n'
        body = boundary + bytes(20 * 1024 * 1024) + b"\r\n--x--\r\n"
        answer = manager.http.post(
            "/questionnaires/upload", data=body, content_type="multipart/form-data; boundary=x"
        )
        assert answer.status_code == 413
        assert "Tệp lớn hơn 2 MB" in answer.text

    def test_shows_what_an_xlsform_lost(self, manager: StaffClient) -> None:
        answer = self._send(manager, _xlsform_with_a_loop_and_an_image(), "form.xlsx")
        assert answer.headers["Location"].endswith("/losses")
        report = manager.get(answer.headers["Location"])
        text = manager.get(answer.headers["Location"] + ".txt")
        assert "Những nội dung của XLSForm không chuyển được" in report.text
        assert "repeat" in text.text
        assert text.headers["Content-Type"].startswith("text/plain")

    def test_names_no_row_where_a_loss_concerns_the_whole_sheet(self, manager: StaffClient) -> None:
        answer = self._send(manager, _xlsform_with_a_loop_and_an_image(), "form.xlsx")
        report = manager.get(answer.headers["Location"] + ".txt").text
        assert "- Trang settings: mục đích khảo sát" in report
        assert "hàng 0" not in report
        assert "cột :" not in report


def _xlsform_with_a_loop_and_an_image() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    survey = book.active
    survey.title = "survey"
    rows = (
        ("type", "name", "label::Tiếng Việt (vi)"),
        ("select_one muc", "hai_long", "Ông/Bà hài lòng ở mức nào?"),
        ("begin repeat", "con", "Từng người con"),
        ("integer", "tuoi", "Tuổi"),
        ("end repeat", "", ""),
        ("image", "anh", "Chụp ảnh quầy"),
    )
    for row in rows:
        survey.append(row)
    choices = book.create_sheet("choices")
    for choice in (("list_name", "name", "label::Tiếng Việt (vi)"), ("muc", 1, "Có"), ("muc", 2, "Không")):
        choices.append(choice)
    settings = book.create_sheet("settings")
    settings.append(("form_title", "form_id", "default_language"))
    settings.append(("Phiếu Kobo", "phieu_kobo", "Tiếng Việt (vi)"))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class TestPublish:
    """/questionnaires/drafts/<id>/publish"""

    def test_freezes_the_draft_under_the_next_number(
        self,
        manager: StaffClient,
        published: int,
        document: dict[str, Any],
        draft_of: Callable[..., int],
        store: Database,
    ) -> None:
        draft = draft_of(manager, document)
        page = manager.get(f"/questionnaires/drafts/{draft}/publish").text
        assert "Không có chỗ nào làm đứt chuỗi số liệu" in page
        answer = manager.post(f"/questionnaires/drafts/{draft}/publish", {"revision": "1", "confirmed": "y"})
        assert answer.headers["Location"] == "/questionnaires/sample/2"
        with store.read() as session:
            assert session.get(QuestionnaireDraft, draft) is None

    def test_asks_for_the_tick(
        self, manager: StaffClient, document: dict[str, Any], draft_of: Callable[..., int]
    ) -> None:
        draft = draft_of(manager, document)
        answer = manager.post(f"/questionnaires/drafts/{draft}/publish", {"revision": "1"})
        assert answer.status_code == 422
        assert "Xin đánh dấu" in answer.text

    def test_refuses_an_older_revision_than_the_one_there_is(
        self, manager: StaffClient, document: dict[str, Any], draft_of: Callable[..., int]
    ) -> None:
        draft = draft_of(manager, document)
        manager.post(f"/questionnaires/drafts/{draft}/steps", {"step": "down question:quality"})
        answer = manager.post(f"/questionnaires/drafts/{draft}/publish", {"revision": "1", "confirmed": "y"})
        assert answer.status_code == 422
        assert "vừa được sửa" in answer.text

    def test_names_what_must_be_mended_first(
        self, manager: StaffClient, document: dict[str, Any], draft_of: Callable[..., int], store: Database
    ) -> None:
        del document["sections"][0]["questions"][2]["text"]["en"]
        draft = draft_of(manager, document)
        answer = manager.post(f"/questionnaires/drafts/{draft}/publish", {"revision": "1", "confirmed": "y"})
        assert answer.status_code == 422
        assert f"/questionnaires/drafts/{draft}/parts/question:speed" in answer.text
        with store.read() as session:
            assert listed(session) == []


class TestHostileAndLargeContent:
    """HTML everywhere, emoji, 400 items, 200,000 characters."""

    SPEECH = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"

    def test_escapes_html_in_every_text(
        self, manager: StaffClient, document: dict[str, Any], draft_of: Callable[..., int]
    ) -> None:
        hostile = _everywhere(document, self.SPEECH)
        draft = draft_of(manager, hostile)
        base = f"/questionnaires/drafts/{draft}"
        paths = ("", "/parts/general", "/parts/question:channel", "/parts/scale:SAT5", "/parts/recipe")
        for path in (*paths, "/yaml", "/diff", "/publish", "/discard"):
            page = manager.get(base + path)
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert "<img src=x" not in page.text

    @pytest.mark.parametrize("path", ["", "?page=2", "/publish", "/diff", "/parts/question:q7", "/yaml"])
    def test_stays_small_and_quick_with_four_hundred_items(
        self,
        manager: StaffClient,
        document: dict[str, Any],
        draft_of: Callable[..., int],
        published: int,
        path: str,
    ) -> None:
        draft = draft_of(manager, _with_items(document, 400))
        address = f"/questionnaires/drafts/{draft}{path}"
        manager.get(address)
        begun = process_time()
        page = manager.get(address, headers={"Accept-Encoding": "gzip"})
        assert page.status_code == 200
        assert len(page.data) <= 60 * 1024
        assert process_time() - begun < 0.2

    def test_takes_ten_kilobytes_of_emoji_and_pages_long_texts(
        self, manager: StaffClient, document: dict[str, Any], draft_of: Callable[..., int]
    ) -> None:
        document["sections"][0]["questions"][1]["text"]["vi"] = "😀" * 2000
        draft = draft_of(manager, _with_items(document, 100, words="Rất dài " * 249))
        page = manager.get(f"/questionnaires/drafts/{draft}", headers={"Accept-Encoding": "gzip"})
        assert len(page.data) <= 60 * 1024
        assert "Trang 1 /" in gzip.decompress(page.data).decode()


def _everywhere(value: Any, words: str) -> Any:
    if isinstance(value, list):
        return [_everywhere(one, words) for one in value]
    if isinstance(value, dict):
        return {
            key: dict.fromkeys(one, words)
            if isinstance(one, dict) and set(one) == {"vi", "en"}
            else _everywhere(one, words)
            for key, one in value.items()
        }
    return value


def _with_items(document: dict[str, Any], count: int, words: str = "Ông/Bà thấy thế nào?") -> dict[str, Any]:
    sections = []
    for start in range(0, count, 80):
        questions = [
            {
                "id": f"q{number}",
                "type": "scale",
                "scale": "SAT5",
                "text": {"vi": f"{words} {number}"[:2000].strip(), "en": f"How is it, number {number}?"},
            }
            for number in range(start, min(count, start + 80))
        ]
        sections.append(
            {
                "id": f"s{start}",
                "title": {"vi": f"Phần {start}", "en": f"Part {start}"},
                "questions": questions,
            }
        )
    return {**document, "sections": [*document["sections"], *sections]}
