"""Drafts: who changed what, who came second, what can be taken back. Operations first, then the editor's pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from survey_app.foundation.database import Database
from survey_app.questionnaires.models import QuestionnaireDraft, QuestionnaireVersion
from survey_app.questionnaires.operations import (
    DraftTooLarge,
    EditedMeanwhile,
    UnableToDraft,
    UnableToUndo,
    change_draft,
    discard_draft,
    publish,
    publish_draft,
    replace_document,
    restore_revision,
    save_part,
    start_draft,
)
from survey_app.questionnaires.operations.drafts import KEPT_REVISIONS
from survey_app.questionnaires.queries import (
    DraftView,
    UnknownDraft,
    draft_document,
    earlier_revisions,
    listed,
    owner_of,
)
from survey_app.questionnaires.rules.drafting import digest, part_of
from survey_app.questionnaires.rules.rearranging import without_question
from survey_app.staff.operations import add_account
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

Open = Callable[..., StaffClient]


@pytest.fixture
def two(database: Database, now: datetime) -> tuple[int, int]:
    """Two people."""

    def add(session: Any) -> tuple[int, int]:
        first, second = (
            add_account(session, email=f"{name}@example.vn", name=name, now=now) for name in ("an", "binh")
        )
        session.flush()
        return first.id, second.id

    return database.write(add)


@pytest.fixture
def draft_id(database: Database, document: dict[str, Any], two: tuple[int, int], now: datetime) -> int:
    """A draft of the sample."""
    return database.write(
        lambda session: (
            start_draft(session, document=document, unit_path="", scopes=("",), account_id=two[0], now=now).id
        )
    )


def _now(database: Database, draft_id: int) -> DraftView:
    with database.read() as session:
        view = draft_document(session, draft_id)
    assert view
    return view


def _reworded(view: DraftView, part: str, words: str) -> Any:
    content = deepcopy(part_of(view.document, part))
    content["text" if "text" in content else "title"]["vi"] = words
    return content


class TestStartDraft:
    """Numbers and owners."""

    def test_numbers_it_after_the_newest_version(
        self, database: Database, document: dict[str, Any], two: tuple[int, int], now: datetime
    ) -> None:
        database.write(lambda session: publish(session, document=document | {"version": 4}, now=now).id)
        draft = database.write(
            lambda session: (
                start_draft(
                    session, document=document, unit_path="", scopes=("",), account_id=two[0], now=now
                ).id
            )
        )
        assert (_now(database, draft).version, _now(database, draft).document["version"]) == (5, 5)

    def test_leaves_the_numbers_of_what_ships_alone(
        self, database: Database, document: dict[str, Any], two: tuple[int, int], now: datetime
    ) -> None:
        document["instrument"] = "sipas_2022"
        draft = database.write(
            lambda session: (
                start_draft(
                    session, document=document, unit_path="", scopes=("",), account_id=two[0], now=now
                ).id
            )
        )
        assert _now(database, draft).version == 2

    @pytest.mark.parametrize(
        ("name", "scopes"), [("sample", ("04",)), ("drafts", ("",)), ("previews", ("",))]
    )
    def test_refuses_names_of_others_and_of_the_pages(
        self,
        database: Database,
        document: dict[str, Any],
        two: tuple[int, int],
        now: datetime,
        name: str,
        scopes: tuple[str, ...],
    ) -> None:
        database.write(lambda session: publish(session, document=document, now=now, unit_path="01").id)
        with pytest.raises(UnableToDraft, match="tên mã khác"):
            database.write(
                lambda session: start_draft(
                    session,
                    document=document | {"instrument": name},
                    unit_path="04",
                    scopes=scopes,
                    account_id=two[0],
                    now=now,
                )
            )

    def test_refuses_what_no_file_could_hold(
        self, database: Database, document: dict[str, Any], two: tuple[int, int], now: datetime
    ) -> None:
        document["purpose"]["vi"] = "dài " * 150_000
        with pytest.raises(DraftTooLarge, match="512 KB"):
            database.write(
                lambda session: start_draft(
                    session, document=document, unit_path="", scopes=("",), account_id=two[0], now=now
                )
            )


class TestSavePart:
    """Two people on one draft."""

    def _save(
        self, database: Database, view: DraftView, part: str, content: Any, who: int, now: datetime
    ) -> None:
        seen = digest(part_of(view.document, part))
        database.write(
            lambda session: save_part(
                session, draft_id=view.id, part=part, content=content, seen=seen, account_id=who, now=now
            )
        )

    def test_merges_changes_of_different_parts(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        seen_by_both = _now(database, draft_id)
        for who, part, words in zip(two, ("question:speed", "section:first"), ("Một", "Hai"), strict=True):
            self._save(database, seen_by_both, part, _reworded(seen_by_both, part, words), who, now)
        after = _now(database, draft_id)
        assert part_of(after.document, "question:speed")["text"]["vi"] == "Một"
        assert part_of(after.document, "section:first")["title"]["vi"] == "Hai"
        assert after.revision == 3

    def test_stores_nothing_of_the_second_on_the_same_part(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        both = _now(database, draft_id)
        self._save(database, both, "question:speed", _reworded(both, "question:speed", "Một"), two[0], now)
        with pytest.raises(EditedMeanwhile) as conflict:
            self._save(
                database, both, "question:speed", _reworded(both, "question:speed", "Hai"), two[1], now
            )
        assert conflict.value.theirs["text"]["vi"] == "Một"
        assert conflict.value.by == two[0]
        assert part_of(_now(database, draft_id).document, "question:speed")["text"]["vi"] == "Một"

    def test_agrees_with_who_writes_the_same(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        both = _now(database, draft_id)
        for who in two:
            self._save(database, both, "question:speed", _reworded(both, "question:speed", "Một"), who, now)
        assert _now(database, draft_id).revision == 2

    def test_says_that_the_part_was_removed(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        both = _now(database, draft_id)
        database.write(
            lambda session: change_draft(
                session,
                draft_id=draft_id,
                change="removed:speed",
                edit=lambda document: without_question(document, "speed"),
                account_id=two[0],
                now=now,
            )
        )
        with pytest.raises(EditedMeanwhile) as conflict:
            self._save(
                database, both, "question:speed", _reworded(both, "question:speed", "Hai"), two[1], now
            )
        assert conflict.value.theirs is None

    def test_counts_one_sitting_as_one_step(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        for minute, words in ((0, "a"), (1, "b"), (2, "c"), (30, "d")):
            view = _now(database, draft_id)
            self._save(
                database,
                view,
                "question:speed",
                _reworded(view, "question:speed", words),
                two[0],
                now + timedelta(minutes=minute),
            )
        with database.read() as session:
            assert [one.revision for one in earlier_revisions(session, draft_id)] == [4, 1]


class TestRestoreRevision:
    """Undo."""

    def _remove(self, database: Database, draft_id: int, item: str, who: int, now: datetime) -> None:
        database.write(
            lambda session: change_draft(
                session,
                draft_id=draft_id,
                change=f"removed:{item}",
                edit=lambda document: without_question(document, item),
                account_id=who,
                now=now,
            )
        )

    def test_brings_back_a_question_with_its_criterion_and_conditions(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        before = _now(database, draft_id)
        self._remove(database, draft_id, "quality", two[0], now)
        removed = _now(database, draft_id)
        assert "quality" not in json.dumps(removed.document)
        database.write(
            lambda session: restore_revision(
                session, draft_id=draft_id, revision=1, over=2, account_id=two[0], now=now
            )
        )
        assert _now(database, draft_id).document == before.document

    def test_refuses_to_undo_over_somebody_elses_change(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        self._remove(database, draft_id, "speed", two[0], now)
        self._remove(database, draft_id, "visits", two[1], now)
        with pytest.raises(UnableToUndo, match="sửa tiếp"):
            database.write(
                lambda session: restore_revision(
                    session, draft_id=draft_id, revision=1, over=2, account_id=two[0], now=now
                )
            )

    def test_keeps_the_last_steps_only(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        for number in range(KEPT_REVISIONS + 5):
            view = _now(database, draft_id)
            document = view.document | {"seconds": 100 + number}
            database.write(
                lambda session, document=document, revision=view.revision: replace_document(
                    session,
                    draft_id=draft_id,
                    document=document,
                    revision=revision,
                    account_id=two[0],
                    now=now,
                )
            )
        with database.read() as session:
            assert len(earlier_revisions(session, draft_id)) == KEPT_REVISIONS


class TestReplaceDocument:
    """The whole file."""

    def test_keeps_name_and_number(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        document = _now(database, draft_id).document | {"instrument": "other", "version": 9, "seconds": 99}
        database.write(
            lambda session: replace_document(
                session, draft_id=draft_id, document=document, revision=1, account_id=two[0], now=now
            )
        )
        after = _now(database, draft_id)
        assert (after.document["instrument"], after.document["version"]) == ("sample", 1)
        assert after.document["seconds"] == 99

    def test_refuses_to_write_over_what_was_not_seen(
        self, database: Database, draft_id: int, two: tuple[int, int], now: datetime
    ) -> None:
        view = _now(database, draft_id)
        database.write(
            lambda session: replace_document(
                session,
                draft_id=draft_id,
                document=view.document | {"seconds": 77},
                revision=1,
                account_id=two[0],
                now=now,
            )
        )
        with pytest.raises(EditedMeanwhile) as conflict:
            database.write(
                lambda session: replace_document(
                    session, draft_id=draft_id, document=view.document, revision=1, account_id=two[1], now=now
                )
            )
        assert conflict.value.theirs["seconds"] == 77


class TestPublishDraft:
    """Frozen in one transaction."""

    def test_hands_the_version_to_the_drafts_unit(
        self, database: Database, document: dict[str, Any], two: tuple[int, int], now: datetime
    ) -> None:
        def start_and_publish(session: Any) -> int:
            draft = start_draft(
                session, document=document, unit_path="04", scopes=("04",), account_id=two[0], now=now
            )
            row = publish_draft(session, draft_id=draft.id, revision=1, scopes=("04",), now=now)
            assert session.get(QuestionnaireDraft, draft.id) is None
            return row.id

        version = database.write(start_and_publish)
        with database.read() as session:
            assert owner_of(session, "sample") == "04"
            assert [one.id for one in listed(session)] == [version]

    def test_leaves_the_draft_when_it_is_not_what_was_looked_at(
        self, database: Database, draft_id: int, now: datetime
    ) -> None:
        with pytest.raises(EditedMeanwhile):
            database.write(
                lambda session: publish_draft(session, draft_id=draft_id, revision=9, scopes=("",), now=now)
            )
        with database.read() as session:
            assert session.query(QuestionnaireVersion).count() == 0
        assert _now(database, draft_id).revision == 1

    def test_knows_only_drafts_that_are_there(self, database: Database, draft_id: int) -> None:
        database.write(lambda session: discard_draft(session, draft_id=draft_id))
        with pytest.raises(UnknownDraft):
            database.write(lambda session: discard_draft(session, draft_id=draft_id))


@pytest.fixture
def manager(staff_client: Open) -> StaffClient:
    """A survey manager of everything."""
    return staff_client(Role.SURVEY_MANAGER)


@pytest.fixture
def colleague(staff_client: Open) -> StaffClient:
    """Another survey manager."""
    return staff_client(Role.SURVEY_MANAGER)


@pytest.fixture
def base(app: Flask, manager: StaffClient, document: dict[str, Any], now: datetime) -> str:
    """The address of a draft of the sample."""
    database: Database = app.extensions["survey_app.database"]
    draft = database.write(
        lambda session: (
            start_draft(
                session,
                document=document,
                unit_path="",
                scopes=("",),
                account_id=manager.account_id,
                now=now,
            ).id
        )
    )
    return f"/questionnaires/drafts/{draft}"


def _fields(who: StaffClient, address: str) -> dict[str, Any]:
    """The fields of the form at `address`, as a browser would send them back."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, str] = {}
            self.area = self.select = ""

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            one = dict(attrs)
            if tag == "input" and one.get("type") not in ("checkbox", "submit") and one.get("name"):
                self.found[one["name"]] = one.get("value", "")
            elif tag == "input" and "checked" in one:
                self.found[one["name"]] = one.get("value", "y")
            elif tag == "textarea":
                self.area = one["name"]
                self.found[self.area] = ""
            elif tag == "select":
                self.select = one["name"]
            elif tag == "option" and "selected" in one:
                self.found[self.select] = one["value"]

        def handle_endtag(self, tag: str) -> None:
            self.area = "" if tag == "textarea" else self.area

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data.removeprefix("\r\n").removeprefix("\n")

    parser = Fields()
    parser.feed(who.get(address).text)
    parser.found.pop("csrf_token", None)
    return parser.found


