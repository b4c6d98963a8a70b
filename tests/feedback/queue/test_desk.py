"""The page /desk as an officer's browser sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.states import State
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.offices.models import Unit
from survey_app.offices.rules import UnitKind
from survey_app.staff.rules.permissions import Role
from tests.feedback.queue.cases import COMMUNE, store
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Clients = Callable[..., StaffClient]


@pytest.fixture(autouse=True)
def commune(database: Database) -> None:
    """A province, one of its communes and the neighbour."""
    names = (("04", "Tỉnh Cao Bằng"), ("04/01273", "Phường Thục Phán"), ("04/01288", "Phường Tân Giang"))

    def add(session: Session) -> None:
        for path, name in names:
            session.add(
                Unit(
                    code=path.split("/")[-1],
                    kind=UnitKind.COMMUNE if "/" in path else UnitKind.PROVINCE,
                    type=name.split()[0],
                    name=name,
                    path=path,
                    search_name=name.lower(),
                    valid_from=now().date(),
                )
            )

    database.write(add)


@pytest.fixture
def case(database: Database) -> Case:
    """A case of the commune that nobody has yet."""
    return store(
        database, now=now(), due_at=now() - timedelta(days=30), summary="Đèn hỏng", text="<b>kín</b>"
    )


class TestList:
    """GET /desk."""

    def test_shows_a_case_with_its_time_in_words(self, staff_client: Clients, case: Case) -> None:
        page = staff_client((Role.ROUTING_OFFICER, COMMUNE)).get("/desk").text

        assert all(
            words in page for words in (spoken(case.code), "Phường Thục Phán", "Quá hạn", "ngày", "Đèn hỏng")
        )
        assert "kín" not in page

    def test_is_not_for_who_has_no_desk(self, staff_client: Clients, case: Case) -> None:
        answer = staff_client(Role.ADMINISTRATOR).get("/desk")

        assert (answer.status_code, case.code in answer.text) == (403, False)

    def test_hides_other_units(self, staff_client: Clients, case: Case) -> None:
        client = staff_client((Role.LEADER, "04/01288"))

        assert all(
            case.code not in client.get(f"/desk{query}").text for query in ("", "?view=all&unit=01273")
        )

    def test_finds_by_words_in_any_view(self, staff_client: Clients, database: Database) -> None:
        case = store(database, now=now(), state=State.CLOSED, text="Cống tắc")
        client = staff_client((Role.LEADER, "04"))

        assert case.code in client.get("/desk?view=all&q=cong+tac").text
        assert "Tìm trong tất cả" in client.get("/desk?q=cong+tac").text

    @pytest.mark.parametrize(
        "query",
        [
            "after=x",
            "after=-1",
            "size=9999",
            "view=x&state=y",
            "q=%00%22",
            "unit=%22",
            "handler=999999999999999",
        ],
    )
    def test_stands_any_query(self, staff_client: Clients, case: Case, query: str) -> None:
        assert staff_client(Role.LEADER).get(f"/desk?{query}").status_code == 200

    def test_goes_on_behind_the_last_case_of_a_page(self, staff_client: Clients, database: Database) -> None:
        for _number in range(51):
            store(database, now=now())
        client = staff_client(Role.LEADER)
        first = client.get("/desk").text
        following = re.search(r'href="(/desk\?after=[^"]+)" rel="next"', first)

        assert following is not None
        second = client.get(following[1]).text
        shown = [re.findall(r'<tr data-code="(\w+)"', page) for page in (first, second)]
        assert [len(one) for one in shown] == [50, 1]
        assert len({code for page in shown for code in page}) == 51


class TestGiving:
    """From the list to an officer and back."""

    @pytest.fixture
    def router(self, staff_client: Clients) -> StaffClient:
        return staff_client((Role.ROUTING_OFFICER, COMMUNE))

    @pytest.fixture
    def handler(self, staff_client: Clients) -> int:
        return staff_client((Role.UNIT_HANDLER, COMMUNE)).account_id

    def _handler_of(self, app: Flask, case: Case) -> int | None:
        database: Database = app.extensions["survey_app.database"]
        with database.read() as session:
            return session.get_one(Case, case.id).handler_id

    def test_takes_two_clicks(self, app: Flask, router: StaffClient, handler: int, case: Case) -> None:
        link = re.search(r'href="(/desk/assign\?case=[^"]+)"', router.get("/desk").text)
        assert link is not None
        page = router.get(link[1].replace("&amp;", "&")).text

        assert f'name="handler" value="{handler}"' in page
        answer = router.post("/desk/assign", {"case": case.code, "handler": str(handler)})
        assert (answer.status_code, answer.location) == (303, "/desk")
        assert self._handler_of(app, case) == handler

    def test_can_be_undone_from_the_list(
        self, app: Flask, router: StaffClient, handler: int, case: Case
    ) -> None:
        router.post("/desk/assign", {"case": case.code, "handler": str(handler)})
        undo = re.search(r'action="(/desk/assign/\d+/undo)"', router.get("/desk").text)
        assert undo is not None

        assert router.post(undo[1]).status_code == 303
        assert self._handler_of(app, case) is None
        assert "/undo" not in router.get("/desk").text

    def test_offers_only_who_may_handle_all_of_them(
        self, router: StaffClient, staff_client: Clients, database: Database, case: Case
    ) -> None:
        outsider = staff_client((Role.UNIT_HANDLER, "04/01288")).account_id
        clerk = staff_client((Role.INTAKE_CLERK, COMMUNE)).account_id
        page = router.get(f"/desk/assign?case={case.code}").text

        offered = {int(one) for one in re.findall(r'name="handler" value="(\d+)"', page)}
        assert router.account_id in offered
        assert not offered & {outsider, clerk}

    @pytest.mark.parametrize("handler", ["", "x", "0", "9" * 30])
    def test_refuses_who_is_nobody(self, router: StaffClient, case: Case, handler: str) -> None:
        assert router.post("/desk/assign", {"case": case.code, "handler": handler}).status_code == 404

    def test_does_not_reach_into_another_unit(
        self, app: Flask, staff_client: Clients, handler: int, case: Case
    ) -> None:
        stranger = staff_client((Role.ROUTING_OFFICER, "04/01288"))
        answer = stranger.post("/desk/assign", {"case": case.code, "handler": str(handler)})

        assert answer.status_code == 404
        assert self._handler_of(app, case) is None

    def test_needs_something_chosen(self, router: StaffClient, case: Case) -> None:
        assert router.get("/desk/assign").status_code == 303
        assert router.get("/desk/assign?" + "case=X&" * 201).status_code == 303

    def test_leads_back_to_the_list_and_nowhere_else(
        self, router: StaffClient, handler: int, case: Case
    ) -> None:
        back = "view=overdue&next=//evil.example"
        answer = router.post("/desk/assign", {"case": case.code, "handler": str(handler), "back": back})

        assert answer.location == "/desk?view=overdue"


class TestSavedViews:
    """Searches kept under a name."""

    def test_stand_beside_the_views_of_everybody_for_their_owner(self, staff_client: Clients) -> None:
        owner, other = staff_client(Role.LEADER), staff_client(Role.LEADER)
        answer = owner.post("/desk/views", {"name": "Đất đai quá hạn", "query": "q=dat&overdue=1&evil=1"})

        assert answer.location == "/desk?q=dat&overdue=1"
        assert "★ Đất đai quá hạn" in owner.get("/desk").text
        assert "★" not in other.get("/desk").text

    def test_are_deleted_by_their_owner_only(self, staff_client: Clients) -> None:
        owner, other = staff_client(Role.LEADER), staff_client(Role.LEADER)
        owner.post("/desk/views", {"name": "Một", "query": "q=1"})
        forget = re.search(r'action="(/desk/views/\d+/forget)"', owner.get("/desk").text)
        assert forget is not None

        other.post(forget[1])
        assert "★ Một" in owner.get("/desk").text
        owner.post(forget[1])
        assert "★ Một" not in owner.get("/desk").text

    @pytest.mark.parametrize("name", ["", "x" * 61, "a\x07b"])
    def test_need_a_name(self, staff_client: Clients, name: str) -> None:
        client = staff_client(Role.LEADER)
        client.post("/desk/views", {"name": name, "query": "q=1"})

        assert "Xin đặt tên" in client.get("/desk").text

    def test_are_thirty_at_most_and_a_name_is_used_once(self, staff_client: Clients) -> None:
        client = staff_client(Role.LEADER)
        for number in [*range(31), 0]:
            client.post("/desk/views", {"name": f"Số {number}", "query": f"q={number}"})

        assert client.get("/desk").text.count("★") == 2 * 30
