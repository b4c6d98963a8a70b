"""What comes several times at the same moment: a form opens one case, and guesses are counted one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from survey_app.feedback.operations.pins import WRONG_A_DAY, PinIsShut, try_pin
from survey_app.foundation.clock import now
from tests.feedback.citizen.conftest import KEY, PETITION, Citizen, code_and_pin


def test_equal_forms_at_the_same_moment_open_one_case(app: Flask, citizen: Citizen) -> None:
    form = PETITION | {"paper": citizen.paper()}

    def send(_number: int) -> tuple[str, str]:
        http = app.test_client(use_cookies=False)
        return code_and_pin(http.post("/feedback", data=form, content_type="multipart/form-data"))

    with ThreadPoolExecutor(4) as threads:
        shown = set(threads.map(send, range(8)))
    assert len(shown) == 1
    assert len(citizen.cases()) == 1


def test_guesses_at_the_same_moment_are_counted_one_by_one(citizen: Citizen) -> None:
    _code, pin = citizen.sent()
    case = citizen.cases()[0]
    wrong = next(one for one in ("111111", "222222") if one != pin)

    def guess(_number: int) -> bool:
        try:
            return citizen.database.write(
                lambda session: try_pin(
                    session, code=case.code, pin=wrong, digest=case.pin_digest, key=KEY, now=now()
                )
            )
        except PinIsShut:
            return True

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(guess, range(30))).count(False) == WRONG_A_DAY