PARTS = (
    "general",
    "recipe",
    "section:first",
    "scale:SAT5",
    "scale:CHANNEL",
    "question:used",
    "question:quality",
    "question:channel",
    "question:reasons",
    "question:fast_how",
    "question:visits",
    "question:visited_on",
    "question:comment",
)


class TestEditor:
    """The forms of the parts."""

    @pytest.mark.parametrize("part", PARTS)
    def test_changes_nothing_when_sent_back_as_it_came(
        self, manager: StaffClient, base: str, document: dict[str, Any], part: str, app: Flask
    ) -> None:
        answer = manager.post(f"{base}/parts/{part}", _fields(manager, f"{base}/parts/{part}"))
        assert answer.status_code == 303
        after = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        assert after.document == document
        assert after.revision == 1

    def test_saves_words_answers_and_switches(self, manager: StaffClient, base: str, app: Flask) -> None:
        address = f"{base}/parts/question:reasons"
        fields = _fields(manager, address) | {
            "text_vi": "  Vì sao?\r\n(chọn nhiều) ",
            "option_2_vi": "",
            "option_2_en": "",
            "option_4_vi": "Rẻ",
            "required": "y",
        }
        assert manager.post(address, fields).status_code == 303
        view = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        question = part_of(view.document, "question:reasons")
        assert question["text"]["vi"] == "Vì sao?\n(chọn nhiều)"
        assert [option["code"] for option in question["options"]] == [1, 3, 4]
        assert question["required"] is True

    @pytest.mark.parametrize(
        ("part", "fields", "words"),
        [
            ("question:speed", {"text_vi": ""}, "Xin điền mục này"),
            ("question:speed", {"text_vi": "a" * 200_000}, "không quá 2000 ký tự"),
            ("question:speed", {"text_vi": "a\ue000"}, "vùng dùng riêng"),
            ("question:speed", {"scale": "NOTHING"}, "Xin chọn trong danh sách"),
            ("question:visits", {"minimum": "abc"}, "Xin ghi một số nguyên"),
            ("general", {"seconds": "1"}, "từ 5 đến 7200"),
            ("general", {"offered": "en"}, "trong đó có vi"),
            ("scale:CHANNEL", {"option_1_vi": "", "option_1_en": ""}, "ít nhất 2 phần tử"),
        ],
    )
    def test_gives_what_was_typed_back_with_what_is_wrong(
        self, manager: StaffClient, base: str, part: str, fields: dict[str, str], words: str
    ) -> None:
        address = f"{base}/parts/{part}"
        answer = manager.post(address, _fields(manager, address) | fields)
        assert answer.status_code == 422
        assert words in answer.text
        name, typed = next(iter(fields.items()))
        assert not typed or name == "scale" or typed in answer.text

    def test_answers_the_script_with_advice(self, manager: StaffClient, base: str) -> None:
        address = f"{base}/parts/question:speed"
        fields = _fields(manager, address) | {"text_vi": "Nhanh và lịch sự không?"}
        answer = manager.post(address, fields, headers={"Accept": "application/json"})
        assert answer.json["seen"] != fields["seen"]
        assert answer.json["saved"].startswith("Đã lưu lúc")
        again = manager.post(
            address,
            fields | {"seen": answer.json["seen"], "text_vi": ""},
            headers={"Accept": "application/json"},
        )
        assert again.status_code == 422
        assert again.json["errors"]

    def test_shows_both_wordings_when_two_people_change_one_question(
        self, manager: StaffClient, colleague: StaffClient, base: str, app: Flask
    ) -> None:
        address = f"{base}/parts/question:speed"
        mine, theirs = _fields(manager, address), _fields(colleague, address)
        colleague.post(address, theirs | {"text_vi": "Bản của họ"})
        answer = manager.post(address, mine | {"text_vi": "Bản của tôi <i>"})
        assert answer.status_code == 409
        assert "Bản của họ" in answer.text
        assert "Bản của tôi &lt;i&gt;" in answer.text
        assert 'name="text_vi" value="Bản của tôi &lt;i&gt;"' in answer.text
        seen = answer.text.split('name="seen" value="')[1].split('"')[0]
        manager.post(address, mine | {"text_vi": "Bản của tôi <i>", "seen": seen})
        view = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        assert part_of(view.document, "question:speed")["text"]["vi"] == "Bản của tôi <i>"

    def test_gives_the_words_back_when_the_question_is_gone(
        self, manager: StaffClient, colleague: StaffClient, base: str
    ) -> None:
        address = f"{base}/parts/question:speed"
        mine = _fields(manager, address)
        colleague.post(f"{base}/steps", {"step": "remove question:speed"})
        answer = manager.post(address, mine | {"text_vi": "Công sức của tôi"})
        assert answer.status_code == 409
        assert "Công sức của tôi" in answer.text
        assert manager.get(address).status_code == 404

    def test_takes_a_language_away_with_its_words(self, manager: StaffClient, base: str, app: Flask) -> None:
        address = f"{base}/parts/general"
        manager.post(address, _fields(manager, address) | {"offered": "vi"})
        view = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        assert "Quality" not in view.text
        assert "0 chỗ" not in manager.get(base).text
        assert "công bố được" in manager.get(base).text

    def test_moves_a_question_into_another_content_of_the_index(
        self, manager: StaffClient, base: str, app: Flask
    ) -> None:
        address = f"{base}/parts/recipe"
        fields = _fields(manager, address) | {"group:quality": "TIME", "aggregation": "mean_of_contents"}
        assert manager.post(address, fields).status_code == 303
        view = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        (content,) = view.document["recipe"]["contents"]
        assert [one["item"] for one in content["criteria"]] == ["speed", "quality"]
        assert content["criteria"][1]["label"]["vi"] == "Chất lượng phục vụ"


