"""The collection workload: one page of 28 answers, like the form with which other products were measured.

22 mandatory five-point items in 5 groups (4, 5, 5, 4, 4), one optional text, five mandatory single choices
(3, 6, 5, 7, 3 options).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.campaigns.queries import campaign_by_code, entry_codes
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, add_service_point, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import id_by_name

_LABELS = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")


def _text(words: str) -> dict[str, str]:
    return {"vi": words, "en": words}


def document() -> dict[str, Any]:
    """Return the questionnaire of the workload as a plain document."""
    sections = []
    for group, size in enumerate((4, 5, 5, 4, 4), start=1):
        questions = [
            {
                "id": f"g{group}.{number}",
                "type": "scale",
                "scale": "SAT5",
                "required": True,
                "text": _text(
                    f"Ông/Bà hài lòng ở mức nào về nội dung {number} của nhóm {group} khi làm thủ tục?"
                ),
            }
            for number in range(1, size + 1)
        ]
        sections.append({"id": f"g{group}", "title": _text(f"Nhóm {group}"), "questions": questions})
    choices = [
        {
            "id": f"d{number}",
            "type": "single",
            "required": True,
            "text": _text(f"Thông tin chung số {number}"),
            "options": [{"code": code, "label": _text(f"Phương án {code}")} for code in range(1, size + 1)],
        }
        for number, size in enumerate((3, 6, 5, 7, 3), start=1)
    ]
    comment = {"id": "comment", "type": "long_text", "text": _text("Ý kiến khác")}
    sections.append({"id": "about", "title": _text("Thông tin chung"), "questions": [comment, *choices]})
    return {
        "instrument": "workload_28",
        "version": 1,
        "languages": ["vi", "en"],
        "seconds": 180,
        "title": _text("Phiếu đo tốc độ"),
        "purpose": _text("Phiếu này chỉ dùng để đo tốc độ."),
        "source": _text("Phiếu này chỉ dùng để đo tốc độ."),
        "scales": {
            "SAT5": [{"code": code, "label": _text(label)} for code, label in enumerate(_LABELS, start=1)]
        },
        "sections": sections,
    }


def install(database: Database) -> str:
    """Open a campaign with the workload's questionnaire on a migrated database; return its counter's code."""
    at = now()

    def store(session: Session) -> str:
        load_units(session, rows=shipped_units("04"), now=at)
        publish(session, document=document(), now=at)
        office = add_office(
            session, unit_code="04", code="bench", name="Bộ phận Một cửa", name_en="One-stop office"
        )
        point = add_service_point(session, office_code="bench", name="Quầy 1", name_en="Counter 1", now=at)
        create_campaign(
            session,
            code="bench",
            title="Đo tốc độ",
            title_en="Speed",
            questionnaire_version_id=id_by_name(session, "workload_28"),
            opens_on=local_date(at),
            closes_on=local_date(at) + timedelta(days=30),
            office_ids=[office.id],
            channels=["qr"],
            now=at,
        )
        open_campaign(session, code="bench", now=at)
        return point.code

    return database.write(store)


def code_of(database: Database) -> str:
    """Return the code of the workload's counter."""
    with database.read() as session:
        campaign = campaign_by_code(session, "bench", today=local_date(now()))
        assert campaign is not None
        return entry_codes(session, campaign.id)[0].code
