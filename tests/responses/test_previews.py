"""Previews of published versions and drafts."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from flask import Flask

from survey_app.foundation.clock import now
from survey_app.questionnaires.models import QuestionnaireDraft
from survey_app.questionnaires.operations import publish
from survey_app.staff.operations import add_account
from survey_app.staff.rules.permissions import Role
from tests.responses.conftest import DOCUMENT
from tests.web.inline import forbidden_in, hash_of, inline_parts

ADDRESS = "/questionnaires/previews/every_kind/1"


@pytest.fixture
def published(app: Flask) -> None:
    """The version every_kind@1."""
    app.extensions["survey_app.database"].write(
        lambda session: publish(session, document=DOCUMENT, now=now())
    )


def keep_draft(app: Flask, document: dict[str, Any], unit_path: str = "04") -> int:
    """Store a draft and return its number."""

    def store(session: Any) -> int:
        author = add_account(session, email="author@example.vn", name="Người soạn", now=now())
        draft = QuestionnaireDraft(
            instrument="every_kind",
            version=2,
            unit_path=unit_path,
            title="Bản nháp",
            document=json.dumps(document),
            revision=1,
            change="general",
            created_at=now(),
            created_by=author.id,
            updated_at=now(),
            updated_by=author.id,
        )
        session.add(draft)
        session.flush()
        return draft.id

    return app.extensions["survey_app.database"].write(store)


@pytest.mark.usefixtures("published")
class TestPublished:
    def test_offers_widths_and_languages_around_the_form(self, staff_client):
        page = staff_client(Role.LEADER).get(ADDRESS).text
        assert f'<iframe class="phone" src="{ADDRESS}?width=phone&amp;lang=vi"' in page
        assert "view=kiosk&amp;in=vi" in page

    @pytest.mark.parametrize("width", ["phone", "kiosk", "paper"])
    def test_is_marked_on_every_width(self, staff_client, width: str):
        answer = staff_client(Role.LEADER).get(f"{ADDRESS}?width={width}")
        assert answer.status_code == 200
        assert "<strong>XEM THỬ</strong>" in answer.text or "XEM THỬ – không gửi được" in answer.text

    def test_shows_the_citizens_form_and_sends_nothing(self, staff_client):
        page = staff_client(Role.LEADER).get(f"{ADDRESS}?width=phone").text
        assert "<h1>Hài lòng chung?</h1>" in page
        assert 'method="post"' not in page
        assert all(
            "disabled" in one
            for one in re.findall(r'<button name="send"[^>]*>|<button[^>]*id="send"[^>]*>', page)
        )
        assert 'name="form_token"' not in page

    @pytest.mark.parametrize("width", ["phone", "kiosk", "paper"])
    def test_shows_the_language_asked_for(self, staff_client, width: str):
        page = staff_client(Role.LEADER).get(f"{ADDRESS}?width={width}&lang=en").text
        assert '<html lang="en"' in page
        assert "Satisfied overall?" in page

    def test_leaves_the_persons_own_language_alone(self, staff_client):
        staff = staff_client(Role.LEADER)
        staff.get("/staff?lang=vi&size=l")
        staff.get(f"{ADDRESS}?width=phone&lang=en")
        assert '<html lang="vi" data-theme="light" class="size-l' in staff.get(ADDRESS).text

    def test_changes_the_persons_language_on_the_page_around_the_form(self, staff_client):
        staff = staff_client(Role.LEADER)
        assert '<html lang="en"' in staff.get(f"{ADDRESS}?lang=en&size=m&contrast=normal").text
        assert '<html lang="en"' in staff.get(ADDRESS).text

    def test_chooses_language_by_links_that_stay_in_the_preview(self, staff_client):
        page = staff_client(Role.LEADER).get(f"{ADDRESS}?width=phone&lang=vi").text
        assert f'href="{ADDRESS}?width=phone&amp;lang=en"' in page
        assert 'name="show"' not in page

    @pytest.mark.parametrize("width", ["phone", "kiosk", "paper"])
    def test_may_be_framed_by_our_pages_and_runs_under_their_policy(self, staff_client, width: str):
        answer = staff_client(Role.LEADER).get(f"{ADDRESS}?width={width}")
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert forbidden_in(answer.text) == []
        assert [one for one in inline_parts(answer.text) if hash_of(one) not in policy] == []

    def test_prints_boxes_numbers_and_conditions_on_paper(self, staff_client):
        page = staff_client(Role.LEADER).get(f"{ADDRESS}?width=paper").text
        assert "Chỉ trả lời nếu câu 1" in page
        assert "“Rất không hài lòng”, “Không hài lòng”" in page
        assert page.count('class="box"') == 5 + 1 + 2 * 2 + 3 + 3

    def test_asks_one_question_a_screen_on_a_kiosk(self, staff_client):
        page = staff_client(Role.LEADER).get(f"{ADDRESS}?width=kiosk").text
        assert page.count('<section class="screen">') == 9

    def test_an_unknown_version_answers_404(self, staff_client):
        staff = staff_client(Role.LEADER)
        assert staff.get("/questionnaires/previews/every_kind/9").status_code == 404
        assert staff.get("/questionnaires/previews/nothing/1").status_code == 404

    def test_refuses_a_role_that_may_not_see_questionnaires(self, staff_client):
        assert staff_client(Role.INTERVIEWER).get(ADDRESS).status_code == 403


class TestDrafts:
    def test_shows_a_draft_with_words_missing(self, app: Flask, staff_client):
        document = copy.deepcopy(DOCUMENT)
        del document["sections"][0]["questions"][0]["text"]["en"]
        number = keep_draft(app, document)
        answer = staff_client((Role.LEADER, "04")).get(
            f"/questionnaires/previews/drafts/{number}?width=phone&lang=en"
        )
        assert answer.status_code == 200
        assert "Hài lòng chung?" in answer.text

    def test_names_the_questions_that_cannot_be_shown(self, app: Flask, staff_client):
        document = copy.deepcopy(DOCUMENT)
        document["sections"][0]["questions"][0]["scale"] = "NONE"
        number = keep_draft(app, document)
        answer = staff_client(Role.LEADER).get(f"/questionnaires/previews/drafts/{number}?width=phone")
        assert answer.status_code == 422
        assert '<span class="code">overall</span>' in answer.text

    def test_is_not_there_for_people_of_another_unit(self, app: Flask, staff_client):
        number = keep_draft(app, DOCUMENT)
        address = f"/questionnaires/previews/drafts/{number}"
        assert staff_client((Role.LEADER, "01")).get(address).status_code == 404
        assert staff_client((Role.LEADER, "04")).get(address).status_code == 200

    def test_escapes_what_somebody_wrote(self, app: Flask, staff_client):
        document = copy.deepcopy(DOCUMENT)
        document["sections"][0]["questions"][0]["text"] = {"vi": "<script>alert(1)</script>", "en": "x"}
        number = keep_draft(app, document)
        for width in ("phone", "kiosk", "paper"):
            page = (
                staff_client(Role.LEADER).get(f"/questionnaires/previews/drafts/{number}?width={width}").text
            )
            assert "<script>alert" not in page