class TestSteps:
    """Add, move, remove, undo."""

    @pytest.mark.parametrize("kind", ["scale", "single", "multiple", "rows", "number", "long_text", "date"])
    def test_adds_a_question_of_each_type(
        self, manager: StaffClient, base: str, kind: str, app: Flask
    ) -> None:
        address = f"{base}/questions/new?section=second&type={kind}"
        answers = {"option_1_vi": "Có", "option_2_vi": "Không", "row:q1.1:_vi": "Dòng một"}
        fields = _fields(manager, address) | {"text_vi": "Câu mới"}
        fields |= {name: words for name, words in answers.items() if name in fields}
        answer = manager.post(address, fields)
        assert answer.status_code == 303
        view = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        assert part_of(view.document, "question:q1")["type"] == kind
        assert "Câu mới" in manager.get(base).text

    def test_refuses_an_id_that_is_taken(self, manager: StaffClient, base: str) -> None:
        address = f"{base}/questions/new?section=second&type=date"
        answer = manager.post(address, {"text_vi": "Ngày", "id": "speed"})
        assert answer.status_code == 422
        assert "“speed” đã có" in answer.text

    def test_asks_for_the_type_first(self, manager: StaffClient, base: str) -> None:
        assert "Thang năm mức" in manager.get(f"{base}/questions/new?section=second").text
        assert manager.get(f"{base}/questions/new?section=none").status_code == 404

    def test_moves_a_question_and_says_where_it_is(self, manager: StaffClient, base: str, app: Flask) -> None:
        answer = manager.post(f"{base}/steps", {"step": "up question:speed"})
        assert answer.headers["Location"] == f"{base}?at=speed#question:speed"
        view = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        assert [one["id"] for one in view.document["sections"][0]["questions"]][:3] == [
            "used",
            "speed",
            "quality",
        ]

    def test_undoes_a_removal_with_one_button(
        self, manager: StaffClient, base: str, app: Flask, document: dict[str, Any]
    ) -> None:
        manager.post(f"{base}/steps", {"step": "remove question:quality"})
        page = manager.get(base).text
        assert "Xóa câu quality" in page
        over = page.split('name="over" value="')[1].split('"')[0]
        revision = page.split('name="revision" value="')[1].split('"')[0]
        manager.post(f"{base}/undo", {"over": over, "revision": revision})
        view = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        assert view.document == document

    def test_keeps_at_least_one_section(self, manager: StaffClient, base: str) -> None:
        manager.post(f"{base}/steps", {"step": "remove section:first"})
        manager.post(f"{base}/steps", {"step": "remove section:second"})
        page = manager.get(base).text
        assert "ít nhất một phần" in page
        assert "Phần hai" in page

    def test_adds_a_section(self, manager: StaffClient, base: str) -> None:
        manager.post(f"{base}/steps", {"step": "add section"})
        assert "Phần mới" in manager.get(base).text

    @pytest.mark.parametrize("step", ["", "up", "fly question:speed", "up planet:mars"])
    def test_knows_no_other_steps(self, manager: StaffClient, base: str, step: str) -> None:
        assert manager.post(f"{base}/steps", {"step": step}).status_code == 400

    def test_throws_a_draft_away_after_asking(self, manager: StaffClient, base: str) -> None:
        assert "không lấy lại được" in manager.get(f"{base}/discard").text
        assert manager.post(f"{base}/discard").status_code == 303
        assert manager.get(base).status_code == 404


