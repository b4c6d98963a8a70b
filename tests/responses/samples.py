"""A campaign of a drawn sample with two offices, and files for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.foundation.clock import local_date
from survey_app.foundation.clock import now as clock_now
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import id_by_name
from tests.responses.conftest import DOCUMENT

HEADER = ("office", "received", "stratum", "psu1", "fpc1", "weight", "overall", "channels", "comment")


def install_sample(
    database: Database, *, channels: Sequence[str] = ("interview",), opened: bool = True
) -> None:
    """Create the campaign `mau` with the offices `an-binh` and `an-hoa`."""
    at = clock_now()

    def store(session: Any) -> None:
        load_units(session, rows=shipped_units("04"), now=at)
        publish(session, document=DOCUMENT, now=at)
        offices = [
            add_office(session, unit_code="04", code=code, name=f"Một cửa {code}")
            for code in ("an-binh", "an-hoa")
        ]
        create_campaign(
            session,
            code="mau",
            title="Mẫu điều tra",
            title_en="Sample survey",
            questionnaire_version_id=id_by_name(session, "every_kind"),
            opens_on=local_date(at) - timedelta(days=10),
            closes_on=local_date(at) + timedelta(days=30),
            office_ids=[office.id for office in offices],
            channels=list(channels),
            now=at,
        )
        if opened:
            open_campaign(session, code="mau", now=at)

    database.write(store)


def sample_rows(count: int = 12) -> list[list[str]]:
    """Rows under `HEADER`: two strata with two PSUs each, of 20 and 30 in the population."""
    yesterday = (local_date(clock_now()) - timedelta(days=1)).isoformat()
    rows = []
    for number in range(count):
        north = number % 2
        rows.append(
            [
                ("an-binh", "an-hoa")[north],
                f"{yesterday} 14:35",
                ("nam", "bac")[north],
                f"xa-{number % 4}",
                ("20", "30")[north],
                ("2.5", "7")[north],
                str(1 + number % 5),
                "1|3",
                "",
            ]
        )
    return rows


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    """Write a file of plain cells."""
    lines = [delimiter.join(cells) for cells in (header, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
