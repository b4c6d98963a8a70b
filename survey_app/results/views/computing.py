"""Computes an index beside the request that asked for it: small campaigns are ready at once, large ones later."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from flask import Flask, current_app

from survey_app.campaigns.queries import CampaignView
from survey_app.foundation import clock
from survey_app.foundation.database import read, write
from survey_app.foundation.errors import Refused, new_reference
from survey_app.foundation.languages import current_language, use_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.log import logger
from survey_app.questionnaires.rules import ScoreMethod
from survey_app.results.operations import finish_request, store_run
from survey_app.results.rules.lonely import LonelyRule

WAIT_SECONDS = 4.0
"""So long the page waits; most campaigns are computed by then."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks to compute (`queries.figures.Choices`, which would load the numerical libraries)."""

    score: ScoreMethod | None = None
    weights: str | None = None
    lonely_psu: LonelyRule = "fail"


def compute_beside(campaign: CampaignView, *, asked: Asked, request_id: int, by: int) -> bool:
    """Start the computation and say whether it ended, well or badly, while the page could wait."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    arguments = (app, current_language(), campaign, asked, request_id, by)
    worker = threading.Thread(target=_compute, args=arguments, name=f"run-{request_id}", daemon=True)
    worker.start()
    worker.join(WAIT_SECONDS)
    return not worker.is_alive()


def _compute(
    app: Flask, language: str, campaign: CampaignView, asked: Asked, request_id: int, by: int
) -> None:
    with app.app_context(), use_language(language):
        run_id, failure = None, None
        try:
            run_id = _run(campaign, asked, by)
        except Refused as error:
            failure = str(error)
        except Exception as error:  # noqa: BLE001  (a thread has nobody else to tell)
            reference = new_reference()
            logger.error("index not computed", reference=reference, campaign=campaign.code, exc_info=error)
            failure = _("Hệ thống gặp lỗi khi tính. Mã tham chiếu: %(reference)s", reference=reference)
        ended = clock.now()
        write(
            lambda session: finish_request(
                session, request_id=request_id, now=ended, run_id=run_id, failure=failure
            )
        )


def _run(campaign: CampaignView, asked: Asked, by: int) -> str:
    # Numerical libraries take two seconds to load, which no other page should pay.
    from survey_app.results.queries.figures import Choices, compute  # noqa: PLC0415

    key = current_app.config["SETTINGS"].secret_key
    with read() as session:
        choices = Choices(score=asked.score, weights=asked.weights, lonely_psu=asked.lonely_psu)
        computation = compute(session, campaign=campaign, choices=choices, key=key)
    now = clock.now()
    return write(lambda session: store_run(session, computation=computation, now=now, by=by)).id