class TestWholeFile:
    """/yaml"""

    def test_changes_nothing_when_sent_back_as_it_came(
        self, manager: StaffClient, base: str, app: Flask, document: dict[str, Any]
    ) -> None:
        fields = _fields(manager, f"{base}/yaml")
        assert manager.post(f"{base}/yaml", fields).status_code == 303
        view = _now(app.extensions["survey_app.database"], int(base.rsplit("/", 1)[1]))
        assert view.document == document

    def test_names_the_line_and_keeps_the_text(self, manager: StaffClient, base: str) -> None:
        fields = _fields(manager, f"{base}/yaml")
        fields["text"] = fields["text"].replace("seconds: 60", "seconds: nhiều")
        answer = manager.post(f"{base}/yaml", fields)
        assert answer.status_code == 422
        assert "Dòng 4:" in answer.text
        assert "seconds: nhiều" in answer.text

    def test_shows_both_files_when_somebody_was_quicker(
        self, manager: StaffClient, colleague: StaffClient, base: str
    ) -> None:
        fields = _fields(manager, f"{base}/yaml")
        colleague.post(f"{base}/steps", {"step": "remove question:speed"})
        fields["text"] = fields["text"].replace("seconds: 60", "seconds: 61")
        answer = manager.post(f"{base}/yaml", fields)
        assert answer.status_code == 409
        assert "seconds: 61" in answer.text
        assert "seconds: 60" in answer.text
