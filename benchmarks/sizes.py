"""Bytes of the citizen's pages as sent (gzip), requests of a form, and the start-up time of the command line.

python -m benchmarks.sizes
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time

from survey_app.campaigns.queries import campaign_by_code, entry_codes
from survey_app.config import Settings
from survey_app.demo.building import PLANS, build_campaign, build_places, publish_questionnaires
from survey_app.factory import create_app
from survey_app.foundation import migrations
from survey_app.foundation.clock import local_date, now

BUDGETS = {"counter_pulse": 14_000, "sipas_2022": 24_000, "thanks": 4_000}
EXTERNAL = re.compile(r'<(?:script|img|iframe)[^>]+src=|<link[^>]+href="(?!data:)|url\(|@import|@font-face')


def pages() -> bool:
    """Print the size of each page; say whether all keep their budget with one request."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_environment({"SURVEY_INSTANCE": folder, "SURVEY_LOG_LEVEL": "error"}))
        database = app.extensions["survey_app.database"]
        migrations.upgrade(database)
        build_places(database, now())
        publish_questionnaires(database, now())
        client, fine = app.test_client(use_cookies=False), True
        for plan in PLANS:
            build_campaign(database, plan, now())
            with database.read() as session:
                campaign = campaign_by_code(session, plan.code, today=local_date(now()))
                assert campaign is not None
                code = entry_codes(session, campaign.id)[0].code
            fine &= report(client, plan.questionnaire, f"/{code}")
        fine &= report(client, "thanks", f"/{code}/thanks?receipt=7K3F-9M2X")
        database.dispose()
    return fine


def report(client, name: str, address: str) -> bool:
    """Print the wire size of one page, headers included, and whether it asks for anything else."""
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    size = len(answer.data) + len(str(answer.headers))
    others = len(EXTERNAL.findall(client.get(address).text))
    print(
        f"{name}: {size:,} bytes (budget {BUDGETS[name]:,}), {1 + others} request(s) (budget 2), 0 web fonts"
    )
    return size <= BUDGETS[name] and not others


def start_up() -> bool:
    """Print the time of `survey-app --help`, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "survey_app.cli", "--help"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        best = min(best, time.perf_counter() - start)
    print(f"survey-app --help: {best:.2f} s (budget 0.5 s)")
    return best < 0.5


if __name__ == "__main__":
    sys.exit(not (pages() & start_up()))
