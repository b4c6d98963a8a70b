"""An office with many counters and a campaign since long, for tests of arrivals."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.foundation.clock import hour_of
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, add_service_point, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import id_by_name
from survey_app.responses.models import Response
from tests.responses.conftest import DOCUMENT


class Office:
    """An office of unit 04 with `counters` counters and the campaign `thu`, open since `opens_on`."""

    def __init__(self, database: Database, *, opens_on: date, now: datetime, counters: int = 2) -> None:
        self.database = database

        def build(session: Any) -> tuple[int, int, int, list[int], list[str]]:
            load_units(session, rows=shipped_units("04"), now=now)
            publish(session, document=DOCUMENT, now=now)
            version = id_by_name(session, "every_kind")
            office = add_office(
                session, unit_code="04", code="ttpvhcc", name="Trung tâm hành chính", name_en="Centre"
            )
            points = [
                add_service_point(session, office_code="ttpvhcc", name=f"Quầy {number}", now=now)
                for number in range(1, counters + 1)
            ]
            campaign = create_campaign(
                session,
                code="thu",
                title="Khảo sát thử",
                title_en="Trial survey",
                questionnaire_version_id=version,
                opens_on=opens_on,
                closes_on=opens_on + timedelta(days=400),
                office_ids=[office.id],
                channels=["qr"],
                now=now,
            )
            open_campaign(session, code="thu", now=now)
            ids = [point.service_point_id for point in points]
            return campaign.id, version, office.id, ids, [point.code for point in points]

        built = database.write(build)
        self.campaign_id, self.version_id, self.office_id, self.points, self.codes = built

    def arrive(
        self,
        at: datetime,
        *,
        count: int = 1,
        counter: int = 0,
        flags: str = "",
        instrument: str = "web",
    ) -> None:
        """Store `count` responses of one counter in the hour of `at`."""
        row = {
            "campaign_id": self.campaign_id,
            "questionnaire_version_id": self.version_id,
            "office_id": self.office_id,
            "service_point_id": self.points[counter],
            "channel": "qr",
            "instrument": instrument,
            "language": "vi",
            "received_hour": hour_of(at),
            "flags": flags,
            "answers": {"overall": 4},
            "codes": b"\x04\x00\x00\x00",
        }
        self.database.write(lambda session: session.execute(insert(Response), [row] * count))
